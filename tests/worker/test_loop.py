"""Facts about the worker's loop: tasks go on whatever happens to the others, and stop when they are told to."""

from __future__ import annotations

import logging
import threading

import pytest

from ivr.worker import loop
from ivr.worker.loop import Loop, run_once


class Counted:
    """A task that has some things to do, and says when it has done them."""

    every = 0.01

    def __init__(self, name: str, things: int, fails: int = 0) -> None:
        self.name = name
        self.things = things
        self.fails = fails
        self.done = threading.Event()
        self.runs = 0

    def run(self, now: int) -> int:
        self.runs += 1
        if self.fails:
            self.fails -= 1
            raise ValueError("what +31612345678 said")
        if not self.things:
            self.done.set()
            return 0
        self.things -= 1
        return 1


def test_each_task_does_all_it_has_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [Counted("one", 5), Counted("other", 50)]
    held = Loop(tasks)
    held.start()
    assert all(task.done.wait(5) for task in tasks)
    held.stop()


def test_a_task_that_fails_is_tried_again_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loop, "LONGEST_REST", 0.01)
    bad, good = Counted("bad", 1, fails=3), Counted("good", 1)
    held = Loop([bad, good])
    with caplog.at_level(logging.WARNING):
        held.start()
        assert bad.done.wait(5)
        assert good.done.wait(5)
        held.stop()
    said = [record.getMessage() for record in caplog.records]
    assert len([text for text in said if text.startswith("bad cannot go on: ValueError at test_loop.py:")]) == 1
    assert "bad goes on" in said
    assert "+316" not in "".join(said), "what a fault says could be what a caller said"


def test_a_loop_that_is_stopped_does_no_more() -> None:
    task = Counted("one", 10**9)
    held = Loop([task])
    held.start()
    held.stop()
    runs = task.runs
    assert not any(thread.is_alive() for thread in held._threads)
    assert task.runs == runs


def test_once_does_all_that_is_due_and_ends() -> None:
    assert run_once([Counted("one", 5), Counted("other", 7)], 0) == 12
