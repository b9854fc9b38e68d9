"""What the reports counted of each week or month, as sheets, and how waits are spread."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence

from ivr.desk.endings import ENDINGS
from ivr.desk.figures import share
from ivr.desk.kept import KEPT, NONE
from ivr.desk.period import Stretch
from ivr.store.reports.callbacks import Promises
from ivr.store.reports.calls import Helped, Waiting
from ivr.store.reports.rows import share_kept
from ivr.store.reports.sheet import SECONDS, SHARE, TEXT, Cell, Column, Sheet


def kept_over_sheet(found: Sequence[Promises], stretches: Sequence[Stretch]) -> Sheet:
    """What became of the promises that fell due in each stretch."""
    names = [name for name in KEPT if name != NONE]
    together = [sum((Counter(one.over[at]) for one in found), Counter[str]()) for at in range(len(stretches))]
    rows: list[tuple[Cell, ...]] = [
        (*_stretch(stretch), counts.total() - counts[NONE], *(counts[name] for name in names), share_kept(counts))
        for stretch, counts in zip(stretches, together, strict=True)
    ]
    kinds = (Column(name, name.replace("_", " ")) for name in names)
    columns = (*STRETCH, Column("promises", "promises"), *kinds, Column("share_kept", "kept", SHARE))
    return Sheet("kept_over", "Promises that fell due, over time", columns, rows)


def endings_over_sheet(found: Sequence[Mapping[str, int]], stretches: Sequence[Stretch]) -> Sheet:
    """How the calls ended that began in each stretch."""
    rows: list[tuple[Cell, ...]] = [
        (*_stretch(stretch), sum(counts.values()), *(counts.get(name, 0) for name in ENDINGS))
        for stretch, counts in zip(stretches, found, strict=True)
    ]
    columns = (*STRETCH, Column("calls", "calls"), *(Column(name, name.replace("_", " ")) for name in ENDINGS))
    return Sheet("endings_over", "How calls ended, over time", columns, rows)


def within_over_sheet(found: Sequence[Helped], stretches: Sequence[Stretch], norm: int) -> Sheet:
    """Who of those put through in each stretch was helped within the norm."""
    rows: list[tuple[Cell, ...]] = [
        (*_stretch(stretch), one.put_through, one.helped, one.within, share(one.within, one.put_through))
        for stretch, one in zip(stretches, found, strict=True)
    ]
    columns = (
        *STRETCH, Column("put_through", "put through"), Column("helped", "helped"),
        Column("within_norm", f"within {norm} s"), Column("share_within_norm", "share", SHARE),
    )  # fmt: skip
    return Sheet("within_over", "Helped within the norm, over time", columns, rows)


def patience_sheet(teams: Mapping[str, Waiting], norm: int) -> Sheet:
    """Of all who were put through, how many were helped within so many seconds."""
    put = sum(one.put_through for one in teams.values())
    waits = sorted(wait for one in teams.values() for wait in one.waited)
    steps = sorted({*STEPS, norm})
    within = [bisect_right(waits, step) for step in steps]
    rows = [(step, count, share(count, put)) for step, count in zip(steps, within, strict=True)]
    columns = (Column("within_seconds", "within", SECONDS), Column("helped", "helped"), Column("share", "share", SHARE))
    return Sheet("patience", "Helped within so long", columns, rows if put else [])


STEPS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300)
"""Seconds of waiting that are looked at."""
STRETCH = (Column("stretch", "stretch", TEXT), Column("whole", "whole", TEXT))
"""A week or a month, and whether the period holds all of it."""


def _stretch(stretch: Stretch) -> tuple[str, str]:
    return (stretch.name, "yes" if stretch.whole else "no")
