"""EventBridge Scheduler."""

import time

import ministack.services.eventbridge as events
import ministack.services.scheduler as scheduler

from .repair import instead_of, repair


@repair
def scheduler_fires_on_time():
    """A schedule fires within a second of its time; the emulator looks every ten seconds."""
    scheduler._SCHEDULE_TICK_INTERVAL = 1


@repair
def scheduler_fills_in_context_attributes():
    """<aws.scheduler.scheduled-time>, execution-id, attempt-number and schedule-arn in a schedule's Input are filled
    in, and an absent Input is an empty object."""

    @instead_of(events, "_invoke_target")
    def invoke(original, target, event, rule, view=None):
        if event.get("Source") != "aws.scheduler" or "ScheduleExpression" not in rule:
            return original(target, event, rule, view)
        attributes = {
            "scheduled-time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(event["Time"])),
            "execution-id": event["EventId"],
            "attempt-number": "1",
            "schedule-arn": rule.get("Arn", ""),
        }
        text = target.get("Input") or "{}"
        for name, value in attributes.items():
            text = text.replace(f"<aws.scheduler.{name}>", value)
        return original({**target, "Input": text}, event, rule, view)


@repair
def scheduler_counts_from_the_restart():
    """Not AWS but snapshots: a rate starts to count when the emulator starts from a snapshot. Counted from the
    creation inside the snapshot, every schedule would fire at once."""

    @instead_of(scheduler, "load_persisted_state")
    def load(original, data):
        original(data)
        now = time.time()
        for key, schedule in scheduler._schedules._data.items():
            if schedule.get("ScheduleExpression", "").startswith("rate("):
                scheduler._schedule_last_fired[key] = now
