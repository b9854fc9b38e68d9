"""What goes when its time is over, as conditions and values of the database: one rule for each kind of data.

A case counts from its closing: while it is open, nothing of it goes. Columns are emptied without touching `cases.revision`:
nobody acts on a closed case, and a new revision would be passed on to Open Klant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Column, ColumnElement, Table, and_, case, func, literal, null, or_, select

from ivr.desk.case import BY_CALLER, OVER
from ivr.desk.retention import DAY, TERMS, Periods
from ivr.store.database.columns import Instant
from ivr.store.database.schema import (
    attempts,
    audit,
    calls,
    case_calls,
    cases,
    events,
    notes,
    recordings,
    rings,
    waits,
)
from ivr.store.database.schema_desk import (
    drafts,
    passes,
    people,
    publications,
    refused_sign_ins,
    sessions,
    switches,
    tickets,
    versions,
)


class Cut(Struct, frozen=True):
    """How long things are kept, as seen at `now`."""

    periods: Periods
    now: int

    def before(self, term: str) -> int:
        """What a term is counted from must lie before this instant (epoch seconds)."""
        return self.now - TERMS[term].days(self.periods) * DAY


Values = Mapping[str, Any]  # column → what it becomes: a value or SQL


class Rule(Struct, frozen=True, kw_only=True):
    """One kind of data that goes. `name` is for people and the audit; `at` is the instant by which its age is told.

    `values` is what columns become, None where the whole row goes. `keyed`: the term until which a keyed hash stands for
    the number that goes.
    """

    name: str
    term: str
    table: Table
    where: Callable[[Cut], Sequence[ColumnElement[bool]]]
    at: ColumnElement[Any]
    values: Callable[[Cut], Values] | None
    keyed: str = ""


ended_at = func.coalesce(calls.c.ended, calls.c.began)


def _calls_due(cut: Cut, alone: str, with_case: str) -> Sequence[ColumnElement[bool]]:
    """Calls that are over, and whose cases, if any, were closed long enough ago."""
    since = cut.before(with_case)
    young = or_(cases.c.closed_at.is_(None), cases.c.closed_at >= since, cases.c.state.not_in(OVER))
    opened = select(cases.c.id).where(cases.c.call == calls.c.id, young).exists()
    joined = case_calls.join(cases, cases.c.id == case_calls.c.case_id)
    linked = select(case_calls.c.call).select_from(joined).where(case_calls.c.call == calls.c.id, young).exists()
    return (calls.c.began < cut.before(alone), ended_at < cut.before(alone), ~opened, ~linked)


def _closed(cut: Cut, term: str) -> Sequence[ColumnElement[bool]]:
    return (cases.c.closed_at < cut.before(term), cases.c.state.in_(OVER))


def _of_closed(column: Column[str], cut: Cut, term: str) -> ColumnElement[bool]:
    return column.in_(select(cases.c.id).where(*_closed(cut, term)))


_closed_at = {
    table: select(cases.c.closed_at).where(cases.c.id == table.c.case_id).scalar_subquery()
    for table in (attempts, notes, recordings)
}

wordless: Values = {"fields": {}, "moved": case((cases.c.moved == "", ""), else_="-")}
"""What becomes of a case's words; that its promise was moved stays."""

RULES: Sequence[Rule] = (
    Rule(
        name="numbers of calls",
        term="calls.number",
        table=calls,
        where=lambda cut: (calls.c.caller != "", *_calls_due(cut, "calls.number", "cases.number")),
        at=ended_at,
        values=lambda _: {"caller": ""},
        keyed="calls.key",
    ),
    Rule(
        name="codes of calls",
        term="calls.key",
        table=calls,
        where=lambda cut: (calls.c.caller_key != "", *_calls_due(cut, "calls.key", "cases.key")),
        at=ended_at,
        values=lambda _: {"caller_key": ""},
    ),
    Rule(
        name="numbers and addresses of cases",
        term="cases.number",
        table=cases,
        where=lambda cut: (or_(cases.c.caller != "", cases.c.address != ""), *_closed(cut, "cases.number")),
        at=cases.c.closed_at,
        values=lambda _: {"caller": "", "address": ""},
        keyed="cases.key",
    ),
    Rule(
        name="codes of cases",
        term="cases.key",
        table=cases,
        where=lambda cut: (cases.c.caller_key != "", *_closed(cut, "cases.key")),
        at=cases.c.closed_at,
        values=lambda _: {"caller_key": ""},
    ),
    Rule(
        name="what was typed or said in cases",
        term="cases.words",
        table=cases,
        where=lambda cut: (or_(_holds(cases.c.fields), cases.c.moved.not_in(("", "-"))), *_closed(cut, "cases.words")),
        at=cases.c.closed_at,
        values=lambda _: wordless,
    ),
    Rule(
        name="notes",
        term="cases.words",
        table=notes,
        where=lambda cut: (_of_closed(notes.c.case_id, cut, "cases.words"),),
        at=_closed_at[notes],
        values=None,
    ),
    Rule(
        name="the provider's ids of attempts",
        term="cases.number",
        table=attempts,
        where=lambda cut: (
            or_(attempts.c.agent_call != "", attempts.c.citizen_call != "", attempts.c.heard.is_not(None)),
            _of_closed(attempts.c.case_id, cut, "cases.number"),
        ),
        at=_closed_at[attempts],
        values=lambda _: {"agent_call": "", "citizen_call": "", "heard": None},
    ),
    Rule(
        name="recordings and transcripts",
        term="recordings",
        table=recordings,
        where=lambda cut: (
            recordings.c.delete_at.is_(None),
            recordings.c.deleted.is_(None),
            _of_closed(recordings.c.case_id, cut, "recordings"),
        ),
        at=_closed_at[recordings],
        values=lambda cut: gone_from_here(cut.now),
    ),
    Rule(
        name="employees of cases",
        term="cases.staff",
        table=cases,
        where=lambda cut: (
            or_(cases.c.closed_by.not_in(("", BY_CALLER)), cases.c.taken_by != ""),
            *_closed(cut, "cases.staff"),
        ),
        at=cases.c.closed_at,
        values=lambda _: {
            "closed_by": case((cases.c.closed_by == BY_CALLER, BY_CALLER), else_=""),  # no employee, and a figure
            "taken_by": "",
        },
    ),
    Rule(
        name="employees of attempts",
        term="cases.staff",
        table=attempts,
        where=lambda cut: (
            or_(attempts.c.by != "", attempts.c.target != ""),
            _of_closed(attempts.c.case_id, cut, "cases.staff"),
        ),
        at=_closed_at[attempts],
        values=lambda _: {"by": "", "target": ""},
    ),
    Rule(
        name="codes of who waited",
        term="waits.key",
        table=waits,
        where=lambda cut: (waits.c.caller_key != "", waits.c.joined < cut.before("waits.key")),
        at=waits.c.joined,
        values=lambda _: {"caller_key": ""},
    ),
    Rule(
        name="steps of calls",
        term="events",
        table=events,
        where=lambda cut: (events.c.at < cut.before("events"),),
        at=events.c.at,
        values=None,
    ),
    Rule(
        name="agents rung for a queue",
        term="rings",
        table=rings,
        where=lambda cut: (rings.c.began < cut.before("rings"),),
        at=rings.c.began,
        values=None,
    ),
    Rule(
        name="callers who were passed on",
        term="rings",
        table=passes,
        where=lambda cut: (passes.c.made < cut.before("rings"),),
        at=passes.c.made,
        values=None,
    ),
    Rule(
        name="the audit trail",
        term="audit",
        table=audit,
        where=lambda cut: (audit.c.at < cut.before("audit"),),
        at=audit.c.at,
        values=None,
    ),
    Rule(
        name="drafts",  # also those that nobody ended
        term="versions",
        table=drafts,
        where=lambda cut: (drafts.c.changed < cut.before("versions"),),
        at=drafts.c.changed,
        values=None,
    ),
    Rule(
        name="versions that nobody published",
        term="versions",
        table=versions,
        where=lambda cut: (versions.c.made < cut.before("versions"), ~_names(publications), ~_names(drafts)),
        at=versions.c.made,
        values=None,
    ),
    Rule(
        name="employees of versions",
        term="versions",
        table=versions,
        where=lambda cut: (versions.c.made < cut.before("versions"), versions.c.by != "", _names(publications)),
        at=versions.c.made,
        values=lambda _: {"by": ""},
    ),
    Rule(
        name="employees of publications",
        term="versions",
        table=publications,
        where=lambda cut: (
            publications.c.ended < cut.before("versions"),
            or_(*(publications.c[name] != "" for name in ("by", "ended_by", "approved_by"))),
        ),
        at=publications.c.ended,
        values=lambda _: {"by": "", "ended_by": "", "approved_by": ""},
    ),
    Rule(
        name="sessions at the desk",  # they go when the next person signs in; a desk that nobody enters keeps none either
        term="people",
        table=sessions,
        where=lambda cut: (sessions.c.ends < cut.before("people"),),
        at=sessions.c.ends,
        values=None,
    ),
    Rule(
        name="one-time links",
        term="people",
        table=tickets,
        where=lambda cut: (tickets.c.ends < cut.before("people"),),
        at=tickets.c.ends,
        values=None,
    ),
    Rule(
        name="refused sign-ins",
        term="people",
        table=refused_sign_ins,
        where=lambda cut: (refused_sign_ins.c.at < cut.before("people"),),
        at=refused_sign_ins.c.at,
        values=None,
    ),
    Rule(
        name="switches",
        term="audit",
        table=switches,
        where=lambda cut: (func.coalesce(switches.c.ended, switches.c.ends) < cut.before("audit"),),
        at=func.coalesce(switches.c.ended, switches.c.ends),
        values=None,
    ),
    Rule(
        name="people who may no longer enter",
        term="people",
        table=people,
        where=lambda cut: (
            people.c.disabled < cut.before("people"),
            ~select(sessions.c.key)
            .where(sessions.c.person == people.c.id, sessions.c.ends >= cut.before("people"))
            .exists(),
        ),
        at=people.c.disabled,
        values=None,
    ),
)


def _names(table: Table) -> ColumnElement[bool]:
    """Whether a draft or a publication names a version."""
    same = (table.c.table_id == versions.c.table_id, table.c.version == versions.c.version)
    return select(literal(1)).select_from(table).where(*same).exists()


def gone_from_here(now: int) -> Values:
    """What becomes of a recording whose time is over: its words go at once, its audio as soon as the provider confirms."""
    nowhere, at = recordings.c.url == "", literal(now, Instant)
    return {
        "transcript": "",
        "delete_at": case((nowhere, null()), else_=at),
        "deleted": case((nowhere, at), else_=recordings.c.deleted),
    }


def _holds(column: Column[Any]) -> ColumnElement[bool]:
    """Whether a JSON map is there and not empty."""
    return and_(column.is_not(None), column != {})
