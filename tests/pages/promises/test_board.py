"""The board over HTTP: who may see it, what stands on it, and what is done with a case."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlalchemy import update

from ivr.store.database.connect import writing
from ivr.store.database.schema import cases
from tests.pages.browser import Desk
from tests.pages.promises.town import audited, case_of, put

JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html"}


def does(client: httpx.Client, number: str, what: str, **fields: str) -> httpx.Response:
    return client.post(f"/desk/promises/{number}/{what}", data=fields, headers=JSON)


def test_only_who_may_work_on_promises_sees_a_number_and_only_a_lead_moves(town: Desk) -> None:
    put(town)
    reader, agent = town.client("reader"), town.client("agent")
    for path in ("/desk/promises", "/desk/promises/123456", "/desk/cases/123456", "/desk/promises/new/when"):
        assert reader.get(path, headers=HTML).status_code == 403, path
    for what in ("take", "let-go", "close", "cancel", "note", "undo", "call", "stop"):
        assert does(reader, "123456", what).status_code == 403, what
    assert agent.post("/desk/promises/move/preview", data={"to": "2027-01-01", "id": "CA123456:3"}).status_code == 403
    assert audited(town) == []
    assert "06 12345678" in agent.get("/desk/promises").text


def test_overdue_ones_come_first_under_a_heading_of_their_own(town: Desk) -> None:
    put(town, "100001", 3 * 86_400 + 60)
    put(town, "100002", -2 * 3600)
    put(town, "100003", 20 * 60 + 30)
    put(town, "100004", 0)
    text = town.client("agent").get("/desk/promises").text
    order = re.findall(r'<a class="open num"[^>]*>.*?(\d{6})</a>', text)
    assert order == ["100002", "100003", "100001", "100004"]
    for words in ("Te laat", "2 uur te laat", "nog 20 min", "nog 3 dagen", "Zonder beloofde tijd", "1 te laat"):
        assert words in text, words


def test_what_callers_and_tables_say_is_shown_and_never_run(town: Desk) -> None:
    put(town, fields={"code": "<img src=x onerror=alert(1)>"}, topic={"topic": "<b>waste</b>"})
    agent = town.client("agent")
    does(agent, "123456", "note", text="<script>alert(1)</script>{{ 7*7 }}")
    for path in ("/desk/promises", "/desk/promises/123456"):
        text = agent.get(path).text
        assert "<img" not in text
        assert "<b>waste" not in text
        assert "alert(1)" in text
        assert "<script>" not in text
        assert "49" not in re.findall(r"{{.*?}}|49</p>", text)


def test_a_case_that_a_colleague_has_cannot_be_taken_and_one_sees_who_has_it(town: Desk) -> None:
    put(town)
    anna, bert = town.client("agent", name="Anna"), town.client("agent", name="Bert")
    taken = does(anna, "123456", "take")
    assert taken.json() == {"said": "Zaak 123456 is nu van u, een half uur lang.", "case": "123456", "undo": True}
    refused = does(bert, "123456", "take")
    assert (refused.status_code, refused.json()["fault"]) == (409, "Zaak 123456 is bij Anna.")
    assert does(bert, "123456", "let-go").status_code == 409
    assert "bij Anna" in bert.get("/desk/promises").text
    assert does(bert, "123456", "outcome", outcome="nonsense").status_code == 422
    assert does(anna, "123456", "let-go").status_code == 200
    assert does(bert, "123456", "take").status_code == 200


def test_what_was_done_by_mistake_is_undone(town: Desk) -> None:
    put(town)
    anna = town.client("agent", login="anna@example.nl")
    assert does(anna, "123456", "outcome", outcome="reached").status_code == 200
    assert case_of(town.database, "123456").state == "reached"
    assert does(anna, "123456", "close").status_code == 200
    assert does(anna, "123456", "undo").status_code == 200
    assert case_of(town.database, "123456").state == "reached"
    assert does(anna, "123456", "undo").json()["fault"] == "Bij zaak 123456 kan niets ongedaan worden gemaakt."
    assert {who for who, _ in audited(town)} == {"anna@example.nl"}


def test_the_board_is_narrowed_by_team_state_text_and_to_ones_own(town: Desk) -> None:
    put(town, "100001")
    put(town, "100002", team="desk")
    put(town, "100003", state="reached", caller="+31687654321")
    anna = town.client("agent")

    def shown(**query: object) -> set[str]:
        return set(re.findall(r'data-number="(\d{6})"', anna.get("/desk/promises", params=query).text))  # type: ignore[arg-type]

    assert shown() == {"100001", "100002"}
    assert shown(team=["desk"]) == {"100002"}
    assert shown(team=["desk", "several"]) == {"100001", "100002"}
    assert shown(team=["no such team"]) == {"100001", "100002"}
    assert shown(state="reached") == {"100003"}
    assert shown(q="100003") == {"100003"}
    assert shown(q="06 87654321") == {"100003"}
    assert shown(mine="1") == set()
    does(anna, "100001", "take")
    assert shown(mine="1") == {"100001"}


def test_a_warning_leads_to_the_page_of_its_case(town: Desk) -> None:
    put(town)
    agent = town.client("agent")
    assert agent.get("/desk/cases/123456").headers["location"] == "/desk/promises/123456"
    assert agent.get("/desk/promises/999999", headers=HTML).status_code == 404
    assert "Er is geen zaak 999999" in agent.get("/desk/promises/999999", headers=HTML).text


def test_the_page_of_a_case_tells_what_happened_and_other_cases_of_the_number(town: Desk) -> None:
    put(town)
    put(town, "200002", team="desk")
    agent = town.client("agent", name="Anna")
    does(agent, "123456", "outcome", outcome="no_answer")
    does(agent, "123456", "note", text="Belt liever na vieren.")
    text = agent.get("/desk/promises/123456").text
    for words in ("Gebeld: nam niet op", "Belt liever na vieren.", "Anna", "200002", "Huisgenoten", "niet bereikt"):
        assert words in text, words


def test_of_two_cases_with_one_number_the_board_says_which_there_are(town: Desk) -> None:
    put(town)
    other = put(town, "200002")
    with writing(town.database) as connection:
        connection.execute(update(cases).where(cases.c.id == other.id).values(number="123456"))
    agent = town.client("agent")
    assert "CA200002:3" in agent.get("/desk/promises/123456", headers=JSON).json()["fault"]
    assert agent.get("/desk/promises/CA200002:3").status_code == 200


def test_a_colleagues_own_number_is_masked_for_others(town: Desk) -> None:
    put(town)
    anna = town.client("agent")
    anna.post("/desk/promises/telephone", data={"telephone": "06 87654321"}, headers=JSON)
    does(anna, "123456", "call")
    text = town.client("agent").get("/desk/promises").text
    assert "+31*******21 gaat over" in text
    assert "87654321" not in text


def test_what_retention_took_is_told_to_be_deleted(town: Desk) -> None:
    put(town, state="closed", closed_at=town.context.clock() - 40 * 86_400, caller="", next_at=0)
    text = town.client("agent").get("/desk/promises/123456").text
    assert "verwijderd" in text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("112", "Dit nummer kunnen we niet bellen"),
        ("0900 1234567", "Dit nummer kunnen we niet bellen"),
        ("+32 470 12 34 56", "Dit nummer kunnen we niet bellen"),
        ("14 050", "Dit nummer kunnen we niet bellen"),
        ("050 367 1000", "nummer van de gemeente zelf"),
        ("050 367 9111", "nummer van de gemeente zelf"),
        ("sip:anna@evil.example", "hoort niet bij onze telefooncentrale"),
        ("sip:112@kcc.example", "hoort niet bij onze telefooncentrale"),
        ("sip:a b@kcc.example", "hoort niet bij onze telefooncentrale"),
        ("", "Dit nummer kunnen we niet bellen"),
    ],
)
def test_a_telephone_that_must_not_be_rung_is_no_telephone_to_work_at(town: Desk, given: str, words: str) -> None:
    answer = town.client("agent").post("/desk/promises/telephone", data={"telephone": given}, headers=JSON)
    assert answer.status_code == 400
    assert words in answer.json()["fault"]


@pytest.mark.parametrize(
    ("given", "kept"), [("anna@kcc.example", "sip:anna@kcc.example"), ("06 87654321", "+31687654321")]
)
def test_a_call_needs_a_telephone_which_is_kept_for_the_shift(town: Desk, given: str, kept: str) -> None:
    put(town)
    anna = town.client("agent")
    assert does(anna, "123456", "call").status_code == 428
    assert anna.post("/desk/promises/telephone", data={"telephone": given}, headers=JSON).json()["telephone"] == kept
    asked = does(anna, "123456", "call").json()
    assert case_of(town.database, "123456").state == "calling"
    query = {"attempt": asked["attempt"]}
    assert "uw toestel gaat zo over" in anna.get("/desk/promises/123456/call", params=query).text
    assert does(anna, "123456", "stop").status_code == 200
    assert "Niemand is gebeld" in anna.get("/desk/promises/123456/call", params=query).text
    assert case_of(town.database, "123456").state == "planned"


def test_a_promise_from_the_desk_takes_a_place_and_says_when_it_is_due(town: Desk) -> None:
    agent = town.client("agent", login="anna@example.nl")
    offered = agent.get("/desk/promises/new/when", params={"team": "desk"}).text
    assert "1 werkdag" in offered
    assert "nog 200 plekken" in offered
    given = {"team": "desk", "within": "day", "number": "06 12345678", "note": "Over de aanslag."}
    answer = agent.post("/desk/promises/new", data=given, headers={"HX-Request": "true"})
    said = answer.headers["hx-trigger"]
    number = re.search(r"Zaak (\d{6})", said)
    assert number is not None
    case = case_of(town.database, number[1])
    assert (case.kind, case.team, case.caller) == ("desk", "desk", "+31612345678")
    assert audited(town) == [("anna@example.nl", "case.add"), ("anna@example.nl", "case.note")]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"number": "112", "team": "desk"}, "Dit nummer kunnen we niet bellen"),
        ({"number": "06 12345678", "team": "nobody"}, "nobody"),
        ({"number": "06 12345678"}, "Kies eerst wie terugbelt"),
        ({"number": "06 12345678", "team": "desk", "within": "year"}, "Er klopt iets niet"),
        ({"number": "06 12345678", "team": "desk", "topic": "topic=rm -rf"}, "rm -rf"),
    ],
)
def test_a_promise_that_cannot_be_made_is_not_made(town: Desk, given: dict[str, str], words: str) -> None:
    answer = town.client("agent").post("/desk/promises/new", data=given, headers=JSON)
    assert answer.status_code in (400, 409, 422)
    assert words in answer.json()["fault"]
    assert audited(town) == []
