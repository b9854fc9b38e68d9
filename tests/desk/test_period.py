"""Days, weeks and months of a period."""

from __future__ import annotations

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.desk.period import Period, Stretch, instant, week_of

periods = st.builds(
    lambda first, days: Period(first, first + dt.timedelta(days=days)),
    st.dates(dt.date(1971, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 800),
)  # fmt: skip


@given(periods)
def test_days_weeks_and_months_each_cover_a_period_once(period: Period) -> None:
    for stretches in (period.days(), period.weeks(), period.months()):
        assert stretches[0].first == period.first
        assert stretches[-1].after == period.after
        assert all(a.after == b.first for a, b in itertools.pairwise(stretches))
        assert len({stretch.name for stretch in stretches}) == len(stretches)


@given(periods)
def test_a_whole_week_has_seven_days_and_one_that_is_cut_has_fewer(period: Period) -> None:
    assert all(((week.after - week.first).days == 7) == week.whole for week in period.weeks())


def test_the_week_over_new_year_is_that_of_its_thursday() -> None:
    week = week_of(dt.date(2027, 1, 1))
    assert week == Period(dt.date(2026, 12, 28), dt.date(2027, 1, 3))
    assert week.weeks() == (Stretch("2026-W53", week.first, week.after),)


def test_a_month_that_is_not_over_is_not_whole() -> None:
    months = Period(dt.date(2026, 12, 1), dt.date(2027, 1, 30)).months()
    assert [(month.name, month.whole) for month in months] == [("2026-12", True), ("2027-01", False)]


@pytest.mark.parametrize(("day", "hours"), [("2026-10-25", 25), ("2027-03-28", 23), ("2026-11-24", 24)])
def test_a_day_lasts_as_long_as_its_clock_says(day: str, hours: int) -> None:
    zone, date = ZoneInfo("Europe/Amsterdam"), dt.date.fromisoformat(day)
    assert instant(date + dt.timedelta(days=1), zone) - instant(date, zone) == hours * 3600
