"""Facts about registering cases in Open Klant, against a server that keeps to its rules and fails as it does."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from ivr.desk.legs import Heard
from ivr.store import attempts, cases
from ivr.store.database.connect import connect as start
from ivr.store.database.connect import writing
from ivr.store.database.schema import attempts as tried
from ivr.store.database.schema import outbox
from ivr.store.outbox import DONE, GIVEN_UP, OPENKLANT, WAITING
from ivr.worker.circuit import Circuit
from ivr.worker.destination import Answer, Destination
from ivr.worker.openklant import Api, OpenKlant, connect
from ivr.worker.outbox import LEASE, Outbox
from ivr.worker.registering import Registering
from tests.desk.schedules import case
from tests.worker.openklant.double import TOKEN, Store, serving
from tests.worker.outside import HOUR, NOW, add, change, context, held, try_citizen

KEY = "openklant:CA1:3"
ACTOR = "3f2b8b1e-5d2c-4a0b-9a52-8e6e6a1f0d11"


class World:
    """A worker beside an Open Klant."""

    def __init__(self, engine: Engine, var: Path, url: str, store: Store, token: str = TOKEN) -> None:
        self.engine = engine
        self.var = var
        self.url = url
        self.store = store
        self.now = NOW
        self.destination: Destination | None = None
        self.circuit = Circuit("open klant", failures=5, rest=30.0, clock=lambda: float(self.now))
        self.worker(token)

    def worker(self, token: str = TOKEN, name: str = "a", actors: dict[str, str] | None = None) -> None:
        """Another worker goes on."""
        here = context(self.engine, self.var, name)
        self.close()
        self.destination = connect(self.url, token, self.circuit, 1.0, 0.4)
        api = Api(self.destination)
        self.registering = Registering(here)
        self.outbox = Outbox(here, {OPENKLANT: OpenKlant(here, api, "telefoon", actors or {})})

    def close(self) -> None:
        """The worker is gone."""
        if self.destination is not None:
            self.destination.close()

    def run(self) -> None:
        """All that is due now."""
        while self.registering.run(self.now) or self.outbox.run(self.now):
            pass

    def until_done(self, hours: int = 400) -> None:
        """Let time pass until nothing is owed."""
        for _ in range(hours * 12):
            self.run()
            if held(self.engine, KEY).state != WAITING:
                return
            self.now += 300
        raise AssertionError(held(self.engine, KEY).error)

    def counts(self) -> tuple[int, ...]:
        names = ("klantcontacten", "betrokkenen", "digitaleadressen", "internetaken", "actoren")
        return tuple(len(self.store.all(name)) for name in names)


def worlds(engine: Engine, var: Path) -> Iterator[World]:
    store = Store()
    with serving(store) as url:
        made = World(engine, var, url, store)
        yield made
        made.close()


@pytest.fixture
def world(tmp_path: Path, migrated_file: Path) -> Iterator[World]:
    """On SQLite: what is asked of a server is the same on both."""
    shutil.copy(migrated_file, tmp_path / "ivr.db")
    engine = start(f"sqlite:///{tmp_path / 'ivr.db'}", durable=False)
    yield from worlds(engine, tmp_path)
    engine.dispose()


@pytest.fixture
def either(database: Engine, tmp_path: Path) -> Iterator[World]:
    """On each database in turn."""
    yield from worlds(database, tmp_path)


def test_a_case_is_a_contact_a_person_an_address_and_a_task(world: World) -> None:
    add(world.engine, case(NOW + 8 * HOUR, topic={"topic": "paspoort"}))
    world.until_done()
    assert world.counts() == (1, 1, 1, 1, 1)
    (contact,), (person,) = world.store.all("klantcontacten"), world.store.all("betrokkenen")
    (address,), (task,) = world.store.all("digitaleadressen"), world.store.all("internetaken")
    (actor,) = world.store.all("actoren")
    assert contact["nummer"][1:7] == "123456"
    assert contact.get("indicatieContactGelukt") is None
    assert person["hadKlantcontact"]["uuid"] == contact["uuid"]
    assert (address["verstrektDoorBetrokkene"]["uuid"], address["adres"]) == (person["uuid"], "+31612345678")
    assert task["aanleidinggevendKlantcontact"]["uuid"] == contact["uuid"]
    assert (task["status"], task["toegewezenAanActoren"]) == ("te_verwerken", [{"uuid": actor["uuid"]}])
    assert (actor["soortActor"], actor["naam"]) == ("organisatorische_eenheid", "desk")
    assert world.store.refused == []


def test_nothing_is_asked_a_second_time(either: World) -> None:
    add(either.engine, case(NOW + 8 * HOUR))
    either.until_done()
    asked = len(either.store.asked)
    change(either.engine, "CA1:3", escalate_at=0)  # of no interest to Open Klant
    either.run()
    assert held(either.engine, KEY).state == DONE
    assert len(either.store.asked) == asked


def test_each_attempt_in_which_the_citizen_was_rung_is_a_contact_and_the_last_ends_the_task(either: World) -> None:
    add(either.engine, case(NOW + 8 * HOUR))
    either.until_done()
    for ordinal, outcome in enumerate(("no_answer", "no_agent", "voicemail", "reached"), start=1):
        either.now += HOUR
        try_citizen(either.engine, "CA1:3", ordinal, outcome, either.now)
        either.run()
        (task,) = either.store.all("internetaken")
        assert task["status"] == ("verwerkt" if outcome == "reached" else "te_verwerken")
    first, *others = either.store.all("klantcontacten")
    assert [each["indicatieContactGelukt"] for each in others] == [False, False, True]
    linked = [each["wasKlantcontact"]["uuid"] for each in either.store.all("onderwerpobjecten")]
    assert linked == [first["uuid"]] * 3
    assert task["afgehandeldOp"]


LATE = {
    "no_answer→reached": (Heard(bridged=True, seconds=45), Heard(key="1"), True, "gesproken", "verwerkt"),
    "reached→voicemail": (Heard(bridged=True, seconds=75), Heard(machine="machine"), False, "bericht", "te_verwerken"),
}


@pytest.mark.parametrize("name", LATE)
def test_an_outcome_that_is_heard_late_corrects_what_was_told(either: World, name: str) -> None:
    talk, late, reached, words, status = LATE[name]
    leg = "CA" + "a" * 32
    add(either.engine, case())
    with writing(either.engine) as connection:
        promise = cases.load(connection, "CA1:3")
        assert promise is not None
        id = attempts.begin(connection, promise, ["sip:a@kcc.example"], "w", NOW)
        attempts.hear(connection, id, Heard(agents={leg: "in-progress"}, asked=True), NOW)
        assert attempts.accept(connection, id, leg, NOW)
        over = Heard(agents={leg: "completed"}, citizen="completed", sid="CA" + "b" * 32)
        told = attempts.hear(connection, id, over.merge(talk), NOW + 60)
    either.until_done()
    assert told == name.split("→")[0]
    assert either.store.all("klantcontacten")[1]["indicatieContactGelukt"] is not reached
    with writing(either.engine) as connection:
        assert attempts.hear(connection, id, late, NOW + 90) == name.split("→")[1]
    either.run()
    _, contact = either.store.all("klantcontacten")
    (task,) = either.store.all("internetaken")
    assert contact["indicatieContactGelukt"] is reached
    assert words in contact["inhoud"]
    assert (task["status"], bool(task["afgehandeldOp"])) == (status, reached)
    assert [path for method, path, _ in either.store.asked if method == "PATCH"] == [
        f"/klantcontacten/{contact['uuid']}", f"/internetaken/{task['uuid']}",
    ]  # fmt: skip
    assert either.store.refused == []


@pytest.mark.parametrize("fault", ["before", "after", "500", "409"])
@pytest.mark.parametrize("nth", range(2))
def test_a_correction_that_fails_once_is_made_all_the_same(world: World, fault: str, nth: int) -> None:
    add(world.engine, case())
    try_citizen(world.engine, "CA1:3", 1, "no_answer")
    world.until_done()
    count = iter(range(10**6))
    world.store.fault = lambda method, path: fault if next(count) == nth else ""
    with writing(world.engine) as connection:
        connection.execute(update(tried).values(outcome="reached"))
    change(world.engine, "CA1:3", state="reached", reached_at=NOW)
    world.until_done()
    assert [each.get("indicatieContactGelukt") for each in world.store.all("klantcontacten")] == [None, True]
    assert world.store.all("internetaken")[0]["status"] == "verwerkt"


def test_an_attempt_that_came_out_otherwise_before_its_contact_was_noted_is_corrected(world: World) -> None:
    """A worker made the contact and died before it noted that; meanwhile the key was heard."""
    add(world.engine, case())
    try_citizen(world.engine, "CA1:3", 1, "no_answer")
    world.until_done()
    with writing(world.engine) as connection:
        connection.execute(update(tried).values(outcome="reached"))
        connection.execute(update(outbox).values(answer={}))
    change(world.engine, "CA1:3", state="reached", reached_at=NOW)
    world.until_done()
    assert [each.get("indicatieContactGelukt") for each in world.store.all("klantcontacten")] == [None, True]


def test_a_contact_that_somebody_removed_there_is_no_fault(world: World) -> None:
    add(world.engine, case())
    try_citizen(world.engine, "CA1:3", 1, "no_answer")
    world.until_done()
    world.store.held["klantcontacten"].clear()
    with writing(world.engine) as connection:
        connection.execute(update(tried).values(outcome="reached"))
    change(world.engine, "CA1:3", state="reached", reached_at=NOW)
    world.run()
    assert held(world.engine, KEY).state == DONE
    assert world.store.all("internetaken")[0]["status"] == "verwerkt"


def test_an_attempt_of_which_nobody_knows_how_it_came_out_is_not_registered(world: World) -> None:
    add(world.engine, case(NOW + 8 * HOUR))
    try_citizen(world.engine, "CA1:3", 1, "unsure")
    world.until_done()
    assert len(world.store.all("klantcontacten")) == 1


def test_what_happened_before_it_was_registered_is_registered_too(world: World) -> None:
    add(world.engine, case(NOW + 8 * HOUR))
    try_citizen(world.engine, "CA1:3", 1, "busy")
    try_citizen(world.engine, "CA1:3", 2, "reached")
    world.until_done()
    assert [each.get("indicatieContactGelukt") for each in world.store.all("klantcontacten")] == [None, False, True]
    assert world.store.all("internetaken")[0]["status"] == "verwerkt"
    assert not any(method == "PATCH" for method, _, _ in world.store.asked)


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_a_case_at_its_end_ends_the_task(world: World, state: str) -> None:
    add(world.engine, case(NOW + 8 * HOUR))
    world.until_done()
    change(world.engine, "CA1:3", state=state, closed_at=NOW + 60)
    world.run()
    assert world.store.all("internetaken")[0]["status"] == "verwerkt"


def test_a_promise_that_moved_is_told_to_the_task(world: World) -> None:
    add(world.engine, case(NOW + 8 * HOUR))
    world.until_done()
    change(world.engine, "CA1:3", due=NOW + 56 * HOUR)
    world.run()
    assert "donderdag 3 december" in world.store.all("internetaken")[0]["toelichting"]


def test_a_caller_without_a_number_has_no_address(world: World) -> None:
    for number, caller in enumerate(("", "+3114050", "anonymous")):
        add(world.engine, case(NOW + 8 * HOUR, id=f"CA{number}:3", caller=caller))
    world.run()
    world.now += 10
    world.run()
    assert world.counts()[:4] == (3, 3, 0, 3)
    assert "+3114050" not in str(world.store.asked)


def test_the_task_is_given_to_the_actor_that_is_named(world: World) -> None:
    world.store.held["actoren"][ACTOR] = {"uuid": ACTOR}
    world.worker(actors={"*": ACTOR})
    add(world.engine, case(NOW + 8 * HOUR))
    world.until_done()
    assert world.store.all("internetaken")[0]["toegewezenAanActoren"] == [{"uuid": ACTOR}]
    assert len(world.store.all("actoren")) == 1


def test_a_team_has_one_actor_however_many_cases_it_has(world: World) -> None:
    for number in range(5):
        add(world.engine, case(NOW + 8 * HOUR, id=f"CA{number}:3"))
    world.run()
    world.now += 10
    world.run()
    assert world.counts() == (5, 5, 5, 5, 1)


def test_two_cases_with_the_same_number_are_two_contacts(world: World) -> None:
    world.store.add("klantcontacten", {"nummer": number_of("CA1:3"), "onderwerp": "iets anders", "metadata": {}})
    add(world.engine, case(NOW + 8 * HOUR))
    world.until_done()
    assert len({each["nummer"] for each in world.store.all("klantcontacten")}) == 2


def number_of(id: str) -> str:
    from ivr.desk.openklant import numbers

    return next(numbers(case(id=id), 0))


@pytest.mark.parametrize("fault", ["before", "after", "500", "503", "429", "409", "slow"])
@pytest.mark.parametrize("nth", range(9))
def test_whatever_fails_once_nothing_is_lost_and_nothing_is_there_twice(world: World, fault: str, nth: int) -> None:
    count = iter(range(10**6))
    world.store.fault = lambda method, path: fault if next(count) == nth else ""
    add(world.engine, case(NOW + 8 * HOUR))
    world.until_done()
    try_citizen(world.engine, "CA1:3", 1, "reached")
    world.until_done()
    assert held(world.engine, KEY).state == DONE
    assert world.counts() == (2, 2, 1, 1, 1)
    assert world.store.refused == []


@pytest.mark.parametrize("path", ["/maak-klantcontact", "/internetaken"])
def test_what_the_server_takes_only_after_it_was_looked_up_is_not_there_twice(world: World, path: str) -> None:
    """It bears a number that can be there once."""
    late = iter(("late",))
    world.store.fault = lambda method, asked: next(late, "") if (method, asked) == ("POST", path) else ""
    world.worker(actors={"*": ACTOR})
    world.store.held["actoren"][ACTOR] = {"uuid": ACTOR}
    add(world.engine, case(NOW + 8 * HOUR))
    world.until_done()
    assert world.counts() == (1, 1, 1, 1, 1)


def test_a_worker_that_dies_between_a_request_and_its_note_leaves_nothing_twice(either: World) -> None:
    """The request is taken and the worker is gone: the next one finds what is there."""
    add(either.engine, case(NOW + 8 * HOUR))
    try_citizen(either.engine, "CA1:3", 1, "no_answer")

    class Killed(BaseException):
        """As kill -9: nothing of ours sees it."""

    for step in range(30):
        either.worker(name=f"w{step}")
        send = either.destination.send

        def dying(method: str, path: str, send: Callable[..., Answer] = send, **more: object) -> Answer:
            answer = send(method, path, **more)
            if method == "POST":
                raise Killed
            return answer

        either.destination.send = dying  # type: ignore[assignment]
        try:
            either.run()
        except Killed:
            either.now += LEASE
            continue
        either.now += 5
        if held(either.engine, KEY).state == DONE:
            break
    assert held(either.engine, KEY).state == DONE, held(either.engine, KEY)
    assert either.counts() == (2, 2, 1, 1, 1)


def test_a_token_that_is_not_accepted_gives_nothing_up_and_the_right_one_goes_on(world: World) -> None:
    world.worker("another token")
    add(world.engine, case(NOW + 8 * HOUR))
    for _ in range(110):  # more than it would be tried, if that counted
        world.run()
        world.now += HOUR
    item = held(world.engine, KEY)
    assert item.state == WAITING
    assert "401: see its settings" in item.error
    assert "another token" not in item.error
    world.worker()
    world.until_done()
    assert world.counts() == (1, 1, 1, 1, 1)


def test_while_it_is_down_it_is_hardly_asked(world: World) -> None:
    world.store.fault = lambda method, path: "503"
    for number in range(20):
        add(world.engine, case(NOW + 8 * HOUR, id=f"CA{number}:3"))
    for _ in range(60):
        world.run()
        world.now += 30
    assert len(world.store.asked) <= 5 + 60
    world.store.fault = lambda method, path: ""
    for _ in range(60):
        world.run()
        world.now += 300
    assert world.counts() == (20, 20, 20, 20, 1)


def test_what_is_refused_is_given_up_and_says_which_field(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.store.held["actoren"].clear()
    world.worker(actors={"*": ACTOR})  # there is no such actor
    add(world.engine, case(NOW + 8 * HOUR))
    with caplog.at_level(logging.ERROR):
        world.until_done()
    item = held(world.engine, KEY)
    assert item.state == GIVEN_UP
    assert "toegewezenAanActoren.uuid (invalid)" in item.error
    assert "+31612345678" not in caplog.text + item.error


def test_a_task_that_somebody_removed_there_is_no_fault(world: World) -> None:
    add(world.engine, case(NOW + 8 * HOUR))
    world.until_done()
    world.store.held["internetaken"].clear()
    change(world.engine, "CA1:3", state="closed", closed_at=NOW + 60)
    world.run()
    assert held(world.engine, KEY).state == DONE


def test_nothing_in_the_outbox_holds_a_telephone_number(world: World) -> None:
    add(world.engine, case(NOW + 8 * HOUR))
    world.until_done()
    item = held(world.engine, KEY)
    assert "612345678" not in str(item)


def test_an_address_without_a_path_is_that_of_the_api() -> None:
    circuit = Circuit("x")
    for given, base in (
        ("https://ok.example", "https://ok.example/klantinteracties/api/v1"),
        ("https://ok.example/sub/klantinteracties/api/v1", "https://ok.example/sub/klantinteracties/api/v1"),
    ):
        assert connect(given, TOKEN, circuit, 1, 1)._base == base
