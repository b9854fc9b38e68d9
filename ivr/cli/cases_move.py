"""`ivr desk add|move|undo-move`: promises that the desk makes, and moves in bulk. With this file the group is complete."""

from __future__ import annotations

import re

import click

from ivr.cli import cases_show as show
from ivr.cli.cases import by_option, changing, desk, read_day, read_now
from ivr.cli.common import count, settings_of
from ivr.desk.case import PARTS, WAYS
from ivr.store.desk.adding import Wish
from ivr.store.desk.adding import add as add_case
from ivr.store.desk.board import find_case
from ivr.store.desk.handling import note as add_note
from ivr.store.desk.moving import MAX_WHY, Outcome, Which
from ivr.store.desk.moving import move as move_cases
from ivr.store.desk.moving import undo_move as undo_cases
from ivr.store.settings import CommonSettings
from ivr.tables.archive import Archive, NotKept
from ivr.tables.ready import Table

_WITHIN = re.compile(r"([1-9][0-9]{0,3}) working (day|hour)s?")
table_option = click.option(
    "--table", metavar="ID", default="", help="The routing table; needed when several are live."
)


def live_table(id: str) -> Table:
    """The live version of a table; of the only one that is live when no id is given."""
    root = settings_of(CommonSettings).var / "tables"
    names = sorted(path.parent.name for path in root.glob("*/live")) if root.is_dir() else []
    if id and id not in names:
        raise click.UsageError(f"no table '{id[:40]}' is live; live are: {', '.join(names) or 'none'}")
    if len(names) != 1 and not id:
        several = f"several tables are live; give --table: {', '.join(names)}"
        raise click.UsageError(several if names else f"no table is live in {root}; run 'ivr publish' first")
    archive = Archive(root, id or names[0])
    try:
        return archive.load(archive.live())
    except NotKept as error:
        raise click.UsageError(str(error)) from None


def read_within(text: str) -> tuple[int, str]:
    """A promise as it is written in a table, or `none`, as (amount, unit)."""
    if text in ("none", "today"):
        return (0, "") if text == "none" else (1, "today")
    found = _WITHIN.fullmatch(text)
    if found is None:
        raise click.BadParameter("write '1 working day', '4 working hours', today or none")
    return int(found[1]), f"working_{found[2]}s"


@desk.command(
    epilog="""\b
Examples:
  ivr desk add --team burgerzaken --number "06 12345678"
  ivr desk add --team burgerzaken --number "06 12345678" --within "4 working hours" --part afternoon
  ivr desk add --team belastingen --reach email --address j@example.org --topic topic=tax --note "Over de aanslag."
"""
)
@table_option
@click.option("--team", metavar="NAME", required=True, help="The team that calls back.")
@click.option("--number", default="", help="The number to ring, which is checked.")
@click.option("--within", default="1 working day", show_default=True, help="The promise; none for none.")
@click.option("--reach", type=click.Choice(WAYS), default=WAYS[0], show_default=True, help="How to reach them.")
@click.option("--address", default="", help="Their e-mail address, with --reach email.")
@click.option("--part", type=click.Choice([part for part in PARTS if part]), default=None, help="The part of the day.")
@click.option(
    "--topic", "topics", multiple=True, metavar="VARIABLE=VALUE", help="What it is about; may be given often."
)
@click.option("--language", default="", help="Their language; the table's first when left out.")
@click.option("--note", "text", default="", help="A note to go with it.")
@by_option
def add(
    table: str, team: str, number: str, within: str, reach: str, address: str, part: str | None,
    topics: tuple[str, ...], language: str, text: str, by: str,
) -> None:  # fmt: skip
    """Put a promise on the board. It takes a place of the team's day, as a caller's would."""
    now, settings, held = read_now(), settings_of(CommonSettings), live_table(table)
    topic = dict(each.partition("=")[::2] for each in topics)
    wish = Wish(team, number, read_within(within), reach, address, part or "", topic, language)
    with changing() as connection:
        case = add_case(connection, held, wish, by, now, settings.hash_key)
        if text:
            add_note(connection, case, text, by, now)
    promised = f"promised by {show.local(case.due, case.zone)}" if case.due else "without a promise"
    click.echo(f"case {case.number} for {team}, {promised}")


@desk.command(
    epilog="""\b
Examples:
  ivr desk move --team burgerzaken --day 2026-12-02 --to 2026-12-03 --why storm --dry-run
  ivr desk move --team burgerzaken --case 123456 --case 654321 --to 2026-12-04
  ivr desk undo-move --team burgerzaken
"""
)
@table_option
@click.option("--team", metavar="NAME", required=True, help="The team whose promises they are.")
@click.option("--day", default=None, help="Move all that are due on this day.")
@click.option("--case", "which", multiple=True, metavar="CASE", help="Move this one; may be given often.")
@click.option("--to", "to", required=True, metavar="DAY", help="The first day that they may move to.")
@click.option("--why", default="", help="Why, for the board and the audit trail.")
@click.option("--dry-run", is_flag=True, help="Only show what would be moved.")
@by_option
def move(
    table: str, team: str, day: str | None, which: tuple[str, ...], to: str, why: str, dry_run: bool, by: str
) -> None:
    """Move promises to the first days that have a place, in the order of the first promise; status 1 when some have none.

    All or nothing is done, in one transaction. Each caller is told before the old time lapses ('ivr outbox' shows by whom
    that could not be done). 'kept' goes on measuring the first promise.
    """
    if (day is None) == (not which):
        raise click.UsageError("say which promises: --day DAY, or --case CASE as often as needed")
    if len(why) > MAX_WHY or not (why or "x").isprintable():
        raise click.UsageError(f"--why is a line of at most {MAX_WHY} characters")
    now, held, first = read_now(), live_table(table), read_day(to)
    with changing() as connection:
        ids = tuple(find_case(connection, each).id for each in which)
        wanted = Which(read_day(day) if day is not None else None, ids)
        found = move_cases(connection, held, team, wanted, first, by, now, why)
        if dry_run:
            connection.rollback()
    _tell(found, "no place: stays as it is", "would be moved" if dry_run else "moved")


@desk.command("undo-move")
@table_option
@click.option("--team", metavar="NAME", required=True, help="The team whose last move is undone.")
@by_option
def undo_move(table: str, team: str, by: str) -> None:
    """Give the promises of a team's last move their old times back; status 1 when some stay.

    Those stay whose old time has passed, and those that went on meanwhile. Who may have been told already is told again.
    """
    now, held = read_now(), live_table(table)
    with changing() as connection:
        found = undo_cases(connection, held, team, by, now)
    _tell(found, "stays: its old time has passed, or it went on", "moved back")


def _tell(found: Outcome, left: str, done: str) -> None:
    for line in show.move_lines(found, left):
        click.echo(line)
    click.echo(f"{count(len(found.changed), 'promise')} {done}" + (f", {len(found.left)} not" if found.left else ""))
    if found.left:
        raise click.exceptions.Exit(1)
