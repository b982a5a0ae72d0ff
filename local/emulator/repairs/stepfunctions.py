"""Step Functions: the parts of JSONata workflows, errors and timeouts that the emulator leaves out."""

import contextvars
import json
import random
import threading
import time

import ministack.services.stepfunctions as sfn
from ministack.core.responses import now_iso

from .repair import instead_of, repair

PAYLOAD_LIMIT = 256 * 1024


def _is_jsonata(state, context):
    return sfn._state_query_language(state, context) == "JSONata"


def _is_over(execution):
    return execution.get("status") not in (None, "RUNNING")


@repair
def sfn_starts_at_once():
    """An execution starts without a pause; the emulator sleeps 150 ms before each."""

    class WithoutThePause:
        def __getattr__(self, name):
            return getattr(time, name)

        def sleep(self, seconds):
            if seconds != 0.15:
                time.sleep(seconds)

    sfn.time = WithoutThePause()


@repair
def sfn_stops_a_machine_that_takes_too_long():
    """TimeoutSeconds of a state machine ends the execution as TIMED_OUT, with its event, whatever it is doing."""

    @instead_of(sfn, "_run_execution")
    def run(original, arn):
        execution = sfn._executions.get(arn)
        limit = _machine_timeout(execution)
        if limit is not None:
            context = contextvars.copy_context()
            timer = threading.Timer(limit, context.run, args=(_time_out, execution))
            timer.daemon = True
            timer.start()
        return original(arn)


def _machine_timeout(execution):
    machine = sfn._state_machines.get((execution or {}).get("stateMachineArn")) or {}
    try:
        seconds = json.loads(machine.get("definition", "{}")).get("TimeoutSeconds")
    except json.JSONDecodeError:
        return None
    return None if seconds is None else float(seconds)


def _time_out(execution):
    if _is_over(execution):
        return
    execution.update(status="TIMED_OUT", error="States.Timeout", cause="", stopDate=now_iso())
    details = {"executionTimedOutEventDetails": {"error": "States.Timeout"}}
    sfn._add_event(execution, "ExecutionTimedOut", details)
    sfn._emit_execution_status_event(execution)


@repair
def sfn_does_nothing_more_once_it_is_over():
    """A stopped or timed-out execution keeps its status and starts no further state and no further attempt, in no
    branch; the emulator lets branches run on, retries, and overwrites the status with FAILED."""
    running = contextvars.ContextVar("running execution", default={})

    @instead_of(sfn, "_execute_task")
    def task(original, state, raw_input, execution, context):
        if _is_over(execution):
            raise sfn._ExecutionError("States.Runtime", "The execution is over.")
        token = running.set(execution)
        try:
            return original(state, raw_input, execution, context)
        finally:
            running.reset(token)

    @instead_of(sfn, "_find_matching_retrier")
    def retrier(original, retriers, error, counts):
        return (None, -1) if _is_over(running.get()) else original(retriers, error, counts)

    @instead_of(sfn, "_invoke_resource")
    def invoke(original, resource, data):
        if _is_over(running.get()):
            raise sfn._ExecutionError("States.Runtime", "The execution was over before the next attempt.")
        return original(resource, data)

    @instead_of(sfn, "_fail_execution")
    def fail(original, execution, error, cause):
        if not _is_over(execution):
            original(execution, error, cause)


@repair
def sfn_takes_a_task_timeout_from_an_expression():
    """TimeoutSeconds of a task may be a JSONata expression."""

    @instead_of(sfn, "_execute_task")
    def task(original, state, raw_input, execution, context):
        if isinstance(state.get("TimeoutSeconds"), str):
            seconds = sfn._jsonata_state_field(state, "TimeoutSeconds", "number", raw_input, context)
            state = {**state, "TimeoutSeconds": seconds}
        return original(state, raw_input, execution, context)


@repair
def sfn_caps_and_jitters_retries():
    """Retry honours MaxDelaySeconds, and JitterStrategy FULL draws the delay from zero up to it."""

    @instead_of(sfn, "_find_matching_retrier")
    def retrier(original, retriers, error, counts):
        found, index = original(retriers, error, counts)
        if found is None:
            return found, index
        delay = found.get("IntervalSeconds", 1) * found.get("BackoffRate", 2.0) ** counts.get(index, 0)
        delay = min(delay, found.get("MaxDelaySeconds", delay))
        if found.get("JitterStrategy") == "FULL":
            delay = random.uniform(0, delay)
        return {**found, "IntervalSeconds": delay, "BackoffRate": 1}, index


@repair
def sfn_names_a_throttled_function():
    """A Lambda function at its concurrency limit fails the task with Lambda.TooManyRequestsException."""

    @instead_of(sfn, "_call_lambda")
    def call(original, function, event):
        try:
            return original(function, event)
        except sfn._ExecutionError as problem:
            if problem.error == "Lambda.Unknown" and "TooManyRequestsException" in problem.cause:
                raise sfn._ExecutionError("Lambda.TooManyRequestsException", "Rate Exceeded.") from None
            raise


@repair
def sfn_gives_each_branch_its_own_scope():
    """Branches do not see each other's State, Task token or variables; the emulator lets them share one context."""

    @instead_of(sfn, "_run_sub_machine")
    def run(original, states, start_at, data, execution, context):
        variables, state = dict(context.get("variables") or {}), dict(context.get("State") or {})
        return original(states, start_at, data, execution, {**context, "variables": variables, "State": state})


@repair
def sfn_shapes_the_output_of_parallel_states():
    """A JSONata Parallel state has Arguments, Output and Assign."""

    @instead_of(sfn, "_run_parallel_branches")
    def run(original, state, raw_input, execution, context):
        if not _is_jsonata(state, context):
            return original(state, raw_input, execution, context)
        arguments = sfn._apply_jsonata_arguments(state, raw_input, context)
        result, following = original(state, arguments, execution, context)
        output = sfn._apply_jsonata_output(state, raw_input, context, result=result, default=result)
        sfn._apply_state_assign(state, raw_input, context, result=result)
        return output, following


@repair
def sfn_shapes_the_output_of_succeed_states():
    """A JSONata Succeed state has an Output."""

    @instead_of(sfn, "_apply_output_path")
    def output_path(original, state, data, context=None):
        if state.get("Type") == "Succeed" and _is_jsonata(state, context):
            return sfn._apply_jsonata_output(state, data, context, default=data)
        return original(state, data, context)


@repair
def sfn_start_is_idempotent_by_name_and_input():
    """StartExecution with the name and the input of a running execution answers with that execution."""

    @instead_of(sfn, "_start_execution")
    def start(original, data):
        machine = sfn._resolve_state_machine_arn(data.get("stateMachineArn", ""))
        arn = f"{(machine or '').replace(':stateMachine:', ':execution:')}:{data.get('name')}"
        execution = sfn._executions.get(arn)
        if execution and not _is_over(execution) and execution["input"] == data.get("input", "{}"):
            return sfn.json_response({"executionArn": arn, "startDate": execution["startDate"]})
        return original(data)


@repair
def sfn_refuses_large_payloads():
    """A state whose input or output exceeds 256 KiB ends the execution with States.DataLimitExceeded, uncaught."""

    @instead_of(sfn, "_add_event")
    def add(original, execution, event_type, details=None):
        original(execution, event_type, details)
        for payload in (details or {}).values():
            if isinstance(payload, dict):
                data = payload.get("output") or payload.get("input") or ""
                if not _is_over(execution) and isinstance(data, str) and len(data.encode()) > PAYLOAD_LIMIT:
                    cause = f"{event_type}: the state's data exceeds {PAYLOAD_LIMIT} bytes."
                    sfn._fail_execution(execution, "States.DataLimitExceeded", cause)
