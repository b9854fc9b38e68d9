"""`ivr desk`: the board of promises, for people who run the desk."""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import json
import os
import time
from collections.abc import Callable, Iterator

import click
import msgspec
from sqlalchemy import Connection

from ivr.cli import cases_show as show
from ivr.cli.common import F, open_database, settings_of
from ivr.desk.case import BY_CALLER, STATES, Case
from ivr.model.numbers import mask
from ivr.store.cases import MOST
from ivr.store.database.connect import reading, writing
from ivr.store.desk import board, handling
from ivr.store.desk.board import NotDone
from ivr.store.settings import CommonSettings

DAY = 86_400
NOBODY = (BY_CALLER, "drain", "rule")
"""Names under which the program itself closes cases."""
FIRST_YEAR, LAST_YEAR = 2000, 2100


class _Board(click.Group):
    """A group of commands, no word of which is one that a database cannot hold."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for word in args:
            if "\0" in word or any("\ud800" <= c <= "\udfff" for c in word):  # bytes that are no UTF-8 come as such
                raise click.UsageError(f"{word[:40]!a}: that is no text; write it in UTF-8")
        return super().parse_args(ctx, args)


@click.group(cls=_Board)
def desk() -> None:
    """The board of promises: who is owed a call, what was done, and what a person must decide.

    Numbers are masked unless --numbers is given. CASE is the number that the caller was told, or an id. Each change is kept
    in the audit trail under --by, the user of this machine when left out.
    """


def read_now() -> int:
    """Now, in epoch seconds."""
    return int(time.time())


def by_option(function: F) -> F:
    """The option `--by`: who does it."""
    return click.option("--by", default=None, callback=_who, help="Who does it.")(function)


def _who(_: click.Context, __: click.Parameter, value: str | None) -> str:
    try:
        by = value or os.environ.get("USER") or getpass.getuser()
    except (KeyError, OSError):  # no such user on this machine
        by = ""
    if not by.strip() or not by.isprintable() or len(by) > 100:
        raise click.BadParameter("say who does it: a name of at most 100 characters")
    if by.strip() in NOBODY:
        raise click.BadParameter(f"'{by.strip()}' stands for no employee; say who does it")
    return by.strip()


numbers_option = click.option("--numbers", is_flag=True, help="Show telephone numbers in full.")
json_option = click.option("--json", "as_json", is_flag=True, help="One line of JSON for each.")
table_option = click.option("--table", metavar="ID", default="", help="Only this routing table.")
case_argument = click.argument("which", metavar="CASE")


@contextlib.contextmanager
def looking() -> Iterator[Connection]:
    """A connection to look with; what cannot be is one clear line."""
    with _plain(), reading(open_database(settings_of(CommonSettings))) as connection:
        yield connection


@contextlib.contextmanager
def changing() -> Iterator[Connection]:
    """A transaction to change something in; what cannot be is one clear line, and then nothing was changed."""
    with _plain(), writing(open_database(settings_of(CommonSettings))) as connection:
        yield connection


@contextlib.contextmanager
def _plain() -> Iterator[None]:
    try:
        yield
    except NotDone as error:
        raise click.UsageError(str(error)) from None


@desk.command(
    "list",
    epilog="""\b
Examples:
  ivr desk list                        what is not closed, the first promise first
  ivr desk list --overdue              status 1 when there is any
  ivr desk list --team burgerzaken --state not_reached --json
""",
)
@table_option
@click.option("--team", metavar="NAME", default="", help="Only this team.")
@click.option("--state", metavar="STATE", default="", help=f"Only this state: {', '.join(STATES)}.")
@click.option("--overdue", is_flag=True, help="Only promises that have lapsed while nobody was reached.")
@numbers_option
@json_option
def list_(table: str, team: str, state: str, overdue: bool, numbers: bool, as_json: bool) -> None:
    """List cases, in the order of their first promise."""
    with looking() as connection:
        lines = board.board(connection, read_now(), table=table, team=team, state=state, overdue=overdue)
    for line in lines if as_json else ():
        click.echo(show.board_json(line, numbers))
    if not as_json:
        click.echo("\n".join(show.board_lines(lines, numbers)) if lines else "no cases")
    if len(lines) == MOST:
        click.echo(f"only the first {MOST:,} are shown", err=True)
    if overdue and lines:
        raise click.exceptions.Exit(1)


@desk.command("show")
@case_argument
@numbers_option
@json_option
def show_(which: str, numbers: bool, as_json: bool) -> None:
    """Show a case: attempts, notes, calls, and other cases of the same number.

    A number is no proof of who rings: housemates share it, and it can be forged. What is shown here is for an agent only.
    """
    with looking() as connection:
        sheet = board.sheet(connection, board.find_case(connection, which), read_now())
    click.echo(show.sheet_json(sheet, numbers) if as_json else "\n".join(show.sheet_lines(sheet, numbers)))


def change_case(which: str, does: Callable[[Connection, Case], object]) -> Case:
    """Do something with a case as it is now; answers what it was."""
    with changing() as connection:
        case = board.find_case(connection, which)
        does(connection, case)
        return case


@desk.command()
@case_argument
@click.argument("text")
@by_option
def note(which: str, text: str, by: str) -> None:
    """Write a note to a case."""
    case = change_case(which, lambda c, case: handling.note(c, case, text, by, read_now()))
    click.echo(f"noted at case {case.number}")


@desk.command()
@case_argument
@by_option
def take(which: str, by: str) -> None:
    """Take a case, to ring back by hand: nobody else rings for half an hour. Take it again to prolong that."""
    now = read_now()
    case = change_case(which, lambda c, case: handling.take(c, case, by, now))
    until = show.local(now + handling.TAKE_SECONDS, case.zone)
    click.echo(f"case {case.number} is left to {by} until {until}; then 'ivr desk outcome {case.number} …'")


@desk.command()
@case_argument
@click.argument("came_out", metavar="OUTCOME", type=click.Choice(handling.BY_HAND))
@by_option
def outcome(which: str, came_out: str, by: str) -> None:
    """Say how a call by hand came out: reached, voicemail, no_answer or busy. It counts as an attempt made now."""
    case = change_case(which, lambda c, case: handling.outcome(c, case, came_out, by, read_now()))
    done = (
        f"close it with 'ivr desk close {case.number}'"
        if came_out == "reached"
        else "it is tried again as the team's policy says"
    )
    click.echo(f"case {case.number}: {came_out}; {done}")


@desk.command()
@case_argument
@by_option
def close(which: str, by: str) -> None:
    """Close a case. That withdraws no promise: 'kept' is judged by what was done."""
    case = change_case(which, lambda c, case: handling.close(c, case, by, read_now()))
    click.echo(f"case {case.number} is closed")


@desk.command()
@case_argument
@by_option
def cancel(which: str, by: str) -> None:
    """Cancel a case because its caller asks for it. That withdraws no promise: only the caller does, on the telephone."""
    case = change_case(which, lambda c, case: handling.cancel(c, case, by, read_now()))
    click.echo(f"case {case.number} is cancelled")


@desk.command(
    epilog="""\b
Examples:
  ivr desk drops
  ivr desk drops --since 2026-12-01 --numbers
"""
)
@click.option("--since", metavar="DAY", default=None, help="From this day on; the last 24 hours when left out.")
@table_option
@numbers_option
@json_option
def drops(since: str | None, table: str, numbers: bool, as_json: bool) -> None:
    """List who hung up after two minutes or more of waiting, the latest first."""
    start = read_now() - DAY
    if since is not None:
        start = int(dt.datetime.combine(read_day(since), dt.time()).astimezone().timestamp())
    with looking() as connection:
        found = board.drops(connection, start, table)
    for drop in found:
        row = msgspec.to_builtins(drop) | {"waited": drop.waited}
        row["caller"] = drop.caller if numbers else mask(drop.caller)
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else show.drop_line(drop, numbers))
    if not found and not as_json:
        click.echo("nobody hung up after two minutes of waiting")


def read_day(text: str) -> dt.date:
    """A day as written on the command line, of a year that can be meant."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"'{text[:40]}' is no day; write it as 2026-12-01") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise click.BadParameter(f"{day} is not from {FIRST_YEAR} to {LAST_YEAR}")
    return day


@desk.command()
@json_option
def unsure(as_json: bool) -> None:
    """List where a person decides before the citizen is dialled again; status 1 when there is any."""
    with looking() as connection:
        found = board.unsure(connection)
    for case, tries in found:
        if as_json:
            row = {"case": case.number, "id": case.id, "team": case.team, "attempts": msgspec.to_builtins(tries)}
            click.echo(json.dumps(row, ensure_ascii=False))
            continue
        click.echo(f"case {case.number}  {case.team}  promised by {show.local(case.due, case.zone)}")
        for each in tries:
            click.echo(f"  attempt {show.try_line(each, case.zone)}")
    if not found and not as_json:
        click.echo("nothing is in doubt")
    if found:
        click.echo("ask who was rung, then: ivr desk decide CASE --rung|--not-rung|--spoken", err=True)
        raise click.exceptions.Exit(1)


@desk.command()
@case_argument
@click.option("--rung", "found", flag_value=handling.RUNG, help="The citizen was rung, and not spoken to.")
@click.option("--not-rung", "found", flag_value=handling.NOT_RUNG, help="The citizen was not rung.")
@click.option("--spoken", "found", flag_value=handling.SPOKEN, help="The citizen was spoken to.")
@by_option
def decide(which: str, found: str | None, by: str) -> None:
    """Decide about an attempt of which nobody knows whether it rang the citizen; then they may be rung again."""
    if found is None:
        raise click.UsageError("say what you found out: --rung, --not-rung or --spoken")
    case = change_case(which, lambda c, case: handling.decide(c, case, found, by, read_now()))
    click.echo(f"case {case.number}: {found.replace('_', ' ')}")
