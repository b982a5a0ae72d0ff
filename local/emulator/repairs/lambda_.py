"""Lambda: how functions fail, how many run at once, and how much memory each may take."""

import json
import os
import subprocess
import threading
import time

import ministack.core.lambda_runtime as runtime
import ministack.services.lambda_svc as lambda_svc
import ministack.services.sqs as sqs

from .repair import instead_of, repair

MAX_BUSY_WORKERS = int(os.environ.get("LAMBDA_MAX_BUSY_WORKERS", "8"))
MAX_WORKERS = int(os.environ.get("LAMBDA_MAX_WORKERS", "24"))
# A handler may invoke another function and wait for it, so a full house must not be waited for without end.
PATIENCE_SECONDS = 20
STREAM_BACKOFF_SECONDS = 0.2


class HandlerError(dict):
    """What a handler threw, on its way from the worker to the caller: errorType, errorMessage and trace."""


@repair
def lambda_reports_the_name_of_a_thrown_error():
    """errorType is the thrown error's name, which Step Functions matches in Retry and Catch; the worker survives.
    Without it every error is Runtime.HandlerError and every call after an error is a cold start."""
    describe = (
        '{ errorType: String((%s && %s.name) || "Error"), errorMessage: String((%s && %s.message) ?? %s),'
        ' trace: String((%s && %s.stack) || "").split("\\n") }'
    )
    in_script = {
        'status: "error", error: String(err.message || err), trace: err.stack || ""': "err",
        'status: "error", error: e.message, trace: e.stack\n': "e",
    }
    script = runtime._NODEJS_WORKER_SCRIPT
    for text, variable in in_script.items():
        assert script.count(text) == 1, f"The worker script of the emulator has changed: {text}"
        script = script.replace(text, 'status: "ok", handlerError: ' + describe.replace("%s", variable) + "\n")
    runtime._NODEJS_WORKER_SCRIPT = script

    @instead_of(runtime.Worker, "invoke")
    def invoke(original, *args, **kwargs):
        answer = original(*args, **kwargs)
        if answer.get("handlerError"):
            answer["result"] = HandlerError(answer["handlerError"])
        return answer

    @instead_of(lambda_svc, "_execute_function_warm")
    def execute(original, func, event, request_id):
        result = original(func, event, request_id)
        body = result.get("body")
        if isinstance(body, HandlerError):
            log = "\n".join(filter(None, [result.get("log"), "ERROR\tInvoke Error\t" + json.dumps(body)]))
            return {"body": dict(body), "error": True, "log": log}
        return result


@repair
def lambda_names_a_crashed_process():
    """A process that exits or is killed in the middle of an invocation is reported as Runtime.ExitError."""

    @instead_of(lambda_svc, "_execute_function_warm")
    def execute(original, func, event, request_id):
        result = original(func, event, request_id)
        body = result.get("body")
        if result.get("error") and body.get("errorMessage") == "Worker process died":
            result["body"] = {
                "errorType": "Runtime.ExitError",
                "errorMessage": f"RequestId: {request_id} Error: Runtime exited without providing a reason",
            }
        return result


@repair
def lambda_bounds_its_workers():
    """Not AWS but this machine: a burst would start one 70 MB process per event. At most so many handlers run at
    once, the rest wait, and idle workers make room before new ones start."""
    slots = threading.BoundedSemaphore(MAX_BUSY_WORKERS)

    @instead_of(lambda_svc, "_execute_function_warm")
    def execute(original, func, event, request_id):
        taken = slots.acquire(timeout=PATIENCE_SECONDS)
        try:
            return original(func, event, request_id)
        finally:
            if taken:
                slots.release()

    @instead_of(lambda_svc, "acquire_worker")
    def acquire(original, *args, **kwargs):
        worker, how = original(*args, **kwargs)
        if how == "spawn":
            _retire_idle_workers(keep=MAX_WORKERS)
        return worker, how


def _retire_idle_workers(keep):
    with runtime._lock:
        everyone = [worker for pool in runtime._workers.values() for worker in pool]
        idle = sorted((worker for worker in everyone if not worker.in_use), key=lambda worker: worker.last_used)
        retired = idle[: max(0, len(everyone) - keep)]
        for key, pool in list(runtime._workers.items()):
            runtime._workers[key] = [worker for worker in pool if worker not in retired]
    runtime.kill_workers(retired)


@repair
def lambda_limits_memory():
    """A function that needs more memory than its MemorySize dies. Here: the JavaScript heap is limited to it."""

    class LimitedSubprocess:
        def __getattr__(self, name):
            return getattr(subprocess, name)

        def Popen(self, command, *args, **kwargs):
            if command[0] == "node":
                limit = kwargs["env"].get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
                command = [command[0], f"--max-old-space-size={limit}", *command[1:]]
            return subprocess.Popen(command, *args, **kwargs)

    runtime.subprocess = LimitedSubprocess()


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
        import ministack.services.dynamodb as dynamodb

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
