"""How a case and its attempts are registered in Open Klant: bodies for the klantinteracties API 0.9.0, nothing sent here.

A case is a klantcontact with its betrokkene, a digitaal adres and an internetaak; each attempt in which the citizen was
rung is a klantcontact of its own with `indicatieContactGelukt`. What the API has no place for (when it is due) stands in
the texts and in `metadata`. Limits are those of its OpenAPI text, and two of Open Klant itself: `nummer` is digits, and a
task says which actors it has, if only none.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from ivr.calendars.speech import say_instant
from ivr.desk import attempt as attempts
from ivr.desk import case as cases
from ivr.desk.attempt import Attempt
from ivr.desk.case import Case

PHONE = re.compile(r"(0[1-9][0-9]{8}|\+[0-9]{9,15}|00[0-9]{7,13})")
"""What Open Klant takes for a telephone number; it would refuse the whole request for another one."""
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
EMAIL = re.compile(rf"{_LOCAL}(?:\.{_LOCAL})*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.)+[A-Za-z]{{2,63}}")
"""What it takes for an e-mail address (a part of Django's rule: no quotes, no figures for a host)."""
DONE, TO_DO = "verwerkt", "te_verwerken"
CANDIDATES = 8
"""How many numbers are tried for one contact, where others have taken the first ones."""
SOURCE = "ivr"
"""What `metadata.bron` says of our contacts, and `codeRegister` of our actors."""

_LANGUAGES = {
    "nl": "nld", "en": "eng", "de": "ger", "fr": "fre", "fy": "fry", "es": "spa", "pt": "por", "it": "ita", "pl": "pol",
    "tr": "tur", "ar": "ara", "uk": "ukr", "ru": "rus", "ro": "rum", "bg": "bul", "zh": "chi", "fa": "per", "so": "som",
    "ti": "tir",
}  # fmt: skip
"""ISO 639-1 → 639-2/B, as the API asks; its own example for Dutch is `nld`."""
_SUBJECT = {
    cases.CALLBACK: "Terugbelverzoek",
    cases.VOICEMAIL: "Ingesproken bericht",
    cases.TRANSFER: "Niet beantwoorde oproep",
    cases.DESK: "Terugbelverzoek, genoteerd door een medewerker",
}
_TASK = {
    cases.TELEPHONE: "Terugbellen",
    cases.TEXT_RELAY: "Terugbellen via de tekstbemiddeling",
    cases.SMS: "Antwoorden per sms",
    cases.EMAIL: "Antwoorden per e-mail",
}
_PART = {cases.MORNING: "ochtend", cases.AFTERNOON: "middag"}
_OUTCOME = {
    attempts.REACHED: "De inwoner is gesproken.",
    attempts.VOICEMAIL: "De inwoner is niet gesproken; er is een bericht achtergelaten.",
    attempts.NO_ANSWER: "De inwoner nam niet op.",
    attempts.BUSY: "De inwoner was in gesprek.",
    attempts.FAILED: "Er kwam geen verbinding tot stand.",
}

Body = dict[str, Any]


def numbers(case: Case, ordinal: int) -> Iterator[str]:
    """The numbers that a contact of a case may bear, in the order in which they are tried: ten digits, `1`, the case's own
    six, and three. `ordinal` is 0 for the case itself, then that of the attempt.

    `nummer` is unique in Open Klant, so the same contact is never there twice. The first digit is 1 for all of ours: Open
    Klant counts on from the highest number for those that give none, and must keep room for that.
    """
    digest = hashlib.sha256(case.id.encode()).digest()
    own = case.number if re.fullmatch("[0-9]{6}", case.number) else f"{int.from_bytes(digest[:4], 'big') % 10**6:06}"
    base = int.from_bytes(digest[4:8], "big")
    for candidate in range(CANDIDATES):
        yield f"1{own}{(base + ordinal + 101 * candidate) % 1000:03}"


def contact(case: Case, channel: str, team: str) -> Body:
    """The body of POST /maak-klantcontact for a case, without its number. `team` is the team's title."""
    promised = _when(case, case.first_due)
    lines = [
        f"Zaak {case.number}.",
        f"Voor: {team}.",
        f"Gekozen: {', '.join(case.topic.values())}." if case.topic else "",
        f"Beloofd: uiterlijk {promised}." if promised else "",
        f"Verzet naar: uiterlijk {_when(case, case.due)}." if promised and case.due != case.first_due else "",
        f"Voorkeur: {_PART[case.part]}." if case.part in _PART else "",
        "Het nummer van de beller is niet bekend." if not address(case) else "",
    ]
    return {
        "klantcontact": _contact(case, channel, _subject(case), " ".join(filter(None, lines)), case.opened)
        | {"metadata": metadata(case, team)},
        "betrokkene": _person(initiator=True),
    }


def follow_up(case: Case, ordinal: int, attempt: Attempt, channel: str, first: str) -> Body:
    """The body of POST /maak-klantcontact for an attempt, without its number; `first` is the uuid of the case's contact."""
    reached = attempt.outcome == attempts.REACHED
    body = _contact(
        case, channel, _cut(f"Vervolg: {_subject(case)}", 200), f"Zaak {case.number}. {_OUTCOME[attempt.outcome]}",
        attempt.dialled or attempt.began,
    )  # fmt: skip
    body["indicatieContactGelukt"] = reached
    body["metadata"] = _texts({"bron": SOURCE, "zaak": case.id, "poging": str(ordinal), "vervolg_op": first})
    return {
        "klantcontact": body,
        "betrokkene": _person(initiator=False),
        "onderwerpobject": {"wasKlantcontact": {"uuid": first}},
    }


def outcome(body: Body) -> Body:
    """What of an attempt's contact changes with its outcome: the body of PATCH /klantcontacten/{uuid}."""
    return {name: body["klantcontact"][name] for name in ("inhoud", "indicatieContactGelukt")}


def _contact(case: Case, channel: str, subject: str, content: str, at: int) -> Body:
    return {
        "kanaal": _cut(channel, 50),
        "onderwerp": subject,
        "inhoud": _cut(content, 1000),
        "taal": _LANGUAGES.get(case.language, "und"),
        "vertrouwelijk": False,
        "plaatsgevondenOp": _iso(at),
    }


def _person(initiator: bool) -> Body:
    # Who it was is not known: a number alone identifies nobody (housemates share it, and it can be forged), so no partij.
    return {"wasPartij": None, "rol": "klant", "initiator": initiator}


def metadata(case: Case, team: str) -> dict[str, str]:
    """What a program reads back: which case it is, and when it is due, for which the API has no field."""
    held = {"bron": SOURCE, "zaak": case.id, "zaaknummer": case.number, "team": team, "gemeentenummer": case.dialled}
    if case.first_due:
        held |= {"beloofd_uiterlijk": _iso(case.first_due), "uiterlijk": _iso(case.due)}
    return _texts(held | {f"keuze_{name}": value for name, value in case.topic.items()})


def is_ours(case: Case, ordinal: int, body: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    """Whether a contact that is there under one of our numbers is this one: by its metadata; where the server keeps none
    (before 2.10), by subject and time."""
    held = there.get("metadata")
    if isinstance(held, dict) and held:
        return held.get("zaak") == _cut(case.id, 255) and held.get("poging", "0") == str(ordinal)
    own = body["klantcontact"]
    return there.get("onderwerp") == own["onderwerp"] and _instant(there.get("plaatsgevondenOp")) == _instant(
        own["plaatsgevondenOp"]
    )


def address(case: Case) -> Body | None:
    """The body of POST /digitaleadressen without its betrokkene; None when there is none that Open Klant would take."""
    if case.reach == cases.EMAIL:
        if len(case.address) > 80 or not EMAIL.fullmatch(case.address):
            return None
        return {"adres": case.address, "soortDigitaalAdres": "email", "omschrijving": "e-mail"}
    if not PHONE.fullmatch(case.caller):
        return None
    how = {cases.SMS: "sms", cases.TEXT_RELAY: "tekstbemiddeling"}.get(case.reach, "telefoon")
    return {"adres": case.caller, "soortDigitaalAdres": "telefoonnummer", "omschrijving": how}


def task(case: Case, contact: str, actors: tuple[str, ...]) -> Body:
    """The body of POST /internetaken without its number. `contact` and `actors` are uuids; Open Klant refuses a task that
    says nothing of its actors."""
    due = _when(case, case.due)
    handling = "Bericht beluisteren en terugbellen" if case.kind == cases.VOICEMAIL else _TASK[case.reach]
    text = " ".join(filter(None, (f"Zaak {case.number}.", f"Uiterlijk {due}." if due else "")))
    return {
        "gevraagdeHandeling": handling,
        "aanleidinggevendKlantcontact": {"uuid": contact},
        "toegewezenAanActoren": [{"uuid": uuid} for uuid in actors],
        "toelichting": _cut(text, 1000),
    } | status(case)


def status(case: Case) -> Body:
    """What a task's status is: done when the citizen was reached, or the case is at its end."""
    if case.state not in (cases.REACHED, *cases.OVER):
        return {"status": TO_DO}
    ended = case.reached_at or case.closed_at
    return {"status": DONE} | ({"afgehandeldOp": _iso(ended)} if ended else {})


def changing(body: Body) -> Body:
    """What of a task changes with its case: the body of PATCH /internetaken/{uuid}. One that is to be done again is no
    longer done at any time."""
    return {name: body.get(name) for name in ("toelichting", "status", "afgehandeldOp")}


def actor(table: str, team: str, title: str) -> Body:
    """The body of POST /actoren for a team that no actor was named for."""
    return {
        "naam": _cut(title, 200),
        "soortActor": "organisatorische_eenheid",
        "indicatieActief": True,
        "actoridentificator": {
            "objectId": _cut(f"{table}/{team}", 200),
            "codeObjecttype": "team",
            "codeRegister": SOURCE,
            "codeSoortObjectId": "naam",
        },
        "actorIdentificatie": {
            "omschrijving": _cut(f"Team {title}, gebeld via {table}", 200)
        },  # without it: status 500
    }


def _subject(case: Case) -> str:
    chosen = ", ".join(case.topic.values())
    return _cut(f"{_SUBJECT[case.kind]}: {chosen}" if chosen else _SUBJECT[case.kind], 200)


def _when(case: Case, instant: int) -> str:
    """Day, date and time in the table's zone; '' for none."""
    if not instant:
        return ""
    week = 7 * 86_400  # seen from so far before, it is said with its date
    return say_instant(instant, instant - 2 * week, ZoneInfo(case.zone), "nl")


def _iso(instant: int) -> str:
    return dt.datetime.fromtimestamp(instant, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _instant(text: object) -> float | None:
    try:
        return dt.datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return None


def _cut(text: str, most: int) -> str:
    """A text that fits, without what PostgreSQL cannot keep."""
    clean = " ".join(text.replace("\x00", "").split())
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def _texts(held: Mapping[str, str]) -> dict[str, str]:
    return {name[:100]: _cut(value, 255) for name, value in held.items() if value}
