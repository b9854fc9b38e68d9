"""The calls of each number beside what its table says of it: whose it was, its phase now, and that nobody called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection

from ivr.authoring.files import NoTable
from ivr.calendars.moment import phase_at
from ivr.desk.period import Period, Stretch
from ivr.model.graph import Graph, Number
from ivr.model.moment import BEFORE, OVER, PHASES
from ivr.store.reports.numbers import count_numbers, known_since
from ivr.store.reports.rows import NumberCalls
from ivr.tables.archive import Archive, NotKept


def live_graphs(var: Path, table: str = "") -> dict[str, Graph]:
    """The tables that are live in the folder of what is kept, by id; or only one of them. One that cannot be read any more
    is left out."""
    root = var / "tables"
    try:
        names = sorted(path.name for path in root.iterdir() if path.is_dir())
    except OSError:
        return {}
    out = {}
    for name in names:
        archive = Archive(root, name)
        version = archive.live()
        if version and (not table or name == table):
            try:
                out[name] = archive.load(version).graph
            except (NotKept, NoTable, OSError):
                continue
    return out


def gather(
    connection: Connection, graphs: Mapping[str, Graph], period: Period, today: dt.date, now: int, table: str = ""
) -> tuple[tuple[NumberCalls, ...], tuple[Stretch, ...]]:
    """Each number's weeks within a period; nobody called a number that stands in a live table (`graphs`, by id) and has
    none.

    Weeks that can be compared lie wholly in the period, are over, and begin when calls were already being kept.
    """
    weeks = period.weeks()
    counts = count_numbers(connection, period, table)
    since = known_since(connection, table)
    said = {(id, number.name): number for id, graph in graphs.items() for number in graph.numbers}
    rung = {id for id, _ in counts}
    for key in said:
        if key[0] in rung:
            counts.setdefault(key, (0,) * len(weeks))
    out = []
    for (id, name), each in sorted(counts.items()):
        held = said.get((id, name))
        phase = _phase(held, now) if held is not None else ""
        first = since.get(id, dt.date.max)
        whole = tuple(
            calls
            for week, calls in zip(weeks, each, strict=True)
            if week.whole and week.after <= today and week.first >= first
        )
        formerly = held.formerly if held is not None else ""
        out.append(NumberCalls(id, name, formerly, phase, each, whole, held is not None))
    return tuple(out), weeks


def _phase(number: Number, now: int) -> str:
    """The phase of a number that is to be given back in the end; '' for a campaign, and for one that stays."""
    named = {phase for _, phase in number.phases}
    return "" if not named or named & {BEFORE, OVER} else PHASES[phase_at(number, now)]
