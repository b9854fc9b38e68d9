"""Judges of slips at work in several processes; the answers come in the order of the slips, however many there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from types import TracebackType

from ivr.diagnostics import Sources
from ivr.proofs.ways import Script
from ivr.simulator.generate import Part, suite_text
from ivr.simulator.mutate import Judge, Judged
from ivr.simulator.slips import Slip


class Jury:
    """A judge, and with two jobs or more so many processes with a judge of their own."""

    def __init__(self, judge: Judge, jobs: int) -> None:
        self.judge = judge
        given = (judge.editor.sources, judge.suite.sources, judge.today)
        # a process is begun afresh, not forked: what calls this may have threads (a progress bar)
        self._pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, given) if jobs > 1 else None

    def __enter__(self) -> Jury:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def judged(self, slips: list[Slip]) -> Iterator[Judged]:
        """What becomes of each slip."""
        return map(self.judge.judge, slips) if self._pool is None else self._pool.map(_judge, slips)

    def explained(self, slips: list[Slip], parts: list[Part]) -> Iterator[Judged]:
        """What a caller hears of slips that nothing noticed; `parts` are the suite that `generate` made of the table."""
        written = suite_text(self.judge.table, parts)
        calls = [made.script for part in parts for made in part.scenarios]
        if self._pool is None:
            return (self.judge.explain(slip, written, calls) for slip in slips)
        return self._pool.map(_explain, slips, [written] * len(slips), [calls] * len(slips))


_held: list[Judge] = []
"""The judge of a process that was begun for judging."""


def _begin(sources: Sources, scenarios: Sources, today: dt.date) -> None:
    _held[:] = [Judge(sources, scenarios, today)]


def _judge(slip: Slip) -> Judged:
    return _held[0].judge(slip)


def _explain(slip: Slip, written: str, calls: list[Script]) -> Judged:
    return _held[0].explain(slip, written, calls)
