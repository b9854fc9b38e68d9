"""What is asked of the figures, as the URL says it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.desk.period import Period
from ivr.pages.figures.asked import MOST_DAYS, NARROWS, REPORTS, WEEK, Question, presets, read, usual
from ivr.pages.look.faults import Told

TODAY = dt.date(2026, 11, 24)
days = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))
names = st.text(max_size=80)


@given(
    st.sampled_from([name for name in REPORTS if name != WEEK]),
    days,
    st.integers(0, MOST_DAYS - 1),
    names,
    names,
    st.data(),
)
def test_a_question_is_the_same_after_it_was_a_url(
    report: str, first: dt.date, length: int, team: str, number: str, data: st.DataObject
) -> None:
    narrows = NARROWS[report]
    by = data.draw(st.sampled_from(("week", "month")))
    last = first + dt.timedelta(days=length)
    asked = read(
        report, {"from": str(first), "to": str(last), "team": team, "number": number, "by": by, "norm": "30"}, TODAY
    )
    assert asked.period == Period(first, last)
    assert (asked.team, asked.number) == (team if "team" in narrows else "", number if "number" in narrows else "")
    assert read(report, asked.query(), TODAY) == asked


@given(days)
def test_a_week_is_asked_for_by_any_of_its_days(day: dt.date) -> None:
    asked = read(WEEK, {"from": str(day)}, TODAY)
    assert asked.first <= day <= asked.last
    assert (asked.first.weekday(), asked.last.weekday()) == (0, 6)


def test_without_days_it_is_the_last_four_weeks_and_the_week_that_is_over() -> None:
    assert read("promises", {}, TODAY).period == Period(dt.date(2026, 10, 28), TODAY)
    assert read("numbers", {}, TODAY).period == Period(dt.date(2026, 8, 31), TODAY)
    assert read("week", {}, TODAY).period == Period(dt.date(2026, 11, 16), dt.date(2026, 11, 22))


@pytest.mark.parametrize(
    ("given_", "key"),
    [
        ({"from": "24-11-2026"}, "figures.wrong_day"),
        ({"from": "2026-02-30"}, "figures.wrong_day"),
        ({"from": "<script>" * 20}, "figures.wrong_day"),
        ({"from": "2026-11-24", "to": "2026-11-23"}, "figures.wrong_order"),
        ({"from": "2020-01-01", "to": "2026-11-23"}, "figures.wrong_long"),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "figures.wrong_year"),
        ({"norm": "0"}, "figures.wrong_norm"),
        ({"norm": "99999999999"}, "figures.wrong_norm"),
        ({"norm": "٣"}, "figures.wrong_norm"),
    ],
)
def test_what_cannot_be_asked_is_told(given_: dict[str, str], key: str) -> None:
    with pytest.raises(Told) as told:
        read("waiting", given_, TODAY)
    assert (told.value.key, told.value.status) == (key, 400)
    assert len(str(told.value.holes)) < 100


def test_a_report_that_is_not_there_is_not_found() -> None:
    with pytest.raises(Told) as told:
        read("salaries", {}, TODAY)
    assert told.value.status == 404


@given(days)
def test_every_preset_is_a_period_that_ends_by_today_and_can_be_asked(today: dt.date) -> None:
    for _, period in presets(today):
        asked = Question("calls", period.first, period.last)
        assert period.first <= period.last <= today
        assert read("calls", asked.query(), today).period == period
    assert usual("calls", today) == presets(today)[0][1]
