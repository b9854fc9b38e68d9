"""Switching on this machine alone, while the database is gone: a file that the processes of this machine follow as well.

What is begun here has a negative id. What the database holds is ended here by a row of the same id that says so: it stays
ended on this machine until it is ended in the database too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from msgspec.structs import replace

from ivr.desk.switches import Refused, Switch, check
from ivr.model.graph import Graph
from ivr.store.live.mirror import HERE, MIRROR, Mirror, Spoilt


def both(seen: Iterable[Switch], here: Collection[Switch]) -> tuple[Switch, ...]:
    """What the database said, with what was switched on this machine since."""
    ended = {one.id for one in here if one.ended is not None}
    return (*(one for one in seen if one.id not in ended), *(one for one in here if one.ended is None))


def standing_here(var: Path, now: int) -> tuple[Switch, ...]:
    """All that is not over, as this machine knows it."""
    return tuple(one for one in both(_held(var, MIRROR), _held(var, HERE)) if not one.over(now))


def begin_here(var: Path, graph: Graph, wanted: Switch, now: int) -> Switch:
    """Switch it on for this machine. Raises Refused, OSError."""
    begins = wanted.begins if wanted.begins > now else now
    wanted = replace(
        check(graph, wanted, now), id=-time.time_ns() // 1_000_000, table=graph.id, begins=begins, made=now
    )
    same = (one for one in standing_here(var, now) if one.bars(wanted))
    if (taken := next(same, None)) is not None:
        line = (
            f"{'that team' if wanted.team else 'the calamity switch'} is switched already, by {taken.by or 'somebody'}"
        )
        raise Refused("already", f"{line}; end that first", by=taken.by)
    Mirror(var / HERE).write((*_held(var, HERE), wanted))
    return wanted


def end_here(var: Path, which: Callable[[Switch], bool], who: str, now: int) -> int:
    """Switch off all that answers to something, for this machine; how many. Raises OSError."""
    ending = [replace(one, ended=now, ended_by=who) for one in standing_here(var, now) if which(one)]
    if ending:
        ids = {one.id for one in ending}
        kept = [one for one in _held(var, HERE) if one.id not in ids]
        _put(var, (*kept, *(one for one in ending if one.id >= 0)))
    return len(ending)


def forget_here(var: Path, which: Callable[[Switch], bool]) -> int:
    """Take out of the file what answers to something, now that the database says how it stands; how many that held."""
    held = _held(var, HERE)
    kept = tuple(one for one in held if not which(one))
    if len(kept) != len(held):
        _put(var, kept)
    return sum(one.ended is None for one in held) - sum(one.ended is None for one in kept)


def _put(var: Path, rows: tuple[Switch, ...]) -> None:
    if rows:
        Mirror(var / HERE).write(rows)
    else:
        Mirror(var / HERE).remove()


def _held(var: Path, name: str) -> tuple[Switch, ...]:
    try:
        return Mirror(var / name).read()
    except Spoilt:
        return ()
