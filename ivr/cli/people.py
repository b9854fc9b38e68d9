"""`ivr people`: who may enter the desk, for who runs the machine and for who locked themselves out."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Sequence

import click
from sqlalchemy import Connection, Engine

from ivr.cli.cases import by_option
from ivr.cli.common import open_database, settings_of
from ivr.desk.roles import ROLES
from ivr.pages.settings import PagesSettings
from ivr.store import audit
from ivr.store.database.connect import reading, writing
from ivr.store.people import people as store
from ivr.store.people import tickets
from ivr.store.people.people import NotPossible, Person

role_option = click.option(
    "--role", "roles", multiple=True, metavar="ROLE", help=f"A role; give it again for more: {', '.join(ROLES)}."
)
login_argument = click.argument("login")


@click.group()
def people() -> None:
    """Who may enter the desk, and with which roles. A password is never typed here: who is let in gets a one-time link."""


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except NotPossible as fault:
        raise click.UsageError(str(fault)) from None


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each.")
def list_(as_json: bool) -> None:
    """Show who may enter, and who may no longer."""
    with reading(_open()[0]) as connection:
        held = store.everybody(connection)
        links = tickets.waiting(connection, int(time.time()))
    if not held and not as_json:
        click.echo("nobody may enter yet; 'ivr people link' makes a link for the first administrator")
    for one in held:
        how = "provider" if one.subject else "password" if one.password else "link" if one.id in links else "none"
        if as_json:
            told = {
                "login": one.login,
                "name": one.name,
                "roles": one.roles,
                "how": how,
                "disabled": one.disabled is not None,
            }
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            shut = "  (shut out)" if one.disabled is not None else ""
            click.echo(f"{one.login:<32} {one.name:<28} {how:<9} {', '.join(one.roles) or 'no role'}{shut}")


@people.command()
@login_argument
@click.option("--name", required=True, help="The name as colleagues see it.")
@role_option
@by_option
def add(login: str, name: str, roles: Sequence[str], by: str) -> None:
    """Let somebody in, and print the one-time link with which they pick a password."""
    engine, settings = _open(make=True)
    now = int(time.time())
    with _told(), writing(engine) as connection:
        person = store.add(connection, name, login, roles, by, now)
        raw = _link(connection, person, by, now)
    _show(settings, raw, f"{person.login} may enter as {', '.join(person.roles)}")


@people.command()
@login_argument
@role_option
@by_option
def roles(login: str, roles: Sequence[str], by: str) -> None:
    """Say what somebody may do. They sign in anew."""
    with _told(), writing(_open()[0]) as connection:
        person = _find(connection, login)
        if person.subject:
            raise NotPossible("at_provider", f"'{person.login}' gets their roles from the provider, at each sign-in")
        held = store.set_roles(connection, person.id, roles, by, int(time.time()))
    click.echo(f"{held.login}: {', '.join(held.roles)}")


@people.command()
@login_argument
@click.option("--undo", is_flag=True, help="Let them in again.")
@by_option
def disable(login: str, undo: bool, by: str) -> None:
    """Shut somebody out: at once, wherever they are signed in."""
    with _told(), writing(_open()[0]) as connection:
        person, now = _find(connection, login), int(time.time())
        held = (store.enable if undo else store.disable)(connection, person.id, by, now)
    click.echo(f"{held.login} may {'no longer ' if held.disabled is not None else ''}enter")


@people.command()
@click.argument("login", required=False)
@by_option
def link(login: str | None, by: str) -> None:
    """Print a new one-time link with which somebody picks a password; without LOGIN, one for the first administrator.

    Whoever opens the link first has it: give it to nobody else. The password that was there works until the link is used.
    """
    engine, settings = _open(make=True)
    now = int(time.time())
    with _told(), writing(engine) as connection:
        if login is None:
            raw = tickets.make_first(connection, now)
            if not raw:
                raise NotPossible("first", "there is an administrator already; name the LOGIN that the link is for")
            audit.record(connection, now, by, "person.link", "", {"first": True})
        else:
            raw = _link(connection, _find(connection, login), by, now)
    _show(settings, raw, "for the first administrator" if login is None else f"for {login}")


def _open(make: bool = False) -> tuple[Engine, PagesSettings]:
    settings = settings_of(PagesSettings)
    return open_database(settings, make), settings


def _find(connection: Connection, login: str) -> Person:
    held = store.by_login(connection, login)
    if held is None:
        raise NotPossible("nobody", f"there is nobody with the login '{login[:100]}'; 'ivr people list' shows them")
    return held


def _link(connection: Connection, person: Person, by: str, now: int) -> str:
    raw = tickets.make_for(connection, person.id, now)
    audit.record(connection, now, by, "person.link", person.id, {"login": person.login})
    return raw


def _show(settings: PagesSettings, raw: str, what: str) -> None:
    click.echo(f"{what}; the link can be used once:", err=True)
    click.echo(link_of(settings, raw))


def link_of(settings: PagesSettings, raw: str) -> str:
    """The address of a one-time link."""
    return f"{settings.desk_origin}{settings.desk_base}/sign-in/link/{raw}"
