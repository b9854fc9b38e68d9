"""What the pages of people show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection

from ivr.desk.roles import ROLES
from ivr.pages.context import Context
from ivr.store.people import people, sessions, tickets
from ivr.store.people.people import Person
from ivr.store.people.sessions import Session

NOBODY_YET, HERE, PROVIDER = "invited", "password", "provider"
"""How somebody signs in: not yet, with a password of ours, at their provider."""


class Row(Struct, frozen=True):
    """One person in the list: `seen` is when they last did something (epoch seconds, 0 for not lately); `link` until when
    their one-time link can be used (0 for none)."""

    person: Person
    how: str
    sessions: Sequence[Session]
    seen: int
    link: int


def rows(connection: Connection, context: Context) -> list[Row]:
    """Everybody."""
    now = context.clock()
    running = sessions.running(connection, now, context.settings.desk_idle_minutes * 60)
    links = tickets.waiting(connection, now)
    return [_row(one, running, links) for one in people.everybody(connection)]


def row(connection: Connection, context: Context, id: str) -> Row:
    """One person. Raises NotPossible."""
    now = context.clock()
    running = sessions.running(connection, now, context.settings.desk_idle_minutes * 60)
    return _row(people.find(connection, id), running, tickets.waiting(connection, now))


def chosen(role_names: Sequence[str]) -> tuple[str, ...]:
    """The roles that a form names, those that exist."""
    return tuple(role for role in ROLES if role in role_names)


def _row(person: Person, running: Sequence[Session], links: Mapping[str, int]) -> Row:
    own = [one for one in running if one.person == person.id]
    how = PROVIDER if person.subject else HERE if person.password else NOBODY_YET
    return Row(person, how, own, max((one.seen for one in own), default=0), links.get(person.id, 0))
