"""What is owed → cases, places, marks and what callers did with a case. The same entry any number of times is one row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from ivr.desk.case import BY_CALLER, CALLBACK, CANCELLED, CLOSED, REACHED, VOICEMAIL, WAITING, Case
from ivr.desk.pseudonym import number_key
from ivr.store import audit
from ivr.store import cases as kept
from ivr.store.database.schema import calls, case_calls, cases, marks, places, recordings
from ivr.store.database.upsert import insert_once
from ivr.store.journal import Entry
from ivr.store.places import place_row

Plan = Callable[[Case], tuple[int, int]]
"""A new case → when its first attempt is to begin, and when somebody is warned (epoch seconds, 0 for never)."""
Rows = list[dict[str, Any]]


def case_id(entry: Entry) -> str:
    """The id of the case that a turn opened."""
    return f"{entry['call']}:{entry['sequence']}"


def keep_cases(connection: Connection, entries: Iterable[Entry], plan: Plan, hash_key: bytes) -> None:
    """The cases of a batch, with their places and recordings."""
    found = {case_id(entry): entry for entry in entries}
    there = set(connection.execute(select(cases.c.id).where(cases.c.id.in_(found))).scalars())
    fresh = {id: entry for id, entry in found.items() if id not in there}
    rows = [_case_row(id, entry, plan, hash_key) for id, entry in fresh.items()]
    insert_once(connection, cases, rows)
    insert_once(connection, case_calls, [_call_row(id, entry, "opened") for id, entry in fresh.items()])
    promised = [entry for entry in fresh.values() if entry.get("due_day")]
    insert_once(connection, places, [_place(entry) for entry in promised])
    if promised:
        connection.execute(
            update(places)
            .where(places.c.call == bindparam("its_call"), places.c.sequence == bindparam("its_sequence"))
            .values(case_id=bindparam("its_case")),
            [{"its_call": e["call"], "its_sequence": e["sequence"], "its_case": case_id(e)} for e in promised],
        )
    insert_once(connection, recordings, [_recording(id, e) for id, e in fresh.items() if e.get("recording")])
    if fresh:  # a call that ended before its case was here
        supersede(connection, {f"{entry['call']}:missed": int(entry["at"]) for entry in fresh.values()})
        ended = (calls.c.id.in_({entry["call"] for entry in fresh.values()}), calls.c.ending.not_in(("", "person")))
        connection.execute(update(calls).where(*ended).values(ending="case"))


def supersede(connection: Connection, missed: dict[str, int]) -> None:
    """Close the cases that were opened for calls that seemed to have left none (drain/ended.py): their callers are owed one
    call, not two, and none when they spoke to somebody. One that somebody is busy with already stays."""
    idle = (cases.c.id.in_(missed), cases.c.state.in_(WAITING))
    for id in connection.scalars(select(cases.c.id).where(*idle)).all():
        ended: dict[str, Any] = {
            "state": CLOSED,
            "next_at": None,
            "escalate_at": None,
            "closed_at": missed[id],
            "closed_by": "drain",
        }
        done = connection.execute(
            update(cases).where(cases.c.id == id, *idle).values(**ended, revision=cases.c.revision + 1)
        )
        if done.rowcount:
            audit.record(connection, missed[id], "drain", "case.superseded", id)


def _case_row(id: str, entry: Entry, plan: Plan, hash_key: bytes) -> dict[str, Any]:
    due = int(entry.get("due") or 0)
    case = Case(
        id=id,
        number=str(entry["case"]),
        kind=VOICEMAIL if entry.get("type") == VOICEMAIL else CALLBACK,
        table=str(entry["table"]),
        version=str(entry.get("version", "")),
        zone=str(entry.get("zone") or "Europe/Amsterdam"),
        call=str(entry["call"]),
        dialled=str(entry.get("dialled", "")),
        team=str(entry.get("team", "")),
        language=str(entry.get("language", "")),
        caller=str(entry.get("number", "")),
        opened=int(entry["at"]),
        topic=entry.get("variables") or {},
        fields={name: value for name, value in (entry.get("fields") or {}).items() if value},
        reach=str(entry.get("reach") or "telephone"),
        part=str(entry.get("part") or ""),
        first_due=due,
        due=due,
    )
    next_at, escalate_at = plan(case)
    more = {
        "caller_key": number_key(hash_key, case.caller),
        "due_day": str(entry.get("due_day", "")),
        "next_at": next_at or None,
        "escalate_at": escalate_at or None,
        "cautious": int(bool(entry.get("cautious"))),
    }
    return kept.as_row(case) | more


def _place(entry: Entry) -> dict[str, Any]:
    slot = (str(entry["table"]), str(entry["team"]))
    return place_row(
        (entry["call"], entry["sequence"]),
        slot,
        entry["due_day"],
        str(entry["case"]),
        int(entry["due"]),
        int(entry["at"]),
    )


def _recording(id: str, entry: Entry) -> dict[str, Any]:
    made = {"id": id, "case_id": id, "url": str(entry["recording"]), "made": int(entry["at"])}
    return made | {"seconds": int(entry.get("seconds") or 0)}


def _call_row(case: str, entry: Entry, what: str) -> dict[str, Any]:
    return {"call": entry["call"], "sequence": entry["sequence"], "case_id": case, "at": int(entry["at"]), "what": what}


def keep_marks(connection: Connection, entries: Iterable[Entry]) -> None:
    """The marks of a batch; the team of each is that to which its call was last put through."""
    rows = [
        {
            "call": e["call"], "sequence": e["sequence"], "at": int(e["at"]), "zone": str(e.get("zone", "")),
            "table_id": str(e.get("table", "")), "number": str(e.get("legacy", "")), "node": str(e.get("node", "")),
            "language": str(e.get("language", "")), "mark": int(e["mark"]),
        }
        for e in entries
    ]  # fmt: skip
    insert_once(connection, marks, rows)
    if rows:
        name_teams(connection, {row["call"] for row in rows})


def name_teams(connection: Connection, of: set[str]) -> None:
    """Give marks the team to which their call was put through, as soon as that is known."""
    team = select(calls.c.team).where(calls.c.id == marks.c.call).scalar_subquery()
    known = select(calls.c.id).where(calls.c.id.in_(of), calls.c.team != "")
    connection.execute(update(marks).where(marks.c.call.in_(known), marks.c.team == "").values(team=team))


def keep_answers(connection: Connection, entries: Iterable[Entry]) -> None:
    """What callers who gave a case number did: joined it, or cancelled it. A case that is settled stays as it is."""
    for entry in entries:
        number = str(entry.get("case", ""))
        held = [c for c in kept.numbered(connection, number) if c.state not in (CLOSED, CANCELLED)]
        at, what = int(entry["at"]), "cancelled" if entry["kind"] == "cancel" else "joined"
        if len(held) != 1:
            if not _told(connection, entry):
                audit.record(connection, at, "caller", "case.unmatched", "", {"call": entry["call"], "what": what})
            continue
        if _told(connection, entry):
            continue
        case = held[0]
        insert_once(connection, case_calls, [_call_row(case.id, entry, what)])
        if what == "cancelled":
            _cancel(connection, case.id, at)


def _cancel(connection: Connection, id: str, at: int) -> None:
    """End a case for its caller, whoever is busy with it, and give its place back; one that was reached stays so."""
    ended = {"state": CANCELLED, "next_at": None, "escalate_at": None, "closed_at": at, "closed_by": BY_CALLER}
    running = (cases.c.id == id, cases.c.state.not_in((REACHED, CLOSED, CANCELLED)))
    if connection.execute(update(cases).where(*running).values(**ended, revision=cases.c.revision + 1)).rowcount:
        connection.execute(delete(places).where(places.c.case_id == id))
        audit.record(connection, at, "caller", "case.cancel", id)


def _told(connection: Connection, entry: Entry) -> bool:
    """Whether this answer is in the database already."""
    same = (case_calls.c.call == entry["call"], case_calls.c.sequence == entry["sequence"])
    return connection.execute(select(case_calls.c.call).where(*same)).first() is not None
