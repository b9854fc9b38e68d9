"""`ivr report`: what became of promises, marks, numbers and calls."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.cli.common import F, open_database, read_date, read_settings, write_out
from ivr.desk.period import DAYS_A_WEEK, MOST_DAYS, Period, week_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ivr.store.reports.sheet import Sheet
    from ivr.store.settings import CommonSettings

DAYS = 28
"""Days that a report is about when nothing else is said."""
NUMBER_WEEKS = 12
"""Whole weeks before this one, for numbers: a trend cannot be told from four."""
LONGEST_QUERY = "120s"
FIRST_YEAR, LAST_YEAR = 1971, 9998
PLOTS = (".svg", ".png")


@click.group()
def report() -> None:
    """What became of promises, marks, numbers and calls: days are local days, --to is in, the last 4 weeks by default."""


def period_options(since: str = "4 weeks", team: bool = True) -> Callable[[F], F]:
    """The options that the reports share."""

    def add(function: F) -> F:
        options = [
            click.option("--from", "first", metavar="DAY", help=f"The first day; {since} by default."),
            click.option("--to", "last", metavar="DAY", help="The last day, which is in; today by default."),
            click.option("--table", metavar="ID", default="", help="Only this routing table."),
            *([click.option("--team", metavar="NAME", default="", help="Only this team.")] if team else []),
            click.option(
                "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
            ),
            click.option(
                "--plot", type=click.Path(path_type=Path), metavar="FILE", help="Draw it too: FILE.svg or FILE.png."
            ),
        ]
        for option in reversed(options):
            function = option(function)
        return function

    return add


@report.command(
    epilog="""\b
Examples:
  ivr report callbacks
  ivr report callbacks --from 2026-11-01 --to 2026-11-30 --plot november.svg
  ivr report callbacks --team burgerzaken --format csv
"""
)
@period_options()
@click.option("--by-employee", is_flag=True, help="Who rang; only with the works council's consent.")
def callbacks(
    first: str | None, last: str | None, table: str, team: str, form: str, plot: Path | None, by_employee: bool
) -> None:
    """Promises that fell due: kept and broken, by team."""
    from ivr.store.reports.callbacks import count_promises, count_rung
    from ivr.store.reports.rows import callback_sheets, employee_sheets

    period, settings = read_period(first, last, DAYS), _settings(plot)
    if by_employee:
        _may_show(settings, plot)
        with asked(settings) as connection:
            sheets = employee_sheets(count_rung(connection, period, table, team))
        return _give("employees", period, table, team, form, sheets, "no citizens were rung by an employee")
    with asked(settings) as connection:
        found = count_promises(connection, period, read_now(), table, team)
    _give("callbacks", period, table, team, form, callback_sheets(found), "no promises fell due")
    if plot and found:
        from ivr.cli.report_plot import plot_callbacks

        plot_callbacks(found, period, plot)


@report.command(
    epilog="""\b
Examples:
  ivr report marks --by month --from 2026-01-01
  ivr report marks --format json --plot marks.svg
"""
)
@period_options()
@click.option(
    "--by",
    type=click.Choice(["month", "number", "team", "language"]),
    default=None,
    help="Only by this; all by default.",
)
def marks(
    first: str | None, last: str | None, table: str, team: str, form: str, plot: Path | None, by: str | None
) -> None:
    """Marks from 1 to 10: mean, count and 95 % interval."""
    from ivr.store.reports.marks import BY, count_marks
    from ivr.store.reports.rows import mark_sheets

    period, settings = read_period(first, last, DAYS), _settings(plot)
    with asked(settings) as connection:
        found = {name: count_marks(connection, period, name, table, team) for name in ((by,) if by else BY)}
    _give("marks", period, table, team, form, mark_sheets(found), "no marks were given")
    shown = by or "month"
    if plot and found[shown]:
        from ivr.cli.report_plot import plot_marks

        plot_marks(found[shown], shown, period, plot)


@report.command(
    epilog="""\b
Examples:
  ivr report numbers
  ivr report numbers --from 2026-06-01 --plot numbers.svg
"""
)
@period_options(f"the Monday {NUMBER_WEEKS} weeks ago", team=False)
def numbers(first: str | None, last: str | None, table: str, form: str, plot: Path | None) -> None:
    """Calls of each legacy number a week, what is left of them, and what may be done with it.

    Advice is given on numbers of tables that are published here, by the rules in docs/how-to/report.md.
    """
    from ivr.store.reports.gathering import gather, live_graphs
    from ivr.store.reports.rows import number_sheets

    days = NUMBER_WEEKS * DAYS_A_WEEK + read_date(last).isoweekday()
    period, settings = read_period(first, last, days), _settings(plot)
    with asked(settings) as connection:
        graphs = live_graphs(settings.var, table)
        found, weeks = gather(connection, graphs, period, read_date(None), read_now(), table)
    _give("numbers", period, table, "", form, number_sheets(found, weeks, form == "table"), "no calls came in")
    if plot and found:
        from ivr.cli.report_plot import plot_numbers

        plot_numbers(found, weeks, period, plot)


@report.command(
    epilog="""\b
Examples:
  ivr report calls --from 2026-11-16 --to 2026-11-22
  ivr report calls --team burgerzaken --norm 20
"""
)
@period_options()
@click.option(
    "--norm",
    type=click.IntRange(1, 3600),
    metavar="SECONDS",
    help="The norm for being helped.",
    default=25,
    show_default=True,
)
def calls(first: str | None, last: str | None, table: str, team: str, form: str, plot: Path | None, norm: int) -> None:
    """How calls ended, where callers hung up, how long to a person, who was helped within the norm."""
    from ivr.store.reports.calls import count_calls
    from ivr.store.reports.rows import call_sheets

    period, settings = read_period(first, last, DAYS), _settings(plot)
    with asked(settings) as connection:
        found = count_calls(connection, period, table, team)
    _give("calls", period, table, team, form, call_sheets(found, norm), "no calls ended", norm=norm)
    if plot and found.endings:
        from ivr.cli.report_plot import plot_calls

        plot_calls(found, norm, period, plot)


@report.command(
    epilog="""\b
Examples:
  ivr report week -o week.html
  ivr report week --of 2026-11-18 -o week47.html
"""
)
@click.option("--of", "day", metavar="DAY", default=None, help="A day in the week; the last whole week by default.")
@click.option("--table", metavar="ID", default="", help="Only this routing table.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE.html")
def week(day: str | None, table: str, output: Path) -> None:
    """One page of what callers asked in a week, for people who run the desk (in Dutch)."""
    from ivr.cli.report_week import week_page
    from ivr.store.reports.gathering import live_graphs
    from ivr.store.reports.week import count_week

    period, settings, now = read_week(day), read_settings(), read_now()
    with asked(settings) as connection:
        found = count_week(connection, period, week_of(period.first - dt.timedelta(days=1)), now, table)
    write_out(week_page(found, period, now, live_graphs(settings.var, table)), output)


def read_period(first: str | None, last: str | None, days: int) -> Period:
    """The period of the options; raises UsageError for one that cannot be."""
    to = read_date(last)
    since = read_date(first) if first else to - dt.timedelta(days=min(days, to.toordinal()) - 1)
    if since.year < FIRST_YEAR or to.year > LAST_YEAR:
        raise click.UsageError(f"a day must lie from {FIRST_YEAR} to {LAST_YEAR}")
    if since > to:
        raise click.UsageError(f"--from {since} lies after --to {to}")
    if (to - since).days >= MOST_DAYS:
        raise click.UsageError(f"a report is about {MOST_DAYS:,} days at most")
    return Period(since, to)


def read_week(day: str | None) -> Period:
    """The week of a day; without one the last that is over."""
    of = read_date(day)
    if not FIRST_YEAR <= of.year <= LAST_YEAR:
        raise click.UsageError(f"a day must lie from {FIRST_YEAR} to {LAST_YEAR}")
    return week_of(of if day else of - dt.timedelta(days=7))


def read_now() -> int:
    """Now; the end of the day that IVR_TODAY says, for tests that must say the same on any day."""
    if os.environ.get("IVR_TODAY"):
        end = dt.datetime.combine(read_date(None) + dt.timedelta(days=1), dt.time(), dt.UTC)
        return int(end.timestamp()) - 1
    return int(time.time())


@contextlib.contextmanager
def asked(settings: CommonSettings) -> Iterator[Connection]:
    """A connection that sees one moment of the database, and may take longer than a turn; what goes wrong is one line."""
    from sqlalchemy.exc import SQLAlchemyError

    from ivr.store.database.connect import explain, reading

    engine = open_database(settings)
    try:
        with reading(engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{LONGEST_QUERY}'")
            yield connection
    except SQLAlchemyError as error:
        raise click.UsageError(f"IVR_DATABASE_URL: the database cannot be used: {explain(error)}") from None
    finally:
        engine.dispose()


def _settings(plot: Path | None) -> CommonSettings:
    """The settings; a plot that cannot be drawn is found before the database is asked."""
    if plot is not None and plot.suffix.lower() not in PLOTS:
        raise click.UsageError(f"--plot: '{plot.name}' must end in {' or '.join(PLOTS)}")
    return read_settings()


def _may_show(settings: CommonSettings, plot: Path | None) -> None:
    from ivr.desk.staff import may_show

    if plot is not None:
        raise click.UsageError("--by-employee is not drawn; leave --plot out")
    if not may_show(settings.works_council_consent, read_date(None)):
        raise click.UsageError(
            "figures by employee need the works council's consent: IVR_WORKS_COUNCIL_CONSENT holds its date (2026-11-24), "
            "and that day has come"
        )


def _give(
    name: str, period: Period, table: str, team: str, form: str, sheets: tuple[Sheet, ...], nothing: str, **more: int
) -> None:  # fmt: skip
    from ivr.cli.report_sheet import render

    about: dict[str, str | int | float | None] = {
        "report": name, "from": period.first.isoformat(), "to": period.last.isoformat(), "table": table, "team": team,
        **more,
    }  # fmt: skip
    none = f"{nothing} from {period.first} to {period.last}"
    of = " ".join(part for part in (table and f"table '{table}'", team and f"team '{team}'") if part)
    none += f" for {of}" if of else ""
    click.echo(render(about, sheets, form, none), nl=False)
    if form == "csv" and not any(sheet.rows for sheet in sheets):
        click.echo(none, err=True)
