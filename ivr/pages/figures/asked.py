"""What somebody wants to see: a report, its days, and what narrows it. It stands in the URL, so that it can be shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct

from ivr.desk.figures import NORM_SECONDS
from ivr.desk.period import DAYS_A_WEEK, Period, Stretch, week_of
from ivr.pages.look.faults import Told

PROMISES, MARKS, WAITING, CALLS, NUMBERS, WEEK = "promises", "marks", "waiting", "calls", "numbers", "week"
REPORTS = (PROMISES, MARKS, WAITING, CALLS, NUMBERS, WEEK)
"""The reports, in the order of their tabs."""
NARROWS: Mapping[str, tuple[str, ...]] = {
    PROMISES: ("team", "by"), MARKS: ("team", "number"), WAITING: ("team", "number", "norm", "by"),
    CALLS: ("team", "number", "by"), NUMBERS: ("number",), WEEK: (),
}  # fmt: skip
"""What narrows a report besides its days and the table."""
DAYS, NUMBER_WEEKS, YEAR = 28, 12, 365
"""Days of a report, and whole weeks of the numbers, when nothing else is asked."""
MOST_DAYS = 2 * 366
"""What a page counts at once. `ivr report` goes further back."""
FIRST_YEAR, LAST_YEAR = 1971, 9998
FEW_WEEKS = 26
"""Weeks up to which a chart goes by the week by itself; months beyond."""
LONGEST_NORM = 3600
LONGEST_NAME = 80


class Question(Struct, frozen=True):
    """A report of the days from `first` to `last`, of one `table`, `team` and `number` ('-' is the main number) where these
    are given; `by` week or month, `norm` in seconds."""

    report: str
    first: dt.date
    last: dt.date
    table: str = ""
    team: str = ""
    number: str = ""
    by: str = "week"
    norm: int = NORM_SECONDS

    @property
    def period(self) -> Period:
        """The days."""
        return Period(self.first, self.last)

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Its weeks or months."""
        return self.period.months() if self.by == "month" else self.period.weeks()

    def query(self, report: str = "", first: dt.date | None = None, last: dt.date | None = None) -> dict[str, str]:
        """The query of the URL that asks the same, of another report or other days where these are given."""
        first, last = first or self.first, last or self.last
        narrows = NARROWS[report or self.report]
        out = {"from": first.isoformat(), "to": last.isoformat(), "table": self.table}
        for name in ("team", "number"):
            out |= {name: getattr(self, name)} if name in narrows else {}
        if "by" in narrows and self.by != usual_by(Period(first, last)):
            out["by"] = self.by
        if "norm" in narrows and self.norm != NORM_SECONDS:
            out["norm"] = str(self.norm)
        return {name: value for name, value in out.items() if value}


def usual_by(period: Period) -> str:
    """By week or month, when nobody says."""
    return "week" if len(period.weeks()) <= FEW_WEEKS + 1 else "month"


def usual(report: str, today: dt.date) -> Period:
    """The days of a report when nobody says: as `ivr report` has them."""
    if report == WEEK:
        return week_of(today - dt.timedelta(days=DAYS_A_WEEK))
    days = NUMBER_WEEKS * DAYS_A_WEEK + today.isoweekday() if report == NUMBERS else DAYS
    return Period(today - dt.timedelta(days=days - 1), today)


def read(report: str, given: Mapping[str, str], today: dt.date) -> Question:
    """The question of a URL. Raises Told."""
    if report not in REPORTS:
        raise Told("home.nothing_here", 404)
    narrows = NARROWS[report]
    period = _period(report, given, today)
    by = given.get("by", "") if "by" in narrows else ""
    return Question(
        report, period.first, period.last, given.get("table", "")[:LONGEST_NAME],
        given.get("team", "")[:LONGEST_NAME] if "team" in narrows else "",
        given.get("number", "")[:LONGEST_NAME] if "number" in narrows else "",
        by if by in ("week", "month") else usual_by(period),
        _norm(given.get("norm", "")) if "norm" in narrows else NORM_SECONDS,
    )  # fmt: skip


def _period(report: str, given: Mapping[str, str], today: dt.date) -> Period:
    held = usual(report, today)
    if report == WEEK:
        return week_of(_day(given["from"])) if given.get("from") else held
    last = _day(given["to"]) if given.get("to") else today
    first = _day(given["from"]) if given.get("from") else last - (held.last - held.first)
    if first > last:
        raise Told("figures.wrong_order", 400, first=first, last=last)
    if (last - first).days >= MOST_DAYS:
        raise Told("figures.wrong_long", 400, n=MOST_DAYS)
    return Period(first, last)


def _day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        raise Told("figures.wrong_day", 400, day=text[:20]) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Told("figures.wrong_year", 400, first=FIRST_YEAR, last=LAST_YEAR)
    return day


def _norm(text: str) -> int:
    if not text:
        return NORM_SECONDS
    norm = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
    if not 1 <= norm <= LONGEST_NORM:
        raise Told("figures.wrong_norm", 400)
    return norm


def presets(today: dt.date) -> tuple[tuple[str, Period], ...]:
    """Periods that are often asked for, by the key of their word."""
    month = today.replace(day=1)
    before = month - dt.timedelta(days=1)
    ago = dt.timedelta(days=1)
    return (
        ("preset_4_weeks", Period(today - (DAYS - 1) * ago, today)),
        ("preset_this_month", Period(month, today)),
        ("preset_last_month", Period(before.replace(day=1), before)),
        ("preset_13_weeks", Period(today - (13 * DAYS_A_WEEK - 1) * ago, today)),
        ("preset_this_year", Period(today.replace(month=1, day=1), today)),
        ("preset_year", Period(today - (YEAR - 1) * ago, today)),
    )
