"""Submits a model version with boto3 alone: python submit.py FOLDER BUCKET MODEL VERSION"""

import json, pathlib, sys, time, boto3  # noqa: E401

folder, bucket, model, version = pathlib.Path(sys.argv[1]), *sys.argv[2:5]
s3, manifest = boto3.client("s3"), folder / "manifest.json"

def put(path):
    key = f"models/{model}/{version}/{path.relative_to(folder).as_posix()}"
    return s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes(), ChecksumAlgorithm="SHA256")["VersionId"]

for path in folder.rglob("*"):
    if path.is_file() and path != manifest:
        put(path)
attempt = put(manifest)  # last: its arrival starts intake, and its S3 version names the attempt

# Submitted. What follows waits for the answer, ten minutes at most, and ends with 0 for a yes.
for _ in range(1200):
    try:
        answer = json.load(s3.get_object(Bucket=bucket, Key=f"answers/{model}/{version}/{attempt}.json")["Body"])
        print(answer["outcome"], *(f"{r.get('path', '')}: {r['message']}" for r in answer["reasons"]), sep="\n")
        sys.exit(answer["outcome"] != "registered")
    except s3.exceptions.ClientError:  # not there yet: "not found", or "forbidden" to who may not list the bucket
        time.sleep(0.5)
sys.exit("no answer yet")
