"""Promises that fell due: kept and broken, by team and over time; by employee where the works council agreed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from ivr.desk.figures import median
from ivr.desk.kept import KEPT, NONE
from ivr.pages.figures.grid import Cell, Chart, Grid, empty, grid_of, hiding
from ivr.pages.figures.report import Asking, Figure, Report, extremes
from ivr.pages.figures.saying import Say, upper_first
from ivr.store.reports.callbacks import Promises, count_promises, count_rung
from ivr.store.reports.over import kept_over_sheet
from ivr.store.reports.rows import FEW, callback_sheets, employee_sheets, share_kept
from ivr.store.reports.sheet import Sheet

KINDS = tuple(name for name in KEPT if name != NONE)


def report(asking: Asking) -> Report:
    """The report."""
    question, say = asking.question, asking.say
    stretches = question.stretches
    found = count_promises(
        asking.connection, question.period, asking.now, question.table, question.team, stretches
    )  # fmt: skip
    grids: list[Grid] = []
    if found:
        over = kept_over_sheet(found, stretches)
        grids += [*_over(asking, over, found), _teams(say, found)]
    if asking.consent:
        grids += _employees(asking)
    return Report(_figures(say, found) if found else (), tuple(grids))


def _figures(say: Say, found: Sequence[Promises]) -> tuple[Figure, ...]:
    counts = _together(found)
    took = median([seconds for one in found for seconds in one.took])
    return (
        Figure(say.t("kpi_kept"), say.percent(share_kept(counts))),
        Figure(say.t("kpi_promises"), say.whole(sum(counts[kind] for kind in KINDS))),
        Figure(say.t("kpi_reached"), say.span(took)),
    )


def _over(asking: Asking, over: Sheet, found: Sequence[Promises]) -> list[Grid]:
    """The same table twice would say nothing new: one chart of the share, one of the counts."""
    say, by = asking.say, asking.question.by
    shares = [(say.stretch(str(row[0])), float(row[-1])) for row in over.rows if isinstance(row[-1], int | float)]
    counts = _together(found)
    kept, count = share_kept(counts), say.whole(sum(counts[kind] for kind in KINDS))
    ends = extremes(shares, say.percent)
    if kept is None:
        says = say.t("says_kept_none", n=count)
    elif ends is None:
        says = say.t("says_kept_one", n=count, share=say.percent(kept))
    else:
        (low, low_share), (high, high_share) = ends
        says = say.t(
            "says_kept", n=count, share=say.percent(kept), low=low, low_share=low_share, high=high,
            high_share=high_share,
        )  # fmt: skip
    heads = {"stretch": say.t(f"col_stretch_{by}")}
    return [
        grid_of(
            over, say, say.t("sheet_kept_over"), hidden=("whole", *empty(over, KINDS[1:])),
            series=(*KINDS, "share_kept"), heads=heads,
            chart=Chart("kept", say.t("chart_kept_over"), says, share_title=say.t("chart_kept_share")),
        )
    ]  # fmt: skip


def _teams(say: Say, found: Sequence[Promises]) -> Grid:
    (sheet,) = callback_sheets(found)
    notes, hidden = (say.t("note_kept"),), empty(sheet, KINDS[1:])
    return grid_of(sheet, say, say.t("sheet_kept_teams"), hidden=hidden, bar="share_kept", notes=notes)


def _employees(asking: Asking) -> list[Grid]:
    question, say = asking.question, asking.say
    found = count_rung(asking.connection, question.period, question.table, question.team)
    if not found:
        return []
    (sheet,) = employee_sheets(found)
    notes = (hiding(say), say.t("note_employees", day=say.day(dt.date.fromisoformat(asking.consent))))
    writes = {
        "employee": lambda row: Cell(upper_first(say.t("few")) if row["employee"] == FEW else str(row["employee"]))
    }
    return [grid_of(sheet, say, say.t("sheet_employees"), bar="share_reached", notes=notes, writes=writes)]


def _together(found: Sequence[Promises]) -> Counter[str]:
    return sum((Counter(one.kept) for one in found), Counter[str]())
