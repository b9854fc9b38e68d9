"""Facts about how a case is registered in Open Klant: every body keeps to the rules of its OpenAPI text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ivr.desk import attempt as attempts
from ivr.desk import case as cases
from ivr.desk import openklant
from ivr.desk.attempt import RANG, Attempt
from ivr.desk.case import Case
from tests.desk.schedules import case
from tests.engine.calls import instant
from tests.worker.openklant.double import MAIL, PHONE, RULES, judge

UUID = "3f2b8b1e-5d2c-4a0b-9a52-8e6e6a1f0d11"
TEXT = st.text(max_size=400)
INSTANTS = st.integers(1, 4_102_444_799)

CASES = st.builds(
    Case,
    id=st.one_of(st.just("CA0123456789abcdef0123456789abcdef:12"), TEXT),
    number=st.one_of(st.from_regex("[0-9]{6}", fullmatch=True), TEXT),
    kind=st.sampled_from(cases.KINDS),
    table=TEXT,
    zone=st.sampled_from(["Europe/Amsterdam", "America/Curacao", "UTC"]),
    team=TEXT,
    language=st.one_of(st.sampled_from(["nl", "en", "tr", "xx"]), TEXT),
    caller=st.one_of(st.sampled_from(["", "+31612345678", "+3114050", "112", "+31900123"]), TEXT),
    opened=INSTANTS,
    dialled=TEXT,
    topic=st.dictionaries(TEXT, TEXT, max_size=5),
    reach=st.sampled_from(cases.WAYS),
    address=st.one_of(st.emails(), TEXT),
    part=st.sampled_from(cases.PARTS),
    first_due=st.one_of(st.just(0), INSTANTS),
    due=INSTANTS,
    state=st.sampled_from(cases.STATES),
    reached_at=st.one_of(st.just(0), INSTANTS),
    closed_at=st.one_of(st.just(0), INSTANTS),
)
ATTEMPTS = st.builds(Attempt, began=INSTANTS, dialled=st.one_of(st.just(0), INSTANTS), outcome=st.sampled_from(RANG))


def faults(operation: str, body: dict[str, Any]) -> list[tuple[str, str]]:
    return judge(RULES[operation]["body"], body)


@given(CASES, TEXT, st.text(min_size=1, max_size=50), st.integers(1, 12), ATTEMPTS)
def test_every_body_keeps_to_the_rules(held: Case, team: str, channel: str, ordinal: int, attempt: Attempt) -> None:
    channel = channel.strip() or "telefoon"
    for body in (
        openklant.contact(held, channel, team),
        openklant.follow_up(held, ordinal, attempt, channel, UUID),
    ):
        for number in openklant.numbers(held, ordinal):
            body["klantcontact"]["nummer"] = number
            assert faults("POST /maak-klantcontact", body) == []
            assert body["klantcontact"]["kanaal"].strip()
            assert body["klantcontact"]["onderwerp"].strip()
    task = openklant.task(held, UUID, (UUID,))
    assert faults("POST /internetaken", task) == []
    assert faults("PATCH /internetaken/{uuid}", openklant.changing(task)) == []
    assert "afgehandeldOp" not in task or task["status"] == "verwerkt"
    assert faults("POST /actoren", openklant.actor(held.table, held.team or "x", team or "x")) == []
    address = openklant.address(held)
    if address is not None:
        assert faults("POST /digitaleadressen", address) == []
        rule = {"telefoonnummer": PHONE, "email": MAIL}[address["soortDigitaalAdres"]]
        assert rule.fullmatch(address["adres"])


@given(CASES)
def test_a_telephone_number_stands_in_the_address_alone(held: Case) -> None:
    number = "+31687654321"
    again = replace(held, caller=number, reach="telephone")
    assert number not in str(openklant.contact(again, "telefoon", "team")) + str(openklant.task(again, UUID, ()))


@pytest.mark.parametrize(
    "caller", ["+3114050", "14050", "112", "+31", "", "anonymous", "+311234567890123456", "0012345"]
)
def test_a_number_that_open_klant_refuses_is_not_sent(caller: str) -> None:
    assert openklant.address(case(caller=caller)) is None
    assert "niet bekend" in openklant.contact(case(caller=caller), "telefoon", "de balie")["klantcontact"]["inhoud"]


@pytest.mark.parametrize(
    ("address", "taken"),
    [("jan@example.nl", True), ("j.de-vries+14050@mail.example.org", True), ("jan@example", False), (".jan@example.nl", False),
     ("jan@@example.nl", False), ("a" * 70 + "@example.nl", False), ("", False)],
)  # fmt: skip
def test_an_e_mail_address_is_sent_when_open_klant_takes_it(address: str, taken: bool) -> None:
    body = openklant.address(case(reach="email", address=address))
    assert (body is not None) == taken
    assert body is None or body["soortDigitaalAdres"] == "email"


def test_a_case_is_told_as_people_say_it() -> None:
    body = openklant.contact(
        case("2026-12-03 17:00", topic={"topic": "paspoort"}, part="morning"), "telefoon", "Burgerzaken"
    )["klantcontact"]
    assert body["onderwerp"] == "Terugbelverzoek: paspoort"
    assert body["inhoud"] == (
        "Zaak 123456. Voor: Burgerzaken. Gekozen: paspoort. Beloofd: uiterlijk donderdag 3 december om vijf uur. "
        "Voorkeur: ochtend."
    )
    assert body["metadata"]["beloofd_uiterlijk"] == "2026-12-03T16:00:00Z"
    assert (body["taal"], body["plaatsgevondenOp"]) == ("nld", "2026-12-01T09:00:00Z")


def test_a_case_that_moved_says_both_times() -> None:
    moved = replace(case("2026-12-03 17:00"), due=instant("2026-12-07 17:00"))
    said = openklant.contact(moved, "telefoon", "Burgerzaken")["klantcontact"]["inhoud"]
    assert "Beloofd: uiterlijk donderdag 3 december om vijf uur." in said
    assert "Verzet naar: uiterlijk maandag 7 december om vijf uur." in said
    assert "maandag 7 december" in openklant.task(moved, UUID, ())["toelichting"]


@pytest.mark.parametrize("state", cases.STATES)
def test_a_task_is_done_when_the_citizen_was_reached_or_the_case_is_at_its_end(state: str) -> None:
    done = state in ("reached", "closed", "cancelled")
    status = openklant.status(case(state=state, closed_at=instant("2026-12-02 10:00")))
    assert status == (
        {"status": "verwerkt", "afgehandeldOp": "2026-12-02T09:00:00Z"} if done else {"status": "te_verwerken"}
    )


@pytest.mark.parametrize("outcome", RANG)
def test_contact_succeeded_when_the_citizen_was_spoken_to(outcome: str) -> None:
    made = Attempt(began=instant("2026-12-02 10:00"), dialled=instant("2026-12-02 10:01"), outcome=outcome)
    body = openklant.follow_up(case(), 2, made, "telefoon", UUID)["klantcontact"]
    assert body["indicatieContactGelukt"] is (outcome == attempts.REACHED)
    assert body["plaatsgevondenOp"] == "2026-12-02T09:01:00Z"


def test_the_contacts_of_a_case_bear_its_number_and_differ() -> None:
    first = [next(openklant.numbers(case(), ordinal)) for ordinal in range(100)]
    assert len(set(first)) == 100
    assert all(number.isdigit() and len(number) == 10 and number[1:7] == "123456" for number in first)
    assert len(set(openklant.numbers(case(), 0))) == openklant.CANDIDATES


def test_a_contact_of_another_case_under_the_same_number_is_not_ours() -> None:
    mine = openklant.contact(case(), "telefoon", "team")
    there = mine["klantcontact"]
    other = openklant.contact(case(id="CA2:7"), "telefoon", "team")
    assert openklant.is_ours(case(), 0, mine, there)
    assert not openklant.is_ours(case(id="CA2:7"), 0, other, there)
    assert not openklant.is_ours(case(), 1, mine, there)
    bare = {**there, "metadata": {}, "plaatsgevondenOp": "2026-12-01T10:00:00+01:00"}
    assert openklant.is_ours(case(), 0, mine, bare)
    assert not openklant.is_ours(case(), 0, mine, {**bare, "plaatsgevondenOp": "2026-12-01T10:00:01+01:00"})
