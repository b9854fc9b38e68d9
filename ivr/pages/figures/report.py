"""A report as the page shows it: what was asked with, the figures that say most, and its tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection

from ivr.model.graph import Graph
from ivr.pages.figures.asked import Question
from ivr.pages.figures.grid import Grid
from ivr.pages.figures.saying import Say


class Asking(Struct, frozen=True):
    """What a report is made from: what is asked, of which database, as things stand at `now` (epoch seconds), in which
    words; `consent` is the day of the works council's consent when figures by employee may be shown to this visitor."""

    question: Question
    connection: Connection
    now: int
    today: dt.date
    say: Say
    graphs: Mapping[str, Graph]
    consent: str = ""


class Figure(Struct, frozen=True):
    """A figure that says much. `tone` is '' or warn."""

    name: str
    text: str
    more: str = ""
    tone: str = ""


class Report(Struct, frozen=True):
    """A report. Without grids there was nothing to count."""

    figures: tuple[Figure, ...] = ()
    grids: tuple[Grid, ...] = ()


def extremes(
    pairs: Sequence[tuple[str, float]], write: Callable[[float], str]
) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """The lowest and the highest of (name, value), written; None where that tells nothing apart."""
    if not pairs:
        return None
    low, high = min(pairs, key=lambda one: one[1]), max(pairs, key=lambda one: one[1])
    said = ((low[0], write(low[1])), (high[0], write(high[1])))
    return said if said[0][1] != said[1][1] else None
