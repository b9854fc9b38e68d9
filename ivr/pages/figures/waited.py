"""How long callers waited for a team, and how many were helped within the norm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ivr.desk.figures import LONG_WAIT_SECONDS, median, ninetieth, share
from ivr.pages.figures.grid import Cell, Chart, Grid, grid_of
from ivr.pages.figures.report import Asking, Figure, Report, extremes
from ivr.pages.figures.saying import upper_first
from ivr.store.reports.calls import Asked, Waiting, count_to_person, count_waiting, count_within, list_dropped
from ivr.store.reports.over import patience_sheet, within_over_sheet
from ivr.store.reports.rows import dropped_sheet, team_sheet, to_person_sheet
from ivr.store.reports.sheet import Sheet

MINUTES = LONG_WAIT_SECONDS // 60


def report(asking: Asking) -> Report:
    """The report."""
    question, say = asking.question, asking.say
    asked = Asked(asking.connection, question.period, question.table, question.team, question.number)
    teams = count_waiting(asked)
    if not teams:
        return Report()
    stretches = question.stretches
    within = within_over_sheet(count_within(asked, stretches, question.norm), stretches, question.norm)
    to_person = count_to_person(asked)
    grids = [_over(asking, within, teams), _patience(asking, teams), _teams(asking, teams)]
    if to_person:
        first = {"measured": lambda _: Cell(upper_first(say.t("first_ring")))}
        grids.append(grid_of(to_person_sheet(to_person), say, say.t("sheet_to_person"), writes=first))
    dropped = list_dropped(asked)
    if dropped:
        title = say.t("sheet_dropped", n=MINUTES)
        sheet = dropped_sheet(dropped)
        grids.append(grid_of(sheet, say, title, notes=(say.t("note_dropped"),), folded=True))
    return Report(_figures(asking, teams, to_person), tuple(grids))


def _figures(asking: Asking, teams: Mapping[str, Waiting], to_person: Sequence[int]) -> tuple[Figure, ...]:
    say, norm = asking.say, asking.question.norm
    put, within = _put(teams), _within(teams, norm)
    gave_up = sum(one.gave_up for one in teams.values())
    return (
        Figure(say.t("kpi_within", norm=norm), say.percent(share(within, put))),
        Figure(say.t("kpi_put"), say.whole(put)),
        Figure(say.t("kpi_person"), say.span(median(to_person))),
        Figure(say.t("kpi_gave_up", n=MINUTES), say.whole(gave_up)),
    )


def _over(asking: Asking, sheet: Sheet, teams: Mapping[str, Waiting]) -> Grid:
    say, question = asking.say, asking.question
    put, part = _put(teams), share(_within(teams, question.norm), _put(teams))
    pairs = [(say.stretch(str(row[0])), float(row[-1])) for row in sheet.rows if isinstance(row[-1], int | float)]
    ends = extremes(pairs, say.percent)
    said = {"n": say.whole(put), "share": say.percent(part), "norm": question.norm}
    if ends is None:
        says = say.t("says_within_one", **said)
    else:
        (low, low_share), (high, high_share) = ends
        both = {"low_share": low_share, "high_share": high_share}
        says = say.t("says_within", **said, **both, low=low, high=high)
    return grid_of(
        sheet, say, say.t("sheet_within_over"), hidden=("whole",), series=("share_within_norm",),
        heads={"stretch": say.t(f"col_stretch_{question.by}")},
        chart=Chart("share", say.t("chart_within", norm=question.norm), says),
    )  # fmt: skip


def _patience(asking: Asking, teams: Mapping[str, Waiting]) -> Grid:
    say, norm = asking.say, asking.question.norm
    waits = [wait for one in teams.values() for wait in one.waited]
    half, nine = median(waits), ninetieth(waits)
    says = say.t("says_patience", median=say.span(half), p90=say.span(nine)) if waits else say.t("says_patience_none")
    chart = Chart("curve", say.t("chart_patience"), says, norm, say.t("ref_norm"))
    notes = (say.t("note_share"),)
    return grid_of(
        patience_sheet(teams, norm), say, say.t("sheet_patience"), series=("share",), notes=notes, chart=chart
    )  # fmt: skip


def _teams(asking: Asking, teams: Mapping[str, Waiting]) -> Grid:
    say = asking.say
    return grid_of(
        team_sheet(teams, asking.question.norm), say, say.t("sheet_waiting_teams"), name="teams",
        bar="share_within_norm", notes=(say.t("note_share"),),
    )  # fmt: skip


def _put(teams: Mapping[str, Waiting]) -> int:
    return sum(one.put_through for one in teams.values())


def _within(teams: Mapping[str, Waiting], norm: int) -> int:
    return sum(wait <= norm for one in teams.values() for wait in one.waited)
