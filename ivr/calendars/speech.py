"""Instants as people say them: `donderdag vijf uur`, `tomorrow at 8:30 a.m.`"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

_DAYS = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_NEAR = {"nl": ("vandaag", "morgen"), "en": ("today", "tomorrow")}
_NOW = {"nl": "nu", "en": "now"}
_HOURS = ("twaalf", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf")


def say_instant(instant: int, now: int, zone: ZoneInfo, language: str) -> str:
    """Day and time of an instant (epoch seconds), seen from `now`. A language that is not known gets figures.

    Midnight is said with the day that ends then, as people do: `vandaag om middernacht`.
    """
    local = dt.datetime.fromtimestamp(instant, zone)
    if language not in _DAYS:
        return local.strftime("%d-%m %H:%M")
    today = dt.datetime.fromtimestamp(now, zone).date()
    date = local.date()
    if (local.hour, local.minute) == (0, 0) and date > today:
        date -= dt.timedelta(days=1)
    days = (date - today).days
    if 0 <= days < 2:
        day = _NEAR[language][days]
    else:
        day = _DAYS[language][date.weekday()]
        if not 0 <= days < 7:
            day = f"{day} {date.day} {_MONTHS[language][date.month - 1]}"
    return f"{day} om {dutch_time(local)}" if language == "nl" else f"{day} at {english_time(local)}"


def say_opening(instant: int, now: int, zone: ZoneInfo, language: str) -> str:
    """When a calendar opens that opens at `instant`: `nu` where that is no later than `now`, for then it is open."""
    return _NOW[language] if instant <= now and language in _NOW else say_instant(instant, now, zone, language)


def dutch_time(local: dt.datetime) -> str:
    """`vijf uur`, `half negen`, `kwart over zeven 's avonds`, `8 uur 20`; what could be taken for another half of the
    day says which it is."""
    hour, minute = local.hour, local.minute
    if (hour, minute) == (0, 0):
        return "middernacht"
    if minute == 0:
        words = f"{_HOURS[hour % 12]} uur"
    elif minute == 15:
        words = f"kwart over {_HOURS[hour % 12]}"
    elif minute == 30:
        words = f"half {_HOURS[(hour + 1) % 12]}"
    elif minute == 45:
        words = f"kwart voor {_HOURS[(hour + 1) % 12]}"
    else:
        return f"{hour} uur {minute}"
    return words + (" 's nachts" if hour < 6 else " 's avonds" if hour >= 18 else "")


def english_time(local: dt.datetime) -> str:
    """`5 p.m.`, `8:30 a.m.`, `noon`, `midnight`."""
    if local.minute == 0 and local.hour % 12 == 0:
        return "noon" if local.hour else "midnight"
    half = "a.m." if local.hour < 12 else "p.m."
    minutes = f":{local.minute:02d}" if local.minute else ""
    return f"{(local.hour + 11) % 12 + 1}{minutes} {half}"


def say_minutes(minutes: int, language: str) -> str:
    """A wait, `ongeveer 3 minuten`; under one, `minder dan een minuut`. An unknown language gets figures, `3 min`."""
    if language not in _DAYS:
        return f"{max(1, minutes)} min"
    if minutes < 1:
        return "minder dan een minuut" if language == "nl" else "less than a minute"
    if language == "nl":
        return "ongeveer een minuut" if minutes == 1 else f"ongeveer {minutes} minuten"
    return "about one minute" if minutes == 1 else f"about {minutes} minutes"
