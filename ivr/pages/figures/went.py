"""How far calls got: how they ended, and where callers hung up with nothing."""

from __future__ import annotations

from collections import Counter

from ivr.desk.endings import CASE, ENDINGS, HUNG_UP, PERSON
from ivr.desk.figures import share
from ivr.pages.figures.grid import Chart, empty, grid_of
from ivr.pages.figures.report import Asking, Figure, Report
from ivr.store.reports.calls import Asked, count_endings, count_hung_up, count_running
from ivr.store.reports.over import endings_over_sheet
from ivr.store.reports.rows import endings_sheet, hung_up_sheet


def report(asking: Asking) -> Report:
    """The report."""
    question, say = asking.question, asking.say
    asked = Asked(asking.connection, question.period, question.table, question.team, question.number)
    stretches = question.stretches
    found = count_endings(asked, stretches)
    together: Counter[str] = sum(map(Counter, found), Counter())
    total = together.total()
    if not total:
        return Report()
    parts = {name: say.percent(share(together[name], total)) for name in (PERSON, CASE, HUNG_UP)}
    endings = tuple(sorted(together.items(), key=lambda one: (-one[1], one[0])))
    running = count_running(asked)
    notes = (say.t("note_running", n=say.whole(running)),) if running else ()
    sheet = endings_over_sheet(found, stretches)
    over = grid_of(
        sheet, say, say.t("sheet_endings_over"), hidden=("whole", *empty(sheet, ENDINGS[1:])), series=ENDINGS,
        heads={"stretch": say.t(f"col_stretch_{question.by}")},
        chart=Chart("stack", say.t("chart_endings"), say.t("says_endings", n=say.whole(total), **parts)),
    )  # fmt: skip
    hung_up = count_hung_up(asked)
    grids = [over, grid_of(endings_sheet(endings), say, say.t("sheet_endings"), bar="share", notes=notes)]
    if hung_up:
        gone = together[HUNG_UP]
        grids.append(grid_of(hung_up_sheet(hung_up, gone), say, say.t("sheet_hung_up"), bar="share"))
    figures = (
        Figure(say.t("kpi_calls"), say.whole(total)),
        Figure(say.t("kpi_helped"), parts[PERSON]),
        Figure(say.t("kpi_hung_up"), parts[HUNG_UP]),
    )
    return Report(figures, tuple(grids))
