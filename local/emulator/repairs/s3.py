"""S3: what its answers say about checksums."""

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
