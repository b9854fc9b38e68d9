"""A worker beside the webhook: started with it, started again when it ends, stopped with it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

STEADY_SECONDS = 30.0
"""A worker that ran so long and then ended is started again at once."""
LONGEST_REST = 30.0
STOP_SECONDS = 15.0


@contextlib.contextmanager
def beside() -> Iterator[None]:
    """Run `ivr worker` in a process of its own meanwhile: it takes nothing of a turn's time, and neither takes the other
    along when it ends."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep_up, args=(stop,), name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(STOP_SECONDS + 5)


def _keep_up(stop: threading.Event) -> None:
    rest = 1.0
    while not stop.is_set():
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "ivr.cli", "worker", "--with-parent", str(os.getpid())], stdin=subprocess.DEVNULL
        )
        while process.poll() is None and not stop.wait(0.2):
            pass
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
            return
        rest = 1.0 if time.monotonic() - began > STEADY_SECONDS else min(LONGEST_REST, rest * 2)
        stop.wait(rest)
