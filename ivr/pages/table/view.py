"""What the pages about the table show: what is live and planned, drafts, the history, and one draft or version at hand."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from msgspec import Struct

from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.guard import Visitor
from ivr.pages.look.faults import Told
from ivr.pages.look.words import all_words, word
from ivr.pages.table.committing import may_commit
from ivr.pages.table.work import Work, live_of, reach
from ivr.store.publishing import drafts, publications, versions
from ivr.store.publishing.drafts import OPEN, PROPOSED, RUNNING, Draft
from ivr.store.publishing.outcomes import Outcome, outcomes
from ivr.store.publishing.publications import Publication

PAGE = 30
"""Publications of the history on one page."""
JS = "table.js_"
"""Words that the editor itself says."""


class Standing(Struct, frozen=True):
    """What is live, tried and planned. `live` is None when the database knows of no publication yet."""

    table_id: str
    title: str
    version: str
    live: Publication | None
    trial: Publication | None
    planned: tuple[Publication, ...]


class Listing(Struct, frozen=True):
    """The page of a table. `older` is where the history goes on, 0 when it does not; `once_live` are versions that can be
    made live again as they are; `outcomes`: how callers fared on what is tried, and the others."""

    standing: Standing
    drafts: tuple[Draft, ...]
    history: tuple[Publication, ...]
    once_live: frozenset[int]
    older: int
    tables: tuple[str, ...]
    outcomes: tuple[Outcome, Outcome] | None = None


def standing_of(context: Context, table: str) -> Standing:
    """What is live, tried and planned."""
    shelf = context.shelf(table)
    graph = shelf.live.table.graph
    with reach(context) as connection:
        stands = publications.standing(connection, graph.id)
        planned = tuple(publications.scheduled(connection, graph.id))
        version = live_of(connection, shelf)
    full, trial = (stands.full, stands.canary) if stands is not None else (None, None)
    return Standing(graph.id, graph.title or graph.id, version, full, trial, planned)


def listing_of(context: Context, table: str, before: int) -> Listing:
    """The page of a table; `before` is a publication of the history, 0 for the newest."""
    standing = standing_of(context, table)
    with reach(context) as connection:
        running = drafts.listed(connection, standing.table_id)
        held = publications.history(connection, standing.table_id, PAGE + 1, before or None)
        trial = standing.trial
        compared = outcomes(connection, trial, context.clock()) if trial is not None else None
    once_live = frozenset(
        p.id for p in held if p.live and p.share == publications.ALL and p.version != standing.version
    )
    older = held[PAGE - 1].id if len(held) > PAGE else 0
    return Listing(standing, tuple(running), tuple(held[:PAGE]), once_live, older, tuple(context.shelves), compared)


class Doing(Struct, frozen=True):
    """What this visitor may do now with a draft or a version at hand. `own`: they wrote or proposed it, and so cannot
    approve it."""

    edit: bool = False
    begin: bool = False
    propose: bool = False
    approve: bool = False
    own: bool = False
    send_back: bool = False
    publish: bool = False
    commit: bool = False
    override: bool = False
    drop: bool = False
    roll_back: bool = False


def doing_of(context: Context, visitor: Visitor, work: Work) -> Doing:
    """What this visitor may do."""
    rights = visitor.rights
    may_edit, may_approve = Right.EDIT in rights, Right.APPROVE in rights
    draft = work.draft
    if draft is None:
        with reach(context) as connection:
            was = work.name != work.live and versions.was_live(connection, work.table_id, work.name)
        return Doing(begin=may_edit, roll_back=may_approve and was)
    running, proposed = draft.state in RUNNING, draft.state == PROPOSED
    own = visitor.person.login in draft.authors and not alone(context)
    approved = bool(draft.approved_by) or alone(context)
    return Doing(
        edit=may_edit and running, propose=may_edit and draft.state == OPEN,
        approve=may_approve and proposed and not draft.approved_by and not own, own=own,
        send_back=proposed and (may_approve or may_edit), publish=may_approve and proposed and approved,
        commit=may_approve and proposed and approved and may_commit(context), override=Right.OVERRIDE in rights,
        drop=may_edit and running,
    )  # fmt: skip


def alone(context: Context) -> bool:
    """Whether nobody else needs to approve (IVR_APPROVALS is 0)."""
    return context.settings.approvals == 0


def editor_of(work: Work, doing: Doing, language: str) -> dict[str, object]:
    """What the editor is given: what it edits, whether it may, and its words."""
    words = {key.removeprefix(JS): word(language, key) for key in all_words() if key.startswith(JS)}
    return {
        "of": work.of, "table": work.table_id, "draft": work.draft.id if work.draft else "", "editable": doing.edit,
        "proposed": work.draft is not None and work.draft.state == PROPOSED, "language": language, "words": words,
    }  # fmt: skip


def instant_of(text: str, zone: ZoneInfo) -> int | None:
    """A day and time as a form gives it (`2026-12-01T08:00`, in the table's zone) as an instant, None for ''. Raises Told
    for what is none, and for an hour that the clock skips that night."""
    if not text.strip():
        return None
    try:
        local = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise Told("table.when_wrong") from None
    if local.tzinfo is not None or not 2000 <= local.year < 2100:
        raise Told("table.when_wrong")
    at = local.replace(tzinfo=zone)
    instant = at.timestamp()
    if dt.datetime.fromtimestamp(instant, zone).replace(tzinfo=None) != local:
        raise Told("table.when_skipped")
    return int(instant)
