"""What happened in calls → events, one row a call, and who waited for whom. An entry that comes again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Case, Connection, case, func, select, update

from ivr.desk.pseudonym import number_key
from ivr.store.database.schema import calls, events, waits
from ivr.store.database.upsert import insert_into, insert_once
from ivr.store.journal import Entry
from ivr.store.lookup import DROPPED_SECONDS

Row = dict[str, Any]
_LATEST = ("node", "language")
"""Columns that are what the latest turn says."""
_STATED = ("table_id", "version", "zone", "number", "dialled", "caller", "caller_key", "team", "outcome")
"""Columns that only some turns speak of."""


def keep_events(connection: Connection, entries: Sequence[Entry], hash_key: bytes) -> set[str]:
    """The events of a batch, and what follows from them for their calls; answers which calls they speak of."""
    insert_once(connection, events, [_event_row(entry) for entry in entries])
    rows: dict[str, Row] = {}
    for entry in sorted(entries, key=lambda entry: (entry["call"], entry["sequence"])):
        row = rows.setdefault(entry["call"], _blank(entry))
        _count(row, entry, hash_key)
    _merge(connection, list(rows.values()))
    _keep_waits(connection, entries, hash_key)
    return set(rows)


def _event_row(entry: Entry) -> Row:
    """Without the number of the caller, which stands in the call alone."""
    data = {name: value for name, value in (entry.get("data") or {}).items() if name not in ("caller", "dialled")}
    return {
        "call": entry["call"], "sequence": entry["sequence"], "kind": entry["kind"], "at": entry["at"],
        "node": entry.get("node", ""), "event": entry.get("event", ""), "language": entry.get("language", ""), "data": data,
    }  # fmt: skip


def _blank(entry: Entry) -> Row:
    return {
        "id": entry["call"], **dict.fromkeys(_STATED, ""), **dict.fromkeys(_LATEST, ""), "began": None, "ended": None,
        "seconds": 0, "put_at": None, "person_at": None, "waited": None, "told": 0, "over": 0, "turns": -1, "topic": None,
    }  # fmt: skip


def _count(row: Row, entry: Entry, hash_key: bytes) -> None:
    """Take an event into the row of its call."""
    data = entry.get("data") or {}
    row["table_id"] = entry["table"]
    if entry["kind"] == "status":
        row["ended"], row["seconds"] = entry["at"], int(data.get("seconds") or 0)
        return
    if entry["kind"] == "turn":
        row["turns"], row["node"], row["language"] = entry["sequence"], entry["node"], entry["language"]
    if entry["kind"] == "turn" and entry["sequence"] == 0:
        caller = str(data.get("caller", ""))
        row |= {name: str(data.get(name, "")) for name in ("number", "dialled", "zone")}
        row |= {"began": entry["at"], "version": entry.get("version", ""), "caller": caller}
        row["caller_key"] = number_key(hash_key, caller)
    if "outcome" in data:
        row["outcome"] = str(data["outcome"])
        if data["outcome"] == "bridged":
            row["person_at"] = entry["at"] - int(data.get("talked") or 0)
            row["waited"] = int(data["waited"]) if "waited" in data else None
    if "team" in data:
        row |= {"put_at": entry["at"], "team": str(data["team"])}
    row["told"] = max(row["told"], int(data.get("told") or 0))
    row["over"] = max(row["over"], int(data.get("over") or 0))
    if data.get("topic"):
        row["topic"] = data["topic"]


def _merge(connection: Connection, rows: list[Row]) -> None:
    """Add to each call what is new of it; what came in another order ends the same."""
    if not rows:
        return
    statement = insert_into(connection, calls)
    new = statement.excluded

    def larger(name: str) -> Case[Any]:
        return case((new[name] > calls.c[name], new[name]), else_=calls.c[name])

    merged: dict[str, Any] = {name: case((new[name] != "", new[name]), else_=calls.c[name]) for name in _STATED}
    merged |= {name: case((new.turns >= calls.c.turns, new[name]), else_=calls.c[name]) for name in _LATEST}
    merged |= {name: larger(name) for name in ("turns", "told", "over", "seconds")}
    merged |= {name: func.coalesce(calls.c[name], new[name]) for name in ("began", "person_at", "waited", "ended")}
    merged |= {name: func.coalesce(new[name], calls.c[name]) for name in ("put_at", "topic")}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=merged), rows)


def _keep_waits(connection: Connection, entries: Iterable[Entry], hash_key: bytes) -> None:
    """Who joined a queue, and who left it."""
    for entry in entries:
        data = entry.get("data") or {}
        if "queue" in data:
            _join(connection, entry, data)
        if "waited" in data or entry["kind"] == "status":
            outcome = str(data.get("outcome", "hung_up"))
            left = (
                waits.c.call == entry["call"],
                waits.c.left.is_(None),
                waits.c.sequence < (entry["sequence"] or 10**6),
            )
            connection.execute(update(waits).where(*left).values(left=entry["at"], outcome=outcome))


def _join(connection: Connection, entry: Entry, data: Row) -> None:
    key = connection.execute(select(calls.c.caller_key).where(calls.c.id == entry["call"])).scalar() or ""
    since = entry["at"]
    if data.get("old") and key:
        theirs = (
            waits.c.caller_key == key, waits.c.team == data["team"], waits.c.table_id == entry["table"],
            waits.c.left >= entry["at"] - DROPPED_SECONDS,
        )  # fmt: skip
        last = connection.execute(
            select(waits.c.since, waits.c.outcome).where(*theirs).order_by(waits.c.left.desc()).limit(1)
        ).first()
        if last is not None and last.outcome == "hung_up":
            since = min(since, last.since)
    row = {
        "call": entry["call"], "sequence": entry["sequence"], "table_id": entry["table"], "team": data["team"],
        "queue": data["queue"], "caller_key": key, "joined": entry["at"], "since": since,
    }  # fmt: skip
    insert_once(connection, waits, [row])
