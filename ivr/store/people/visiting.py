"""Who stands behind a session: asked at every request of the desk."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, select

from ivr.store.database.schema_desk import people, sessions


class Visiting(Struct, frozen=True):
    """A session that holds, and its person."""

    person: str
    name: str
    login: str
    roles: tuple[str, ...]
    language: str
    seen: int


def find_visiting(connection: Connection, key: str, now: int) -> Visiting | None:
    """The session with a key, unless it has ended or its person may no longer enter."""
    row = connection.execute(
        select(people.c.id, people.c.name, people.c.login, people.c.roles, people.c.language, sessions.c.seen)
        .join_from(sessions, people, people.c.id == sessions.c.person)
        .where(sessions.c.key == key, sessions.c.ends > now, people.c.disabled.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return Visiting(row.id, row.name, row.login, tuple(row.roles), row.language, row.seen)
