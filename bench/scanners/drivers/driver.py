"""Asks one scanner about many files in one process: what it says, how long it takes, how much it reads.

Reads paths from the standard input, one a line, and writes a line of JSON for each. `scan(path)` answers flagged,
suspicious, failed, "not scanned" or clean; what it raises is a failure. Bytes read are those of read and pread calls, as
the kernel counts them for this process (rchar); what is mapped into memory is not in it.
"""

import contextlib
import io
import json
import logging
import os
import resource
import signal
import sys
import time
import warnings
from typing import Callable

SECONDS_FOR_ONE = 60
MEMORY = 8 * 1024**3


def bytes_read() -> int:
    with open("/proc/self/io") as file:
        return int(file.readline().split()[1])


def give_up(*_):
    raise TimeoutError(f"more than {SECONDS_FOR_ONE} s")


def ask(scan: Callable[[str], str], path: str) -> str:
    signal.alarm(SECONDS_FOR_ONE)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return scan(path)
    except Exception:  # noqa: BLE001  whatever it is, it is no answer
        return "failed"
    finally:
        signal.alarm(0)


def run(scan: Callable[[str], str]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, give_up)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w")
    own = bytes_read()
    own = bytes_read() - own
    for line in sys.stdin:
        path = line.rstrip("\n")
        before, began = bytes_read(), time.perf_counter()
        verdict = ask(scan, path)
        seconds = time.perf_counter() - began
        read = bytes_read() - before - own
        answers.write(json.dumps({"path": path, "verdict": verdict, "seconds": seconds, "read": read}) + "\n")
        answers.flush()
