"""Bytes that change where the emulator keeps them, while it goes on to say of the object what it said before."""

import ministack.services.s3 as s3


def flip(bucket, key):
    """Changes one bit of the newest version of an object; a second time changes it back."""
    record = s3._buckets[bucket]["objects"][key]
    changed = bytearray(s3._read_body(bucket, key, record))
    changed[-1] ^= 1
    # The newest version is kept in memory beside its record, and on disk once it was tagged.
    if record.get("body") is not None:
        record["body"] = bytes(changed)
    for version in s3._object_versions[(bucket, key)]:
        if version["is_latest"] and version.get("data") is not None:
            version["data"] = bytes(changed)
    path = s3._object_disk_path(bucket, key)
    if s3.os.path.exists(path):
        s3._atomic_write(path, bytes(changed))
