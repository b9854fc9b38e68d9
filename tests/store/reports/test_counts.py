"""What reports count, worked out by hand: on both databases, over clock changes, a New Year and two zones."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from sqlalchemy import Engine

from ivr.desk.period import Period, week_of
from ivr.store.database.connect import reading
from ivr.store.reports.callbacks import Promises, Rung, count_promises, count_rung
from ivr.store.reports.calls import MAIN_NUMBER, Asked, count_calls, count_endings, count_within
from ivr.store.reports.marks import count_marks
from ivr.store.reports.numbers import count_numbers, known_since
from ivr.store.reports.week import count_week
from tests.store.reports.rows import AMSTERDAM, KRALENDIJK, Rows, at, town

NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 11, 30))


def hours_of(database: Engine, day: dt.date, table: str = "") -> dict[tuple[int, int], int]:
    """(day of the week, hour) → calls, for the week of a day."""
    week = week_of(day)
    with reading(database) as connection:
        found = count_week(connection, week, week_of(week.first - dt.timedelta(days=1)), at("2027-06-01 12:00"), table)
    return {(d, h): count for d, row in enumerate(found.hours) for h, count in enumerate(row) if count}


def test_a_call_belongs_to_the_day_on_which_it_began_by_the_clock_of_its_table(database: Engine) -> None:
    rows = Rows(database)
    rows.call(at("2026-10-31 23:59:59"))
    rows.call(at("2026-11-01 00:00:00"), "person")
    rows.call(at("2026-11-30 23:59:59"), "told")
    rows.call(at("2026-12-01 00:00:00"))
    rows.put()
    with reading(database) as connection:
        assert count_calls(connection, NOVEMBER).endings == (("person", 1), ("told", 1))


def test_each_table_has_its_own_day(database: Engine) -> None:
    rows = Rows(database)
    instant = at("2026-11-01 02:00")  # Saturday evening, 31 October, on Bonaire
    rows.call(instant, "person")
    rows.call(instant, "told", zone=KRALENDIJK, table_id="bonaire")
    rows.call(at("2026-11-30 23:59:59", KRALENDIJK), "case", zone=KRALENDIJK, table_id="bonaire")
    rows.put()
    with reading(database) as connection:
        assert count_calls(connection, NOVEMBER).endings == (("case", 1), ("person", 1))
        assert count_calls(connection, NOVEMBER, table="bonaire").endings == (("case", 1),)
    assert hours_of(database, dt.date(2026, 10, 31)) == {(5, 21): 1, (6, 2): 1}


def test_the_night_on_which_the_clock_goes_back_is_one_day_of_25_hours(database: Engine) -> None:
    rows = Rows(database)
    for text, fold in (
        ("00:00", 0),
        ("02:00", 0),
        ("02:59", 0),
        ("02:00", 1),
        ("02:59", 1),
        ("03:00", 0),
        ("23:59", 0),
    ):
        rows.call(at(f"2026-10-25 {text}", fold=fold))
    rows.call(at("2026-10-26 00:00"))
    rows.put()
    assert hours_of(database, dt.date(2026, 10, 25)) == {(6, 0): 1, (6, 2): 4, (6, 3): 1, (6, 23): 1}
    assert hours_of(database, dt.date(2026, 10, 26)) == {(0, 0): 1}


def test_the_night_on_which_the_clock_goes_forward_has_no_third_hour(database: Engine) -> None:
    rows = Rows(database)
    for text in ("00:00", "01:59", "03:00", "23:59"):
        rows.call(at(f"2027-03-28 {text}"))
    rows.put()
    assert hours_of(database, dt.date(2027, 3, 28)) == {(6, 0): 1, (6, 1): 1, (6, 3): 1, (6, 23): 1}


def test_a_week_goes_over_new_year(database: Engine) -> None:
    rows = Rows(database)
    for text in (
        "2026-12-27 23:59",
        "2026-12-28 00:00",
        "2026-12-31 23:59",
        "2027-01-01 00:00",
        "2027-01-03 23:59",
        "2027-01-04 00:00",
    ):
        rows.call(at(text), number="050 367 7010")
    rows.put()
    period = Period(dt.date(2026, 12, 27), dt.date(2027, 1, 4))
    assert [(week.name, week.whole) for week in period.weeks()] == [
        ("2026-W52", False), ("2026-W53", True), ("2027-W01", False),
    ]  # fmt: skip
    with reading(database) as connection:
        assert count_numbers(connection, period) == {("groningen", "050 367 7010"): (1, 4, 1)}
        assert known_since(connection) == {"groningen": dt.date(2026, 12, 27)}


def test_waiting_counts_those_who_were_not_helped_too(database: Engine) -> None:
    rows = Rows(database)
    noon = at("2026-11-24 12:00")
    rows.call(noon, "person", put=30, waited=10, team="burgerzaken")
    rows.call(noon, "person", put=30, waited=25, team="burgerzaken")
    rows.call(noon, "person", put=30, waited=26, team="burgerzaken")
    rows.call(noon, "case", put=30, team="burgerzaken", outcome="left")
    long = rows.call(noon, "hung_up", put=30, seconds=150, team="kcc", outcome="hung_up", node="operator")
    rows.call(noon, "hung_up", put=30, seconds=149, team="kcc", node="operator")
    rows.call(noon, "hung_up", seconds=300, node="main")  # was not put through: this is no waiting
    rows.call(noon, "hung_up", put=30, seconds=300, team="kcc", outcome="no_answer", node="main")  # nor is this
    rows.call(noon, "", put=30, team="kcc")  # still runs
    rows.put()
    with reading(database) as connection:
        found = count_calls(connection, NOVEMBER)
        of_team = count_calls(connection, NOVEMBER, team="burgerzaken")
    assert found.endings == (("hung_up", 4), ("person", 3), ("case", 1))
    assert found.hung_up == (("main", 2), ("operator", 2))
    assert (found.total, found.running) == (8, 1)
    assert found.to_person == (40, 55, 56)
    assert [(name, one.put_through, one.waited, one.gave_up) for name, one in found.teams.items()] == [
        ("burgerzaken", 4, (10, 25, 26), 0), ("kcc", 3, (), 1),
    ]  # fmt: skip
    assert [(one.call, one.waited, one.ended, one.zone) for one in found.dropped] == [
        (long, 120, noon + 150, AMSTERDAM)
    ]
    assert of_team.endings == (("person", 3), ("case", 1))


def test_promises_are_counted_by_the_day_on_which_they_fell_due_first(database: Engine) -> None:
    rows = Rows(database)
    due = at("2026-11-24 17:00")
    opened = at("2026-11-23 10:00")
    in_time = rows.case(due, opened)
    rows.attempt(in_time, due - 60, "reached", ended=due)
    tried = rows.case(due, opened)
    for began in (opened + 3600, due - 3600):
        rows.attempt(tried, began, "no_answer")
    late = rows.case(due, opened, due=due + 86_400)
    rows.attempt(late, due + 3600, "reached", ended=due + 3700)
    rows.case(due, opened)
    rows.case(due, opened, "stadsbeheer", state="cancelled", closed_at=due - 1, closed_by="caller")
    rows.case(at("2026-11-30 17:00"), opened, "stadsbeheer")
    rows.case(at("2026-12-01 00:00"), opened)  # the next month's
    rows.case(None, opened)  # no promise
    rows.put()
    with reading(database) as connection:
        found = count_promises(connection, NOVEMBER, at("2026-11-25 12:00"))
        one = count_promises(connection, NOVEMBER, at("2026-11-25 12:00"), team="stadsbeheer")
    took = (due - opened, due + 3700 - opened)
    burgerzaken = {"reached_in_time": 1, "tried": 1, "late": 1, "never_tried": 1}
    stadsbeheer = Promises("stadsbeheer", {"cancelled": 1, "waiting": 1}, ())
    assert found == (Promises("burgerzaken", burgerzaken, took), stadsbeheer)
    assert one == (stadsbeheer,)


def test_who_rang_is_counted_by_citizens_that_were_rung(database: Engine) -> None:
    rows = Rows(database)
    began = at("2026-11-24 10:00")
    case = rows.case(began, began)
    for outcome, by in (
        ("reached", "anna"),
        ("busy", "anna"),
        ("no_agent", "anna"),
        ("voicemail", "bram"),
        ("busy", ""),
    ):
        rows.attempt(case, began, outcome, by=by)
    rows.attempt(case, at("2026-12-01 00:00"), "reached", by="bram")
    rows.put()
    with reading(database) as connection:
        assert count_rung(connection, NOVEMBER) == (Rung("anna", 2, 1), Rung("bram", 1, 0))
        assert count_rung(connection, NOVEMBER, team="kcc") == ()


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("month", {"2026-10": {7: 1}, "2026-11": {8: 2, 3: 1}}),
        ("team", {"": {3: 1}, "burgerzaken": {7: 1, 8: 2}}),
        ("language", {"en": {8: 1}, "nl": {7: 1, 8: 1, 3: 1}}),
        ("number", {"": {7: 1, 8: 2}, "050 367 7010": {3: 1}}),
    ],
)
def test_marks_are_grouped(database: Engine, by: str, expected: dict[str, dict[int, int]]) -> None:
    rows = Rows(database)
    rows.mark(at("2026-10-31 23:59:59"), 7)
    rows.mark(at("2026-11-01 00:00"), 8)
    rows.mark(at("2026-11-15 12:00"), 8, language="en")
    rows.mark(at("2026-11-30 12:00"), 3, team="", number="050 367 7010")
    rows.mark(at("2026-12-01 00:00"), 1)
    rows.put()
    with reading(database) as connection:
        found = count_marks(connection, Period(dt.date(2026, 10, 1), NOVEMBER.last), by)
    assert found == {name: Counter(counts) for name, counts in expected.items()}


def test_what_callers_chose_is_where_a_key_or_a_word_brought_them(database: Engine) -> None:
    rows = Rows(database)
    noon = at("2026-11-24 12:00")
    turns = [
        [("begin", "main"), ("keys", "documents"), ("keys", "documents"), ("keys", "reach/ring"), ("dialled", "mark")],
        [("begin", "main"), ("silence", "main"), ("speech", "documents"), ("keys", "main"), ("keys", "documents")],
    ]
    for each in turns:
        call = rows.call(noon, topic={"topic": "passport"})
        for sequence, (event, node) in enumerate(each):
            rows.event(call, sequence, event, node, noon + sequence)
    rows.call(noon, topic={"topic": "waste", "who": "firm"})
    rows.put()
    week = week_of(dt.date(2026, 11, 24))
    with reading(database) as connection:
        found = count_week(connection, week, week_of(week.first - dt.timedelta(days=1)), noon)
    assert found.chosen == (("documents", 2), ("main", 1), ("reach/ring", 1))
    assert found.topics == {"topic": Counter(passport=2, waste=1), "who": Counter(firm=1)}


def test_what_is_overdue_is_measured_against_what_holds_now(database: Engine) -> None:
    rows = Rows(database)
    now, hour = at("2026-11-24 12:00"), 3600
    rows.case(now - hour, now - 9 * hour)
    rows.case(now - hour, now - 9 * hour, due=now + hour)  # moved
    rows.case(now - hour, now - 9 * hour, state="reached")
    rows.case(now - hour, now - 9 * hour, state="cancelled", closed_at=now)
    rows.case(now - 30 * 24 * hour, now - 40 * 24 * hour, "kcc", state="not_reached")
    rows.case(None, now - hour)
    rows.put()
    week = week_of(dt.date(2026, 11, 24))
    with reading(database) as connection:
        found = count_week(connection, week, week_of(week.first - dt.timedelta(days=1)), now)
    assert found.overdue == {"burgerzaken": 1, "kcc": 1}
    assert found.made == {"burgerzaken": 4}


def test_an_empty_database_gives_empty_reports(database: Engine) -> None:
    week = week_of(dt.date(2026, 11, 24))
    with reading(database) as connection:
        assert count_promises(connection, NOVEMBER, 0) == ()
        assert count_calls(connection, NOVEMBER).total == 0
        assert count_numbers(connection, NOVEMBER) == {}
        assert count_marks(connection, NOVEMBER, "month") == {}
        assert count_rung(connection, NOVEMBER) == ()
        assert count_week(connection, week, week, 0).total == 0


def test_what_is_counted_of_each_week_is_what_is_counted_of_all_together(database: Engine) -> None:
    town(database, dt.date(2026, 9, 28), 9)  # over the night on which the clock goes back
    period = Period(dt.date(2026, 9, 30), dt.date(2026, 11, 25))
    weeks, now = period.weeks(), at("2026-12-24 12:00")
    with reading(database) as connection:
        asked = Asked(connection, period)
        whole = count_calls(connection, period)
        ended: Counter[str] = sum(map(Counter, count_endings(asked, weeks)), Counter())
        helped = count_within(asked, weeks, 25)
        promised = count_promises(connection, period, now, stretches=weeks)
        each = [
            count_promises(connection, Period(week.first, week.after - dt.timedelta(days=1)), now) for week in weeks
        ]
        third = Asked(connection, Period(weeks[2].first, weeks[2].after - dt.timedelta(days=1)))
        assert count_endings(asked, weeks)[2] == dict(count_calls(connection, third.period).endings)
        assert count_within(asked, weeks, 25)[2] == count_within(third, weeks[2:3], 25)[0]
    assert ended == Counter(dict(whole.endings))
    waited = [wait for one in whole.teams.values() for wait in one.waited]
    assert sum(one.put_through for one in helped) == sum(one.put_through for one in whole.teams.values())
    assert sum(one.helped for one in helped) == len(waited)
    assert sum(one.within for one in helped) == sum(wait <= 25 for wait in waited)
    for one in promised:
        assert sum(map(Counter, one.over), Counter()) == Counter(one.kept)
        found = [next((some.kept for some in held if some.team == one.team), {}) for held in each]
        assert list(one.over) == found


def test_calls_and_marks_of_one_number_are_counted_apart(database: Engine) -> None:
    rows = Rows(database)
    for number, often in (("", 3), ("050 367 1000", 2)):
        for _ in range(often):
            rows.call(at("2026-11-02 10:00"), "told", number=number)
            rows.mark(at("2026-11-02 10:00"), 8, number=number)
    rows.put()
    with reading(database) as connection:
        for number, often in (("", 5), (MAIN_NUMBER, 3), ("050 367 1000", 2), ("050 367 9999", 0)):
            assert count_calls(connection, NOVEMBER, number=number).total == often
            assert (
                sum(count_marks(connection, NOVEMBER, "team", number=number).get("burgerzaken", {}).values()) == often
            )
