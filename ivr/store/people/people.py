"""Who may enter the desk: people, their roles, and how they are shut out. Each change stands in the audit trail."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from ivr.desk.roles import ADMINISTRATOR, ROLES
from ivr.store import audit
from ivr.store.database.schema import Row
from ivr.store.database.schema_desk import people
from ivr.store.people import sessions

MOST_PEOPLE = 2000
MAX_NAME = 100
RESERVED = ("caller", "drain", "rule", "retention", "worker", "link")
"""Names under which the program itself stands in the audit trail."""
_LOGIN = re.compile(r"(?=.*[a-z])[a-z0-9][a-z0-9._@+#'-]{2,99}")
_LOCK = 14_050_002
"""The advisory lock (PostgreSQL) under which it is counted who is an administrator."""


class NotPossible(Exception):
    """What was asked of people cannot be done. `key` names the words that a page has for it (people.fault_…); the text is
    for the command line."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class Person(Struct, frozen=True):
    """Somebody who may enter, or could once. `subject` is '' for a local account; `password` the argon2id hash, '' for
    none; `disabled` epoch seconds, None for who may enter."""

    id: str
    name: str
    login: str
    subject: str
    password: str
    roles: tuple[str, ...]
    language: str
    made: int
    disabled: int | None


def find(connection: Connection, id: str) -> Person:
    """The person with an id. Raises NotPossible."""
    row = connection.execute(select(people).where(people.c.id == id)).mappings().one_or_none()
    if row is None:
        raise NotPossible("nobody", "there is no such person")
    return _read(row)


def by_login(connection: Connection, login: str) -> Person | None:
    """The person with a login, in whatever case it was typed."""
    row = connection.execute(select(people).where(people.c.login == login.strip().lower())).mappings().one_or_none()
    return _read(row) if row is not None else None


def by_subject(connection: Connection, subject: str) -> Person | None:
    """The person that a provider of OpenID Connect knows by `issuer|subject`."""
    row = connection.execute(select(people).where(people.c.subject == subject).limit(1)).mappings().one_or_none()
    return _read(row) if row is not None else None


def everybody(connection: Connection) -> list[Person]:
    """All people: those who may enter first, by name."""
    rows = connection.execute(select(people).limit(MOST_PEOPLE)).mappings()
    return sorted(map(_read, rows), key=lambda one: (one.disabled is not None, one.name.casefold(), one.login))


def has_administrator(connection: Connection, but: str = "") -> bool:
    """Whether an administrator may enter, somebody left out."""
    rows = connection.execute(select(people.c.id, people.c.roles).where(people.c.disabled.is_(None)))
    return any(ADMINISTRATOR in roles for id, roles in rows if id != but)


def add(
    connection: Connection,
    name: str,
    login: str,
    roles: Iterable[str],
    by: str,
    now: int,
    subject: str = "",
    password: str = "",
) -> Person:
    """Let somebody in. Raises NotPossible."""
    alone(connection)
    held = list(connection.scalars(select(people.c.id).limit(MOST_PEOPLE)))
    if len(held) >= MOST_PEOPLE:
        raise NotPossible("full", f"there are {MOST_PEOPLE:,} people already")
    made = Person(
        uuid.uuid4().hex, clean_name(name), clean_login(login), subject, password, clean_roles(roles), "", now, None
    )
    if by_login(connection, made.login) is not None:
        raise NotPossible("login_taken", f"the login '{made.login}' is taken")
    row = {name: getattr(made, name) for name in made.__struct_fields__} | {"roles": list(made.roles)}
    try:
        connection.execute(insert(people).values(row))
    except IntegrityError:  # somebody else took it at this moment
        raise NotPossible("login_taken", f"the login '{made.login}' is taken") from None
    audit.record(
        connection, now, by or made.login, "person.add", made.id, {"login": made.login, "roles": list(made.roles)}
    )
    return made


def set_roles(connection: Connection, id: str, roles: Iterable[str], by: str, now: int, but: str = "") -> Person:
    """Say what somebody may do. Their sessions end, but for the one with the key `but`: who goes on with more rights has
    signed in anew. Raises NotPossible."""
    alone(connection)
    held, wanted = find(connection, id), clean_roles(roles)
    if set(wanted) == set(held.roles):
        return held
    if ADMINISTRATOR not in wanted:
        _not_the_last(connection, held)
    connection.execute(update(people).where(people.c.id == id).values(roles=list(wanted)))
    sessions.end_all(connection, id, but)
    audit.record(
        connection, now, by, "person.roles", id, {"login": held.login, "was": list(held.roles), "roles": list(wanted)}
    )
    return find(connection, id)


def rename(connection: Connection, id: str, login: str, by: str, now: int) -> Person:
    """Give somebody another login; what they did before stands in the trail under the old one. Raises NotPossible."""
    alone(connection)
    held, wanted = find(connection, id), clean_login(login)
    other = by_login(connection, wanted)
    if other is not None and other.id != id:
        raise NotPossible("login_taken", f"the login '{wanted}' is taken")
    if wanted != held.login:
        connection.execute(update(people).where(people.c.id == id).values(login=wanted))
        audit.record(connection, now, by, "person.rename", id, {"login": wanted, "was": held.login})
    return find(connection, id)


def disable(connection: Connection, id: str, by: str, now: int) -> Person:
    """Shut somebody out, at once. Raises NotPossible."""
    alone(connection)
    held = find(connection, id)
    if held.disabled is not None:
        return held
    _not_the_last(connection, held)
    connection.execute(update(people).where(people.c.id == id).values(disabled=now))
    sessions.end_all(connection, id)
    audit.record(connection, now, by, "person.disable", id, {"login": held.login})
    return find(connection, id)


def enable(connection: Connection, id: str, by: str, now: int) -> Person:
    """Let somebody in again. Raises NotPossible."""
    held = find(connection, id)
    if held.disabled is not None:
        connection.execute(update(people).where(people.c.id == id).values(disabled=None))
        audit.record(connection, now, by, "person.enable", id, {"login": held.login})
    return find(connection, id)


def end_sessions(connection: Connection, id: str, by: str, now: int, but: str = "") -> int:
    """End the sessions of somebody, but for the one with the key `but`; how many. Raises NotPossible."""
    held = find(connection, id)
    ended = sessions.end_all(connection, id, but)
    audit.record(connection, now, by, "person.end_sessions", id, {"login": held.login, "sessions": ended})
    return ended


def set_password(connection: Connection, id: str, hash: str, by: str, now: int, but: str = "") -> None:
    """Give somebody another password; their sessions end, but for the one with the key `but`. Raises NotPossible."""
    held = find(connection, id)
    connection.execute(update(people).where(people.c.id == id).values(password=hash))
    sessions.end_all(connection, id, but)
    audit.record(connection, now, by, "person.password", id, {"login": held.login})


def renew_hash(connection: Connection, id: str, was: str, hash: str) -> None:
    """Keep the same password under other parameters, unless it was changed meanwhile."""
    connection.execute(update(people).where(people.c.id == id, people.c.password == was).values(password=hash))


def follow_provider(connection: Connection, held: Person, name: str, roles: Iterable[str], now: int) -> Person:
    """Somebody is called, and may do, what their provider says now; nothing, when it names no role of ours. Their sessions
    end when that changed."""
    wanted, clean = tuple(role for role in ROLES if role in set(roles)), clean_name(name)
    if wanted != held.roles:
        connection.execute(update(people).where(people.c.id == held.id).values(roles=list(wanted)))
        sessions.end_all(connection, held.id)
        data = {"login": held.login, "was": list(held.roles), "roles": list(wanted)}
        audit.record(connection, now, held.login, "person.roles", held.id, data)
    if clean != held.name:
        connection.execute(update(people).where(people.c.id == held.id).values(name=clean))
    return find(connection, held.id)


def clean_name(name: str) -> str:
    """A name as it may be shown: one line of at most MAX_NAME characters. Raises NotPossible."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not clean or len(clean) > MAX_NAME:
        raise NotPossible("name", f"a name has 1 to {MAX_NAME} characters")
    return clean


def clean_login(login: str) -> str:
    """A login in lower case. It holds a letter: no telephone number stands in the audit trail. Raises NotPossible."""
    clean = login.strip().lower()
    if not _LOGIN.fullmatch(clean) or clean in RESERVED:
        raise NotPossible(
            "login",
            "a login is an e-mail address or a name of 3 to 100 letters, digits and . _ - @ +, with a letter in it",
        )
    return clean


def clean_roles(roles: Iterable[str]) -> tuple[str, ...]:
    """Known roles, in their own order, at least one. Raises NotPossible."""
    wanted = set(roles)
    strange = sorted(wanted - set(ROLES))
    if strange:
        raise NotPossible("role", f"'{strange[0][:40]}' is no role; roles are: {', '.join(ROLES)}")
    if not wanted:
        raise NotPossible("no_role", f"give at least one role: {', '.join(ROLES)}")
    return tuple(role for role in ROLES if role in wanted)


def alone(connection: Connection) -> None:
    """Nobody else counts administrators meanwhile; SQLite's write lock is held already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})


def _not_the_last(connection: Connection, held: Person) -> None:
    if held.disabled is None and ADMINISTRATOR in held.roles and not has_administrator(connection, but=held.id):
        raise NotPossible("last", f"'{held.login}' is the last administrator; make another one first")


def _read(row: Row) -> Person:
    return Person(**{**row, "roles": tuple(row["roles"])})
