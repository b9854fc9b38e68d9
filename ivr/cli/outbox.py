"""`ivr outbox`: what is still to be told outside, and what could not be told."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import time
from typing import TYPE_CHECKING

import click

from ivr.cli.common import open_database, settings_of
from ivr.store.settings import CommonSettings

if TYPE_CHECKING:
    from ivr.store.outbox import Item

MOST = 1000


@click.command(
    epilog="""\b
Examples:
  ivr outbox                       what waits, and what was given up
  ivr outbox --failed              only what was given up; status 1 when there is any
  ivr outbox --retry KEY           let it be tried again, though it be late
"""
)
@click.option("--failed", is_flag=True, help="Only what was given up.")
@click.option("--retry", "retried", multiple=True, metavar="KEY", help="Let this be tried again; may be given often.")
@click.option("--by", default=None, help="Who does so; the user of this machine when left out.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each.")
def outbox(failed: bool, retried: tuple[str, ...], by: str | None, as_json: bool) -> None:
    """Show what Open Klant, those who are warned, and callers whose promise was moved are still to be told.

    Nothing in it holds a telephone number. What was told is not shown.
    """
    from ivr.store import outbox as store
    from ivr.store.database.connect import reading, writing

    engine = open_database(settings_of(CommonSettings))
    if retried:
        with writing(engine) as connection:
            for key in retried:
                if not store.retry(connection, key, by or _user(), int(time.time())):
                    raise click.UsageError(f"nothing waits or was given up under '{key}', or a worker is busy with it")
        click.echo(f"to be tried again: {len(retried)}")
        return
    states = [store.GIVEN_UP] if failed else [store.GIVEN_UP, store.WAITING]
    with reading(engine) as connection:
        items = store.listed(connection, states, MOST + 1)
    for item in items[:MOST]:
        click.echo(json.dumps(_plain(item), ensure_ascii=False) if as_json else _line(item))
    if not items and not as_json:
        click.echo("nothing was given up" if failed else "nothing waits, and nothing was given up")
    if len(items) > MOST:
        click.echo(f"and more: only the first {MOST:,} are shown", err=True)
    if failed and items:
        raise click.exceptions.Exit(1)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _line(item: Item) -> str:
    when = "given up" if item.state == "given_up" else f"next {_time(item.next_at)}"
    tries = f"{item.tries} {'try' if item.tries == 1 else 'tries'}"
    return f"{_time(item.made)}  {when:<21}  {tries:<9}  {item.key}" + (f"\n    {item.error}" if item.error else "")


def _plain(item: Item) -> dict[str, object]:
    return {
        "key": item.key,
        "kind": item.kind,
        "case": item.subject,
        "state": item.state,
        "tries": item.tries,
        "made": _time(item.made),
        "next": _time(item.next_at) or None,
        "error": item.error,
    }


def _time(instant: int) -> str:
    return f"{dt.datetime.fromtimestamp(instant, dt.UTC).astimezone():%Y-%m-%d %H:%M}" if instant else ""
