"""The generated table as the proofs are measured on it: 100 numbers with phases of their own, 12 calendars with
exceptions, and six written guarantees."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from benchmarks.generate import HOURS, NODES_OF_A_DEPARTMENT, write_table

NUMBERS = 100
CALENDARS = 12
_CALENDAR = re.compile(r"cal-(\d+)")

GUARANTEES = """\
guarantees:
  a-person-is-near:
    for: {numbers: all, arriving: cal-0 open}
    can: {reach: an open team, within: {choices: 3, seconds: 60}}
  the-operator-is-there:
    for: {arriving: cal-0 open}
    can: {reach: operator}
  closed-is-told:
    for: {arriving: cal-0 closed}
    always: {ends_in: [person, case, told where to turn]}
  nobody-is-recorded-by-surprise:
    for: {numbers: all}
    never: {ends_in: [article]}
  english-is-served:
    for: {arriving: cal-0 open, numbers: main}
    can: {reach: an open team, within: {choices: 4}}
  known-callers-too:
    for: {facts: {caller: known}, arriving: cal-0 open}
    can: {reach: an open team}
"""


def write_provable(folder: Path, nodes: int) -> int:
    """Write a table with at least so many nodes into a folder; the number of bytes written."""
    write_table(folder, nodes)
    departments = max(1, nodes // NODES_OF_A_DEPARTMENT)
    for path in folder.rglob("*.yaml"):
        text = _CALENDAR.sub(lambda found: f"cal-{int(found[1]) % CALENDARS}", path.read_text())
        path.write_text(text)
    teams = (folder / "teams.yaml").read_text()
    (folder / "teams.yaml").write_text("teams:\n" + teams.partition("teams:\n")[2])
    (folder / "calendars.yaml").write_text(_calendars())
    (folder / "numbers.yaml").write_text(_numbers(departments))
    (folder / "guarantees.yaml").write_text(GUARANTEES)
    return sum(path.stat().st_size for path in folder.rglob("*.yaml"))


def _calendars() -> str:
    rows = ["calendars:"]
    for n in range(CALENDARS):
        rows += [
            f"  cal-{n}:",
            f'    hours: "{HOURS[n % len(HOURS)]}"',
            "    holidays: NL",
            f'    closed_on: {{2027-05-{7 + n:02d}: brugdag, "2026-12-24 {13 + n % 4}:00-24:00": kerstavond}}',
        ]
    return "\n".join(rows) + "\n"


def _numbers(departments: int) -> str:
    rows = ["numbers:"]
    first = dt.date(2026, 11, 10)
    for n in range(NUMBERS):
        starts = [first + dt.timedelta(days=n + step * 97) for step in range(4)]
        phases = ", ".join(
            f"{k}: {d}" for k, d in zip(("parallel", "announce", "redirect", "returned"), starts, strict=True)
        )
        rows += [
            f'  "050 3{n // 10:02d} {n % 10}000":',
            f"    formerly: Loket {n}",
            f"    to: d{n * departments // NUMBERS}",
            f"    phases: {{{phases}}}",
            "    announce: {nl: Dit nummer verdwijnt. Bel 14 0 50., en: This number will go. Dial 14 0 50.}",
        ]
    return "\n".join(rows) + "\n"
