"""Facts about switches in the database, on both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, select

from ivr.desk.switches import MOST_NOTICES, Refused, Switch
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit
from ivr.store.live.now import live
from ivr.store.live.switches import begin, end, standing
from tests.switching import NOW, calamity, closed, notice, table

GRAPH = table().graph


def start(database: Engine, wanted: Switch, now: int = NOW, instead_of: int = 0) -> Switch:
    with writing(database) as connection:
        return begin(connection, GRAPH, wanted, now, instead_of)


def stop(database: Engine, id: int, now: int = NOW + 10, who: str = "otto") -> bool:
    with writing(database) as connection:
        return end(connection, "kinds", id, who, now)


def stands(database: Engine, now: int = NOW + 1) -> list[Switch]:
    with reading(database) as connection:
        return list(standing(connection, ("kinds",), now))


def test_what_is_begun_is_read_back_as_it_was_meant(database: Engine) -> None:
    made = [start(database, one) for one in (calamity(route="flood", ends=NOW + 99), notice(), closed())]
    assert stands(database) == made
    assert [one.id for one in made] == sorted({one.id for one in made})
    with reading(database) as connection:
        assert standing(connection, ("another",), NOW) == ()


def test_it_is_over_at_its_end_or_when_somebody_ends_it(database: Engine) -> None:
    first, second = start(database, notice()), start(database, closed())
    assert stop(database, second.id)
    assert stands(database, NOW + 11) == [first]
    assert stands(database, NOW + 3600) == []


def test_of_two_who_end_it_one_is_told_that_it_was_over(database: Engine) -> None:
    made = start(database, calamity())
    assert [stop(database, made.id), stop(database, made.id)] == [True, False]
    with writing(database) as connection:
        assert not end(connection, "another", made.id, "otto", NOW)


def test_there_is_one_calamity_and_one_closure_of_a_team_at_a_time(database: Engine) -> None:
    first = start(database, calamity())
    with pytest.raises(Refused, match="on already, by lena; end that first") as caught:
        start(database, calamity(by="otto"))
    assert (caught.value.fault, caught.value.holes["by"]) == ("calamity_already", "lena")
    start(database, closed())
    start(database, closed(team="desk"))
    with pytest.raises(Refused, match="'desk' is closed already"):
        start(database, closed(team="desk", by="otto"))
    assert stop(database, first.id)
    assert start(database, calamity(), NOW + 20).id > first.id


def test_what_ended_by_its_time_is_in_nobodys_way(database: Engine) -> None:
    start(database, closed())
    again = start(database, closed(ends=NOW + 9000), NOW + 3600)
    assert stands(database, NOW + 3601) == [again]


def test_one_takes_the_place_of_another_in_one_moment(database: Engine) -> None:
    first = start(database, calamity())
    second = start(database, calamity(route="flood"), NOW + 5, instead_of=first.id)
    assert stands(database, NOW + 6) == [second]
    with pytest.raises(Refused, match="over already"):
        start(database, calamity(), NOW + 7, instead_of=first.id)
    assert stands(database, NOW + 8) == [second]


def test_a_node_has_so_many_notices_at_once(database: Engine) -> None:
    for _ in range(MOST_NOTICES):
        start(database, notice())
    with pytest.raises(Refused, match="has 3 notices already"):
        start(database, notice())


def test_of_many_who_switch_at_the_same_moment_one_does(database: Engine) -> None:
    done: list[str] = []

    def switch(name: str) -> None:
        try:
            start(database, calamity(by=name))
        except Refused as error:
            done.append(error.fault)
        else:
            done.append("begun")

    threads = [threading.Thread(target=switch, args=(f"p{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["begun"] + ["calamity_already"] * 5
    assert len(stands(database)) == 1


def test_who_begins_and_who_ends_is_in_the_trail_without_a_number(database: Engine) -> None:
    made = start(database, calamity(why="bel 050 367 1000 of 06-12345678"))
    stop(database, made.id)
    with reading(database) as connection:
        rows = [
            tuple(row) for row in connection.execute(select(audit.c.who, audit.c.what, audit.c.subject, audit.c.data))
        ]
    assert [row[:3] for row in rows] == [
        ("lena", "switch.begin", "kinds:calamity"), ("otto", "switch.end", "kinds:calamity"),
    ]  # fmt: skip
    assert "367" not in str(rows)
    assert "345" not in str(rows)


def test_the_page_sees_what_holds_what_is_to_come_and_what_ended_today(database: Engine) -> None:
    holds = start(database, notice())
    comes = start(database, notice(begins=NOW + 600, ends=NOW + 900))
    over = start(database, calamity(ends=NOW + 60))
    ended = start(database, closed())
    assert stop(database, ended.id, NOW + 90)
    with reading(database) as connection:
        found = live(connection, "kinds", NOW + 100, NOW - 3600)
        none = live(connection, "kinds", NOW + 100, NOW + 95)
    assert (found.holds, found.coming, [one.id for one in found.ended]) == ((holds,), (comes,), [ended.id, over.id])
    assert (found.ended[0].ended_by, found.ended[1].ended_by) == ("otto", "")
    assert none.ended == ()
