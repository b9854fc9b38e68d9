"""Facts about `ask`."""

from __future__ import annotations

from ivr.model.actions import Dial, Listen
from tests.engine.calls import Call


def code() -> Call:
    return Call().press("3")


def test_a_fixed_count_of_digits_needs_no_finish() -> None:
    call = code()
    assert isinstance(call.last, Listen)
    assert (call.last.digits, call.last.finish) == (4, "#")
    assert "hekje" not in call.heard


def test_an_answer_is_read_back_in_groups() -> None:
    assert "9 1 2, 3" in code().press("9123").heard


def test_a_confirmed_answer_is_kept_and_can_be_spoken() -> None:
    call = code().press("9123", "1")
    assert call.state.memory.fields == ("9123",)
    assert "Code 9 1 2, 3." in call.heard
    assert isinstance(call.last, Dial)


def test_an_answer_that_is_not_confirmed_is_forgotten_and_asked_again() -> None:
    call = code().press("9123", "2")
    assert (call.node, call.state.memory.fields) == ("code", ("",))


def test_an_answer_that_does_not_fit_the_pattern_is_no_match() -> None:
    call = code().press("1234")
    assert call.heard.startswith("Dat klopt niet.")
    assert call.press("1234").node == "operator"


def test_a_silent_caller_reaches_a_person_and_is_taken_to_have_answered_nothing() -> None:
    call = code().wait(2)
    assert (call.node, "Code" in call.heard) == ("operator", False)


def test_silence_at_the_confirmation_reaches_a_person() -> None:
    assert code().press("9123").wait(2).node == "operator"


def test_the_operator_key_works_at_the_confirmation() -> None:
    assert code().press("9123", "0").node == "operator"


def test_speech_is_no_answer_where_digits_are_asked() -> None:
    assert code().say("negen een twee drie").state.no_match == 1


def test_the_finishing_key_is_no_part_of_the_answer() -> None:
    assert code().press("9123#", "1").state.memory.fields == ("9123",)
