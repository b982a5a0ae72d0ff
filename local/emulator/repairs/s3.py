"""S3: checksums in answers, ranges of versions, versions in events."""

import contextvars
import json

import ministack.services.eventbridge as events
import ministack.services.s3 as s3

from .repair import instead_of, repair


@repair
def s3_answers_a_put_with_the_checksum():
    """PutObject answers with the checksum that it stored and says that it covers the full object."""

    @instead_of(s3, "_put_object")
    def put(original, bucket, key, body, headers):
        answer = original(bucket, key, body, headers)
        if answer[0] == 200:
            for algorithm, value in (s3._buckets[bucket]["objects"][key].get("checksums") or {}).items():
                answer[1][f"x-amz-checksum-{algorithm.lower()}"] = value
                answer[1]["x-amz-checksum-type"] = "FULL_OBJECT"
        return answer


@repair
def s3_reads_ranges_of_versions():
    """GetObject with a versionId honours Range; the emulator answers with the whole version."""

    @instead_of(s3, "_get_object")
    def get(original, bucket, key, headers, query=None):
        answer = original(bucket, key, headers, query)
        wanted = headers.get("range", "")
        if not wanted or not s3._qp(query or {}, "versionId", "") or answer[0] != 200:
            return answer
        _status, fields, body = answer
        span = s3._parse_range(wanted, len(body))
        if span is None:
            refusal = {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}
            return 416, refusal, s3._xml_body(s3._range_error_xml(bucket, key))
        start, end = span
        # A checksum of the whole object would not match a part of it.
        part = {name: value for name, value in fields.items() if not name.lower().startswith("x-amz-checksum-")}
        part["Content-Length"] = str(end - start + 1)
        part["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
        return 206, part, body[start : end + 1]


@repair
def s3_events_name_the_version():
    """The event of a versioned bucket names the object's version-id, which pins the bytes that it speaks of."""
    version = contextvars.ContextVar("version", default=None)

    @instead_of(s3, "_fire_s3_event")
    def fire(original, *args, version_id=None, **kwargs):
        token = version.set(version_id)
        try:
            return original(*args, version_id=version_id, **kwargs)
        finally:
            version.reset(token)

    @instead_of(events, "_dispatch_event")
    def dispatch(original, event, view=None):
        if version.get() and event.get("Source") == "aws.s3":
            detail = json.loads(event["Detail"])
            detail["object"]["version-id"] = version.get()
            event = {**event, "Detail": json.dumps(detail)}
        return original(event, view)
