"""Objects that are larger than this machine's memory: real at their beginning, a hole behind it, sparse on disk.

No behaviour of AWS: a test asks for one to see what the plane reads of an object of any size. What is served of every
object is counted, here and not by whoever asks for it.
"""

import base64
import mmap
import tempfile
from collections import Counter

import ministack.services.s3 as s3

_served = Counter()


def install():
    _count_what_is_served()
    _keep_holes_off_the_disk()


def _count_what_is_served():
    original = s3._get_object

    def get(bucket, key, headers, query_params=None):
        answer = original(bucket, key, headers, query_params)
        if answer[0] in (200, 206):
            _served[(bucket, key)] += len(answer[2])
        return answer

    s3._get_object = get


def _keep_holes_off_the_disk():
    """The emulator writes an object down when it is tagged; a hole would be written in full."""
    original = s3._persist_object

    def persist(bucket, key, obj):
        if not (isinstance(obj, dict) and isinstance(obj.get("body"), mmap.mmap)):
            original(bucket, key, obj)

    s3._persist_object = persist


def served(bucket, key):
    return _served[(bucket, key)]


def stretch(bucket, key, size, sha256):
    """Makes the newest version of an object `size` bytes long, zero behind its own, with this SHA-256 (hex) stored."""
    record = s3._buckets[bucket]["objects"][key]
    with tempfile.TemporaryFile() as file:
        file.write(s3._read_body(bucket, key, record))
        file.truncate(size)
        file.flush()
        hollow = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
    checksums = {"SHA256": base64.b64encode(bytes.fromhex(sha256)).decode()}
    newest = next(entry for entry in s3._object_versions[(bucket, key)] if entry["is_latest"])
    record.update(body=hollow, size=size, checksums=checksums)
    newest.update(data=hollow, size=size, checksums=checksums)
