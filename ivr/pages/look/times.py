"""How an instant is written on a page: in the table's zone, in the visitor's language."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

_DAYS = {"nl": ("ma", "di", "wo", "do", "vr", "za", "zo"), "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = {
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


class Times:
    """Writes instants (epoch seconds) for one zone and language."""

    def __init__(self, zone: str, language: str, now: int) -> None:
        self._zone = ZoneInfo(zone)
        self._language = language if language in _DAYS else "nl"
        self._today = self.local(now).date()

    def local(self, instant: int) -> dt.datetime:
        """The local time of an instant."""
        return dt.datetime.fromtimestamp(instant, self._zone)

    def clock(self, instant: int | None) -> str:
        """The time of the day: 14:05; '' for none."""
        return f"{self.local(instant):%H:%M}" if instant else ""

    def day(self, instant: int | None) -> str:
        """The day: di 24 nov, with the year when it is another one; '' for none."""
        if not instant:
            return ""
        at = self.local(instant)
        year = "" if at.year == self._today.year else f" {at.year}"
        return f"{_DAYS[self._language][at.weekday()]} {at.day} {_MONTHS[self._language][at.month - 1]}{year}"

    def when(self, instant: int | None) -> str:
        """The time of the day when it is today, else day and time; '' for none."""
        if not instant:
            return ""
        clock = self.clock(instant)
        return clock if self.local(instant).date() == self._today else f"{self.day(instant)} {clock}"

    def iso(self, instant: int | None) -> str:
        """For `<time datetime>`."""
        return self.local(instant).isoformat(timespec="seconds") if instant else ""


def span(seconds: int) -> str:
    """A length of time as m:ss, from an hour on h:mm:ss."""
    hours, rest = divmod(max(0, seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
