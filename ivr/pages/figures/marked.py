"""The marks that callers gave: by month, team, number and language, each with how sure the mean is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ivr.desk.marks import summarise
from ivr.desk.staff import LEAST
from ivr.pages.figures.grid import Cell, Chart, Grid, Write, grid_of, hiding
from ivr.pages.figures.report import Asking, Figure, Report, extremes
from ivr.pages.figures.saying import OFF, Say, upper_first
from ivr.store.reports.marks import BY, count_marks
from ivr.store.reports.rows import FEW, FIRST_MARK, mark_sheets
from ivr.store.reports.sheet import Cell as Value
from ivr.store.reports.sheet import Sheet

ORDER = ("month", "team", "number", "language")
assert set(ORDER) == set(BY)


def report(asking: Asking) -> Report:
    """The report."""
    question, say = asking.question, asking.say
    found = {
        by: count_marks(asking.connection, question.period, by, question.table, question.team, question.number)
        for by in ORDER
    }
    every = sum(found["month"].values(), Counter[int]())
    if not every:
        return Report()
    (sheet,) = mark_sheets(found)
    return Report(_figures(say, every), tuple(_grid(asking, sheet, by, every) for by in ORDER))


def _figures(say: Say, every: Mapping[int, int]) -> tuple[Figure, ...]:
    count = sum(every.values())
    told = summarise(every) if count >= LEAST else None
    if told is None or told.low is None or told.high is None:
        return (Figure(say.t("kpi_mean"), OFF, say.t("too_few")), Figure(say.t("kpi_marks"), _fewer(say)))
    sure = say.t("between", low=say.decimal(told.low), high=say.decimal(told.high))
    return (
        Figure(say.t("kpi_mean"), say.decimal(told.mean)),
        Figure(say.t("kpi_marks"), say.whole(count)),
        Figure(say.t("kpi_sure"), sure),
    )


def _fewer(say: Say) -> str:
    return say.t("fewer_than", n=LEAST)


def _grid(asking: Asking, sheet: Sheet, by: str, every: Mapping[int, int]) -> Grid:
    say = asking.say
    mine = Sheet(sheet.name, sheet.title, sheet.columns, [row for row in sheet.rows if row[0] == by])
    chart = None
    if by == "month":
        chart = Chart("mean", say.t("chart_marks"), _says(say, mine, every), FIRST_MARK, say.t("ref_first_mark"))
    notes = [hiding(say)] if any(row[1] == FEW for row in mine.rows) else []
    if by == "month":
        notes += [say.t("note_sure"), say.t("note_first_mark", mark=say.decimal(FIRST_MARK))]
    return grid_of(
        mine, say, say.t(f"sheet_marks_{by}"), name=by, hidden=("by",), series=("mean", "low", "high"), notes=notes,
        chart=chart, writes={"group": _group(say, by), "marks": _count(say)}, heads={"group": say.t(f"col_group_{by}")},
    )  # fmt: skip


def _group(say: Say, by: str) -> Write:
    def write(row: Mapping[str, Value]) -> Cell:
        name = str(row["group"])
        if name == FEW:
            return Cell(upper_first(say.t("few")))
        if by == "month":
            return Cell(upper_first(say.stretch(name)), short=say.short(name))
        if by == "number":
            return Cell(say.number(name), sub=say.formerly(name))
        return Cell(say.team(name) if by == "team" else upper_first(say.or_raw("language", name)))

    return write


def _count(say: Say) -> Write:
    def write(row: Mapping[str, Value]) -> Cell:
        held = row["marks"]
        return Cell(say.whole(held), kind="num") if isinstance(held, int) else Cell(_fewer(say), kind="num")

    return write


def _says(say: Say, months: Sheet, every: Mapping[int, int]) -> str:
    count = sum(every.values())
    told = summarise(every) if count >= LEAST else None
    if told is None:
        return say.t("too_few")
    pairs = [(say.stretch(str(row[1])), float(row[3])) for row in months.rows if row[1] != FEW and row[3] is not None]
    ends = extremes(pairs, say.decimal)
    if ends is None:
        return say.t("says_marks_one", n=say.whole(count), mean=say.decimal(told.mean))
    (low, low_mean), (high, high_mean) = ends
    return say.t(
        "says_marks", n=say.whole(count), mean=say.decimal(told.mean), low=low, low_mean=low_mean, high=high,
        high_mean=high_mean,
    )  # fmt: skip
