"""The table of tests/engine/calls.py with a notice node in its entry, and switches for it."""

from __future__ import annotations

from functools import cache

from ivr.desk.switches import CALAMITY, CLOSED, NOTICE, Switch
from ivr.diagnostics import Source, Sources
from ivr.tables.ready import Table, check_sources, ready
from tests.engine import calls

TEXT = calls.TEXT.replace("entry: [calamity, opening]", "entry: [calamity, notices, opening]").replace(
    "  opening: {kind: hours", "  notices: {kind: notice, then: continue}\n  opening: {kind: hours"
)
NOW = 1_796_119_200
"""Tuesday 2026-12-01 10:00."""
WORDS = {"nl": "Er is geen water.", "en": "There is no water."}


@cache
def table(always_open: bool = False) -> Table:
    """The table, made ready once; `always_open` for calls that arrive at whatever time it is."""
    hours = 'desk: {hours: "Mo-Fr 09:00-17:00", holidays: NL, closed_on: {"2026-12-24 15:00-24:00": kerstavond}}'
    assert hours in TEXT
    text = TEXT.replace(hours, 'desk: {hours: "Mo-Su 00:00-24:00"}') if always_open else TEXT
    return ready(check_sources(Sources((Source("kinds.yaml", text),)), calls.TODAY))


def calamity(**more: object) -> Switch:
    """A calamity."""
    return _made(CALAMITY, {"texts": WORDS, **more})


def notice(**more: object) -> Switch:
    """A notice, for an hour."""
    words = {"nl": "Vrijdag zijn wij dicht.", "en": "We are closed on Friday."}
    return _made(NOTICE, {"texts": words, "node": "notices", "ends": NOW + 3600, **more})


def closed(**more: object) -> Switch:
    """A team that is closed by hand, for an hour."""
    return _made(CLOSED, {"team": "line", "ends": NOW + 3600, **more})


def _made(kind: str, given: dict[str, object]) -> Switch:
    held = {"begins": NOW, "ends": None, "by": "lena", "made": NOW, "why": "storm", "id": 0, "table": "kinds", **given}
    return Switch(kind=kind, **held)  # type: ignore[arg-type]  # as the tests give it
