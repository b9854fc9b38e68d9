"""Sessions: what stands behind a cookie. Only the hash of the cookie is kept, so who reads the database enters nowhere."""

from __future__ import annotations

import hashlib

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from ivr.store.database.schema_desk import people, sessions

PASSWORD, LINK, OIDC = "password", "link", "oidc"
"""How somebody signed in."""
MOST_SESSIONS = 20
"""Sessions of one person at a time; the one longest unused ends."""
TOUCH_SECONDS = 60
"""How often it is noted that a session is in use."""


class Visiting(Struct, frozen=True):
    """A session that holds, and its person."""

    key: str
    person: str
    name: str
    login: str
    roles: tuple[str, ...]
    language: str
    seen: int


class Session(Struct, frozen=True):
    """A session, for who looks after them: how it began, when, and when it was last used (epoch seconds)."""

    key: str
    person: str
    how: str
    made: int
    seen: int


def session_key(raw: str) -> str:
    """What stands in the database for what the cookie says."""
    return hashlib.sha256(raw.encode()).hexdigest()


def begin(connection: Connection, person: str, raw: str, how: str, now: int, ends: int) -> None:
    """Somebody has signed in. What ended before goes."""
    connection.execute(delete(sessions).where(sessions.c.ends <= now))
    used = select(sessions.c.key).where(sessions.c.person == person).order_by(sessions.c.seen.desc())
    old = list(connection.scalars(used.offset(MOST_SESSIONS - 1)))
    if old:
        connection.execute(delete(sessions).where(sessions.c.key.in_(old)))
    held = {"key": session_key(raw), "person": person, "how": how, "made": now, "seen": now, "ends": ends}
    connection.execute(insert(sessions).values(held))


def find_visiting(connection: Connection, key: str, now: int, idle: int) -> Visiting | None:
    """The session with a key, unless it has ended, was not used for `idle` seconds, or its person may no longer enter."""
    row = connection.execute(
        select(people.c.id, people.c.name, people.c.login, people.c.roles, people.c.language, sessions.c.seen)
        .join_from(sessions, people, people.c.id == sessions.c.person)
        .where(sessions.c.key == key, sessions.c.ends > now, sessions.c.seen > now - idle, people.c.disabled.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return Visiting(key, row.id, row.name, row.login, tuple(row.roles), row.language, row.seen)


def touch(connection: Connection, key: str, now: int) -> None:
    """Note that a session is in use."""
    connection.execute(update(sessions).where(sessions.c.key == key, sessions.c.seen < now).values(seen=now))


def renew(connection: Connection, key: str, raw: str) -> bool:
    """Give a session another key: what was in the cookie before is worth nothing. False when it has ended meanwhile."""
    changed = connection.execute(update(sessions).where(sessions.c.key == key).values(key=session_key(raw)))
    return changed.rowcount == 1


def end(connection: Connection, key: str) -> None:
    """End one session."""
    connection.execute(delete(sessions).where(sessions.c.key == key))


def end_all(connection: Connection, person: str, but: str = "") -> int:
    """End all sessions of somebody, but for one; how many."""
    return connection.execute(delete(sessions).where(sessions.c.person == person, sessions.c.key != but)).rowcount


def running(connection: Connection, now: int, idle: int) -> list[Session]:
    """All sessions that hold, the one used last first."""
    columns = (sessions.c.key, sessions.c.person, sessions.c.how, sessions.c.made, sessions.c.seen)
    where = (sessions.c.ends > now, sessions.c.seen > now - idle)
    return [
        Session(*row) for row in connection.execute(select(*columns).where(*where).order_by(sessions.c.seen.desc()))
    ]
