"""A caller on the line: into the form of a promise, or on to another team and back, through a double of Twilio."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from ivr.store.database.connect import reading
from ivr.store.database.schema import calls, cases
from ivr.store.database.schema_desk import passes
from tests.pages.browser import Desk, visiting
from tests.pages.promises.test_journey import JSON, line, until, work_at
from tests.pages.promises.town import CITIZEN
from tests.twilio_double.books import Call
from tests.twilio_double.double import TOKEN, Double
from tests.twilio_double.people import BUSY, NO_ANSWER, Person

__all__ = ["line"]  # the fixture

BALIE, TEAM, MINE = "sip:desk@kcc.example", "sip:c@kcc.example", "sip:anna@kcc.example"
LONG = 3000.0
TAKES = Person(keys=("1", "1", "1"), talks=LONG)
NEVER = Person(NO_ANSWER)


def call_in(desk: Desk, double: Double, *keys: str, from_: str = CITIZEN) -> Call:
    at = f"{desk.url}/voice/kinds"
    return double.call_in(at, "+3114050", from_, Person(keys=keys, talks=LONG), told=f"{at}/status")


def talking_to(double: Double, who: str) -> Callable[[], bool]:
    return lambda: any(leg.to == who for leg in double.talking())


def pass_on(client: httpx.Client, call: Call, team: str) -> httpx.Response:
    return client.post(f"/desk/promises/line/{call.sid}/pass", data={"team": team}, headers=JSON)


def passed(desk: Desk) -> str:
    with reading(desk.database) as connection:
        return connection.scalar(select(passes.c.outcome).order_by(passes.c.made.desc()).limit(1)) or ""


def known(desk: Desk, call: Call) -> Callable[[], bool]:
    """The drain has told the database of a call that was put through."""

    def so() -> bool:
        with reading(desk.database) as connection:
            return connection.scalar(select(calls.c.put_at).where(calls.c.id == call.sid)) is not None

    return so


def at_the_desk(desk: Desk, double: Double, from_: str = CITIZEN) -> Call:
    """Somebody rings, chooses the desk, and speaks to whoever is there."""
    double.people[BALIE] = TAKES
    call = call_in(desk, double, "2", from_=from_)
    assert until(talking_to(double, BALIE))
    assert until(known(desk, call))
    return call


def test_a_caller_is_passed_on_and_speaks_to_the_other_team(line: tuple[Desk, Double]) -> None:
    desk, double = line
    double.people[TEAM] = Person(keys=("1",), talks=200.0)
    call = at_the_desk(desk, double)
    assert pass_on(desk.client("agent"), call, "several").json()["said"] == "De beller gaat naar Allen."
    assert until(talking_to(double, TEAM))
    assert not talking_to(double, BALIE)()
    assert until(lambda: passed(desk) == "bridged")
    assert double.settle()
    assert "Ik verbind u door met allen" in " ".join(call.heard)
    [leg] = double.books.legs(TEAM)
    assert "doorverbonden door een collega" in leg.heard[0]
    assert double.books.faults == []


def test_a_call_that_was_passed_on_ends_with_a_person_in_the_books(line: tuple[Desk, Double]) -> None:
    desk, double = line
    double.people[TEAM] = Person(keys=("1",), talks=200.0)
    call = at_the_desk(desk, double)
    pass_on(desk.client("agent"), call, "several")
    assert until(lambda: passed(desk) == "bridged")

    def ending() -> str:
        with reading(desk.database) as connection:
            return connection.scalar(select(calls.c.ending).where(calls.c.id == call.sid)) or ""

    assert until(lambda: ending() == "person")
    with reading(desk.database) as connection:
        assert connection.execute(select(cases)).all() == []  # nobody is owed a call for it


@pytest.mark.parametrize("person", [NEVER, Person(BUSY), Person(keys=("",))], ids=["nobody", "busy", "no key"])
def test_when_nobody_of_the_team_answers_the_caller_comes_back_to_who_passed_them_on(
    line: tuple[Desk, Double], person: Person
) -> None:
    desk, double = line
    for who in (TEAM, "sip:d@kcc.example"):
        double.people[who] = person
    double.people[MINE] = Person(keys=("1",), talks=200.0)
    anna = desk.client("agent")
    work_at(anna, MINE)
    call = at_the_desk(desk, double)
    assert pass_on(anna, call, "several").status_code == 200
    assert until(lambda: passed(desk) == "returned", 20)
    assert "U gaat terug naar mijn collega" in " ".join(call.heard)
    [leg] = double.books.legs(MINE)
    assert "Uw beller is terug" in leg.heard[0]


def test_when_nobody_answers_at_all_a_promise_is_made_and_told(line: tuple[Desk, Double]) -> None:
    desk, double = line
    call = at_the_desk(desk, double)
    for who in (TEAM, "sip:d@kcc.example", MINE):
        double.people[who] = NEVER
    anna = desk.client("agent", login="anna@example.nl")
    work_at(anna, MINE)
    pass_on(anna, call, "several")
    assert until(lambda: passed(desk) == "promised", 20)
    assert double.settle()
    with reading(desk.database) as connection:
        case = connection.execute(select(cases)).mappings().one()
    assert (case["team"], case["caller"], case["call"], case["kind"]) == ("several", CITIZEN, call.sid, "desk")
    heard = " ".join(call.heard)
    assert "Wij bellen u terug" in heard
    assert " ".join(case["number"][:3]) in heard


def test_a_caller_without_a_number_who_finds_nobody_gets_the_operator(line: tuple[Desk, Double]) -> None:
    desk, double = line
    call = at_the_desk(desk, double, from_="anonymous")
    double.people[BALIE] = [TAKES, Person(talks=100.0)]
    for who in (TEAM, "sip:d@kcc.example", MINE):
        double.people[who] = NEVER
    anna = desk.client("agent")
    work_at(anna, MINE)
    pass_on(anna, call, "several")
    assert until(lambda: passed(desk) == "operator", 20)
    assert double.settle()
    assert double.books.dialled[BALIE] == 2


def test_who_waited_in_our_queue_is_passed_on_from_the_agent_who_took_them(line: tuple[Desk, Double]) -> None:
    desk, double = line
    queue = "sip:e@kcc.example"
    double.people[queue] = TAKES
    double.people["sip:f@kcc.example"] = NEVER
    double.people[TEAM] = Person(keys=("1",), talks=200.0)
    call = call_in(desk, double, "5")
    assert until(talking_to(double, queue), 20)
    assert until(known(desk, call))
    answer = pass_on(desk.client("agent"), call, "several")
    assert answer.status_code == 200, answer.text
    assert until(lambda: passed(desk) == "bridged", 20)
    assert until(lambda: not talking_to(double, queue)())
    assert double.books.faults == []


def test_two_who_pass_the_same_caller_on_pass_them_on_once(line: tuple[Desk, Double]) -> None:
    desk, double = line
    double.people[TEAM] = TAKES
    call = at_the_desk(desk, double)
    anna = desk.client("agent")
    answers = [pass_on(anna, call, "several"), pass_on(anna, call, "order")]
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert until(talking_to(double, TEAM))


def test_a_caller_who_is_gone_or_a_team_that_is_not_there_is_told(line: tuple[Desk, Double]) -> None:
    desk, double = line
    call = at_the_desk(desk, double)
    anna = desk.client("agent")
    assert "Beloof dat we terugbellen" in pass_on(anna, call, "night").json()["fault"]
    assert "geen team" in pass_on(anna, call, "nobody").text or pass_on(anna, call, "nobody").status_code == 409
    double.hang_up(call)
    assert double.settle()

    def gone() -> bool:
        answer = pass_on(anna, call, "several")
        return answer.status_code == 409 and "niet meer aan de lijn" in answer.json()["fault"]

    assert until(gone)


def test_nobody_else_is_sent_on_with_an_address_of_ours(line: tuple[Desk, Double]) -> None:
    desk, double = line
    double.people[TEAM] = TAKES
    call = at_the_desk(desk, double)
    assert pass_on(desk.client("agent"), call, "several").status_code == 200
    with reading(desk.database) as connection:
        id = connection.scalar(select(passes.c.id))
    url = f"{desk.url}/voice/kinds/pass?p={id}"
    assert httpx.post(url, data={"CallSid": call.sid}).status_code == 403
    other = {"CallSid": "CA" + "f" * 32}
    signature = RequestValidator(TOKEN).compute_signature(url, other)
    assert httpx.post(url, data=other, headers={"X-Twilio-Signature": signature}).status_code == 404


def test_an_agent_sees_who_is_on_the_line_and_makes_a_promise_or_passes_them_on(
    line: tuple[Desk, Double], browser: Browser
) -> None:
    desk, double = line
    double.people[TEAM] = TAKES
    with visiting(browser, desk, "agent") as page:
        page.goto(f"{desk.url}/desk/promises")
        expect(page.locator(".line")).to_contain_text("niemand doorverbonden")
        at_the_desk(desk, double)
        row = page.locator(".on-line")
        expect(row).to_contain_text("06 12345678", timeout=10_000)
        expect(row).to_contain_text("Balie")
        row.locator("[data-promise]").click()
        expect(page.locator("#new [name=number]")).to_have_value(CITIZEN)
        row.locator("[data-pass]").click()
        expect(page.locator("#pass")).to_contain_text("06 12345678")
        expect(page.locator("#pass input[value=night]")).to_be_disabled()
        page.locator("#pass .choice", has_text="Allen").click()
        page.locator("#pass button:not([type=button])").click()
        expect(page.locator("#said")).to_contain_text("De beller gaat naar Allen")
        expect(row).to_contain_text("Allen gaat over", timeout=10_000)
        assert until(talking_to(double, TEAM))
