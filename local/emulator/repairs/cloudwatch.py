"""CloudWatch alarms and the metrics that AWS publishes by itself."""

import json
import operator
import threading
import time

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.cloudwatch as cloudwatch
import ministack.services.eventbridge as events
import ministack.services.lambda_svc as lambda_svc
import ministack.services.stepfunctions as sfn
from ministack.core.responses import get_account_id, get_region, now_iso, set_request_account_id, set_request_region

from .repair import instead_of, repair

TICK_SECONDS = 2
HOLD_SECONDS = 60
COMPARISONS = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@repair
def alarms_are_evaluated_as_configured():
    """An alarm looks at its own dimensions, over its periods, with M of N and its treatment of missing data, again and
    again, so that it also recovers; the emulator mixes dimensions and looks only when a metric is put."""
    cloudwatch._evaluate_alarm = _evaluate

    def watch():
        while True:
            time.sleep(TICK_SECONDS)
            for account, region in {key[:2] for key in list(cloudwatch._alarms._data)}:
                set_request_account_id(account)
                set_request_region(region)
                cloudwatch._evaluate_all_alarms()

    threading.Thread(target=watch, daemon=True).start()

    @instead_of(cloudwatch, "_set_alarm_state")
    def set_state(original, params, data, *rest):
        # On AWS a state set by hand stands until the next evaluation; here that would be at once.
        alarm = cloudwatch._alarms.get((data or {}).get("AlarmName") or cloudwatch._p(params, "AlarmName"))
        if alarm:
            alarm["_held_until"] = time.time() + HOLD_SECONDS
        return original(params, data, *rest)


def _evaluate(alarm):
    metric = _metric_of(alarm)
    compare = COMPARISONS.get(alarm.get("ComparisonOperator"))
    if metric is None or compare is None or time.time() < alarm.get("_held_until", 0):
        return
    period = int(metric["Period"])
    wanted = int(alarm.get("EvaluationPeriods") or 1)
    current = int(time.time() // period) * period
    values = _values(metric, since=current - wanted * period)
    last = current if current in values else current - period
    window = [last - step * period for step in range(wanted)]
    threshold = float(alarm.get("Threshold") or 0)
    seen = [values[start] for start in window if start in values]
    before, after = alarm["StateValue"], _state(alarm, seen, wanted, lambda value: compare(value, threshold))
    if after != before:
        _change_state(alarm, before, after, f"Threshold Crossed: {seen} against the threshold {threshold}")


def _metric_of(alarm):
    """The one metric of an alarm, however it was written; an expression over metrics is not evaluated."""
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    if alarm.get("MetricName"):
        return {**alarm, "Stat": statistic, "Period": alarm.get("Period") or 60}
    queries = alarm.get("Metrics") or []
    if len(queries) != 1 or "MetricStat" not in queries[0]:
        return None
    query = queries[0]["MetricStat"]
    return {**query["Metric"], "Stat": query.get("Stat", "Average"), "Period": query.get("Period") or 60}


def _values(metric, since):
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(metric.get("Dimensions") or []))
    period, by_start = int(metric["Period"]), {}
    for point in cloudwatch._metrics.get((metric["Namespace"], metric["MetricName"], dimensions)) or []:
        if point["Timestamp"] >= since:
            by_start.setdefault(int(point["Timestamp"] // period) * period, []).append(point)
    statistics = {
        start: cloudwatch._stat_value(cloudwatch._calc_stats(points), metric["Stat"], points)
        for start, points in by_start.items()
    }
    return {start: value for start, value in statistics.items() if value is not None}


def _state(alarm, seen, wanted, breaches):
    missing = alarm.get("TreatMissingData") or "missing"
    if not seen and missing == "missing":
        return "INSUFFICIENT_DATA"
    if not seen and missing == "ignore":
        return alarm["StateValue"]
    hits = sum(map(breaches, seen)) + (wanted - len(seen) if missing == "breaching" else 0)
    return "ALARM" if hits >= int(alarm.get("DatapointsToAlarm") or wanted) else "OK"


def _change_state(alarm, before, after, reason):
    alarm.update(StateValue=after, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, after, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, after, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


@repair
def alarms_tell_eventbridge_and_functions():
    """A change of state is an event on the default bus, and a Lambda function may be an alarm action."""

    @instead_of(cloudwatch, "_dispatch_alarm_actions")
    def dispatch(original, alarm, before, after, reason):
        original(alarm, before, after, reason)
        detail = _alarm_detail(alarm, before, after, reason)
        entry = {"Source": "aws.cloudwatch", "DetailType": "CloudWatch Alarm State Change"}
        entry.update(Detail=json.dumps(detail), Resources=[alarm["AlarmArn"]])
        events._put_events({"Entries": [entry]}, True)
        actions = {"ALARM": "AlarmActions", "OK": "OKActions"}.get(after, "InsufficientDataActions")
        if alarm.get("ActionsEnabled", True):
            for arn in alarm.get(actions) or []:
                _invoke_action(arn, alarm, detail)


def _alarm_detail(alarm, before, after, reason):
    return {
        "alarmName": alarm["AlarmName"],
        "state": {"value": after, "reason": reason, "timestamp": now_iso()},
        "previousState": {"value": before, "timestamp": now_iso()},
        "configuration": {"description": alarm.get("AlarmDescription", ""), "metrics": alarm.get("Metrics") or []},
    }


def _invoke_action(arn, alarm, detail):
    func, config, _name = lambda_svc._get_func_record_for_ref(arn) if ":lambda:" in arn else (None, None, None)
    if not func:
        return
    event = {
        "source": "aws.cloudwatch",
        "alarmArn": alarm["AlarmArn"],
        "accountId": get_account_id(),
        "region": get_region(),
        "time": now_iso(),
        "alarmData": detail,
    }
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(func, config), event)


@repair
def alarms_over_several_metrics_can_be_created():
    """AWS::CloudWatch::Alarm takes Metrics instead of MetricName; the emulator refuses the whole stack."""

    @instead_of(provisioners, "_cw_metric_alarm_record")
    def record(original, name, properties):
        if not properties.get("Metrics"):
            return original(name, properties)
        placeholder = {key: value for key, value in properties.items() if key != "Metrics"}
        alarm = original(name, {**placeholder, "MetricName": "-", "Namespace": "-"})
        alarm.update(MetricName=None, Namespace=None, Statistic=None, Metrics=properties["Metrics"])
        return alarm


@repair
def step_functions_publish_their_metrics():
    """AWS/States counts executions started, succeeded, failed, timed out and aborted, by state machine."""
    names = {
        "RUNNING": "ExecutionsStarted",
        "SUCCEEDED": "ExecutionsSucceeded",
        "FAILED": "ExecutionsFailed",
        "TIMED_OUT": "ExecutionsTimedOut",
        "ABORTED": "ExecutionsAborted",
    }

    @instead_of(sfn, "_emit_execution_status_event")
    def emit(original, execution):
        original(execution)
        dimensions = {"StateMachineArn": execution["stateMachineArn"]}
        cloudwatch.record_metric("AWS/States", names[execution["status"]], 1, "Count", dimensions)


@repair
def functions_publish_their_metrics():
    """AWS/Lambda counts every invocation and error, whoever calls: a workflow, a queue, a stream, a rule; the emulator
    counts what is invoked directly."""
    record = lambda_svc._emit_lambda_metrics

    @instead_of(lambda_svc, "_emit_lambda_metrics")
    def only_throttles(original, name, duration_ms, error, throttle):
        if throttle:
            original(name, duration_ms, error, throttle)

    @instead_of(lambda_svc, "_execute_function_dispatch")
    def dispatch(original, func, config, event, request_id, started):
        result = original(func, config, event, request_id, started)
        failed = bool(isinstance(result, dict) and result.get("error"))
        record(config["FunctionName"], (time.time() - started) * 1000, failed, False)
        return result
