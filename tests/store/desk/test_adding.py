"""Facts about promises that the desk adds: checked like those of callers, and never more of them than there are places."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select

from ivr.desk.case import Case
from ivr.desk.pseudonym import number_key
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import cases, places
from ivr.store.desk.adding import Wish, add
from ivr.store.desk.board import NotDone
from tests.engine.calls import instant
from tests.store.desk.rows import KEY, NOW, audited, now_is
from tests.store.desk.tables import table

TABLE = table()


def added(engine: Engine, **wish: object) -> Case:
    with writing(engine) as connection:
        given = {"team": "desk", "number": "06 12345678", **wish}
        return add(connection, TABLE, Wish(**given), "anna", NOW, KEY)  # type: ignore[arg-type]


def test_a_promise_of_the_desk_is_a_case_with_a_place_and_a_time_for_its_first_attempt(database: Engine) -> None:
    held = now_is(database, added(database, part="afternoon", topic={"topic": "tax"}))
    assert (held.kind, held.team, held.caller, held.language) == ("desk", "desk", "+31612345678", "nl")
    assert held.due == held.first_due == instant("2026-12-02 17:00")
    assert (held.state, held.next_at) == ("planned", instant("2026-12-01 12:00"))
    assert NOW < held.escalate_at < held.due
    with reading(database) as connection:
        place = connection.execute(select(places)).mappings().one()
        row = connection.execute(select(cases)).mappings().one()
    assert (place["case_id"], place["day"], place["number"]) == (held.id, "2026-12-02", held.number)
    assert (row["due_day"], row["caller_key"]) == ("2026-12-02", number_key(KEY, "+31612345678"))
    assert audited(database) == [("anna", "case.add", held.id)]


def test_a_full_day_makes_it_a_day_later_and_full_days_refuse(database: Engine) -> None:
    dues = [added(database).due for _ in range(3)]
    assert dues == [instant("2026-12-02 17:00")] * 2 + [instant("2026-12-03 17:00")]
    for _ in range(17):
        added(database)
    with pytest.raises(NotDone, match="no place left on the next 10 open days"):
        added(database)


def test_two_who_want_the_last_place_get_one_each_on_different_days(database: Engine) -> None:
    added(database)
    with ThreadPoolExecutor(4) as pool:
        dues = sorted(held.due for held in pool.map(lambda _: added(database), range(4)))
    days = ["2026-12-02 17:00", "2026-12-03 17:00", "2026-12-03 17:00", "2026-12-04 17:00"]
    assert dues == [instant(day) for day in days]


def test_a_case_without_a_promise_takes_no_place(database: Engine) -> None:
    held = now_is(database, added(database, within=(0, "")))
    assert (held.due, held.escalate_at, held.state) == (0, 0, "planned")
    with reading(database) as connection:
        assert connection.execute(select(places)).first() is None


def test_who_is_reached_by_e_mail_needs_no_number_and_is_rung_by_nobody(database: Engine) -> None:
    held = now_is(database, added(database, number="", reach="email", address="j.jansen@example.org"))
    assert (held.caller, held.state, held.next_at) == ("", "open", 0)


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"team": "dsk"}, "'dsk' is no team of this table; did you mean 'desk'"),
        ({"number": "112"}, "cannot be rung from here"),
        ({"number": "14 050"}, "cannot be rung from here"),
        ({"number": "hello"}, "cannot be rung from here"),
        ({"number": ""}, "without a number nobody can be rung back"),
        ({"reach": "pigeon"}, "is no way to reach somebody"),
        ({"reach": "email", "address": "nobody"}, "is no e-mail address"),
        ({"address": "a@b.nl"}, "for those who are reached by e-mail"),
        ({"part": "night"}, "is no part of the day; there are: morning, afternoon"),
        ({"language": "fr"}, "is no language of this table"),
        ({"topic": {"tpic": "tax"}}, "is no variable of this table; did you mean 'topic'"),
        ({"topic": {"topic": "dogs"}}, "is no value of 'topic'; there are: waste, tax"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_without_the_number(
    database: Engine, wish: dict[str, object], why: str
) -> None:
    with pytest.raises(NotDone, match=why) as caught:
        added(database, **wish)
    assert "\n" not in str(caught.value)
    assert not wish.get("number") or str(wish["number"]) not in str(caught.value)
    with reading(database) as connection:
        assert connection.execute(select(cases)).first() is None
