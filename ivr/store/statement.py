"""What is kept of whom, and how long, in plain words: made from what the columns and the settings declare."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ivr.desk.retention import AFTER, KINDS, LINK, LINKED, STAYS, TERMS, WHOM, Periods, whom
from ivr.store.holdings import KEPT, columns

LANGUAGES = ("nl", "en")


class Line(Struct, frozen=True):
    """One kind of data that goes at one time. `where` names columns (`calls.caller`); `days` is 0 for what stays, and
    `settings` are what it follows from."""

    kind: str
    what: str
    of: str
    where: Sequence[str]
    days: int
    how_long: str
    settings: Sequence[str]


def statement(periods: Periods, language: str) -> list[Line]:
    """All that is kept, what points most at a person first."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for (table, column), at in columns().items():
        grouped.setdefault(at, []).append(f"{table}.{column}")
    order = list(KINDS)
    return [
        _line(kind, term, where, periods, language)
        for (kind, term), where in sorted(grouped.items(), key=lambda item: (order.index(item[0][0]), item[1]))
    ]


def _line(kind: str, term: str, where: list[str], periods: Periods, language: str) -> Line:
    what, of = KINDS[kind][language], WHOM[whom(kind)][language]
    if term == KEPT:
        how_long = (LINKED if kind == LINK else STAYS)[language]
        return Line(kind, what, of, where, 0, how_long, ())
    held = TERMS[term]
    days = held.days(periods)
    how_long = AFTER[language].format(days=days, since=held.since[language])
    return Line(kind, what, of, where, days, how_long, tuple(f"IVR_KEEP_{name.upper()}_DAYS" for name in held.periods))
