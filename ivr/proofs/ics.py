"""What lies ahead as an iCalendar file (RFC 5545) that others can subscribe to; deterministic, so that it diffs."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

from ivr.proofs.agenda import Entry


def as_ics(entries: list[Entry], title: str, table: str, zone: dt.tzinfo) -> str:
    """The entries as events of whole days in the table's own `zone`; `table` is its id, for the names of the events."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ivr//calendar//EN", f"X-WR-CALNAME:{_text(title)}"]
    for entry in entries:
        first, after = _date(entry.start, zone), _date(max(entry.end, entry.start + 1) - 1, zone) + dt.timedelta(days=1)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid(entry, table, zone)}",
            f"DTSTAMP:{dt.datetime.fromtimestamp(entry.start, dt.UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{after:%Y%m%d}",
            *([f"RRULE:{rule(entry, zone)}"] if entry.repeats else []),
            *[f"EXDATE;VALUE=DATE:{day:%Y%m%d}" for day in skipped(entry, zone)],
            f"SUMMARY:{_text(f'{entry.subject}: {entry.what}')}",
            f"CATEGORIES:{_text(entry.why)}",
            *([f"DESCRIPTION:{_text(entry.conflict)}"] if entry.conflict else []),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) + "\r\n" for line in lines)


def rule(entry: Entry, zone: dt.tzinfo) -> str:
    """How an entry repeats: `FREQ=WEEKLY;BYDAY=WE;UNTIL=20271229`; '' when it does not."""
    held = entry.repeats
    return f"FREQ=WEEKLY;BYDAY={held.weekday.upper()};UNTIL={_date(held.last, zone):%Y%m%d}" if held else ""


def skipped(entry: Entry, zone: dt.tzinfo) -> list[dt.date]:
    """The days on which an entry that repeats does not."""
    return [_date(instant, zone) for instant in entry.repeats.skipped] if entry.repeats else []


def _date(instant: int, zone: dt.tzinfo) -> dt.date:
    return dt.datetime.fromtimestamp(instant, zone).date()


def _text(text: str) -> str:
    clean = "".join(c if c.isprintable() else " " for c in text)
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> str:
    """Lines of at most 75 bytes, cut between characters; the rest begins with a space."""
    rows: list[str] = []
    row = ""
    for character in line:
        if len((row + character).encode()) > (75 if not rows else 74):
            rows.append(row)
            row = ""
        row += character
    return "\r\n ".join([*rows, row])


def uid(entry: Entry, table: str, zone: dt.tzinfo) -> str:
    """The name of an event: its table, whose it is, its date (of what repeats its weekday) and its kind.

    It stays the same when other events come or go, so that who subscribes gets each of them once.
    """
    when = entry.repeats.weekday if entry.repeats else str(_date(entry.start, zone))
    return "/".join(quote(part, safe="") for part in (table, entry.subject, when, entry.why)) + "@ivr.example"
