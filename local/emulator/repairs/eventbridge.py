"""EventBridge: what happens to events that cannot be delivered, and to those that should not be accepted."""

import contextvars
import json

import ministack.services.eventbridge as events
import ministack.services.lambda_svc as lambda_svc
import ministack.services.sqs as sqs
import ministack.services.stepfunctions as sfn
from ministack.core.arn import parse_arn

from .repair import instead_of, repair


@repair
def events_undelivered_go_to_the_dead_letter_queue():
    """An event whose target does not exist goes to the target's dead-letter queue, with the reason as attributes."""
    delivery = contextvars.ContextVar("delivery", default=None)

    @instead_of(events, "_invoke_target")
    def invoke(original, target, event, rule, view=None):
        token = delivery.set((target, event, rule))
        try:
            return original(target, event, rule, view)
        finally:
            delivery.reset(token)

    def unless_missing(exists):
        def dispatch(original, arn, payload, *rest):
            if exists(arn):
                return original(arn, payload, *rest)
            return _send_to_dead_letter_queue(delivery.get(), payload, f"{arn} does not exist")

        return dispatch

    instead_of(events, "_dispatch_to_lambda")(unless_missing(lambda arn: lambda_svc._get_func_record_for_ref(arn)[1]))
    instead_of(events, "_dispatch_to_stepfunctions")(unless_missing(sfn._resolve_state_machine_arn))
    instead_of(events, "_dispatch_to_sqs")(unless_missing(lambda spec: sqs._queue_by_arn(str(spec))))


def _send_to_dead_letter_queue(delivery, payload, message):
    target, _event, rule = delivery
    queue_arn = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue_arn or not sqs._queue_by_arn(queue_arn):
        return
    spec = parse_arn(queue_arn)
    reasons = {
        "ERROR_CODE": "RESOURCE_NOT_FOUND",
        "ERROR_MESSAGE": message,
        "RULE_ARN": rule.get("Arn") or "-",
        "TARGET_ARN": target.get("Arn") or "-",
    }
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in reasons.items()}
    message = {"MessageBody": payload, "MessageAttributes": attributes}
    sqs._act_send_message(message, sqs._queue_url_for_account(spec.account_id, spec.resource))


@repair
def events_invoke_functions_asynchronously():
    """A Lambda target is invoked asynchronously: two more attempts after an error, then its failure destination."""

    @instead_of(events, "_dispatch_to_lambda")
    def dispatch(original, arn, payload):
        func, config, _name = lambda_svc._get_func_record_for_ref(arn)
        if not func or not config:
            return original(arn, payload)
        record = lambda_svc._execution_record_for_config(func, config)
        record.setdefault("event_invoke_config", func.get("event_invoke_config"))
        return lambda_svc.invoke_async_with_retry(record, json.loads(payload))


@repair
def events_refuse_a_malformed_detail():
    """PutEvents answers MalformedDetail for an entry whose Detail is not a JSON object, and accepts the others."""

    @instead_of(events, "_put_events")
    def put(original, data, allow_aws_source=False):
        entries = data.get("Entries", [])
        good = [entry for entry in entries if _is_object(entry.get("Detail"))]
        answer = original({**data, "Entries": good}, allow_aws_source)
        if len(good) == len(entries) or answer[0] != 200:
            return answer
        accepted = json.loads(answer[2])
        results = iter(accepted["Entries"])
        refused = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        return events.json_response(
            {
                "FailedEntryCount": accepted["FailedEntryCount"] + len(entries) - len(good),
                "Entries": [next(results) if entry in good else refused for entry in entries],
            }
        )


def _is_object(detail):
    try:
        return isinstance(json.loads(detail), dict)
    except (TypeError, ValueError):
        return False
