"""Facts about `menu`."""

from __future__ import annotations

import pytest

from ivr.engine import step
from ivr.model.events import Begin, Keys
from ivr.model.state import ENTERING, State
from tests.engine.calls import TEXT, Call
from tests.proofs.tables import compiled


def test_words_are_made_from_the_options_choice_before_key() -> None:
    assert "Voor afval, toets 1. Voor de balie, toets 2." in Call().heard


def test_a_silent_option_is_bound_but_not_spoken() -> None:
    call = Call()
    assert "om de beurt" not in call.heard
    assert call.press("7").node == "turns"


def test_a_key_takes_its_option_and_sets_its_variable() -> None:
    call = Call().press("1")
    assert (call.node, call.state.memory.variables) == ("thanks", (0,))


def test_a_phrase_takes_its_option_whatever_its_case_and_punctuation() -> None:
    assert Call().say("Grof vuil!").node == "thanks"


def test_a_phrase_inside_a_sentence_takes_its_option() -> None:
    assert Call().say("ik wil naar de balie graag").node == "operator"


def test_a_sentence_with_phrases_of_two_options_is_no_match() -> None:
    call = Call().say("afval of balie")
    assert (call.node, call.state.no_match) == ("main", 1)


def test_doubtful_speech_is_no_match() -> None:
    assert Call().say("afval", confidence=0.1).state.no_match == 1


def test_a_confidence_of_zero_means_that_none_was_given() -> None:
    assert Call().say("afval", confidence=0.0).node == "thanks"


def test_a_spoken_digit_is_a_key() -> None:
    assert Call().say("1").node == "thanks"


def test_the_word_for_an_operator_reaches_a_person() -> None:
    assert Call().say("een medewerker").node == "operator"


def test_the_operator_key_reaches_a_person() -> None:
    assert Call().press("0").node == "operator"


def test_ask_at_most_counts_the_first_asking() -> None:
    call = Call().wait()
    assert (call.node, call.listens) == ("main", True)
    assert call.wait().node == "operator"


def test_no_input_and_no_match_are_counted_apart() -> None:
    call = Call().wait().press("*").say("xyz", 0.9).say("xyz", 0.9)
    assert (call.node, call.state.no_input, call.state.no_match) == ("main", 1, 2)
    assert call.say("xyz").node == "note"


def test_askings_are_counted_afresh_when_a_menu_is_entered_again() -> None:
    call = Call().wait().press("9")
    assert (call.node, call.state.no_input, call.state.language) == ("main", 0, 1)


def test_the_repeat_key_repeats_with_fuller_words_and_spends_no_asking() -> None:
    call = Call()
    first = call.heard
    call.press("*")
    assert (call.state.no_input, call.state.no_match) == (0, 0)
    assert call.heard != first
    assert "Wilt u dit nog eens horen" in call.heard


@pytest.mark.parametrize(("event", "words"), [("silence", "Ik heb niets gehoord."), ("#", "Dat is geen keuze")])
def test_a_reprompt_says_what_went_wrong(event: str, words: str) -> None:
    call = Call().wait() if event == "silence" else Call().press(event)
    assert call.heard.startswith(words)


def test_a_language_option_asks_the_same_menu_in_that_language() -> None:
    call = Call().press("9")
    assert "For waste, press 1." in call.heard
    assert "Voor afval" not in call.heard


def test_a_language_is_offered_in_that_language_until_it_is_chosen() -> None:
    call = Call()
    assert "For English, press 9." in call.heard
    assert "For English" not in call.press("9").heard


def test_a_caller_may_come_back_to_the_first_language() -> None:
    text = TEXT.replace("      9: {language: en}\n", "      9: {language: en}\n      0: {language: nl}\n")
    graph = compiled(text).graph
    main = graph.names.index("main")
    moment = Call().moment
    state = State(main, ENTERING, 1, 2, 0, 0, 0, Call().state.memory)
    state, _ = step(graph, state, Begin(), moment)
    state, _ = step(graph, state, Keys("0"), moment)
    assert (state.at, state.language) == (main, 0)
