"""A citizen is rung back over HTTP: a real webhook, a worker with the real client, a double of Twilio, a real database."""

from __future__ import annotations

import multiprocessing
import random
import socket
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import OperationalError

from ivr.desk.attempt import ACCEPTED, BEGUN, OVER, RINGING
from ivr.store import attempts
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import attempts as table
from ivr.store.database.schema import cases, rings, waits
from ivr.worker.context import Task
from tests.twilio_double.double import Double, twilio_double
from tests.twilio_double.people import ANSWERS, BUSY, NO_ANSWER, VOICEMAIL, Person, crowd
from tests.worker.calling import AGENTS, be, make_app, make_tasks, put_cases, served, states, work

CITIZEN = "+31612345678"
TAKES = Person(keys=("1", "1"), talks=300.0)
NEVER = Person(NO_ANSWER)


class Set:
    """What a test has: the double, a worker's tasks, the database."""

    def __init__(self, double: Double, engine: Engine, tasks: list[Task]) -> None:
        self.double = double
        self.engine = engine
        self.tasks = tasks

    def go_on(self, *wanted: str, seconds: float = 20.0) -> bool:
        """Work until all cases are in one of these states and nobody is on the line."""
        return work(
            self.tasks, lambda: set(states(self.engine)) <= set(wanted) and not self.double.books.running(), seconds
        )

    def outcomes(self) -> list[str]:
        """What came of the attempts."""
        with reading(self.engine) as connection:
            return list(connection.scalars(select(table.c.outcome).order_by(table.c.began, table.c.id)))


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def line(database: Engine, tmp_path: Path) -> Iterator[Set]:
    """A webhook, a worker, and people who can be rung."""
    port = free_port()
    with twilio_double(pace=100.0) as double, served(make_app(tmp_path, database, port), port):
        double.people[AGENTS[0]] = TAKES
        double.people[AGENTS[1]] = NEVER
        yield Set(double, database, make_tasks(tmp_path, database, port, double.url))


def test_an_agent_hears_the_case_accepts_by_key_and_speaks_to_the_citizen(line: Set) -> None:
    put_cases(line.engine, [CITIZEN])
    assert line.go_on("reached")
    [agent] = line.double.books.legs(AGENTS[0])
    assert agent.heard[0].startswith("Terugbellen. Zaak 1")
    assert "Toets 1 om de inwoner te bellen" in agent.heard[0]
    assert "Toets 1" in agent.heard[1]
    [citizen] = line.double.books.legs(CITIZEN)
    assert (citizen.parent, citizen.from_) == (agent.sid, "+31503679111")
    assert line.outcomes() == ["reached"]
    assert line.double.books.faults == []


@pytest.mark.parametrize(
    ("person", "key", "outcome", "says"),
    [
        (Person(BUSY), "1", "busy", "in gesprek"),
        (NEVER, "1", "no_answer", "nam niet op"),
        (Person(VOICEMAIL, talks=100.0), "", "voicemail", "voicemail"),
        (Person(ANSWERS, talks=100.0), "2", "voicemail", "genoteerd"),
        (Person(ANSWERS, talks=100.0), "", "reached", "voicemail"),
    ],
)
def test_what_became_of_the_citizens_leg_is_the_outcome_and_the_key_wins(
    line: Set, person: Person, key: str, outcome: str, says: str
) -> None:
    line.double.people[AGENTS[0]] = Person(keys=("1", key), talks=300.0)
    line.double.people[CITIZEN] = person
    put_cases(line.engine, [CITIZEN])
    assert line.go_on("reached" if outcome == "reached" else "not_reached")
    assert line.outcomes() == [outcome]
    assert says in line.double.books.legs(AGENTS[0])[0].heard[-1]
    assert line.double.books.dialled[CITIZEN] == 1


@pytest.mark.parametrize("keys", [(), ("2",), ("",)])
def test_without_the_key_the_citizen_is_not_rung(line: Set, keys: tuple[str, ...]) -> None:
    line.double.people[AGENTS[0]] = Person(keys=keys)
    put_cases(line.engine, [CITIZEN])
    assert line.go_on("planned")
    assert line.outcomes() == ["no_agent"]
    assert line.double.books.dialled[CITIZEN] == 0


def test_with_the_database_gone_at_the_key_nobody_is_dialled_and_the_agent_hears_so(
    line: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("", {}, Exception("gone"))

    monkeypatch.setattr(attempts, "accept", gone)
    put_cases(line.engine, [CITIZEN])
    assert line.go_on("planned")
    assert "niet gebeld" in line.double.books.legs(AGENTS[0])[0].heard[-1]
    assert line.double.books.dialled[CITIZEN] == 0


def test_a_case_that_is_cancelled_while_the_team_is_rung_is_not_dialled(line: Set) -> None:
    put_cases(line.engine, [CITIZEN])
    line.tasks[1].run(int(time.time()))
    with writing(line.engine) as connection:
        connection.execute(update(cases).values(state="cancelled", revision=cases.c.revision + 1))
    assert line.go_on("cancelled")
    assert "niet meer" in line.double.books.legs(AGENTS[0])[0].heard[-1]
    assert line.double.books.dialled[CITIZEN] == 0


def test_requests_that_come_twice_late_or_never_dial_nobody_twice(line: Set) -> None:
    citizens = [f"+3161234{n:04d}" for n in range(24)]
    line.double.people = crowd(7)
    line.double.faults.hooks.lost = line.double.faults.hooks.twice = 0.25
    line.double.faults.hooks.late = 0.3
    line.double.faults.shares["calls.create"] = {"500 after": 0.1, "429": 0.1}
    put_cases(line.engine, citizens)
    books = line.double.books
    work(line.tasks, lambda: sum(books.dialled[citizen] for citizen in citizens) > 7)
    line.go_on("reached", "not_reached", "planned", seconds=2)  # what was lost keeps some of them back
    assert books.twice() == []
    assert all(books.overlapping(citizen) <= 1 for citizen in citizens)
    assert "POST /voice/kinds/accept" not in books.differing  # a whisper may differ: a colleague was quicker
    assert sum(books.dialled[citizen] for citizen in citizens) > 5


def test_an_agent_is_rung_for_who_waits_in_our_queue_and_nobody_when_nobody_waits(line: Set) -> None:
    assert work(line.tasks, lambda: False, seconds=0.2) is False
    assert line.double.books.dialled.total() == 0
    port = line.tasks[3]._ringer._public_url  # type: ignore[attr-defined]  # where the webhook is
    line.double.people["sip:e@kcc.example"] = Person(keys=("1",), talks=30.0)
    line.double.people["sip:f@kcc.example"] = NEVER
    caller = Person(keys=("5",), stays=900.0, talks=300.0)
    call = line.double.call_in(f"{port}/voice/kinds", "+3114050", CITIZEN, caller, told=f"{port}/voice/kinds/status")

    def over() -> bool:
        with reading(line.engine) as connection:
            live = connection.scalar(select(func.count()).select_from(rings).where(rings.c.state != OVER))
            waiting = connection.scalar(select(func.count()).select_from(waits).where(waits.c.left.is_(None)))
        return call.ended_at > 0 and not live and not waiting

    assert work(line.tasks, over)
    with reading(line.engine) as connection:
        taken = connection.scalars(select(rings.c.target).where(rings.c.outcome == "taken")).all()
    assert taken == ["sip:e@kcc.example"]


def test_a_caller_who_leaves_the_queue_stops_the_ringing(line: Set) -> None:
    port = line.tasks[3]._ringer._public_url  # type: ignore[attr-defined]  # where the webhook is
    for target in ("sip:e@kcc.example", "sip:f@kcc.example"):
        line.double.people[target] = Person(after=500.0)
    call = line.double.call_in(
        f"{port}/voice/kinds", "+3114050", CITIZEN, Person(keys=("5",), stays=60.0), told=f"{port}/voice/kinds/status"
    )
    assert work(line.tasks, lambda: len(line.double.books.legs("sip:e@kcc.example")) > 0)
    line.double.hang_up(call)
    assert work(line.tasks, lambda: not line.double.books.running())
    assert {leg.status for leg in line.double.books.legs("sip:e@kcc.example")} <= {"canceled", "no-answer"}


def test_nobody_is_dialled_twice_while_the_webhook_and_the_worker_are_killed(database: Engine, tmp_path: Path) -> None:
    port, url = free_port(), database.url.render_as_string(hide_password=False)
    citizens = [f"+3161234{n:04d}" for n in range(40)]
    chance = random.Random(5)
    with twilio_double(pace=100.0) as double:
        double.people = crowd(3)
        # several teams: one whose worker was killed while it rang is not rung again before its lease is over
        put_cases(database, citizens, "several", "order", "line", "order")
        running = {what: _start(what, tmp_path, url, port, double.url) for what in ("web", "worker")}
        try:
            for n in range(6):
                time.sleep(chance.uniform(0.1, 1.0))
                what = ("worker", "web")[n % 2]
                running[what].kill()
                running[what].join()
                running[what] = _start(what, tmp_path, url, port, double.url)
            time.sleep(1)
        finally:
            for process in running.values():
                process.kill()
                process.join()
        assert double.books.twice() == []
        assert all(double.books.overlapping(citizen) <= 1 for citizen in citizens)
        assert sum(double.books.dialled[citizen] for citizen in citizens) > 5
        double.settle(8)
        tasks = make_tasks(tmp_path, database, port, double.url, "successor")
        later = int(time.time())
        for n in range(12):  # a successor looks after what is left, as time goes by
            for task in (tasks[0], tasks[2]):
                task.run(later + 70 * n)
        with reading(database) as connection:
            open_ = select(table.c.state).where(table.c.state.in_((BEGUN, RINGING, ACCEPTED)))
            assert list(connection.scalars(open_)) == []


def _start(what: str, *given: object) -> BaseProcess:
    """A process that is up: forked from one that has imported all, so that it is there at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.worker.calling"])
    up = context.Event()
    process = context.Process(target=be, args=(what, up, *given), daemon=True)
    process.start()
    assert up.wait(60)
    return process
