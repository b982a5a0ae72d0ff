"""What our harness asks of the emulator beyond AWS: who are you, write your state down, make an object huge, tell what was
read of it, end when we end."""

import os
import signal
import sys
import threading

import hollow
import ministack.app as app
from ministack.core.persistence import save_all


def install(token):
    hollow.install()
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
        if path in ("/_local/stretch", "/_local/served"):
            asked = {name: values[0] for name, values in query_params.items()}
            bucket, key = asked["bucket"], asked["key"]
            if path == "/_local/stretch":
                hollow.stretch(bucket, key, int(asked["size"]), asked["sha256"])
            return 200, {"Content-Type": "text/plain"}, str(hollow.served(bucket, key)).encode()
        return await original(method, path, headers, body, query_params, request_id)

    app._handle_post_body_shortcuts = handle


def _end_with_the_harness():
    """Standard input is a pipe from the harness: it closes when the harness dies, even by SIGKILL."""

    def wait():
        sys.stdin.buffer.read()
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()
