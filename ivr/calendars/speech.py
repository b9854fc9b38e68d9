"""Instants as people say them: `donderdag vijf uur`, `tomorrow at 8:30 a.m.`"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

_DAYS = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december".split(),
    "en": "January February March April May June July August September October November December".split(),
}
_NEAR = {"nl": ("vandaag", "morgen"), "en": ("today", "tomorrow")}
_HOURS = "twaalf een twee drie vier vijf zes zeven acht negen tien elf".split()


def say_instant(instant: int, now: int, zone: ZoneInfo, language: str) -> str:
    """Day and time of an instant (epoch seconds), seen from `now`. A language that is not known gets figures."""
    local = dt.datetime.fromtimestamp(instant, zone)
    days = (local.date() - dt.datetime.fromtimestamp(now, zone).date()).days
    if language not in _DAYS:
        return local.strftime("%d-%m %H:%M")
    if 0 <= days < 2:
        day = _NEAR[language][days]
    else:
        day = _DAYS[language][local.weekday()]
        if not 0 <= days < 7:
            month = _MONTHS[language][local.month - 1]
            day = f"{day} {local.day} {month}"
    return f"{day} om {dutch_time(local)}" if language == "nl" else f"{day} at {english_time(local)}"


def dutch_time(local: dt.datetime) -> str:
    """`vijf uur`, `half negen`, `kwart over acht`, `8 uur 20`."""
    hour, minute = local.hour, local.minute
    if minute == 0:
        return f"{_HOURS[hour % 12]} uur"
    if minute == 15:
        return f"kwart over {_HOURS[hour % 12]}"
    if minute == 30:
        return f"half {_HOURS[(hour + 1) % 12]}"
    if minute == 45:
        return f"kwart voor {_HOURS[(hour + 1) % 12]}"
    return f"{hour} uur {minute}"


def english_time(local: dt.datetime) -> str:
    """`5 p.m.`, `8:30 a.m.`, `noon`."""
    if (local.hour, local.minute) == (12, 0):
        return "noon"
    half = "a.m." if local.hour < 12 else "p.m."
    minutes = f":{local.minute:02d}" if local.minute else ""
    return f"{(local.hour + 11) % 12 + 1}{minutes} {half}"


def say_minutes(minutes: int, language: str) -> str:
    """A wait, `3 minuten`; under one, `minder dan een minuut`."""
    if language == "nl":
        return "minder dan een minuut" if minutes < 1 else ("een minuut" if minutes == 1 else f"{minutes} minuten")
    return "less than a minute" if minutes < 1 else ("one minute" if minutes == 1 else f"{minutes} minutes")
