"""Lines as web processes write them, for tests of what becomes of them."""

from __future__ import annotations

from typing import Any

from ivr.store.journal import Entry

AT = 1_795_770_000  # Friday 27 November 2026, 10:00 in Groningen


def case_entry(call: str = "CA1", sequence: int = 3, number: str = "123456", **more: Any) -> Entry:
    """A promise."""
    return {
        "kind": "case", "at": AT, "call": call, "sequence": sequence, "table": "kinds", "version": "v1",
        "zone": "Europe/Amsterdam", "node": "promise", "language": "nl", "variables": {"topic": "waste"}, "fields": {},
        "legacy": "", "caller": "+31612345678", "case": number, "type": "callback", "team": "desk",
        "number": "+31612345678", "dialled": "14050", "within": [1, "working_days"], "due": AT + 86_400,
        "due_day": "2026-11-28", "recording": "", "seconds": 0, "reach": "telephone", "part": "", "cautious": False, **more,
    }  # fmt: skip


def mark_entry(call: str = "CA1", sequence: int = 5, mark: int = 8, **more: Any) -> Entry:
    """A mark."""
    return {
        "kind": "mark", "at": AT, "call": call, "sequence": sequence, "table": "kinds", "zone": "Europe/Amsterdam",
        "node": "mark", "language": "nl", "legacy": "050 367 1000", "mark": mark, **more,
    }  # fmt: skip


def answer_entry(kind: str, number: str, call: str = "CA2", sequence: int = 4, **more: Any) -> Entry:
    """What a caller did who gave a case number: `join` or `cancel`."""
    return {"kind": kind, "at": AT + 60, "call": call, "sequence": sequence, "table": "kinds", "case": number, **more}


def turn_entry(call: str = "CA1", sequence: int = 0, event: str = "begin", node: str = "main", **data: Any) -> Entry:
    """A turn of a call; the first one says who rang what."""
    first = {"dialled": "14050", "number": "", "caller": "+31612345678", "zone": "Europe/Amsterdam"}
    return {
        "kind": "turn", "at": AT + 5 * sequence, "call": call, "sequence": sequence, "table": "kinds", "version": "v1",
        "node": node, "event": event, "language": "nl", "data": {**(first if sequence == 0 else {}), **data},
    }  # fmt: skip


def end_entry(call: str = "CA1", seconds: int = 60, at: int = AT + 60) -> Entry:
    """The provider says that a call is over."""
    return {
        "kind": "status", "at": at, "call": call, "sequence": 0, "table": "kinds", "version": "", "node": "",
        "event": "completed", "language": "", "data": {"seconds": seconds},
    }  # fmt: skip
