"""What every column of the database holds, and when it goes. A test holds this equal to the schema."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.desk.retention import CHOICE, COUNTS, KEY, LINK, NUMBER, STAFF, TECHNICAL, VOICE, WORDS

KEPT = ""
"""For columns that stay: they point at nobody, or at nobody any more once the others have gone."""

Held = Mapping[str, tuple[str, str]]
"""Columns, parted by spaces → their kind and the name of their term (`ivr.desk.retention.TERMS`)."""

HOLDINGS: Mapping[str, Held] = {
    "calls": {
        "caller": (NUMBER, "calls.number"),
        "caller_key": (KEY, "calls.key"),
        "id": (LINK, KEPT),
        "language topic": (CHOICE, KEPT),
        "began ended seconds put_at person_at waited team outcome told over ending node turns": (COUNTS, KEPT),
        "table_id version zone number dialled": (TECHNICAL, KEPT),
    },
    "events": {
        "call": (LINK, "events"),
        "data language": (CHOICE, "events"),
        "sequence kind at node event": (COUNTS, "events"),
    },
    "cases": {
        "caller address": (NUMBER, "cases.number"),
        "caller_key": (KEY, "cases.key"),
        "fields moved": (WORDS, "cases.words"),
        "closed_by taken_by": (STAFF, "cases.staff"),
        "id call": (LINK, KEPT),
        "language topic reach part": (CHOICE, KEPT),
        "kind team opened first_due due due_day state next_at tries escalate_at escalated reached_at closed_at taken_until "
        "cautious": (COUNTS, KEPT),
        "number table_id version zone dialled revision registered": (TECHNICAL, KEPT),
    },
    "places": {
        "call": (LINK, KEPT),
        "team day due reserved": (COUNTS, KEPT),
        "sequence table_id number case_id": (TECHNICAL, KEPT),
    },
    "case_calls": {
        "call": (LINK, KEPT),
        "at what": (COUNTS, KEPT),
        "sequence case_id": (TECHNICAL, KEPT),
    },
    "attempts": {
        "by target": (STAFF, "cases.staff"),
        "agent_call citizen_call heard": (LINK, "cases.number"),
        "ordinal state began accepted dialled ended outcome half_day seconds": (COUNTS, KEPT),
        "id case_id worker lease": (TECHNICAL, KEPT),
    },
    "notes": {
        "text": (WORDS, "cases.words"),
        "by": (STAFF, "cases.words"),
        "at": (COUNTS, "cases.words"),
        "id case_id": (TECHNICAL, "cases.words"),
    },
    "marks": {
        "call": (LINK, KEPT),
        "mark language": (CHOICE, KEPT),
        "at number team node": (COUNTS, KEPT),
        "sequence zone table_id": (TECHNICAL, KEPT),
    },
    "recordings": {
        "url transcript": (VOICE, "recordings"),
        "seconds made delete_at deleted tries": (COUNTS, KEPT),
        "id case_id": (TECHNICAL, KEPT),
    },
    "waits": {
        "caller_key": (KEY, "waits.key"),
        "call": (LINK, KEPT),
        "team joined since left outcome": (COUNTS, KEPT),
        "sequence table_id queue": (TECHNICAL, KEPT),
    },
    "rings": {
        "target": (STAFF, "rings"),
        "agent_call": (LINK, "rings"),
        "team state began ended outcome": (COUNTS, "rings"),
        "id table_id queue worker lease": (TECHNICAL, "rings"),
    },
    "passes": {
        "back by": (STAFF, "rings"),
        "call": (LINK, "rings"),
        "language": (CHOICE, "rings"),
        "team state outcome made sent ended": (COUNTS, "rings"),
        "id table_id case_id worker lease": (TECHNICAL, "rings"),
    },
    "outbox": {
        "payload answer": (LINK, KEPT),
        "kind made next_at tries state done": (COUNTS, KEPT),
        "key subject error worker lease": (TECHNICAL, KEPT),
    },
    "workers": {"id version started seen": (TECHNICAL, KEPT)},
    "drained": {"file bytes at": (TECHNICAL, KEPT)},
    "audit": {
        "who": (STAFF, "audit"),
        "at what": (COUNTS, "audit"),
        "subject": (KEY, "audit"),  # a case, or the hash of a number that was asked for
        "id data": (TECHNICAL, "audit"),
    },
    "audit_horizon": {"id until": (TECHNICAL, KEPT)},
    "people": {
        "name login subject": (STAFF, "people"),
        "made disabled roles": (COUNTS, "people"),
        "id password language": (TECHNICAL, "people"),
    },
    "sessions": {
        "person": (STAFF, "people"),
        "made seen ends how": (COUNTS, "people"),
        "key": (TECHNICAL, "people"),
    },
    "tickets": {
        "person": (STAFF, "people"),
        "made ends used purpose": (COUNTS, "people"),
        "key": (TECHNICAL, "people"),
    },
    "refused_sign_ins": {
        "key": (STAFF, "people"),  # the hash of a login or of a network address
        "at": (COUNTS, "people"),
        "id": (TECHNICAL, "people"),
    },
    "drafts": {
        "by editors proposed_by approved_by": (STAFF, "versions"),
        "made changed state proposed approved": (COUNTS, "versions"),
        "id table_id base title files revision version why": (TECHNICAL, "versions"),
    },
    "versions": {
        "by": (STAFF, "versions"),
        "made": (COUNTS, KEPT),
        "table_id version files why draft judged": (TECHNICAL, KEPT),
    },
    "publications": {
        "by ended_by approved_by": (STAFF, "versions"),
        "kind share at live ended state made checked": (COUNTS, KEPT),
        "id table_id version why judged override commit error": (TECHNICAL, KEPT),
    },
    "switches": {
        "by ended_by": (STAFF, "audit"),
        "kind team begins ends made ended": (COUNTS, "audit"),
        "id table_id node texts route why": (TECHNICAL, "audit"),
    },
}


def columns() -> dict[tuple[str, str], tuple[str, str]]:
    """(table, column) → its kind and the name of its term, KEPT when it stays."""
    return {
        (table, column): what
        for table, held in HOLDINGS.items()
        for names, what in held.items()
        for column in names.split()
    }
