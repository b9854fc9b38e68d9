"""Signing in with a password: counted, in equal time whoever it is, and without telling whether a login exists.

Nobody is kept out for ever. Tries are counted by login and address together, by login and by address, for a quarter of an
hour. A browser with which somebody signed in before has tries of its own (OWASP, device cookies), so that a stranger who
tries their login from many addresses does not keep them out of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from ivr.desk.password import LONGEST, folded
from ivr.pages.context import Context
from ivr.pages.look.faults import Told
from ivr.pages.signin.passwords import hashed, is_old, matches
from ivr.store import audit
from ivr.store.database.connect import reading, writing
from ivr.store.people import people, sessions
from ivr.store.people.people import Person
from ivr.store.people.refusals import Bound, count_try, take_back

SECONDS = 900
BY_BOTH, BY_LOGIN, BY_ADDRESS, BY_DEVICE = 5, 30, 100, 10
"""Refused tries in SECONDS: for a login from one address, for it from all, for all logins from one address (a whole office
may have one), for a login in a browser that knows it."""
DEVICE_SECONDS = 180 * 86_400
MOST_KNOWN = 5
"""Logins that one browser is known for."""


class Device(Struct, frozen=True):
    """A browser with which somebody signed in before: a name for it, and the hashes of their logins, the newest last."""

    id: str
    logins: tuple[str, ...]

    def with_login(self, login: str) -> Device:
        """The same, known for one more."""
        return Device(self.id, (*(one for one in self.logins if one != login), login)[-MOST_KNOWN:])


def device(held: Any) -> Device:  # what stood in a cookie that we signed
    """The browser that a cookie tells of; a new one when it tells of none."""
    if isinstance(held, list) and len(held) > 1 and all(isinstance(one, str) for one in held):
        return Device(held[0], tuple(held[1:]))
    return Device(secrets.token_urlsafe(16), ())


class Entered(Struct, frozen=True):
    """Somebody has signed in: what their cookie says now, and how this browser is known."""

    raw: str
    device: Device


def sign_in(context: Context, login: str, password: str, address: str, browser: Device, old: str) -> Entered:
    """Look at a login and a password; `old` is what a cookie said before, which is worth nothing then. Slow: in a thread.
    Raises Told, in the same words whoever it is."""
    known = context.cookies.keyed("login", login.strip().lower()[:200])
    now = context.clock()
    with writing(context.database) as connection:
        tried = count_try(connection, _bounds(context, known, address, browser), now)
    if tried.wait:
        raise Told("signin.wait", 429, minutes=-(-tried.wait // 60))
    with reading(context.database) as connection:
        person = people.by_login(connection, login[:200])
    hash = person.password if person is not None and not person.subject else ""
    right = matches(hash, password[: LONGEST + 1])
    if person is None or not right or person.disabled is not None or not person.roles:
        _refused(context, person, now)
        raise Told("signin.wrong", 401)
    renewed = hashed(folded(password)) if is_old(hash) else ""
    with writing(context.database) as connection:
        take_back(connection, tried)
        if renewed:
            people.renew_hash(connection, person.id, hash, renewed)
        raw = enter(connection, context, person, sessions.PASSWORD, now, old)
    return Entered(raw, browser.with_login(known))


def enter(connection: Connection, context: Context, person: Person, how: str, now: int, old: str = "") -> str:
    """Begin a session; answers what its cookie says. It is always a new one: whoever knew the old cookie knows nothing."""
    if old:
        sessions.end(connection, sessions.session_key(old))
    raw = fresh()
    sessions.begin(connection, person.id, raw, how, now, now + context.settings.desk_session_hours * 3600)
    audit.record(connection, now, person.login, "person.sign_in", person.id, {"how": how})
    return raw


def fresh() -> str:
    """What a cookie says: 256 bits by chance."""
    return secrets.token_urlsafe(32)


def own_password(context: Context, id: str, password: str) -> None:
    """Look at the password of somebody who has signed in, before it is changed: whoever found a browser open does not know
    it. Slow: in a thread. Raises Told."""
    now, key = context.clock(), context.cookies.keyed("own", id)
    with writing(context.database) as connection:
        tried = count_try(connection, (Bound(key, BY_DEVICE, SECONDS),), now)
    if tried.wait:
        raise Told("signin.wait", 429, minutes=-(-tried.wait // 60))
    with reading(context.database) as connection:
        person = people.find(connection, id)
    if not matches(person.password, password[: LONGEST + 1]):
        _refused(context, person, now)
        raise Told("signin.wrong_current", 403)
    with writing(context.database) as connection:
        take_back(connection, tried)


def _bounds(context: Context, login: str, address: str, browser: Device) -> Sequence[Bound]:
    keyed = context.cookies.keyed
    if login in browser.logins:
        return (Bound(keyed("device", f"{browser.id} {login}"), BY_DEVICE, SECONDS),)
    return (
        Bound(keyed("both", f"{address} {login}"), BY_BOTH, SECONDS),
        Bound(keyed("by login", login), BY_LOGIN, SECONDS),
        Bound(keyed("by address", address), BY_ADDRESS, SECONDS),
    )


def _refused(context: Context, person: Person | None, now: int) -> None:
    """Only for logins that exist: what somebody typed for one may be a password."""
    if person is not None:
        with writing(context.database) as connection:
            audit.record(connection, now, person.login, "person.refused", person.id)
