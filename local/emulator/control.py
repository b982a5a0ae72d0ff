"""
What our harness asks of the emulator beyond AWS: who are you, write your state down, say what a service of AWS would say
that is not played here (CloudTrail), make an object huge or change its bytes, tell what was read of it, end when we end.
"""

import json
import os
import signal
import sys
import threading

import hollow
import ministack.app as app
import ministack.services.eventbridge as events
import tampering
from ministack.core.persistence import save_all


def install(token):
    hollow.install()
    _answer_the_harness(token)
    _end_with_the_harness()


def _answer_the_harness(token):
    original = app._handle_post_body_shortcuts
    answers = {
        "/_local/token": lambda body, query: _text(token),
        "/_local/write-state": _write_state,
        "/_local/tell-as-aws": lambda body, query: events._put_events(json.loads(body), allow_aws_source=True),
        "/_local/stretch": _stretch,
        "/_local/served": _served,
        "/_local/flip": _flip,
    }

    async def handle(method, path, headers, body, query_params, request_id):
        answer = answers.get(path)
        if answer is not None:
            return answer(body, {name: values[0] for name, values in query_params.items()})
        return await original(method, path, headers, body, query_params, request_id)

    app._handle_post_body_shortcuts = handle


def _text(said):
    return 200, {"Content-Type": "text/plain"}, said.encode()


def _write_state(body, query):
    save_all(app._build_persistence_save_dict())
    return _text("")


def _stretch(body, query):
    hollow.stretch(query["bucket"], query["key"], int(query["size"]), query["sha256"])
    return _text("")


def _served(body, query):
    return _text(str(hollow.served(query["bucket"], query["key"])))


def _flip(body, query):
    tampering.flip(query["bucket"], query["key"])
    return _text("")


def _end_with_the_harness():
    """Standard input is a pipe from the harness: it closes when the harness dies, even by SIGKILL."""

    def wait():
        sys.stdin.buffer.read()
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()
