"""Who waits in our queues, and which agents are rung for them, on either database."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert, select

from ivr.desk.attempt import ACCEPTED, NO_AGENT, OVER, RINGING
from ivr.desk.case import Case
from ivr.desk.legs import Heard
from ivr.model.graph import Team
from ivr.store import attempts, waits
from ivr.store import cases as cases_
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import waits as table
from ivr.store.waits import GONE, TAKEN, Queue, Ring
from ivr.worker.queueing import targets
from ivr.worker.ringing import Rung

NOW = 1_796_115_600
TARGETS = ("sip:e@kcc.example", "sip:f@kcc.example")
CASE = Case(
    id="CA1:3", number="123456", kind="callback", table="kinds", zone="Europe/Amsterdam", team="line", language="nl",
    caller="+31612345678", opened=NOW,
)  # fmt: skip


def join(database: Engine, call: str, since: int, queue: str = "kinds-line", joined: int = 0, **more: object) -> None:
    """Somebody waits."""
    row = {"call": call, "sequence": 4, "table_id": "kinds", "team": "line", "queue": queue, "since": since}
    with writing(database) as connection:
        connection.execute(insert(table).values(**(row | {"joined": joined or since} | more)))


def begin(database: Engine, target: str = "sip:e@kcc.example") -> str:
    with writing(database) as connection:
        return waits.begin(connection, "kinds", "line", target, "w1", NOW)


def take(database: Engine, id: str, leg: str = "CA9") -> str:
    with writing(database) as connection:
        return waits.take(connection, id, leg, NOW)


def held(database: Engine, id: str) -> Ring:
    with reading(database) as connection:
        ring = waits.look(connection, id)
    assert ring is not None
    return ring


def test_an_agent_gets_the_queue_whose_head_has_waited_longest_an_old_place_counting(database: Engine) -> None:
    join(database, "CA1", NOW - 100)
    join(database, "CA2", NOW - 900, "kinds-line-back", joined=NOW - 5)
    join(database, "CA3", NOW - 2000, left=NOW - 1000, outcome="hung_up")
    with reading(database) as connection:
        assert waits.queues(connection, NOW) == [Queue("kinds", "line", 2, NOW - 900)]
    assert [take(database, begin(database)) for _ in range(3)] == ["kinds-line-back", "kinds-line", ""]


def test_who_was_given_to_an_agent_no_longer_waits_and_the_same_leg_gets_the_same_queue_again(database: Engine) -> None:
    join(database, "CA1", NOW - 100)
    id = begin(database)
    assert take(database, id) == "kinds-line"
    with reading(database) as connection:
        assert waits.queues(connection, NOW) == []
    assert (take(database, id), take(database, id, "CAother")) == ("kinds-line", "")


def test_a_ring_is_over_once_and_late_news_changes_nothing(database: Engine) -> None:
    id = begin(database)
    for status, state in (("queued", RINGING), ("no-answer", OVER), ("ringing", OVER), ("completed", OVER)):
        with writing(database) as connection:
            waits.hear(connection, id, "CA9", status, NOW + 20)
        assert held(database, id).state == state
    assert (held(database, id).outcome, held(database, id).ended) == (NO_AGENT, NOW + 20)
    assert take(database, id) == ""


def busy(database: Engine) -> set[str]:
    with reading(database) as connection:
        return waits.busy(connection)


def test_once_somebody_accepted_an_attempt_only_they_are_busy_with_it(database: Engine) -> None:
    with writing(database) as connection:
        cases_.add(connection, CASE)
        id = attempts.begin(connection, CASE, TARGETS, "w", NOW)
    assert busy(database) == set(TARGETS)
    with writing(database) as connection:
        assert attempts.accept(connection, id, "CA7", NOW)
    assert busy(database) == set()  # who accepted is not known
    with writing(database) as connection:
        attempts.hear(connection, id, Heard(to={"CA6": TARGETS[0], "CA7": TARGETS[1]}), NOW)
    assert busy(database) == {TARGETS[1]}


def test_whom_a_leg_rang_that_accepts_is_learned_from_the_provider(database: Engine) -> None:
    with writing(database) as connection:
        cases_.add(connection, CASE)
        id = attempts.begin(connection, CASE, TARGETS, "w", NOW)
        assert attempts.accept(connection, id, "CA7", NOW, TARGETS[0])
    assert busy(database) == {TARGETS[0]}


def test_the_providers_books_correct_who_waits(database: Engine) -> None:
    join(database, "CA1", NOW - 100)
    join(database, "CA2", NOW - 100)
    join(database, "CA3", NOW - 5)  # too fresh to be judged
    join(database, "CA4", NOW - 100, outcome=TAKEN)
    join(database, "CA5", NOW - 100, outcome=TAKEN)
    with writing(database) as connection:
        waits.agree(connection, "kinds", "line", "kinds-line", {"CA1": 100, "CA5": 100, "CA7": 50, "CA8": 3}, NOW)
        rows = connection.execute(select(table.c.call, table.c.outcome, table.c.since).order_by(table.c.call)).all()
    assert [tuple(row) for row in rows] == [
        ("CA1", "", NOW - 100),
        ("CA2", GONE, NOW - 100),
        ("CA3", "", NOW - 5),
        ("CA4", TAKEN, NOW - 100),
        ("CA5", "", NOW - 100),
        ("CA7", "", NOW - 50),
    ]


def rung(*dial: str, in_order: bool) -> Rung:
    return Rung(Team("line", (), 0, "twilio", dial, in_order, 25, 0, ()), None, "+31503679111")


RINGS = Ring(id="1", table="kinds", team="line", target="a", state=RINGING)
TALKS = Ring(id="2", table="kinds", team="line", target="b", state=ACCEPTED)


@pytest.mark.parametrize(
    ("in_order", "waiting", "mine", "in_vain", "busy", "wanted"),
    [
        (False, 1, [], {}, set(), ["a", "b", "c"]),
        (False, 1, [RINGS], {}, {"c"}, ["b"]),
        (True, 1, [], {}, set(), ["a"]),
        (True, 2, [], {}, set(), ["a", "b"]),
        (True, 9, [], {}, set(), ["a", "b", "c"]),
        (True, 1, [RINGS], {}, set(), []),
        (True, 1, [TALKS], {}, set(), ["a"]),
        (True, 1, [], {"a": (1, NOW - 60)}, set(), ["b"]),
        (True, 1, [], {"a": (1, NOW - 60), "b": (1, NOW - 5), "c": (2, NOW - 60)}, set(), ["a"]),
        (False, 1, [], {"a": (1, NOW - 1), "b": (1, NOW - 9), "c": (1, NOW - 10)}, set(), ["c"]),
    ],
)
def test_as_many_agents_are_rung_as_there_is_need_of(
    in_order: bool, waiting: int, mine: list[Ring], in_vain: waits.InVain, busy: set[str], wanted: list[str]
) -> None:
    queue = Queue("kinds", "line", waiting, NOW - 60)
    assert targets(rung("a", "b", "c", in_order=in_order), queue, mine, in_vain, busy, NOW) == wanted
