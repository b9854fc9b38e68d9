"""What callers and people of the desk are told of a promise: that it was moved, that it is about to break."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from ivr.calendars.speech import say_instant
from ivr.desk.case import Case

EARLIEST, LATEST = 8, 20
"""Local hours between which somebody is told something by telephone."""
DUTCH, ENGLISH = "nl", "en"

_MOVED = {  # it fits a promise that is moved back to an earlier time too
    DUTCH: "Dit is een bericht van {city}. De afspraak om u terug te bellen is veranderd. Wij bellen u nu uiterlijk {when}. "
    "Uw zaaknummer is {number}. Onze excuses.",
    ENGLISH: "This is a message from {city}. The time by which we call you back has changed. We will now call you by "
    "{when} at the latest. Your case number is {number}. We are sorry.",
}
_AGAIN = {DUTCH: "Ik herhaal het bericht.", ENGLISH: "I will repeat this message."}


_UNSURE = (
    "Wij weten niet of de inwoner is gebeld.",
    "Wij bellen pas weer als u zegt wat er is gebeurd.",
)


def language_of(case: Case) -> str:
    """The language in which a caller is told: Dutch for who spoke it, else English."""
    return DUTCH if case.language == DUTCH else ENGLISH


def moved(case: Case, city: str, due: int, language: str, spoken: bool) -> str:
    """That a promise was moved: the new day and time, the case number, and nothing else of the case.

    The day is said with its date: who reads it tomorrow must not read "tomorrow". Spoken, the number is said by its digits.
    """
    number = ", ".join(" ".join(part) for part in (case.number[:3], case.number[3:])) if spoken else case.number
    when = _dated(due, case, language)
    return _MOVED[language].format(city=city, when=when, number=number)


def again(language: str) -> str:
    """What is said before a message is said a second time."""
    return _AGAIN[language]


def _dated(instant: int, case: Case, language: str) -> str:
    return say_instant(instant, instant - 14 * 86_400, ZoneInfo(case.zone), language)


def may_be_rung(now: int, zone: ZoneInfo) -> int:
    """From when somebody may be told by telephone: 0 for now, else the instant at which the next morning's hours begin."""
    local = dt.datetime.fromtimestamp(now, zone)
    if EARLIEST <= local.hour < LATEST:
        return 0
    day = local.date() + dt.timedelta(days=1 if local.hour >= LATEST else 0)
    return int(dt.datetime(day.year, day.month, day.day, EARLIEST, tzinfo=zone).timestamp())


def warning(case: Case, due: int, title: str, link: str, unsure: bool = False) -> dict[str, object]:
    """What a program is told of a promise that is about to break (`due` is null where nothing was promised), or of an
    attempt in doubt: no telephone number, and nothing that a caller said."""
    zone = ZoneInfo(case.zone)
    return {
        "event": "attempt.unsure" if unsure else "promise.at_risk",
        "case": case.number,
        "kind": case.kind,
        "table": case.table,
        "team": case.team,
        "team_title": title,
        "state": case.state,
        "tries": case.tries,
        "opened": dt.datetime.fromtimestamp(case.opened, zone).isoformat(),
        "due": dt.datetime.fromtimestamp(due, zone).isoformat() if due else None,
        "link": link,
    }


def warning_mail(case: Case, due: int, title: str, link: str, unsure: bool = False) -> tuple[str, str]:
    """Subject and text of an e-mail that says so."""
    when = _dated(due, case, DUTCH) if due else ""
    call_back = f"uiterlijk {when} terugbellen" if due else "nog terugbellen"
    about = "onzeker of er is gebeld" if unsure else call_back
    tried = {0: "nog niet geprobeerd", 1: "één keer geprobeerd"}.get(case.tries, f"{case.tries} keer geprobeerd")
    lines = (
        f"Zaak {case.number} van {title} is nog niet klaar.",
        f"Wij hebben beloofd uiterlijk {when} terug te bellen." if due else "Wij moeten nog terugbellen.",
        *(_UNSURE if unsure else ()),
        f"Wij hebben het {tried}.",
        "",
        f"Bekijk de zaak: {link}",
        "",
        "Dit bericht is gemaakt door het telefoonsysteem. U kunt er niet op antwoorden.",
    )
    return f"Zaak {case.number}: {about} ({title})", "\n".join(lines) + "\n"


def link(public_url: str, case: Case) -> str:
    """Where a case is seen by people of the desk."""
    return f"{public_url}/desk/cases/{case.number}"


def voice_of(voices: Mapping[str, tuple[str, str]], language: str) -> tuple[str, str]:
    """The provider's voice and the locale for a language; those of a locale alone where the table has no such language."""
    return voices.get(language, ("", {DUTCH: "nl-NL", ENGLISH: "en-GB"}[language]))
