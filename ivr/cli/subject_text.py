"""What is held on a number, in plain words for the citizen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from ivr.calendars.zones import read_zone
from ivr.store.subject import Found

WORDS: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "code": "nl", "title": "Wat wij bewaren bij telefoonnummer {number}, op {day}",
        "nothing": "Wij bewaren niets bij dit nummer.",
        "calls": "Telefoongesprekken", "cases": "Zaken", "elsewhere": "Deze zaken staan ook in Open Klant",
        "waits": "Keren dat u in de wachtrij stond",
        "number": "nummer", "dialled": "u belde", "caller": "uw nummer", "language": "taal", "topic": "wat u koos",
        "began": "begin", "ended": "einde", "seconds": "seconden", "put_at": "doorverbonden", "person_at": "gesproken vanaf",
        "waited": "seconden gewacht", "team": "afdeling", "outcome": "afloop", "ending": "hoe het gesprek eindigde",
        "steps": "stappen in het menu", "marks": "cijfer", "kind": "soort", "fields": "wat u intoetste of zei",
        "address": "e-mailadres", "reach": "hoe wij u bereiken", "part": "liefst", "opened": "geopend",
        "first_due": "eerst beloofd voor", "due": "beloofd voor", "state": "stand", "reached_at": "gesproken op",
        "closed_at": "gesloten", "moved": "verzet, want", "attempts": "pogingen", "notes": "notities",
        "recordings": "opnamen", "dialled_at": "gebeld op", "text": "tekst", "at": "op", "made": "gemaakt",
        "transcript": "wat u zei", "deleted": "gewist op",
    },
    "en": {
        "code": "en", "title": "What we hold on telephone number {number}, on {day}",
        "nothing": "We hold nothing on this number.",
        "calls": "Calls", "cases": "Cases", "elsewhere": "These cases stand in Open Klant too",
        "waits": "Times that you waited in a queue",
        "number": "number", "dialled": "you dialled", "caller": "your number", "language": "language",
        "topic": "what you chose", "began": "began", "ended": "ended", "seconds": "seconds", "put_at": "put through",
        "person_at": "spoke to a person at", "waited": "seconds waited", "team": "team", "outcome": "outcome",
        "ending": "how the call ended", "steps": "steps in the menu", "marks": "mark", "kind": "kind",
        "fields": "what you typed or said", "address": "e-mail address", "reach": "how we reach you", "part": "preferably",
        "opened": "opened", "first_due": "first promised by", "due": "promised by", "state": "state",
        "reached_at": "spoken to at", "closed_at": "closed", "moved": "moved, because", "attempts": "attempts",
        "notes": "notes", "recordings": "recordings", "dialled_at": "rung at", "text": "text", "at": "at", "made": "made",
        "transcript": "what you said", "deleted": "deleted at",
    },
}  # fmt: skip
VALUES: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "callback": "terugbelverzoek", "voicemail": "voicemail", "transfer": "doorverbinden lukte niet",
        "desk": "genoteerd door een medewerker", "open": "open", "planned": "gepland", "calling": "wordt gebeld",
        "reached": "gesproken", "not_reached": "niet bereikt", "unsure": "niet zeker", "closed": "gesloten",
        "cancelled": "ingetrokken", "no_answer": "niet opgenomen", "busy": "in gesprek", "failed": "geen verbinding",
        "no_agent": "geen medewerker vrij", "morning": "ochtend", "afternoon": "middag", "telephone": "telefoon",
        "text_relay": "tekstbemiddeling", "sms": "sms", "email": "e-mail", "person": "met een medewerker",
        "case": "met een zaak", "told": "u hoorde waar u terecht kunt", "hung_up": "u hing op", "ended": "afgelopen",
        "lost": "niet bekend", "bridged": "verbonden", "over": "voorbij",
    },
    "en": {},
}  # fmt: skip
"""What words of the database are in plain ones; as they are where nothing stands here."""
_CODED = frozenset(("kind", "state", "outcome", "part", "reach", "ending"))
_INSTANTS = frozenset((
    "began", "ended", "put_at", "person_at", "opened", "first_due", "due", "reached_at", "closed_at", "at", "made",
    "deleted", "dialled_at",
))  # fmt: skip


def text(number: str, found: Found, now: int, language: str) -> str:
    """The page. Times are those of the routing table, as they were spoken."""
    words = WORDS[language]
    lines = [
        words["title"].format(number=number, day=f"{dt.datetime.fromtimestamp(now, dt.UTC).astimezone():%Y-%m-%d}"),
        "",
    ]
    if not (found.calls or found.cases or found.waits):
        return "\n".join([*lines, words["nothing"], ""])
    for name, rows in (("calls", found.calls), ("cases", found.cases)):
        if rows:
            lines += [f"{words[name]}: {len(rows)}", ""]
            for row in rows:
                lines += [*_row(row, words, "  ", read_zone(row["zone"])), ""]
    if found.waits:
        lines.append(f"{words['waits']}: {found.waits}")
    if found.elsewhere:
        lines.append(f"{words['elsewhere']}: {', '.join(found.elsewhere)}")
    return "\n".join(lines).rstrip() + "\n"


def _row(row: Mapping[str, Any], words: Mapping[str, str], indent: str, zone: ZoneInfo) -> Iterator[str]:
    for name, value in row.items():
        word = words.get(name)
        if word is None or value in (None, "", 0, [], {}):
            continue
        if name in ("attempts", "notes", "recordings"):
            yield f"{indent}{word}: {len(value)}"
            for part in value:
                part = part | {"dialled_at": part.pop("dialled")} if "dialled" in part and name == "attempts" else part
                yield f"{indent}  - " + "; ".join(line.strip() for line in _row(part, words, "", zone))
        else:
            plain = VALUES[words["code"]].get(value, value) if name in _CODED else value
            yield f"{indent}{word}: {_value(name, plain, zone)}"


def _value(name: str, value: Any, zone: ZoneInfo) -> str:  # what JSON can hold
    if name in _INSTANTS and isinstance(value, int):
        return f"{dt.datetime.fromtimestamp(value, zone):%Y-%m-%d %H:%M}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {held}" for key, held in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
