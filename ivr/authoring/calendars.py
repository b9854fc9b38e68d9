"""Calendar declarations → what the calendars layer works with; and what is wrong with how they are written."""

from __future__ import annotations

import datetime as dt
import re

from ivr.authoring.schema.sections import CalendarDecl
from ivr.authoring.schema.types import Named
from ivr.authoring.values import Scalar, shorten
from ivr.calendars.calendar import national_holidays
from ivr.calendars.hours import english, read_hours
from ivr.diagnostics import Label, Report, did_you_mean
from ivr.model.graph import CalendarSpec, Exception_

_EXCEPTION = re.compile(r"^(\d{4}-\d{2}-\d{2})(?: +(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2}))?$")
NEVER = "24/7 off"
"""What stands in for hours that cannot be read."""


def read_calendar(name: str, decl: CalendarDecl, written: Scalar, report: Report) -> CalendarSpec:
    """The calendar of a declaration. What cannot be read is reported and left out."""
    text = written.text
    hours, faults = read_hours(text)
    for fault in faults:
        code = "IVR610" if fault.warning else "IVR601"
        report.add(code, written.inside(fault.start, fault.end), fault.message, fault.help)
    closed = _exceptions(decl.closed_on, report)
    opened = _exceptions(decl.open_on, report)
    _contradictions(closed, opened, report)
    return CalendarSpec(
        name=name,
        hours=english(text) if hours is not None else NEVER,
        holidays=_country(decl.holidays, report),
        closed_on=tuple(item for item, _ in closed),
        open_on=tuple(item for item, _ in opened),
    )


def _country(at: Scalar | None, report: Report) -> str:
    if at is None or at.text in ("none", "no"):
        return ""
    try:
        national_holidays(at.text)
    except KeyError:
        report.add(
            "IVR608", at.span, f"'{shorten(at.text)}' is no country whose holidays are known",
            did_you_mean(at.text.upper(), ["NL", "BE", "DE", "FR", "GB"]) or "write the code of a country, such as NL",
        )  # fmt: skip
        return ""
    return at.text


def _exceptions(held: dict[str, Named[Scalar]], report: Report) -> list[tuple[Exception_, Scalar]]:
    out: list[tuple[Exception_, Scalar]] = []
    for text, named in held.items():
        reason = named.value.text if named.value is not None else ""
        found = _EXCEPTION.match(text)
        try:
            day = dt.date.fromisoformat(found[1]).toordinal() if found else 0
        except ValueError:
            day = 0
        if found is None or not day:
            report.add(
                "IVR601", named.key.span, f"'{shorten(text)}' is no date, nor part of one",
                "write 2026-12-24 or \"2026-12-24 15:00-24:00\"",
            )  # fmt: skip
            continue
        start, end = (0, 1440) if found[2] is None else (_minute(found[2], found[3]), _minute(found[4], found[5]))
        if not 0 <= start < end <= 1440:
            report.add("IVR601", named.key.span, f"'{shorten(text)}' does not end after it begins", "within one day")
            continue
        out.append((Exception_(day, start, end, reason), named.key))
    return out


def _minute(hour: str, minute: str) -> int:
    return int(hour) * 60 + int(minute) if int(minute) < 60 else -1


def _contradictions(
    closed: list[tuple[Exception_, Scalar]], opened: list[tuple[Exception_, Scalar]], report: Report
) -> None:
    """A stretch of time that is said to be both open and closed. A part of a day within a whole one refines it."""
    by_day: dict[int, list[tuple[Exception_, Scalar]]] = {}
    for item, key in closed:
        by_day.setdefault(item.day, []).append((item, key))
    for item, key in opened:
        for other, other_key in by_day.get(item.day, ()):
            same_kind = item.whole_day == other.whole_day
            if same_kind and item.start < other.end and other.start < item.end:
                report.add(
                    "IVR607", key.span, f"'{key.text}' is open here and closed there", "keep one of the two",
                    [Label(other_key.span, "closed here")],
                )  # fmt: skip
