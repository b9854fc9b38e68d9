"""`ivr subject`: a citizen asks to see what is held on a number, or to have it erased."""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from ivr.cli.common import count, kept_in, open_database, settings_of
from ivr.model.numbers import NumberFault, mask, read_number
from ivr.store.database.connect import reading, writing
from ivr.store.subject import Busy, Found, Subject, erase, find, note_shown, subject_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ivr.store.drain.lag import Lag
    from ivr.web.settings import Settings

PATIENCE = 60.0
DRAIN_SECONDS = 20.0
"""How long is waited for the journals to be carried into the database."""


@click.group()
def subject() -> None:
    """What is held on a telephone number, for the citizen whose it is.

    A number can be shared, and forged: find out who asks before anything is handed over or erased.
    """


def _by(function: Any) -> Any:  # click's own decorators have no narrower type
    return click.option("--by", default=None, metavar="NAME", help="Who does it; your own name when left out.")(
        function
    )


class Desk:
    """What both commands work with: everything that was owed is in the database first."""

    def __init__(self, number: str, by: str | None) -> None:
        from ivr.web.settings import Settings

        read = read_number(number)
        if isinstance(read, NumberFault):
            raise click.UsageError(f"this {read.reason}; write it as 06 12345678 or +31 6 12345678")
        self.settings: Settings = settings_of(Settings)
        self.by = by or getpass.getuser()
        self.now = int(time.time())
        self.subject: Subject = subject_of(read.e164, self.settings.hash_key)
        self.engine: Engine = open_database(self.settings, wait=PATIENCE)
        with kept_in(self.settings.var, to_write=False):
            self.behind = drain(self.engine, self.settings)

    def notes(self) -> list[str]:
        """Where else something of the number stands, or could."""
        from ivr.store.drain.lag import where_written
        from ivr.store.facts import FactsFile

        out = []
        if not self.settings.hash_key:
            out.append(
                "no key is set (IVR_PRIVACY_KEY, IVR_TWILIO_TOKEN): what is held under a hash was not looked for"
            )
        files = where_written(self.settings.var, self.subject.number)
        if files:
            out.append(
                f"it still stands in {', '.join(files)}; a file goes when its process begins another one, at the latest "
                "when that is restarted, and is in the database"
            )
        if FactsFile(self.settings.facts_file).of(self.subject.number):
            out.append(f"it stands in IVR_FACTS_FILE ({self.settings.facts_file}), which is kept by others")
        out.append("the provider keeps books of its own on calls, and journals of other machines were not looked at")
        return out


def drain(engine: Engine, settings: Settings) -> Lag:
    """Carry the journals into the database, or wait for the worker that does; what is left."""
    from ivr.store.drain.drainer import Drainer
    from ivr.store.drain.lag import lag
    from ivr.worker.context import Tables
    from ivr.worker.draining import planner

    drainer = Drainer(engine, settings.var, settings.hash_key, planner(Tables(settings.var)))
    until = time.monotonic() + DRAIN_SECONDS
    while True:
        drainer.drain()
        left = lag(engine, settings.var)
        if not left.bytes or time.monotonic() >= until:
            return left
        time.sleep(0.1)


@subject.command(
    epilog="""\b
Examples:
  ivr subject show "06 12345678" > wat-wij-bewaren.txt
  ivr subject show "+31 6 12345678" --json
"""
)
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="As JSON, to be read by other programs.")
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True)
@_by
def show(number: str, as_json: bool, language: str, by: str | None) -> None:
    """Show what is held on a number, to be handed to the citizen. That somebody looked is in the audit trail."""
    import msgspec

    from ivr.cli.subject_text import text

    desk = Desk(number, by)
    with reading(desk.engine) as connection:
        found = find(connection, desk.subject)
    with writing(desk.engine) as connection:
        note_shown(connection, desk.subject, desk.by, desk.now)
    if as_json:
        held: Mapping[str, Any] = {
            "number": desk.subject.number, "calls": found.calls, "cases": found.cases, "waits": found.waits,
            "open_klant": found.elsewhere,
        }  # fmt: skip
        click.echo(msgspec.json.format(msgspec.json.encode(held), indent=2).decode())
    else:
        click.echo(text(desk.subject.number, found, desk.now, language), nl=False)
    if desk.behind.bytes:
        click.echo(f"not looked at: {_unread(desk.behind)}", err=True)
    for line in _others(found):
        click.echo(line, err=True)
    for note in desk.notes():
        click.echo(f"note: {note}", err=True)


@subject.command(
    "erase",
    epilog="""\b
Examples:
  ivr subject erase "06 12345678"          says what will be lost, and asks
  ivr subject erase "06 12345678" --yes
""",
)
@click.argument("number")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_by
def erase_(number: str, yes: bool, by: str | None) -> None:
    """Erase all that points at the person, at once; open promises are cancelled. Times and outcomes stay."""
    desk = Desk(number, by)
    if desk.behind.bytes:
        raise click.UsageError(f"{_unread(desk.behind)}; start 'ivr worker', and try again")
    with reading(desk.engine) as connection:
        found = find(connection, desk.subject)
    for line in (*_lost(found), *_others(found)):
        click.echo(line)
    if not (found.calls or found.cases or found.waits):
        click.echo(f"nothing is held on {mask(desk.subject.number)}")
    elif not yes and not click.confirm("Erase it? This cannot be undone", default=False):
        click.echo("nothing was erased")
        raise click.exceptions.Exit(1)
    else:
        try:
            with writing(desk.engine) as connection:
                counts = erase(connection, desk.subject, desk.by, desk.now)
        except Busy as error:
            click.echo(f"nothing was erased: {error}", err=True)
            raise click.exceptions.Exit(1) from None
        click.echo("erased: " + ", ".join(count(rows, name[:-1]) for name, rows in counts.items() if rows))
        if counts["recordings"]:
            click.echo("recordings: 'ivr worker' has the provider delete the audio; see 'ivr store status'")
    for note in desk.notes():
        click.echo(f"note: {note}")


def _unread(behind: Lag) -> str:
    return f"{count(behind.bytes, 'byte')} of the journals are not in the database yet"


def _lost(found: Found) -> Iterator[str]:
    """What will be lost."""
    held = count(len(found.calls), "call"), count(len(found.cases), "case"), count(found.waits, "wait") + " in a queue"
    yield "held: " + ", ".join(held)
    for case in found.open:
        what = "a promise to call back" if case.due else "a case without a promise"
        about = f"{case.team or 'no team'}, {case.state}"
        yield f"case {case.number} ({about}): {what} will be cancelled; nobody calls back any more"


def _others(found: Found) -> Iterator[str]:
    """What stands elsewhere."""
    if found.elsewhere:
        yield f"a copy stands in Open Klant, to be erased there: case {', '.join(found.elsewhere)}"
    if found.mentioned:
        yield f"the number is written in cases of others, to be looked at by hand: case {', '.join(found.mentioned)}"
