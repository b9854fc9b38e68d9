"""The tables of the database: what is kept of calls, and of every promise until it is kept.

Instants are epoch seconds in code, and UTC timestamps in the database (`Instant`); beside them stands the zone of the
routing table, in which days and half-days are counted. Lists and maps are JSON text. A change here is a new migration in
`migrations/versions`; a test holds the two equal.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    RowMapping,
    SmallInteger,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_encode = msgspec.json.Encoder(order="sorted").encode
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Instant(TypeDecorator[int]):
    """Epoch seconds in code, a UTC timestamp in the database. SQLite keeps it as text without a zone, which is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        at = _EPOCH + dt.timedelta(seconds=value)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        at = value if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)
        return int(at.timestamp())


class Json(TypeDecorator[Any]):  # whatever JSON can hold
    """A JSON value, kept as text so that both databases give back what was written."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        return None if value is None else _encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(value)


def _text(name: str, **more: Any) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="", **more)


def _whole(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


def _few(name: str, column: str, where: str) -> Index:
    """An index over the few rows that answer to a condition."""
    return Index(name, column, sqlite_where=text(where), postgresql_where=text(where))


calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),  # the provider's id of the caller's leg
    _text("table_id"),
    _text("version"),
    _text("zone"),
    _text("number"),  # the legacy number as the table writes it; '' for the main number
    _text("dialled"),
    _text("caller"),  # E.164; '' when withheld, or after retention
    _text("caller_key"),  # keyed hash of it (desk/pseudonym)
    _text("language"),
    Column("began", Instant),
    Column("ended", Instant),
    _whole("seconds"),  # of the whole call, as the provider counts them
    Column("put_at", Instant),  # when it was last put through, or joined a queue
    Column("person_at", Instant),  # when it was bridged to a person
    Column("waited", Integer),  # seconds between being put through and that person; null while there is none
    _text("team"),  # the last team that it was put through to
    _text("outcome"),  # how that came out: as DIAL_OUTCOMES or QUEUE_OUTCOMES
    _whole("told"),  # 1: it was told where else to turn
    _whole("over"),  # 1: we hung up, after all was said
    _text("ending"),  # '' while it runs; person, case, told, hung_up, ended or lost (desk/endings)
    _text("node"),  # where it is, or ended
    _whole("turns"),
    Column("topic", Json),  # variable → value
    Index(None, "began"),
    Index(None, "caller_key", "began"),
    Index(None, "ending", "began"),
    _few("ix_calls_numbered", "began", "caller <> ''"),  # what retention has yet to look at
    _few("ix_calls_keyed", "began", "caller_key <> ''"),
)

events = Table(
    "events",
    metadata,
    Column("call", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),  # turn, owed, status, wait
    Column("at", Instant, nullable=False),
    _text("node"),  # where the call stood after it
    _text("event"),  # what happened: begin, keys, speech, silence, dialled, queued, …
    _text("language"),
    Column("data", Json),
    Index(None, "at"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True),  # call and sequence of the turn that opened it, parted by ':'
    _text("number"),  # six digits, as it was spoken
    _text("kind"),  # callback, voicemail, transfer (one that failed), desk (put there by an agent)
    _text("table_id"),
    _text("version"),
    _text("zone"),
    _text("call"),
    _text("dialled"),
    _text("team"),
    _text("language"),
    Column("topic", Json),  # variable → value: what was chosen on the way
    Column("fields", Json),  # field → what was typed or said
    _text("caller"),  # E.164 that is rung back; '' when not known, or after retention
    _text("caller_key"),
    _text("reach"),  # telephone, text_relay, sms, email
    _text("address"),  # an e-mail address, when `reach` is email
    _text("part"),  # '', morning or afternoon: what the caller prefers
    Column("opened", Instant, nullable=False),
    Column("first_due", Instant),  # what was promised first; `kept` is measured against it. Null: no promise
    Column("due", Instant),  # what holds now
    _text("due_day"),  # the local day of `due`, ISO
    _text("state"),  # desk/case.STATES
    _whole("revision"),  # grows with each change: compare-and-set
    Column("next_at", Instant),  # when the next attempt is to begin; null: none by itself
    _whole("tries"),  # attempts in which the citizen was rung
    Column("escalate_at", Instant),  # when somebody is warned; null: never, or done
    Column("escalated", Instant),
    Column("reached_at", Instant),
    Column("closed_at", Instant),
    _text("closed_by"),
    _whole("cautious"),  # 1: promised while the database was gone
    _text("moved"),  # why the promise was moved, '' when it was not
    _text("taken_by"),  # who of the desk calls back by hand
    Column("taken_until", Instant),  # until when nobody else does
    Column("registered", Integer, nullable=False, server_default="-1"),  # the revision that was passed on to Open Klant
    Index(None, "number"),
    Index(None, "state", "next_at"),
    Index(None, "state", "escalate_at"),
    Index(None, "caller_key"),
    Index(None, "team", "due"),
    Index(None, "first_due"),
    Index(None, "call"),
    Index(None, "closed_at"),
    _few("ix_cases_unregistered", "id", "registered <> revision"),  # those that changed since they were passed on
)

places = Table(
    "places",
    metadata,
    Column("call", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    _text("table_id"),
    _text("team"),
    _text("day"),  # local day, ISO
    _text("number"),
    Column("due", Instant, nullable=False),
    Column("reserved", Instant, nullable=False),
    Column("case_id", Text),  # null until the case is drained; a place that stays so was never promised
    Index(None, "table_id", "team", "day"),
    UniqueConstraint("number"),
)

case_calls = Table(
    "case_calls",
    metadata,
    Column("call", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("case_id", Text, ForeignKey("cases.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    _text("what"),  # opened, joined, cancelled
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, ForeignKey("cases.id"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    _text("state"),  # desk/attempt.STATES: begun, ringing, accepted, over, unknown
    _text("worker"),
    Column("lease", Instant),  # until when its worker answers for it
    _text("target"),  # what was rung for the team
    _text("agent_call"),  # the provider's id of the agent's leg
    _text("citizen_call"),
    Column("began", Instant, nullable=False),
    Column("accepted", Instant),
    Column("dialled", Instant),  # when the right to dial the citizen was won
    Column("ended", Instant),
    _text("outcome"),  # desk/attempt.OUTCOMES
    _text("half_day"),  # local: 2026-11-24 am; '' when the citizen was not rung
    _text("by"),  # who did it
    _whole("seconds"),  # of the conversation
    Column("heard", Json),  # what was heard of its legs (desk/legs.Heard)
    UniqueConstraint("case_id", "ordinal"),
    Index(None, "state", "lease"),
    Index(None, "agent_call"),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", Text, ForeignKey("cases.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    _text("by"),
    _text("text"),
)

marks = Table(
    "marks",
    metadata,
    Column("call", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    _text("zone"),
    _text("table_id"),
    _text("number"),  # the legacy number that was dialled; '' for the main number
    _text("team"),
    _text("language"),
    _text("node"),
    Column("mark", SmallInteger, nullable=False),
    Index(None, "at"),
)

recordings = Table(
    "recordings",
    metadata,
    Column("id", Text, primary_key=True),  # as the case
    Column("case_id", Text, ForeignKey("cases.id"), nullable=False, index=True),
    _text("url"),
    _whole("seconds"),
    Column("made", Instant, nullable=False),
    _text("transcript"),
    Column("delete_at", Instant),  # when the provider is asked (again) to delete the audio; null: not yet due
    _whole("tries"),  # how often it was asked in vain
    Column("deleted", Instant),  # when the provider confirmed it
    _few("ix_recordings_due", "delete_at", "deleted IS NULL"),
)

waits = Table(
    "waits",
    metadata,
    Column("call", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    _text("table_id"),
    _text("team"),
    _text("queue"),  # the provider's name of the queue
    _text("caller_key"),
    Column("joined", Instant, nullable=False),
    Column("since", Instant, nullable=False),  # from when its place counts: earlier than `joined` for an old place
    Column("left", Instant),
    _text("outcome"),  # '' while waiting; as QUEUE_OUTCOMES, or hung_up
    Index(None, "left", "team"),
    Index(None, "caller_key", "left"),
)

rings = Table(
    "rings",
    metadata,
    Column("id", Text, primary_key=True),  # an agent rung for a queue
    _text("table_id"),
    _text("team"),
    _text("queue"),
    _text("target"),
    _text("agent_call"),
    _text("state"),  # begun, ringing, accepted, over
    _text("worker"),
    Column("lease", Instant),
    Column("began", Instant, nullable=False),
    Column("ended", Instant),
    _text("outcome"),
    Index(None, "state", "lease"),
    Index(None, "table_id", "team", "state"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", Text, primary_key=True),  # what it is about: the same thing is told once
    _text("kind"),  # escalation, telling, openklant
    _text("subject"),  # id of a case or call
    Column("payload", Json, nullable=False),
    Column("answer", Json),  # what came of each step so far, so that a repeat goes on there
    Column("made", Instant, nullable=False),
    Column("next_at", Instant),  # null: done, or given up
    _whole("tries"),
    _text("state"),  # waiting, done, given_up
    _text("error"),
    _text("worker"),
    Column("lease", Instant),
    Column("done", Instant),
    Index(None, "kind", "state", "next_at"),
    Index(None, "subject"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    _text("version"),
    Column("started", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
)

drained = Table(
    "drained",
    metadata,
    Column("file", Text, primary_key=True),  # a journal's file
    Column("bytes", BigInteger, nullable=False),  # how much of it is in the database
    Column("at", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    _text("who"),
    _text("what"),
    _text("subject"),
    Column("data", Json),
    Index(None, "subject"),
    Index(None, "at"),
)

Row = RowMapping
"""A row as a map of column → value, as `result.mappings()` gives it."""
