"""What still comes in by each old number, how that changes, and which step of its life it allows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import takewhile

from ivr.desk.figures import share
from ivr.desk.period import Stretch
from ivr.desk.residual import ANNOUNCE, KEEP, NOTHING, RECENT, REDIRECT, RETURN, WAIT, Advice, advise, trend
from ivr.pages.figures.grid import Cell, Chart, Grid, grid_of
from ivr.pages.figures.report import Asking, Figure, Report
from ivr.pages.figures.saying import OFF, Say, upper_first
from ivr.store.reports.calls import MAIN_NUMBER
from ivr.store.reports.gathering import gather
from ivr.store.reports.rows import MAIN, NumberCalls, number_sheets
from ivr.store.reports.sheet import TEXT, Column, Sheet
from ivr.store.reports.sheet import Cell as Value

FIRST = (RETURN, REDIRECT, ANNOUNCE, KEEP, WAIT, NOTHING)
"""What may be done comes before what is left as it is."""
TONES = {RETURN: "good", REDIRECT: "accent", ANNOUNCE: "accent"}
TALL = 20
"""The height of a small line."""


def report(asking: Asking) -> Report:
    """The report."""
    question, say = asking.question, asking.say
    found, weeks = gather(
        asking.connection, asking.graphs, question.period, asking.today, asking.now, question.table
    )  # fmt: skip
    all_ = found
    if question.number:
        wanted = "" if question.number == MAIN_NUMBER else question.number
        found = tuple(one for one in found if one.number == wanted)
    if not any(sum(one.weeks) for one in found):
        return Report()
    known = sum(1 for _ in takewhile(lambda each: not any(each), zip(*(one.weeks for one in all_), strict=True)))
    advised = {key_of(one): advice_of(one) for one in found}
    ordered = sorted(found, key=lambda one: (not one.number, FIRST.index(advised[key_of(one)].what), one.number))
    grids = [_weeks(asking, found, weeks, known), _numbers(say, ordered, weeks), _each(say, found, weeks)]
    return Report(_figures(say, found, advised.values()), tuple(grids))


def key_of(one: NumberCalls) -> tuple[str, str]:
    """A number of a table."""
    return (one.table, one.number)


def advice_of(one: NumberCalls) -> Advice:
    """What may be done with a number; nothing with one that no live table has."""
    return advise(one.phase if one.known else "", one.whole)


def _figures(say: Say, found: Sequence[NumberCalls], advised: Collection[Advice]) -> tuple[Figure, ...]:
    total = sum(sum(one.weeks) for one in found)
    old = sum(sum(one.weeks) for one in found if one.number)
    steps = sum(advice.what in TONES for advice in advised)
    return (
        Figure(say.t("kpi_calls"), say.whole(total)),
        Figure(say.t("kpi_old"), say.whole(old), say.percent(share(old, total))),
        Figure(say.t("kpi_advised"), say.whole(steps)),
    )


def _weeks(asking: Asking, found: Sequence[NumberCalls], weeks: Sequence[Stretch], known: int) -> Grid:
    """Calls of each week: of the number that is asked for, or of the old ones together beside the main number. Before the
    week at `known` nobody is known to have called: that is not none."""
    say, number = asking.say, asking.question.number
    groups: dict[str, list[NumberCalls]] = {}
    for one in found:
        groups.setdefault("calls" if number else "main" if not one.number else "old", []).append(one)
    names = [name for name in ("calls", "old", "main") if name in groups]
    rows: list[tuple[Value, ...]] = [
        (
            week.name,
            "yes" if week.whole else "no",
            *(sum(one.weeks[at] for one in groups[name]) if at >= known else None for name in names),
        )
        for at, week in enumerate(weeks)
    ]
    heads = {
        "stretch": say.t("col_stretch_week"),
        "old": upper_first(say.t("series_old")),
        "main": upper_first(say.t("series_main")),
    }
    columns = (Column("stretch", "week", TEXT), Column("whole", "whole", TEXT), *(Column(name, name) for name in names))
    sheet = Sheet("weeks_over", "Calls a week", columns, rows)
    total, old = (sum(sum(one.weeks) for one in found if one.number or both) for both in (True, False))
    if number:
        verdict = trend(found[0].whole)
        said = say.t(f"trend_{verdict.verdict if verdict else ''}")
        says = say.t("says_number", n=say.whole(total), number=say.number(found[0].number), trend=said)
    else:
        says = say.t("says_old", n=say.whole(total), old=say.whole(old), share=say.percent(share(old, total)))
    return grid_of(
        sheet, say, say.t("sheet_weeks"), hidden=("whole",), series=names, heads=heads,
        chart=Chart("count", say.t("chart_old"), says),
    )  # fmt: skip


def _numbers(say: Say, found: Sequence[NumberCalls], weeks: Sequence[Stretch]) -> Grid:
    sheet = number_sheets(found, weeks, wide=False)[0]
    held = {(one.table, one.number or MAIN): one for one in found}

    def written(write: Callable[[NumberCalls, Mapping[str, Value]], Cell]) -> Callable[[Mapping[str, Value]], Cell]:
        return lambda row: write(held[str(row["table"]), str(row["number"])], row)

    writes = {
        "number": written(lambda one, _: Cell(say.number(one.number), sub=one.formerly)),
        "phase": written(lambda one, _: Cell(say.t(f"phase_{one.phase}") if one.number else "")),
        "calls": written(lambda one, _: Cell(say.whole(sum(one.weeks)), kind="num", spark=spark(one.whole))),
        "trend": written(lambda _, row: _trend(say, row)),
        "advice": written(lambda one, _: _advice(say, one)),
    }
    hidden = ["formerly", "slope", "low", "high", "why", *(["table"] if len({one.table for one in found}) == 1 else [])]
    notes = (say.t("note_numbers"), say.t("note_advice"), say.t("note_period"))
    return grid_of(sheet, say, say.t("sheet_numbers"), hidden=hidden, writes=writes, notes=notes)


def _trend(say: Say, row: Mapping[str, Value]) -> Cell:
    slope, low, high = row["slope"], row["low"], row["high"]
    said = say.t(f"trend_{row['trend']}")
    if not (isinstance(slope, int | float) and isinstance(low, int | float) and isinstance(high, int | float)):
        return Cell(said)
    return Cell(said, sub=f"{say.decimal(slope)} ({say.decimal(low)} … {say.decimal(high)})")


def _advice(say: Say, one: NumberCalls) -> Cell:
    if not one.known or not one.number:
        return Cell(OFF)
    advice = advice_of(one)
    why = say.t(f"why_{advice.reason}", calls=say.whole(advice.calls), weeks=RECENT)
    return Cell(say.t(f"advice_{advice.what}"), sub=why, badge=TONES.get(advice.what, ""))


def _each(say: Say, found: Sequence[NumberCalls], weeks: Sequence[Stretch]) -> Grid:
    """All numbers in all weeks; its CSV has a row a week."""
    wide = number_sheets(found, weeks, wide=True)[1]
    tall = number_sheets(found, weeks, wide=False)[1]
    heads = {week.name: f"{say.short(week.name)}{'' if week.whole else '*'}" for week in weeks}
    notes = (say.t("a_part"),) if not all(week.whole for week in weeks) else ()
    made = grid_of(wide, say, say.t("sheet_each"), name="weeks", heads=heads, notes=notes, folded=True)
    return Grid(made.name, made.title, made.heads, made.rows, tall, made.notes, None, True)


def spark(weeks: Sequence[int]) -> str:
    """The points of a small line, 100 wide; '' for what is no line."""
    if len(weeks) < 2:
        return ""
    most = max(weeks) or 1
    points = [
        f"{100 * at / (len(weeks) - 1):.1f},{TALL - 1 - (TALL - 2) * count / most:.1f}"
        for at, count in enumerate(weeks)
    ]  # fmt: skip
    return " ".join(points)
