"""Lambda: how functions fail, how many run at once, and how much memory each may take."""

import json
import os
import random
import subprocess
import threading

import ministack.core.lambda_runtime as runtime
import ministack.services.lambda_svc as lambda_svc

from .repair import instead_of, repair

MAX_BUSY_WORKERS = int(os.environ.get("LAMBDA_MAX_BUSY_WORKERS", "8"))
# A process that is kept takes 40 MB of its own; one that has to start again, a quarter of a second of a processor. Six
# planes at once may take half of the machine's memory with them.
MACHINE_MB = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
MAX_WORKERS = max(16, min(48, MACHINE_MB // 2 // 6 // 40))
# A handler may invoke another function and wait for it, so a full house must not be waited for without end.
PATIENCE_SECONDS = 20


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
    """Not AWS but this machine: a burst would start one process of 40 MB per event. At most so many handlers run at
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


def _drawn_version(func, qualifier):
    """The second version of a split alias, for its share of the calls; else nothing."""
    alias = ((func or {}).get("aliases") or {}).get(qualifier) or {}
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return next((version for version, weight in weights.items() if random.random() < float(weight)), None)


@repair
def lambda_splits_the_calls_of_an_alias():
    """An alias with a routing configuration sends that share of its calls to its second version, and the answer says
    which version ran. Without it all calls go to the first."""

    @instead_of(lambda_svc, "_effective_func_record_for_qualifier")
    def effective(original, func, qualifier):
        return original(func, _drawn_version(func, qualifier) or qualifier)

    @instead_of(lambda_svc, "_invoke")
    async def invoke(original, name, event, headers, path_qualifier=None, query_params=None):
        asked = path_qualifier or lambda_svc._qp_first(query_params or {}, "Qualifier")
        drawn = _drawn_version(lambda_svc._functions.get(name), asked)
        return await original(name, event, headers, drawn or path_qualifier, query_params)
