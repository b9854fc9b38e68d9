"""A promise from the telephone to "reached": a caller, the board in a browser, an agent's telephone, the citizen, over HTTP."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from ivr.store import attempts as attempts_
from ivr.store.database.connect import reading
from ivr.store.database.schema import attempts
from ivr.store.desk import asking
from ivr.worker.context import Context, Task
from ivr.worker.settings import WorkerSettings
from ivr.worker.twilio_rest import provider_of
from tests.pages.browser import Desk, visiting
from tests.pages.promises.town import CITIZEN, case_of, desk_of, put, table
from tests.twilio_double.double import ACCOUNT, TOKEN, Double, twilio_double
from tests.twilio_double.people import NO_ANSWER, Person
from tests.worker import calling

MINE = "sip:anna@kcc.example"
JSON = {"Accept": "application/json"}


class Working:
    """A worker, in a thread."""

    def __init__(self, tasks: list[Task]) -> None:
        self._tasks = tasks
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(0.02):
            for task in self._tasks:
                task.run(int(time.time()))

    def stop(self) -> None:
        self._over.set()
        self._thread.join(10)


class Live:
    """The live tables of that worker."""

    def live(self, id: str) -> object:
        return table() if id == "kinds" else None


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desk, Double]]:
    """A desk, a worker that rings only for who asks, and a double of Twilio, with the clock of the day."""
    monkeypatch.setattr(attempts_, "due", lambda *_: [])
    with twilio_double(pace=100.0) as double:
        double.people[MINE] = Person(keys=("1", "1"), talks=300.0)
        var = tmp_path / "var"
        with desk_of(var, simulation=False, twilio_token=TOKEN) as desk:
            settings = WorkerSettings(
                twilio_token=TOKEN, twilio_account=ACCOUNT, twilio_api=double.url, var=var, twilio_timeout=2.0,
            )  # type: ignore[arg-type]  # fmt: skip
            context = Context("w1", desk.database, Live(), desk.context.settings.hash_key)  # type: ignore[arg-type]
            worker = Working(calling.tasks_of(context, provider_of(settings), var, desk.url))
            try:
                yield desk, double
            finally:
                worker.stop()


def until(so: Callable[[], bool], seconds: float = 15.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if so():
            return True
        time.sleep(0.02)
    return False


def work_at(client: object, telephone: str) -> None:
    client.post("/desk/promises/telephone", data={"telephone": telephone}, headers=JSON)  # type: ignore[attr-defined]


def test_a_promise_from_the_telephone_is_taken_called_reached_and_closed(
    line: tuple[Desk, Double], browser: Browser
) -> None:
    desk, double = line
    with visiting(browser, desk, "agent") as page:
        page.goto(f"{desk.url}/desk/promises")
        expect(page.locator(".empty")).to_be_visible()
        at = f"{desk.url}/voice/kinds"
        double.call_in(at, "+3114050", CITIZEN, Person(keys=("8", "1", "1", "1")), told=f"{at}/status")
        row = page.locator("#board .case")
        expect(row).to_have_count(1, timeout=20_000)
        number = row.get_attribute("data-number") or ""
        row.locator("a.open").focus()
        page.keyboard.press("c")
        page.locator("#telephone input[name=telephone]").fill(MINE)
        page.locator("#telephone button:not([type=button])").click()
        expect(page.locator("#call")).to_contain_text("gesproken", timeout=20_000)
        expect(row).to_have_count(0)
        page.locator("#call [data-do=close]").click()
        expect(page.locator("#last")).to_contain_text(f"Zaak {number} is afgesloten")
        page.goto(f"{desk.url}/desk/promises/{number}")
        expect(page.locator(".history")).to_contain_text("Gebeld: gesproken")
        expect(page.locator(".history")).to_contain_text("Anna de Vries")
    assert case_of(desk.database, number).state == "closed"
    assert double.books.dialled[MINE] == 1
    assert double.books.dialled[CITIZEN] == 1
    assert [leg.to for leg in double.books.legs() if leg.to.startswith("sip:") and leg.to != MINE] == []
    assert double.books.faults == []


def test_two_people_at_once_ring_a_citizen_once(line: tuple[Desk, Double]) -> None:
    desk, double = line
    put(desk)
    answers: list[int] = []
    clients = [desk.client("agent", name=name) for name in ("Anna", "Bert")]
    for client in clients:
        work_at(client, MINE)
    both = threading.Barrier(2)

    def ask(client: object) -> None:
        both.wait()
        answers.append(client.post("/desk/promises/123456/call", headers=JSON).status_code)  # type: ignore[attr-defined]

    threads = [threading.Thread(target=ask, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409]
    assert until(lambda: case_of(desk.database, "123456").state == "reached")
    assert double.books.dialled[CITIZEN] == 1


def test_who_does_not_answer_their_own_telephone_rings_nobody(line: tuple[Desk, Double]) -> None:
    desk, double = line
    put(desk)
    double.people[MINE] = Person(NO_ANSWER)
    anna = desk.client("agent")
    work_at(anna, MINE)
    asked = anna.post("/desk/promises/123456/call", headers=JSON).json()["attempt"]

    def shown() -> str:
        return anna.get("/desk/promises/123456/call", params={"attempt": asked}).text

    assert until(lambda: "De inwoner is niet gebeld" in shown())
    assert double.books.dialled[CITIZEN] == 0
    case = case_of(desk.database, "123456")
    assert (case.state, case.taken_until > time.time()) == ("planned", True)  # it stays with who asked


def test_no_worker_no_call_and_the_board_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (attempts_, asking):
        monkeypatch.setattr(module, "WISH", 1)
    with desk_of(tmp_path / "var") as desk:
        put(desk)
        anna = desk.client("agent")
        work_at(anna, MINE)
        asked = anna.post("/desk/promises/123456/call", headers=JSON).json()["attempt"]
        assert until(lambda: "Niemand is gebeld" in _called(anna, asked), 10)
        assert case_of(desk.database, "123456").state == "planned"
        with reading(desk.database) as connection:
            assert connection.execute(select(attempts)).all() == []


def _called(client: object, asked: str) -> str:
    found = client.get("/desk/promises/123456/call", params={"attempt": asked})  # type: ignore[attr-defined]
    return re.sub(r"<[^>]+>", " ", found.text)
