"""Local days in SQL, the same on every database: each zone's midnights are worked out here, and compared as instants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    and_,
    case,
    false,
    literal_column,
    or_,
    select,
)

from ivr.calendars.zones import read_zone
from ivr.desk.period import Period, Stretch, instant

DAY = 24 * 3600
_NOWHERE: ColumnElement[int] = case((false(), 0), else_=-1)
"""Not a bare number: grouped by, that would name a column by its place."""


class Local:
    """An instant's column, read in the zone that stands beside it, within a period."""

    def __init__(
        self, connection: Connection, at: ColumnElement[int], zone: ColumnElement[str], period: Period,
        joined: FromClause | None = None,
    ) -> None:  # fmt: skip
        """`joined` says how, where the zone stands in another table than the instant."""
        self._at, self._zone, self._period = at, zone, period
        utc = ZoneInfo("UTC")
        near = (instant(period.first, utc) - DAY, instant(period.after, utc) + DAY)  # no zone is a day from UTC
        asked = select(zone).where(at >= near[0], at < near[1]).distinct()
        rows = connection.execute(asked if joined is None else asked.select_from(joined))
        self._zones = {name: read_zone(name) for (name,) in sorted(rows)}

    @property
    def within(self) -> ColumnElement[bool]:
        """Whether it lies in the period."""
        first, after = self._period.first, self._period.after
        parts = [
            and_(*self._mine(name), self._at >= instant(first, zone), self._at < instant(after, zone))
            for name, zone in self._zones.items()
        ]
        return or_(false(), *parts)

    def place(self, stretches: Sequence[Stretch]) -> ColumnElement[int]:
        """In which of adjoining stretches it lies, counted from 0, for a row within the period."""
        return self._before([[(stretch.after, 0) for stretch in stretches]])

    def hour(self) -> ColumnElement[int]:
        """In which hour of the period it lies, by the clock: 24 a day, whatever the clock did."""
        days = self._period.days()
        return self._before([[(day.first, hour) for hour in range(1, 24)] + [(day.after, 0)] for day in days])

    def _before(self, edges: Sequence[Sequence[tuple[dt.date, int]]]) -> ColumnElement[int]:
        flat = [edge for group in edges for edge in group]
        found = {
            name: self._search([instant(day, zone, hour) for day, hour in flat], 0, len(flat))
            for name, zone in self._zones.items()
        }
        if len(found) < 2:
            return next(iter(found.values()), _NOWHERE)
        return case(*((self._zone == name, place) for name, place in found.items()), else_=_NOWHERE)

    def _search(self, edges: Sequence[int], low: int, high: int) -> ColumnElement[int]:
        """The place of the first edge that lies after it, halving what is left: a row of a year's weeks is compared six
        times, not fifty."""
        if low == high:
            return literal_column(str(low), Integer) if low < len(edges) else _NOWHERE
        middle = (low + high) // 2
        before = self._search(edges, low, middle)
        return case((self._at < edges[middle], before), else_=self._search(edges, middle + 1, high))

    def _mine(self, zone: str) -> list[ColumnElement[bool]]:
        """Which zone a row is of need not be asked where all are of one."""
        return [self._zone == zone] if len(self._zones) > 1 else []
