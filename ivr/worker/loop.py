"""The worker: each task in a thread of its own, again and again, until it is told to stop.

A task that fails is said once for each kind of fault, and tried again after a rest that grows; the others go on. When the
database is gone all of them wait for it, and nothing is lost: what is owed stands in the journals and in the database.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from ivr.store.database.connect import explain
from ivr.worker.context import Task

log = logging.getLogger(__name__)
LONGEST_REST = 15.0
"""Seconds until a task that fails is tried again, at most."""
STOP_SECONDS = 10.0
"""How long a task that is at work may finish it when the worker is told to stop."""


class Loop:
    """Runs tasks; `clock` gives epoch seconds."""

    def __init__(self, tasks: Sequence[Task], clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._follow, args=(task,), name=task.name, daemon=True) for task in tasks
        ]

    def start(self) -> None:
        """Begin with all tasks."""
        for thread in self._threads:
            thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until somebody stops it, at most so long; whether that happened."""
        return self._stopped.wait(seconds)

    def stop(self) -> None:
        """Tell the tasks to stop, and wait for those that are at work."""
        self._stopped.set()
        until = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))

    def _follow(self, task: Task) -> None:
        failures = 0
        said = ""
        while not self._stopped.is_set():
            try:
                rest = 0.0 if task.run(int(self._clock())) else task.every
                if said:
                    log.warning("%s goes on", task.name)
                failures, said = 0, ""
            except Exception as error:  # whatever it is: a worker that ends keeps no promise
                failures += 1
                why = (
                    f"{type(error).__name__}: {explain(error)}" if isinstance(error, SQLAlchemyError) else _named(error)
                )
                if why != said:
                    log.error("%s cannot go on: %s", task.name, why)
                said = why
                rest = min(LONGEST_REST, max(task.every, 0.25) * 2 ** min(failures, 10))
            self._stopped.wait(rest)


def _named(error: Exception) -> str:
    """A fault without its text, which could hold what a caller said; where it arose tells the rest."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace is not None else "?"
    return f"{type(error).__name__} at {where}"


def run_once(tasks: Sequence[Task], now: int, most: int = 10_000) -> int:
    """Run each task until it has nothing to do; how many things were done. Raises what a task raises."""
    done = 0
    for task in tasks:
        for _ in range(most):
            count = task.run(now)
            done += count
            if not count:
                break
    return done
