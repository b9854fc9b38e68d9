"""The routes of the figures: a report each as a page, and each of its tables as CSV."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from threading import BoundedSemaphore

from fastapi import APIRouter, Depends, Request, Response
from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from starlette.responses import RedirectResponse

from ivr.calendars.zones import read_zone
from ivr.desk.roles import Right
from ivr.desk.staff import may_show
from ivr.model.graph import Graph
from ivr.pages.context import Context
from ivr.pages.figures import marked, numbered, promised, waited, weekly, went
from ivr.pages.figures.asked import (
    CALLS,
    MARKS,
    NARROWS,
    NUMBERS,
    PROMISES,
    REPORTS,
    WAITING,
    WEEK,
    YEAR,
    Question,
    presets,
    read,
    usual,
)
from ivr.pages.figures.report import Asking, Report
from ivr.pages.figures.saying import Say
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.look.faults import Told
from ivr.pages.look.words import word
from ivr.store.database.connect import reading
from ivr.store.reports.calls import MAIN_NUMBER
from ivr.store.reports.sheet import as_csv

router = APIRouter()
MAKERS: Mapping[str, Callable[[Asking], Report]] = {
    PROMISES: promised.report, MARKS: marked.report, WAITING: waited.report, CALLS: went.report,
    NUMBERS: numbered.report, WEEK: weekly.report,
}  # fmt: skip
LONGEST_QUERY = "20s"
AT_ONCE, PATIENCE = 2, 5.0
"""Reports that one process counts at once, and how long (seconds) another waits for its turn: who calls comes first."""
A_WEEK = dt.timedelta(days=7)
_counting = BoundedSemaphore(AT_ONCE)


@router.get("/figures")
def first(request: Request, visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """To the first report, with its days in the URL."""
    context = context_of(request)
    held = usual(PROMISES, today_of(context))
    return RedirectResponse(
        context.look.url(f"/figures/{PROMISES}", **Question(PROMISES, held.first, held.last).query()), 303
    )


@router.get("/figures/{report}.csv")
def csv(report: str, request: Request, sheet: str = "", visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """A table of a report (`sheet`) for a spreadsheet, under the names that `ivr report … --format csv` has."""
    context = context_of(request)
    question = read(report, request.query_params, today_of(context))
    made = count(context, question, visitor)
    found = next((grid.sheet for grid in made.grids if grid.name == sheet), None)
    if found is None:
        raise Told("figures.wrong_sheet", 404)
    name = f"ivr-{report}-{found.name}-{question.first}-{question.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(as_csv([found]).encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/figures/{report}")
def page(report: str, request: Request, visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """A report."""
    context = context_of(request)
    today = today_of(context)
    fault, status = "", 200
    try:
        question = read(report, request.query_params, today)
        made = count(context, question, visitor)
    except Told as told:
        if told.status == 404:
            raise
        held = usual(report, today)
        question, made = Question(report, held.first, held.last), Report()
        fault, status = word(visitor.language, told.key, **told.holes), told.status
    say = say_of(context, question, visitor)
    year = question.query(first=today - dt.timedelta(days=YEAR - 1), last=today)
    return context.page(
        request, visitor, "figures/page.html", status=status, fault=fault, question=question, report=made, say=say,
        choices=_choices(context, question, say), tabs=[(name, question_for(name, question, today)) for name in REPORTS],
        presets=[(key, question.query(first=one.first, last=one.last)) for key, one in presets(today)],
        narrows=NARROWS[report], week=WEEK, today=today, wide=year, earlier=question.first - A_WEEK,
        later=question.first + A_WEEK,
    )  # fmt: skip


def question_for(report: str, question: Question, today: dt.date) -> dict[str, str]:
    """The query of another tab: the same days, unless one of both is about a week only."""
    if WEEK in (report, question.report) and report != question.report:
        held = usual(report, today)
        return question.query(report, held.first, held.last)
    if NUMBERS in (report, question.report) and question.period == usual(question.report, today):
        held = usual(report, today)
        return question.query(report, held.first, held.last)
    return question.query(report)


def count(context: Context, question: Question, visitor: Visitor) -> Report:
    """A report, counted now. Raises Told."""
    graphs = graphs_of(context)
    consent = context.settings.works_council_consent
    shown = Right.LEAD in visitor.rights and may_show(consent, today_of(context))
    if not _counting.acquire(timeout=PATIENCE):
        raise Told("figures.busy", 503)
    try:
        with asked(context) as connection:
            asking = Asking(
                question, connection, context.clock(), today_of(context), say_of(context, question, visitor), graphs,
                consent if shown else "",
            )  # fmt: skip
            return MAKERS[question.report](asking)
    finally:
        _counting.release()


@contextlib.contextmanager
def asked(context: Context) -> Iterator[Connection]:
    """A connection that sees one moment of the database. Raises Told when it takes too long, or cannot be had."""
    try:
        with reading(context.database) as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{LONGEST_QUERY}'")
            yield connection
    except OperationalError as error:
        late = type(error.orig).__name__ == "QueryCanceled"
        raise Told("figures.too_long" if late else "home.database_gone", 503) from None
    except SQLAlchemyError:
        raise Told("home.database_gone", 503) from None


def today_of(context: Context) -> dt.date:
    """The day, by the clock of the first table."""
    zone = read_zone(context.shelf().live.table.graph.timezone)
    return dt.datetime.fromtimestamp(context.clock(), zone).date()


def say_of(context: Context, question: Question, visitor: Visitor) -> Say:
    """How things are written for a visitor."""
    years = {week.name[:4] for week in (question.period.weeks()[0], question.period.weeks()[-1])}
    return Say(visitor.language, graphs_of(context), len(years) > 1)


def graphs_of(context: Context) -> dict[str, Graph]:
    """The live tables, by id."""
    return {name: shelf.live.table.graph for name, shelf in context.shelves.items()}


class Choices(Struct, frozen=True):
    """What can be chosen: (value, words) of tables, teams and numbers."""

    tables: tuple[tuple[str, str], ...]
    teams: tuple[tuple[str, str], ...]
    numbers: tuple[tuple[str, str], ...]


def _choices(context: Context, question: Question, say: Say) -> Choices:
    graphs = graphs_of(context)
    mine = [graph for name, graph in graphs.items() if not question.table or name == question.table]
    teams = {team.name: say.team(team.name) for graph in mine for team in graph.teams}
    numbers = {number.name: number.formerly for graph in mine for number in graph.numbers}
    if question.team:
        teams.setdefault(question.team, question.team)
    if question.number and question.number != MAIN_NUMBER:
        numbers.setdefault(question.number, "")
    return Choices(
        tuple((name, graph.title) for name, graph in graphs.items()),
        tuple(sorted(teams.items(), key=lambda one: one[1].casefold())),
        (
            (MAIN_NUMBER, say.t("main_number")),
            *((name, f"{name} {formerly}".strip()) for name, formerly in sorted(numbers.items())),
        ),
    )
