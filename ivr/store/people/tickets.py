"""One-time links: with one somebody picks a password. Only the hash of what stands in the link is kept."""

from __future__ import annotations

import hashlib
import secrets

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from ivr.store.database.schema_desk import tickets
from ivr.store.people import people
from ivr.store.people.people import NotPossible

FIRST, INVITE, RESET = "first", "invite", "reset"
"""What a link is for: the first administrator, somebody new, somebody who locked themselves out."""
FIRST_SECONDS, LINK_SECONDS = 86_400, 3 * 86_400
"""How long a link can be used: the first one stands in a log."""
MOST_FIRST = 50
"""Links for the first administrator at a time: each start of a server makes one while there is none."""


class Ticket(Struct, frozen=True):
    """A link that can still be used."""

    purpose: str
    person: str


def make_first(connection: Connection, now: int) -> str:
    """A link for the first administrator, '' when there is one already (or enough links are about)."""
    if people.has_administrator(connection):
        return ""
    _sweep(connection, now)
    held = list(connection.scalars(select(tickets.c.key).where(tickets.c.purpose == FIRST).order_by(tickets.c.made)))
    if len(held) >= MOST_FIRST:
        connection.execute(delete(tickets).where(tickets.c.key.in_(held[: len(held) - MOST_FIRST + 1])))
    return _put(connection, FIRST, "", now, now + FIRST_SECONDS)


def make_for(connection: Connection, person: str, now: int) -> str:
    """A link with which somebody picks a password; earlier ones are worth nothing. Raises NotPossible."""
    held = people.find(connection, person)
    if held.disabled is not None:
        raise NotPossible("shut_out", f"'{held.login}' may not enter; let them in first")
    if held.subject:
        raise NotPossible(
            "at_provider", f"'{held.login}' signs in with the organisation's own account, and has no password here"
        )
    _sweep(connection, now)
    connection.execute(delete(tickets).where(tickets.c.person == person))
    return _put(connection, RESET if held.password else INVITE, person, now, now + LINK_SECONDS)


def find(connection: Connection, raw: str, now: int) -> Ticket | None:
    """The link that was followed, if it can still be used. To look at it does not use it up: mail filters open links."""
    row = connection.execute(
        select(tickets.c.purpose, tickets.c.person).where(
            tickets.c.key == _key(raw), tickets.c.used.is_(None), tickets.c.ends > now
        )
    ).one_or_none()
    if row is None or (row.purpose == FIRST and people.has_administrator(connection)):
        return None
    return Ticket(row.purpose, row.person)


def use(connection: Connection, raw: str, now: int) -> Ticket | None:
    """Use a link up; None when it cannot be used (any more). Of two who do so at once, one gets it."""
    people.alone(connection)
    found = find(connection, raw, now)
    if found is None:
        return None
    still = (tickets.c.key == _key(raw), tickets.c.used.is_(None))
    return found if connection.execute(update(tickets).where(*still).values(used=now)).rowcount else None


def waiting(connection: Connection, now: int) -> dict[str, int]:
    """Person → until when their link can be used, for links that nobody has used yet."""
    where = (tickets.c.used.is_(None), tickets.c.ends > now, tickets.c.person != "")
    return {row.person: row.ends for row in connection.execute(select(tickets.c.person, tickets.c.ends).where(*where))}


def _put(connection: Connection, purpose: str, person: str, now: int, ends: int) -> str:
    raw = secrets.token_urlsafe(32)
    connection.execute(insert(tickets).values(key=_key(raw), purpose=purpose, person=person, made=now, ends=ends))
    return raw


def _sweep(connection: Connection, now: int) -> None:
    connection.execute(delete(tickets).where(tickets.c.ends <= now))


def _key(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()
