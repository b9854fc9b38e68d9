"""Facts about `case`: a number alone reveals nothing but to who types it, guessing is hard, and nobody's promise is lost."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.case import TRIES
from ivr.model.actions import CancelCase, FindCase, JoinCase
from ivr.model.events import (
    CASE_STATES,
    Begin,
    CaseCancelled,
    CaseFound,
    CaseJoined,
    CaseUnknown,
    EffectFailed,
    Event,
    Keys,
    Silence,
)
from ivr.model.state import ENTERING, State
from tests.engine.calls import Call, instant

PROMISED = CaseFound("123456", instant("2026-12-02 17:00"), "promised")
OPEN = CaseFound("123456", 0, "open")
OVER = CaseFound("123456", 0, "over")


def asked() -> Call:
    return Call(dial="050 367 1002")


def found(event: Event = PROMISED) -> Call:
    return asked().press("123456").then(event)


def test_the_number_is_asked_for_after_the_words_of_the_table() -> None:
    assert asked().heard == "Zoek uw zaaknummer op. Toets de zes cijfers van uw zaaknummer."


def test_nothing_is_said_before_the_case_is_found() -> None:
    call = asked().press("123456")
    assert call.last == FindCase(call.state.at, "123456")
    assert call.heard == ""


def test_who_types_the_number_hears_the_promise_and_what_can_be_done() -> None:
    heard = found().heard
    assert heard.startswith("Wij bellen u terug, uiterlijk morgen om vijf uur.")
    assert "Toets 1." in heard
    assert "Toets 2." in heard
    assert "toets 0" in heard


def test_a_case_without_a_promise_promises_nothing() -> None:
    heard = found(OPEN).heard
    assert heard.startswith("Uw zaak loopt nog.")
    assert "uiterlijk" not in heard


def test_a_settled_case_is_said_to_be_so_and_takes_its_exit() -> None:
    call = found(OVER)
    assert call.heard.startswith("Deze zaak is al afgerond.")
    assert call.node == "operator"


@pytest.mark.parametrize("event", [PROMISED, OPEN])
@pytest.mark.parametrize("does", [(Keys("1"),), (Silence(),) * 3, (Keys("7"),) * 3, (Keys("2"), Keys("2"))])
def test_who_agrees_stays_silent_or_is_puzzled_joins_the_case(event: CaseFound, does: tuple[Event, ...]) -> None:
    call = found(event).then(*does)
    assert call.last == JoinCase(call.state.at, "123456")
    assert call.heard == "", "nothing is said before it is on disk"
    call.then(CaseJoined())
    assert call.heard.startswith("Goed. Uw zaak blijft staan.")
    assert (call.node, call.state.memory.case) == ("thanks", "123456")


def test_a_case_is_cancelled_only_after_a_second_yes() -> None:
    call = found().press("2")
    assert call.listens
    assert call.heard.startswith("Wij stoppen dan met uw zaak.")
    call.press("1")
    assert call.last == CancelCase(call.state.at, "123456")
    call.then(CaseCancelled())
    assert call.heard.startswith("Uw zaak is gestopt.")
    assert (call.node, call.state.memory.case) == ("mark", "")


@pytest.mark.parametrize("does", [(Silence(),) * 3, (Keys("7"),) * 3])
def test_who_does_not_say_yes_twice_keeps_the_case(does: tuple[Event, ...]) -> None:
    call = found().press("2").then(*does)
    assert isinstance(call.last, JoinCase)


@pytest.mark.parametrize("keys", [(), ("1",), ("2", "1")])
def test_a_disk_that_refuses_takes_the_exit_failed_and_says_nothing(keys: tuple[str, ...]) -> None:
    call = asked().press("123456") if not keys else found().press(*keys)
    call.then(EffectFailed())
    assert (call.node, call.heard) == ("note", "Spreek in.")


@pytest.mark.parametrize("part", [asked, found, lambda: found().press("2")])
def test_the_operator_key_works_in_every_question(part: type[Call]) -> None:
    call = part().press("0")
    assert (call.node, call.state.memory.found) == ("operator", "")


def test_an_unknown_number_says_only_that_it_is_not_known() -> None:
    call = asked().press("999999").then(CaseUnknown())
    assert call.heard == "Dat zaaknummer kennen wij niet. Toets de zes cijfers van uw zaaknummer."


@pytest.mark.parametrize("typed", ["12", "1234567", "12345*", "##"])
def test_what_is_no_case_number_is_not_looked_for(typed: str) -> None:
    assert asked().press(typed).listens


def test_after_three_numbers_the_exit_unknown_is_taken() -> None:
    call = asked()
    for typed in ("999999", "999998", "12"):
        assert call.node == "case"
        call.press(typed)
        if isinstance(call.last, FindCase):
            call.then(CaseUnknown())
    assert call.node == "main"


def test_silence_takes_its_own_exit() -> None:
    assert asked().wait(2).listens
    assert asked().wait(3).node == "code"


def test_who_comes_back_is_asked_for_no_more_numbers_than_three_in_all() -> None:
    call = asked().press("999999").then(CaseUnknown()).press("12").wait(3)
    assert (call.node, call.state.memory.tries) == ("code", 2)
    again = State(call.graph.names.index("case"), ENTERING, 0, 9, 0, 0, 3, call.state.memory)
    call.state = again
    call.then(Begin()).press("13")
    assert call.node == "main", "it was the third"
    call.state = msgspec.structs.replace(again, memory=call.state.memory)
    assert call.then(Begin()).node == "main", "no number is asked for"


def test_a_found_case_counts_as_a_try_so_that_guessing_does_not_go_on() -> None:
    assert found(OVER).state.memory.tries == 1


@given(st.lists(st.sampled_from(["123456", "654321", "12", "1", "2", ""]), max_size=40), st.sampled_from(CASE_STATES))
def test_no_call_looks_for_more_than_three_numbers(typed: list[str], state: str) -> None:
    call, looked = asked(), 0
    for keys in typed:
        if call.ended:
            break
        call.then(Keys(keys) if keys else Silence())
        while isinstance(call.last, FindCase | JoinCase | CancelCase):
            if isinstance(call.last, FindCase):
                looked += 1
                call.then(CaseUnknown() if looked % 2 else CaseFound(call.last.number, 0, state))
            else:
                call.then(CaseJoined() if isinstance(call.last, JoinCase) else CaseCancelled())
        if call.actions and not call.listens and not call.ended:
            break
    assert looked <= TRIES
