"""
What our harness asks of the emulator beyond AWS: who are you, write your state down, say what a service of AWS would say
that is not played here (CloudTrail), end when we end.
"""

import json
import os
import signal
import sys
import threading

import ministack.app as app
import ministack.services.eventbridge as events
from ministack.core.persistence import save_all


def install(token):
    _answer_the_harness(token)
    _end_with_the_harness()


def _answer_the_harness(token):
    original = app._handle_post_body_shortcuts

    async def handle(method, path, headers, body, query_params, request_id):
        if path == "/_local/token":
            return 200, {"Content-Type": "text/plain"}, token.encode()
        if path == "/_local/write-state":
            save_all(app._build_persistence_save_dict())
            return 200, {"Content-Type": "text/plain"}, b""
        if path == "/_local/tell-as-aws":
            return events._put_events(json.loads(body), allow_aws_source=True)
        return await original(method, path, headers, body, query_params, request_id)

    app._handle_post_body_shortcuts = handle


def _end_with_the_harness():
    """Standard input is a pipe from the harness: it closes when the harness dies, even by SIGKILL."""

    def wait():
        sys.stdin.buffer.read()
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()
