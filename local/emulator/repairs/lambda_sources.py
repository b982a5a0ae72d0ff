"""Lambda event source mappings: how queues and streams feed functions."""

import time

import ministack.services.dynamodb as dynamodb
import ministack.services.lambda_svc as lambda_svc
import ministack.services.sqs as sqs

from .repair import instead_of, repair

STREAM_BACKOFF_SECONDS = 0.2


@repair
def lambda_retries_stream_batches_as_configured():
    """DynamoDB stream mappings: ReportBatchItemFailures resumes at the first failed record; after
    MaximumRetryAttempts a batch is bisected or goes to the OnFailure destination and the stream moves on."""
    streams = _StreamDeliveries()
    lambda_svc._ESM_BACKOFF_SECONDS = STREAM_BACKOFF_SECONDS

    @instead_of(lambda_svc, "_iter_all_esms")
    def mappings(original):
        for account, region, mapping in original():
            yield account, region, streams.with_its_batch_size(mapping)

    @instead_of(lambda_svc, "_execute_function")
    def execute(original, func, event):
        mapping = _stream_mapping_of(func, event)
        if mapping is None:
            return original(func, event)
        return streams.judge(mapping, func, event["Records"], original(func, event))


def _stream_mapping_of(func, event):
    records = event.get("Records") if isinstance(event, dict) else None
    if not records or not isinstance(records[0], dict) or records[0].get("eventSource") != "aws:dynamodb":
        return None
    name, source = (func.get("config") or func).get("FunctionName"), records[0].get("eventSourceARN")
    mine = (m for m in lambda_svc._esms.values() if m.get("EventSourceArn") == source)
    return next((m for m in mine if m.get("FunctionName", "").split(":")[-1] == name), None)


class _StreamDeliveries:
    """Remembers, for each mapping, how often the batch at the head of its stream has failed.

    The emulator's loop delivers the same batch again, a second later, for as long as it is told of an error, and
    moves past it when it is not; so this decides what to tell it, and moves the position past what succeeded."""

    def __init__(self):
        self._attempts = {}
        self._batch_size = {}

    def with_its_batch_size(self, mapping):
        size = self._batch_size.get(mapping.get("UUID"))
        return mapping if size is None else {**mapping, "BatchSize": size}

    def judge(self, mapping, func, records, result):
        failed_at = 0 if result.get("error") else self._first_failure(mapping, records, result)
        if failed_at is None:
            self._forget(mapping)
            return result
        if failed_at > 0:
            self._forget(mapping)
            self._move_to(mapping, records[failed_at])
        return self._again_or_give_up(mapping, func, records[failed_at:], result)

    def _first_failure(self, mapping, records, result):
        if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []):
            return None
        body = result.get("body")
        failures = (body.get("batchItemFailures") or []) if isinstance(body, dict) else []
        failed = {failure.get("itemIdentifier") for failure in failures}
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        return next((index for index, number in enumerate(numbers) if number in failed), None)

    def _again_or_give_up(self, mapping, func, records, result):
        uuid = mapping["UUID"]
        again = {**result, "error": True, "body": result.get("body") or {}}
        if mapping.get("BisectBatchOnFunctionError") and len(records) > 1:
            self._batch_size[uuid] = len(records) // 2
            return again
        self._attempts[uuid] = self._attempts.get(uuid, 0) + 1
        limit = mapping.get("MaximumRetryAttempts")
        if limit is None or int(limit) < 0 or self._attempts[uuid] <= int(limit):
            return again
        self._forget(mapping)
        lambda_svc._send_ddb_stream_failure_record(
            mapping, func, records, mapping["EventSourceArn"], result, "RetryAttemptsExhausted"
        )
        return {"body": None, "log": result.get("log", "")}

    def _forget(self, mapping):
        self._attempts.pop(mapping["UUID"], None)
        self._batch_size.pop(mapping["UUID"], None)

    def _move_to(self, mapping, record):
        table = mapping["EventSourceArn"].split("/")[1]
        with lambda_svc._dynamodb_stream_positions_lock:
            position = lambda_svc._dynamodb_stream_positions[mapping["UUID"]]
            for offset, other in enumerate(dynamodb.stream_records_since(table, position, 10_000)):
                if other["dynamodb"]["SequenceNumber"] == record["dynamodb"]["SequenceNumber"]:
                    lambda_svc._dynamodb_stream_positions[mapping["UUID"]] = position + offset
                    return


@repair
def lambda_gathers_queue_messages():
    """An SQS mapping waits up to MaximumBatchingWindowInSeconds for BatchSize messages, so that a burst is a few
    invocations; the emulator invokes for whatever is there."""

    @instead_of(lambda_svc, "_iter_all_esms")
    def mappings(original):
        for account, region, mapping in original():
            if not _is_still_gathering(account, region, mapping):
                yield account, region, mapping


def _is_still_gathering(account, region, mapping):
    window = int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    name = mapping.get("EventSourceArn", "").split(":")
    if window == 0 or name[2:3] != ["sqs"]:
        return False
    queue = sqs._queues.get_scoped(account, region, sqs._queue_url_for_account(account, name[-1]))
    now = time.time()
    waiting = [message["visible_at"] for message in (queue or {}).get("messages", []) if message["visible_at"] <= now]
    return bool(waiting) and len(waiting) < int(mapping.get("BatchSize", 10)) and now - min(waiting) < window
