"""What holds of a version while one thing is switched: a function of plain values, so that a child process does it; the
last version that was asked about is kept."""

from __future__ import annotations

import datetime as dt

from ivr.proofs.space import Space
from ivr.proofs.switched import On, Under, under
from ivr.proofs.verdict import Verdict
from ivr.simulator.judging import LARGE, prove_table
from ivr.tables.ready import check_sources, ready
from ivr.tables.texts import Texts, digest, sources_of

Proved = tuple[Space, list[Verdict]] | None
_LAST: dict[tuple[bytes, dt.date], Proved] = {}


def switched(texts: Texts, today: dt.date, on: On | None = None) -> tuple[Under, ...] | None:
    """Each guarantee, and what that switch, or every one, makes of it; None where it cannot be said: the texts have errors,
    or are of a table too large to be proved here."""
    key = (digest(texts), today)
    if key not in _LAST:
        proved = _proved(texts, today)
        _LAST.clear()
        _LAST[key] = proved
    held = _LAST[key]
    return None if held is None else tuple(under(*held, None if on is None else (on,)))


def _proved(texts: Texts, today: dt.date) -> Proved:
    checked = check_sources(sources_of(texts), today)
    if checked.errors or checked.graph is None or len(checked.graph.nodes) > LARGE:
        return None
    return prove_table(ready(checked), today)
