"""CloudWatch Logs: lines that become metrics."""

import json
import time

import ministack.services.cloudwatch as cloudwatch
import ministack.services.cloudwatch_logs as logs

from .repair import instead_of, repair


@repair
def logs_turn_embedded_metrics_into_metrics():
    """A log line in the embedded metric format publishes its metrics, each with every set of its dimensions."""

    @instead_of(logs, "_append_log_events")
    def append(original, stream, entries):
        original(stream, entries)
        for entry in entries:
            _publish(entry.get("message", ""))


def _publish(message):
    if '"_aws"' not in message or '"CloudWatchMetrics"' not in message:
        return
    try:
        line = json.loads(message[message.index("{") :])
    except ValueError:
        return
    stamp = line["_aws"].get("Timestamp", time.time() * 1000) / 1000
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for names in directive.get("Dimensions") or [[]]:
            dimensions = {name: str(line[name]) for name in names if name in line}
            for metric in directive.get("Metrics", []):
                _store(directive["Namespace"], metric, line.get(metric["Name"], []), dimensions, stamp)


def _store(namespace, metric, values, dimensions, stamp):
    bucket = cloudwatch._metric_bucket((namespace, metric["Name"], cloudwatch._dims_key(dimensions)))
    for value in values if isinstance(values, list) else [values]:
        point = {"Timestamp": stamp, "Value": float(value), "Unit": metric.get("Unit", "None")}
        bucket.append({**point, "Dimensions": dimensions})
