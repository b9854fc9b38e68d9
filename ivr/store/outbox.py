"""The outbox: what is to be told outside, each thing once, kept until it is done or given up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ivr.store.audit import record
from ivr.store.database.schema import Row, outbox

OPENKLANT, ESCALATION, TELLING = "openklant", "escalation", "telling"
KINDS = (OPENKLANT, ESCALATION, TELLING)
WAITING, DONE, GIVEN_UP = "waiting", "done", "given_up"
MAX_ERROR = 300
"""Characters of a reason that are kept."""


class Item(Struct, frozen=True, kw_only=True):
    """Something to be told. `payload` says what, `answer` what came of each step so far; neither holds a telephone number.

    Instants are epoch seconds, 0 for none. `tries` counts the one that is under way.
    """

    key: str
    kind: str
    subject: str
    payload: Mapping[str, Any]
    answer: Mapping[str, Any]
    made: int
    next_at: int
    tries: int
    state: str
    error: str
    done: int


def put(
    connection: Connection, key: str, kind: str, subject: str, payload: Mapping[str, Any], now: int, at: int = 0
) -> bool:
    """Put something in, to be told from `at` on (0: now); False when something of that key is or was there."""
    statement = _insert(connection, key, kind, subject, payload, now, at).on_conflict_do_nothing()
    return connection.execute(statement.returning(outbox.c.key)).first() is not None  # psycopg counts no inserted rows


def renew(connection: Connection, key: str, kind: str, subject: str, payload: Mapping[str, Any], now: int) -> None:
    """Put something in, or let what is there under the key be done again with another payload. One that a worker is busy
    with is done again afterwards (`finish`)."""
    statement = _insert(connection, key, kind, subject, payload, now, 0)
    busy = outbox.c.worker != ""
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "payload": statement.excluded.payload,
                "state": WAITING,
                "next_at": case((busy, outbox.c.next_at), else_=statement.excluded.next_at),
                "tries": 0,
                "error": "",
                "done": None,
            },
        )
    )


def _insert(
    connection: Connection, key: str, kind: str, subject: str, payload: Mapping[str, Any], now: int, at: int
) -> Any:  # the insert of either dialect: they share no type that knows conflicts
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(outbox).values(
        key=key, kind=kind, subject=subject, payload=dict(payload), made=now, next_at=at or now, state=WAITING
    )


def is_due(connection: Connection, kinds: Collection[str], now: int) -> bool:
    """Whether anything of some kinds is due."""
    return connection.execute(select(outbox.c.key).where(*_due(kinds, now)).limit(1)).first() is not None


def _due(kinds: Collection[str], now: int) -> tuple[ColumnElement[bool], ...]:
    return outbox.c.kind.in_(kinds), outbox.c.state == WAITING, outbox.c.next_at <= now


def claim(connection: Connection, kinds: Collection[str], worker: str, now: int, lease: int) -> Item | None:
    """Take the one that has waited longest of those that are due; it is this worker's for `lease` seconds, after which it
    is due again. Another worker that asks at the same time takes another one."""
    row = (
        connection.execute(
            select(outbox)
            .where(*_due(kinds, now))
            .order_by(outbox.c.next_at, outbox.c.key)
            .limit(1)
            .with_for_update(skip_locked=True)  # on SQLite a writer is alone anyway
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    connection.execute(
        update(outbox)
        .where(outbox.c.key == row["key"])
        .values(worker=worker, lease=now + lease, next_at=now + lease, tries=row["tries"] + 1)
    )
    return as_item({**row, "tries": row["tries"] + 1})


def keep(connection: Connection, item: Item, worker: str, answer: Mapping[str, Any], now: int, lease: int) -> bool:
    """Note what came of the steps so far, and stay responsible for it; False when it is no longer this worker's."""
    done = connection.execute(
        update(outbox).where(*_held(item, worker)).values(answer=dict(answer), lease=now + lease, next_at=now + lease)
    )
    return done.rowcount == 1


def finish(connection: Connection, item: Item, worker: str, now: int) -> bool:
    """It is done; False when it is not, because it was renewed meanwhile or is no longer this worker's."""
    done = connection.execute(
        update(outbox)
        .where(*_held(item, worker), outbox.c.payload == dict(item.payload))
        .values(state=DONE, next_at=None, done=now, error="", worker="", lease=None)
    )
    if done.rowcount == 1:
        return True
    postpone(connection, item, worker, "", now, counted=False)
    return False


def postpone(connection: Connection, item: Item, worker: str, reason: str, at: int, counted: bool = True) -> None:
    """It is tried again at `at`. Not `counted`: nothing was tried."""
    connection.execute(
        update(outbox)
        .where(*_held(item, worker))
        .values(
            next_at=at,
            error=reason[:MAX_ERROR],
            worker="",
            lease=None,
            tries=outbox.c.tries if counted else case((outbox.c.tries > 0, outbox.c.tries - 1), else_=0),
        )
    )


def give_up(connection: Connection, item: Item, worker: str, reason: str, now: int) -> bool:
    """It is not tried again by itself, and stays to be seen; False when it was renewed or is no longer this worker's."""
    done = connection.execute(
        update(outbox)
        .where(*_held(item, worker), outbox.c.payload == dict(item.payload))
        .values(state=GIVEN_UP, next_at=None, error=reason[:MAX_ERROR], worker="", lease=None)
    )
    if done.rowcount != 1:
        postpone(connection, item, worker, "", now, counted=False)
        return False
    data = {"key": item.key, "reason": reason[:MAX_ERROR], "tries": item.tries}
    record(connection, now, "worker", "outbox.give_up", item.subject, data)
    return True


def _held(item: Item, worker: str) -> tuple[ColumnElement[bool], ...]:
    return outbox.c.key == item.key, outbox.c.worker == worker, outbox.c.state == WAITING


def retry(connection: Connection, key: str, by: str, now: int) -> bool:
    """A person lets something be tried again from now on, its tries counted afresh; False when nothing of that key waits
    or was given up, or a worker is busy with it."""
    found = one(connection, key)
    if found is None:
        return False
    done = connection.execute(
        update(outbox)
        .where(outbox.c.key == key, outbox.c.state != DONE, outbox.c.worker == "")
        .values(state=WAITING, next_at=now, tries=0, answer={**found.answer, "asked": now})
    )
    if done.rowcount != 1:
        return False
    record(connection, now, by, "outbox.retry", found.subject, {"key": key, "was": found.state})
    return True


def one(connection: Connection, key: str) -> Item | None:
    """What is there under a key."""
    row = connection.execute(select(outbox).where(outbox.c.key == key)).mappings().one_or_none()
    return None if row is None else as_item(row)


def listed(connection: Connection, states: Collection[str], limit: int) -> list[Item]:
    """What is there in some states: what was given up first, then what has waited longest."""
    rows = connection.execute(
        select(outbox)
        .where(outbox.c.kind.in_(KINDS), outbox.c.state.in_(states))
        .order_by(outbox.c.state, outbox.c.made, outbox.c.key)
        .limit(limit)
    ).mappings()
    return [as_item(row) for row in rows]


def counted(connection: Connection) -> dict[tuple[str, str], int]:
    """How many there are of each (kind, state)."""
    rows = connection.execute(
        select(outbox.c.kind, outbox.c.state, func.count()).group_by(outbox.c.kind, outbox.c.state)
    )
    return {(kind, state): number for kind, state, number in rows}


def as_item(row: Row | Mapping[str, Any]) -> Item:
    """A row of `outbox` as a value."""
    return Item(
        key=row["key"],
        kind=row["kind"],
        subject=row["subject"],
        payload=row["payload"] or {},
        answer=row["answer"] or {},
        made=row["made"],
        next_at=row["next_at"] or 0,
        tries=row["tries"],
        state=row["state"],
        error=row["error"],
        done=row["done"] or 0,
    )
