"""What callers asked in one week: when they called, what they chose, what they were promised."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

from ivr.desk.figures import NORM_SECONDS, median, share
from ivr.desk.kept import KEPT, NONE
from ivr.desk.marks import summarise
from ivr.desk.period import week_of
from ivr.desk.staff import LEAST
from ivr.pages.figures.grid import Cell, Grid, Head, Write, grid_of
from ivr.pages.figures.report import Asking, Figure, Report
from ivr.pages.figures.saying import OFF, Say, upper_first
from ivr.store.reports.rows import COUNTED, endings_sheet, hung_up_sheet, share_kept, team_sheet
from ivr.store.reports.sheet import SHARE, TEXT, Column, Sheet
from ivr.store.reports.sheet import Cell as Value
from ivr.store.reports.week import HOURS, MOST, Week, count_week

DAYS = range(7)
USUAL = (8, 18)
"""The hours that are shown when nobody called at all."""
BUSIEST = 3
KINDS = tuple(name for name in KEPT if name != NONE)


def report(asking: Asking) -> Report:
    """The report."""
    question, say = asking.question, asking.say
    before = week_of(question.first - dt.timedelta(days=1))
    week = count_week(asking.connection, question.period, before, asking.now, question.table)
    figures = _figures(say, week)
    made = [_made(say, week)] if week.made or week.due or week.overdue else []
    if not week.total:
        return Report(figures if made else (), tuple(made))
    found = week.found
    grids = [
        _hours(asking, week), *_asked(say, week),
        grid_of(team_sheet(found.teams, NORM_SECONDS), say, say.t("sheet_week_teams"), bar="share_within_norm"),
        *made, grid_of(endings_sheet(found.endings), say, say.t("sheet_endings"), bar="share"),
    ]  # fmt: skip
    gone = dict(found.endings).get("hung_up", 0)
    if found.hung_up:
        grids.append(grid_of(hung_up_sheet(found.hung_up, gone), say, say.t("sheet_hung_up"), bar="share"))
    return Report(figures, tuple(grids))


def _figures(say: Say, week: Week) -> tuple[Figure, ...]:
    person = dict(week.found.endings).get("person", 0)
    overdue = sum(week.overdue.values())
    marks = summarise(week.marks) if week.marks.total() >= LEAST else None
    kept = sum((Counter(one.kept) for one in week.due), Counter[str]())
    took = median(week.found.to_person)
    half = say.t("half_within", span=say.span(took)) if took is not None else ""
    given = say.t("of_callers", n=say.whole(week.marks.total())) if marks else say.t("too_few")
    return (
        Figure(say.t("kpi_calls"), say.whole(week.total), _against(say, week)),
        Figure(say.t("kpi_helped"), say.percent(share(person, week.found.total)), half),
        Figure(say.t("kpi_made"), say.whole(sum(week.made.values()))),
        Figure(say.t("kpi_week_kept"), say.percent(share_kept(kept)), say.t("of_due")),
        Figure(say.t("kpi_overdue"), say.whole(overdue), tone="warn" if overdue else ""),
        Figure(say.t("kpi_mean"), say.decimal(marks.mean) if marks else OFF, given),
    )


def _against(say: Say, week: Week) -> str:
    if not week.before:
        return say.t("none_before")
    more = week.total - week.before
    if not more:
        return say.t("as_before")
    return say.t("more_than_before" if more > 0 else "less_than_before", n=say.whole(abs(more)))


def _hours(asking: Asking, week: Week) -> Grid:
    """A row a day, a field an hour: darker for more calls, with the count in it."""
    say, first = asking.say, asking.question.first
    used = [hour for row in week.hours for hour, count in enumerate(row) if count]
    start, after = (min(used), max(used) + 1) if used else USUAL
    most = max(map(max, week.hours)) or 1
    rows: list[tuple[Value, ...]] = [
        ((first + dt.timedelta(days=day)).isoformat(), sum(week.hours[day]), *week.hours[day]) for day in DAYS
    ]
    columns = (
        Column("day", "day", TEXT), Column("calls", "calls"), *(Column(str(hour), str(hour)) for hour in range(HOURS)),
    )  # fmt: skip
    shown = tuple(
        (
            Cell(upper_first(say.t(f"day_{day}")), sub=str((first + dt.timedelta(days=day)).day)),
            Cell(say.whole(sum(week.hours[day])), float(sum(week.hours[day])), kind="num"),
            *(_field(say, week.hours[day][hour], most) for hour in range(start, after)),
        )
        for day in DAYS
    )
    heads = (
        Head("day", say.t("col_day"), False), Head("calls", say.t("col_calls"), True),
        *(Head(str(hour), str(hour), True) for hour in range(start, after)),
    )  # fmt: skip
    return Grid(
        "hours",
        say.t("sheet_hours"),
        heads,
        shown,
        Sheet("hours", "Calls by hour", columns, rows),
        (_busiest(say, week),),
    )


def _field(say: Say, count: int, most: int) -> Cell:
    return Cell(say.whole(count) if count else "", kind=f"num heat-{1 + round(3 * count / most) if count else 0}")


def _busiest(say: Say, week: Week) -> str:
    ranked = sorted(
        ((count, -day, -hour) for day, row in enumerate(week.hours) for hour, count in enumerate(row) if count),
        reverse=True,
    )[:BUSIEST]
    hours = [
        say.t("hour_of", day=say.t(f"day_{-day}"), hour=-hour, next=1 - hour, n=say.whole(n)) for n, day, hour in ranked
    ]
    return say.t("says_busiest", hours=", ".join(hours))


def _asked(say: Say, week: Week) -> list[Grid]:
    """What callers chose, by what a table calls it."""
    grids = []
    chosen = [(name, count) for name, count in week.chosen if not say.ends(name)]
    if chosen:
        head = Column("node", "node", TEXT)
        sheet = Sheet("chosen", "What callers chose", (head, COUNTED[0]), _most(chosen))
        grids.append(
            grid_of(sheet, say, say.t("sheet_chosen"), bar="calls", notes=(say.t("note_chosen"),), writes=_other(say))
        )  # fmt: skip
    for variable, values in week.topics.items():
        sheet = Sheet(
            f"topic_{variable}", f"Topic: {variable}", (Column("what", "what", TEXT), COUNTED[0]), _most(values.items())
        )
        title = say.t("sheet_topic", name=variable)
        grids.append(grid_of(sheet, say, title, bar="calls", writes=_other(say, "what")))
    if week.numbers:
        columns = (Column("number", "number", TEXT), COUNTED[0])
        sheet = Sheet("old", "Old numbers", columns, list(week.numbers))
        grids.append(grid_of(sheet, say, say.t("sheet_old"), bar="calls", notes=(say.t("note_old"),)))
    return grids


REST = "(others)"


def _other(say: Say, column: str = "node") -> Mapping[str, Write]:
    def write(row: Mapping[str, Value]) -> Cell:
        name = str(row[column])
        if name == REST:
            return Cell(upper_first(say.t("others")))
        return Cell(say.node(name), sub=name, node=name) if column == "node" else Cell(upper_first(name))

    return {column: write}


def _most(counts: Iterable[tuple[str, int]]) -> list[tuple[Value, ...]]:
    """The most chosen ones, and the others together."""
    ranked = sorted(counts, key=lambda one: (-one[1], one[0]))
    rest = sum(count for _, count in ranked[MOST:])
    return [*ranked[:MOST], *([(REST, rest)] if rest else [])]


def _made(say: Say, week: Week) -> Grid:
    due = {one.team: one for one in week.due}
    rows: list[tuple[Value, ...]] = []
    for team in sorted({*week.made, *due, *week.overdue}):
        counts = due[team].kept if team in due else {}
        kinds = (counts.get(kind, 0) for kind in KINDS)
        rows.append((team, week.made.get(team, 0), *kinds, share_kept(counts), week.overdue.get(team, 0)))
    columns = (
        Column("team", "team", TEXT), Column("made", "made"), *(Column(kind, kind.replace("_", " ")) for kind in KINDS),
        Column("share_kept", "kept", SHARE), Column("overdue", "overdue now"),
    )  # fmt: skip
    sheet = Sheet("made", "Promises to call back", columns, rows)
    return grid_of(sheet, say, say.t("sheet_made"), notes=(say.t("note_made"),))
