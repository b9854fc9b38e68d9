"""The tables of the database: what is kept of calls, and of every promise until it is kept.

Instants are epoch seconds in code, and UTC timestamps in the database (`Instant`); beside them stands the zone of the
routing table, in which days and half-days are counted. Lists and maps are JSON text. A change here is a new migration in
`migrations/versions`; a test holds the two equal.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from ivr.store.database.columns import Instant, Json, few, whole, words
from ivr.store.database.meta import metadata

calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),  # the provider's id of the caller's leg
    words("table_id"),
    words("version"),
    words("zone"),
    words("number"),  # the legacy number as the table writes it; '' for the main number
    words("dialled"),
    words("caller"),  # E.164; '' when withheld, or after retention
    words("caller_key"),  # keyed hash of it (desk/pseudonym)
    words("language"),
    Column("began", Instant),
    Column("ended", Instant),
    whole("seconds"),  # of the whole call, as the provider counts them
    Column("put_at", Instant),  # when it was last put through, or joined a queue
    Column("person_at", Instant),  # when it was bridged to a person
    Column("waited", Integer),  # seconds between being put through and that person; null while there is none
    words("team"),  # the last team that it was put through to
    words("outcome"),  # how that came out: as DIAL_OUTCOMES or QUEUE_OUTCOMES
    whole("told"),  # 1: it was told where else to turn
    whole("over"),  # 1: we hung up, after all was said
    words("ending"),  # '' while it runs; person, case, told, hung_up, ended or lost (desk/endings)
    words("node"),  # where it is, or ended
    whole("turns"),
    Column("topic", Json),  # variable → value
    Index(None, "began"),
    Index(None, "caller_key", "began"),
    Index(None, "ending", "began"),
    few("ix_calls_numbered", "began", "caller <> ''"),  # what retention has yet to look at
    few("ix_calls_keyed", "began", "caller_key <> ''"),
)

events = Table(
    "events",
    metadata,
    Column("call", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),  # turn, status, pass (a caller was passed on)
    Column("at", Instant, nullable=False),
    words("node"),  # where the call stood after it
    words("event"),  # what happened: begin, keys, speech, silence, dialled, queued, …
    words("language"),
    Column("data", Json),
    Index(None, "at"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True),  # call and sequence of the turn that opened it, parted by ':'
    words("number"),  # six digits, as it was spoken
    words("kind"),  # callback, voicemail, transfer (one that failed), desk (put there by an agent)
    words("table_id"),
    words("version"),
    words("zone"),
    words("call"),
    words("dialled"),
    words("team"),
    words("language"),
    Column("topic", Json),  # variable → value: what was chosen on the way
    Column("fields", Json),  # field → what was typed or said
    words("caller"),  # E.164 that is rung back; '' when not known, or after retention
    words("caller_key"),
    words("reach"),  # telephone, text_relay, sms, email
    words("address"),  # an e-mail address, when `reach` is email
    words("part"),  # '', morning or afternoon: what the caller prefers
    Column("opened", Instant, nullable=False),
    Column("first_due", Instant),  # what was promised first; `kept` is measured against it. Null: no promise
    Column("due", Instant),  # what holds now
    words("due_day"),  # the local day of `due`, ISO
    words("state"),  # desk/case.STATES
    whole("revision"),  # grows with each change: compare-and-set
    Column("next_at", Instant),  # when the next attempt is to begin; null: none by itself
    whole("tries"),  # attempts in which the citizen was rung
    Column("escalate_at", Instant),  # when somebody is warned; null: never, or done
    Column("escalated", Instant),
    Column("reached_at", Instant),
    Column("closed_at", Instant),
    words("closed_by"),
    whole("cautious"),  # 1: promised while the database was gone
    words("moved"),  # why the promise was moved, '' when it was not
    words("taken_by"),  # who of the desk calls back by hand
    Column("taken_until", Instant),  # until when nobody else does
    Column("registered", Integer, nullable=False, server_default="-1"),  # the revision that was passed on to Open Klant
    Index(None, "number"),
    Index("ix_cases_due", "state", "next_at", "first_due", "opened", "table_id", "team", "id"),  # attempts.due
    Index(
        "ix_cases_board", "state", "table_id", "team", "due", "id"
    ),  # desk/seeking.seek: no row is read but those shown
    Index(None, "state", "escalate_at"),
    Index(None, "caller_key"),
    Index(None, "team", "due"),
    Index(None, "first_due"),
    Index(None, "call"),
    Index(None, "closed_at"),
    few("ix_cases_unregistered", "id", "registered <> revision"),  # those that changed since they were passed on
)

places = Table(
    "places",
    metadata,
    Column("call", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    words("table_id"),
    words("team"),
    words("day"),  # local day, ISO
    words("number"),
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
    words("what"),  # opened, joined, cancelled
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, ForeignKey("cases.id"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    words("state"),  # desk/attempt.STATES: begun, ringing, accepted, over, unknown
    words("worker"),
    Column("lease", Instant),  # until when its worker answers for it
    words("target"),  # what was rung for the team
    words("agent_call"),  # the provider's id of the agent's leg
    words("citizen_call"),
    Column("began", Instant, nullable=False),
    Column("accepted", Instant),
    Column("dialled", Instant),  # when the right to dial the citizen was won
    Column("ended", Instant),
    words("outcome"),  # desk/attempt.OUTCOMES
    words("half_day"),  # local: 2026-11-24 am; '' when the citizen was not rung
    words("by"),  # who did it
    whole("seconds"),  # of the conversation
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
    words("by"),
    words("text"),
)

marks = Table(
    "marks",
    metadata,
    Column("call", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    words("zone"),
    words("table_id"),
    words("number"),  # the legacy number that was dialled; '' for the main number
    words("team"),
    words("language"),
    words("node"),
    Column("mark", SmallInteger, nullable=False),
    Index(None, "at"),
)

recordings = Table(
    "recordings",
    metadata,
    Column("id", Text, primary_key=True),  # as the case
    Column("case_id", Text, ForeignKey("cases.id"), nullable=False, index=True),
    words("url"),
    whole("seconds"),
    Column("made", Instant, nullable=False),
    words("transcript"),
    Column("delete_at", Instant),  # when the provider is asked (again) to delete the audio; null: not yet due
    whole("tries"),  # how often it was asked in vain
    Column("deleted", Instant),  # when the provider confirmed it
    few("ix_recordings_due", "delete_at", "deleted IS NULL"),
)

waits = Table(
    "waits",
    metadata,
    Column("call", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    words("table_id"),
    words("team"),
    words("queue"),  # the provider's name of the queue
    words("caller_key"),
    Column("joined", Instant, nullable=False),
    Column("since", Instant, nullable=False),  # from when its place counts: earlier than `joined` for an old place
    Column("left", Instant),
    words("outcome"),  # '' while waiting; as QUEUE_OUTCOMES, or hung_up
    Index(None, "left", "team"),
    Index(None, "caller_key", "left"),
)

rings = Table(
    "rings",
    metadata,
    Column("id", Text, primary_key=True),  # an agent rung for a queue
    words("table_id"),
    words("team"),
    words("queue"),
    words("target"),
    words("agent_call"),
    words("state"),  # begun, ringing, accepted, over
    words("worker"),
    Column("lease", Instant),
    Column("began", Instant, nullable=False),
    Column("ended", Instant),
    words("outcome"),
    Index(None, "state", "lease"),
    Index(None, "table_id", "team", "state"),
    Index(None, "agent_call"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", Text, primary_key=True),  # what it is about: the same thing is told once
    words("kind"),  # escalation, telling, openklant
    words("subject"),  # id of a case or call
    Column("payload", Json, nullable=False),
    Column("answer", Json),  # what came of each step so far, so that a repeat goes on there
    Column("made", Instant, nullable=False),
    Column("next_at", Instant),  # null: done, or given up
    whole("tries"),
    words("state"),  # waiting, done, given_up
    words("error"),
    words("worker"),
    Column("lease", Instant),
    Column("done", Instant),
    Index(None, "kind", "state", "next_at"),
    Index(None, "subject"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    words("version"),
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
    words("who"),
    words("what"),
    words("subject"),
    Column("data", Json),
    Index(None, "subject"),
    Index(None, "at"),
)
"""Triggers refuse every change of a row, and its going unless it is older than the horizon (migration 0002)."""

audit_horizon = Table(
    "audit_horizon",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1
    Column("until", Instant, nullable=False),  # what is older than this may go; only retention moves it
)

Row = RowMapping
"""A row as a map of column → value, as `result.mappings()` gives it."""
