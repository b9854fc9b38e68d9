"""Days and hours in SQL are those of the zone's own clock."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select

from ivr.calendars.zones import read_zone
from ivr.desk.period import Period
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import calls
from ivr.store.reports.local import Local
from tests.store.reports.rows import AMSTERDAM, KRALENDIJK, Rows, at

BACK, FORWARD = at("2026-10-25 03:00"), at("2027-03-28 03:00")
instants = st.one_of(*(st.integers(near - 2 * 86_400, near + 2 * 86_400) for near in (BACK, FORWARD)))
zones = st.sampled_from((AMSTERDAM, KRALENDIJK, "Pacific/Auckland", "", "No/Where"))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(st.tuples(instants, zones), max_size=12),
    first=st.sampled_from((dt.date(2026, 10, 24), dt.date(2026, 10, 25), dt.date(2027, 3, 27))),
    days=st.integers(0, 3),
)
def test_each_call_falls_into_the_day_and_hour_that_its_clock_showed(
    database: Engine, held: list[tuple[int, str]], first: dt.date, days: int
) -> None:
    period = Period(first, first + dt.timedelta(days=days))
    with writing(database) as connection:
        connection.execute(delete(calls))
    rows = Rows(database)
    expected: Counter[tuple[int, int]] = Counter()
    for instant, name in held:
        rows.call(instant, zone=name)
        local = dt.datetime.fromtimestamp(instant, read_zone(name))
        if period.first <= local.date() <= period.last:
            day = (local.date() - first).days
            expected[(day, 24 * day + local.hour)] += 1
    rows.put()
    with reading(database) as connection:
        mine = Local(connection, calls.c.began, calls.c.zone, period)
        by_day, by_hour = mine.place(period.days()).label("day"), mine.hour().label("hour")
        rows_ = connection.execute(
            select(by_day, by_hour, func.count()).where(mine.within).group_by(by_day, by_hour)
        ).all()
    assert {(day, hour): count for day, hour, count in rows_} == expected


def test_a_zone_that_is_not_known_is_utc() -> None:
    assert [read_zone(name) for name in ("", "No/Where", "../x", "Europe")] == [ZoneInfo("UTC")] * 4
