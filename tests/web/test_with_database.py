"""Facts about promises with a database beside the journal: well, slow, gone, or shared by machines that share nothing else."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import OperationalError

from ivr.desk.promises import promise_days
from ivr.model.actions import CancelCase, FindCase, JoinCase, OpenCase
from ivr.model.events import (
    CaseCancelled,
    CaseFound,
    CaseJoined,
    CaseOpened,
    CaseRefused,
    CaseUnknown,
    EffectFailed,
    Event,
)
from ivr.store import books, session
from ivr.store import places as counting
from ivr.store.database.connect import connect, impatient, reading, writing
from ivr.store.database.schema import cases, places
from ivr.store.drain.drainer import Drainer
from ivr.store.journal import read_journals
from ivr.store.places import GIVE_BACK_SECONDS, give_back
from ivr.web import deciding
from ivr.web.owed import Desk, GroupCommit
from tests.engine.calls import Call, instant

NOW = instant("2026-12-01 10:00")
PER_DAY, DAYS = 2, 10


@pytest.fixture(autouse=True)
def at_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ten o'clock for whoever promises, and for the places."""
    monkeypatch.setattr(deciding.time, "time", lambda: float(NOW))


class Machine:
    """A web process with a journal of its own."""

    def __init__(self, folder: Path, database: Engine) -> None:
        self.folder = folder
        self.books = books.Books(folder / "journal", impatient(database))
        self.commit = GroupCommit(self.books)
        self.desk = Desk(self.commit, database)
        self.call = Call().press("8", "1")

    async def promise(self, call: str, sequence: int = 3) -> Event:
        """What a caller who wants to be rung is promised."""
        return await self.perform(self.call.last, call, sequence)

    async def perform(self, effect: object, call: str = "CA9", sequence: int = 9) -> Event:
        """What comes of an effect."""
        return await self.desk.perform(effect, self.call.moment, self.call.state, call, sequence, "v")  # type: ignore[arg-type]


@pytest.fixture
async def machines(database: Engine, tmp_path: Path) -> AsyncIterator[tuple[Machine, Machine]]:
    """Two machines that share nothing but the database."""
    both = Machine(tmp_path / "one", database), Machine(tmp_path / "other", database)
    yield both
    for machine in both:
        machine.commit.close()


def days(machine: Machine) -> list[int]:
    """When a promise could be due, in order."""
    effect = machine.call.last
    assert isinstance(effect, OpenCase)
    return [due for due, _ in promise_days(machine.call.moment.almanac, effect, NOW)]


def dues(events: Sequence[Event]) -> list[int]:
    return sorted(event.due for event in events if isinstance(event, CaseOpened))


async def test_two_callers_at_once_for_the_last_place_do_not_both_get_it(machines: tuple[Machine, Machine]) -> None:
    one, other = machines
    await one.promise("CA0")
    both = await asyncio.gather(one.promise("CA1"), other.promise("CA2"))
    assert dues(both) == days(one)[:2]


async def test_machines_that_share_only_the_database_fill_each_day_exactly(machines: tuple[Machine, Machine]) -> None:
    calls = PER_DAY * DAYS + 6
    events = await asyncio.gather(*(machines[n % 2].promise(f"CA{n}") for n in range(calls)))
    assert Counter(dues(events)) == dict.fromkeys(days(machines[0]), PER_DAY)
    assert sum(isinstance(event, CaseRefused) for event in events) == 6
    numbers = [event.case for event in events if isinstance(event, CaseOpened)]
    assert len(set(numbers)) == len(numbers)


async def test_a_turn_that_is_asked_for_again_on_another_machine_is_answered_alike_and_takes_one_place(
    machines: tuple[Machine, Machine], database: Engine, tmp_path: Path
) -> None:
    one, other = machines
    first, again = await one.promise("CA1"), await other.promise("CA1")
    assert first == again
    for machine in machines:
        Drainer(database, machine.folder, b"k", lambda _: (0, 0)).drain()
    with reading(database) as connection:
        assert len(connection.execute(select(cases.c.id)).all()) == 1
        assert len(connection.execute(select(places.c.call)).all()) == 1


async def test_a_number_that_a_case_of_another_machine_bears_is_not_given_again(
    machines: tuple[Machine, Machine], database: Engine
) -> None:
    one, other = machines
    first = await one.promise("CA1")
    assert isinstance(first, CaseOpened)
    with writing(database) as connection:
        connection.execute(delete(places))
        connection.execute(insert(cases).values(id="x", number=first.case, opened=NOW))
    again = await other.promise("CA1")
    assert isinstance(again, CaseOpened)
    assert again.case != first.case


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is gone for whoever writes."""
    monkeypatch.setattr(session, "writing", refuses)


def refuses(_: Engine) -> None:
    raise OperationalError("x", {}, Exception("gone"))


@pytest.mark.usefixtures("gone")
async def test_a_promise_made_while_the_database_is_gone_is_a_working_day_more_cautious(
    machines: tuple[Machine, Machine],
) -> None:
    one, _ = machines
    event = await one.promise("CA1")
    assert dues([event]) == [days(one)[1]]
    (entry,) = read_journals(one.folder / "journal")
    assert entry["cautious"] is True


@pytest.mark.usefixtures("gone")
async def test_days_are_filled_by_the_journal_alone_while_the_database_is_gone(
    machines: tuple[Machine, Machine],
) -> None:
    one, _ = machines
    events = [await one.promise(f"CA{n}") for n in range(PER_DAY * DAYS)]
    assert Counter(dues(events)) == dict.fromkeys(days(one)[1:], PER_DAY)


async def test_a_place_that_was_promised_without_the_database_counts_once_it_is_back(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = machines
    with monkeypatch.context() as patched:
        patched.setattr(session, "writing", refuses)
        away = [await one.promise(f"CA{n}") for n in range(PER_DAY)]
    one.books._ask_again = 0.0
    back = [await one.promise(f"CB{n}") for n in range(2 * PER_DAY)]
    assert set(dues(away)) == {days(one)[1]}
    assert Counter(dues(back)) == {days(one)[0]: PER_DAY, days(one)[2]: PER_DAY}


async def test_a_database_that_failed_is_left_alone_for_a_moment(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = machines
    asked: list[int] = []

    def counted(_: Engine) -> None:
        asked.append(1)
        raise OperationalError("x", {}, Exception("gone"))

    monkeypatch.setattr(session, "writing", counted)
    for n in range(5):
        await one.promise(f"CA{n}")
    assert len(asked) == 1


async def test_a_database_that_nobody_can_reach_costs_a_turn_seconds_at_most(tmp_path: Path) -> None:
    away = Machine(tmp_path, connect("postgresql://nobody@127.0.0.1:1/nothing"))
    began = asyncio.get_running_loop().time()
    event = await away.promise("CA1")
    assert isinstance(event, CaseOpened)
    assert asyncio.get_running_loop().time() - began < 4.5
    away.commit.close()


async def test_a_case_is_found_by_its_number_before_and_after_it_is_drained(
    machines: tuple[Machine, Machine], database: Engine
) -> None:
    one, other = machines
    opened = await one.promise("CA1")
    assert isinstance(opened, CaseOpened)
    look = FindCase(0, opened.case)
    expected = CaseFound(opened.case, opened.due, "promised")
    assert await one.perform(look) == expected
    assert await other.perform(look) == CaseUnknown(), "it stands in the journal of another machine"
    Drainer(database, one.folder, b"k", lambda _: (0, 0)).drain()
    assert await one.perform(look) == await other.perform(look) == expected
    assert await other.perform(FindCase(0, "000000")) == CaseUnknown()


@pytest.mark.parametrize("state", ["reached", "closed", "cancelled"])
async def test_a_case_that_is_settled_is_said_to_be_over(
    machines: tuple[Machine, Machine], database: Engine, state: str
) -> None:
    with writing(database) as connection:
        connection.execute(insert(cases).values(id="x", number="123456", opened=NOW, due=NOW, state=state))
    assert await machines[0].perform(FindCase(0, "123456")) == CaseFound("123456", NOW, "over")


async def test_a_number_that_two_running_cases_share_names_neither(
    machines: tuple[Machine, Machine], database: Engine
) -> None:
    rows = [{"id": id, "number": "123456", "opened": NOW, "state": "open"} for id in "xy"]
    with writing(database) as connection:
        connection.execute(insert(cases), rows)
    assert await machines[0].perform(FindCase(0, "123456")) == CaseUnknown()
    with writing(database) as connection:
        connection.execute(update(cases).where(cases.c.id == "x").values(state="closed"))
    assert await machines[0].perform(FindCase(0, "123456")) == CaseFound("123456", 0, "open")


async def test_a_caller_who_cancels_hears_at_once_that_it_is_over(
    machines: tuple[Machine, Machine], database: Engine
) -> None:
    one, _ = machines
    opened = await one.promise("CA1")
    assert isinstance(opened, CaseOpened)
    assert await one.perform(JoinCase(0, opened.case), "CA2", 5) == CaseJoined()
    assert await one.perform(CancelCase(0, opened.case), "CA2", 7) == CaseCancelled()
    assert await one.perform(CancelCase(0, opened.case), "CA2", 7) == CaseCancelled()
    assert await one.perform(FindCase(0, opened.case)) == CaseFound(opened.case, opened.due, "over")
    Drainer(database, one.folder, b"k", lambda _: (0, 0)).drain()
    with reading(database) as connection:
        assert connection.execute(select(cases.c.state)).scalar() == "cancelled"
        assert connection.execute(select(places.c.call)).all() == [], "its place is free again"


async def test_with_the_database_gone_no_case_can_be_looked_for(
    tmp_path: Path,
) -> None:
    away = Machine(tmp_path, connect("postgresql://nobody@127.0.0.1:1/nothing"))
    assert await away.perform(FindCase(0, "123456")) == EffectFailed()
    opened = await away.promise("CA1")
    assert isinstance(opened, CaseOpened)
    assert await away.perform(FindCase(0, opened.case)) == EffectFailed(), "it may have been moved, or kept, since"
    away.commit.close()


@pytest.mark.parametrize("where", ["_lock", "write"])
async def test_a_database_that_hangs_holds_up_no_promise(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(session, "BUDGET", 0.2)
    thaw = threading.Event()
    plain = getattr(counting.Places, where)

    def hangs(self: counting.Places, *more: object) -> None:
        thaw.wait(20)
        plain(self, *more)

    one, _ = machines
    with monkeypatch.context() as patched:
        patched.setattr(counting.Places, where, hangs)
        began = asyncio.get_running_loop().time()
        events = await asyncio.gather(*(one.promise(f"CA{n}") for n in range(4)))
        one.books._ask_again = 0.0
        events.append(await one.promise("CA9"))
        assert asyncio.get_running_loop().time() - began < 2, "one waits; the others know by then"
    assert Counter(dues(events)) == {days(one)[1]: PER_DAY, days(one)[2]: PER_DAY, days(one)[3]: 1}
    thaw.set()
    assert one.books._session is not None
    one.books._session._over.wait(5)
    one.books._ask_again = 0.0
    back = await one.promise("CB1")
    assert isinstance(back, CaseOpened)


async def test_promises_made_without_the_database_count_once_when_they_are_drained(
    machines: tuple[Machine, Machine], database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = machines
    with monkeypatch.context() as patched:
        patched.setattr(session, "writing", refuses)
        away = await one.promise("CA1")
    Drainer(database, one.folder, b"k", lambda _: (0, 0)).drain()
    one.books._ask_again = 0.0
    back = [await one.promise(f"CB{n}") for n in range(2 * PER_DAY - 1)]
    assert Counter(dues([away, *back])) == {days(one)[0]: PER_DAY, days(one)[1]: PER_DAY}


async def test_a_place_whose_promise_never_came_to_be_is_given_back(
    machines: tuple[Machine, Machine], database: Engine
) -> None:
    one, other = machines
    kept, lost = await one.promise("CA1"), await other.promise("CA2")
    Drainer(database, one.folder, b"k", lambda _: (0, 0)).drain()  # that of the other dies with its disk
    with writing(database) as connection:
        assert give_back(connection, NOW + GIVE_BACK_SECONDS) == 0, "it may still be on its way"
        assert give_back(connection, NOW + GIVE_BACK_SECONDS + 1) == 1
        held = connection.execute(select(places.c.number)).scalars().all()
    assert isinstance(kept, CaseOpened)
    assert isinstance(lost, CaseOpened)
    assert held == [kept.case]
