"""Facts about `callback`, `voicemail` and `survey`: nothing is promised before it is on disk, nobody is lost."""

from __future__ import annotations

import pytest

from ivr.engine import move
from ivr.model.actions import Hangup, KeepMark, OpenCase, Record
from ivr.model.events import CaseOpened, CaseRefused, Dialled, EffectFailed, HungUp, MarkKept, Recorded, Silence
from tests.engine.calls import TEXT, Call, instant
from tests.proofs.tables import compiled

OPENED = CaseOpened("123456", instant("2026-12-02 17:00"))


def promise(caller: str = "+31612345678") -> Call:
    return Call(caller=caller).press("8")


def test_the_callers_own_number_is_offered_digit_by_digit() -> None:
    assert "0 6, 1 2 3 4 5 6 7 8" in promise().heard


def test_nothing_is_promised_before_the_case_is_open() -> None:
    call = promise().press("1")
    assert isinstance(call.last, OpenCase)
    assert call.heard == ""


def test_the_promise_says_day_time_number_and_case() -> None:
    heard = promise().press("1").then(OPENED).heard
    assert "uiterlijk morgen om vijf uur" in heard
    assert "0 5 0, 3 6 7, 9 1 1 1" in heard
    assert "1 2 3, 4 5 6" in heard


def test_a_disk_that_refuses_takes_the_exit_failed() -> None:
    call = promise().press("1").then(EffectFailed())
    assert call.node == "note"
    assert "terug" not in call.heard


def test_no_free_day_takes_the_exit_full() -> None:
    assert promise().press("1").then(CaseRefused()).node == "note"


@pytest.mark.parametrize(("event", "node"), [(CaseRefused(), "line"), (EffectFailed(), "note")])
def test_no_free_day_and_a_disk_that_refuses_are_two_exits(event: CaseRefused | EffectFailed, node: str) -> None:
    text = TEXT.replace("refused: thanks, full: note, failed: note}", "refused: thanks, full: line, failed: note}")
    call = promise().press("1")
    state, _ = move(compiled(text).graph, call.state, event, call.moment)
    assert call.graph.names[state.at] == node


def test_a_caller_may_refuse() -> None:
    assert promise().press("3").node == "thanks"


def test_another_number_is_asked_checked_and_read_back() -> None:
    call = promise().press("2", "0503671234")
    assert "0 5 0, 3 6 7, 1 2 3 4" in call.heard
    call.press("1")
    assert isinstance(call.last, OpenCase)
    assert call.last.number == "+31503671234"


@pytest.mark.parametrize("typed", ["112", "144", "14050", "12", "09001234", "0612"])
def test_a_number_that_cannot_be_rung_is_not_taken(typed: str) -> None:
    call = promise().press("2", typed)
    assert call.heard.startswith("Dat nummer kunnen wij niet bellen.")


def test_a_caller_without_a_number_is_asked_for_one() -> None:
    assert "Op welk nummer" in promise("").heard


def test_a_silent_caller_with_a_number_gets_the_promise_all_the_same() -> None:
    call = promise().wait(2)
    assert isinstance(call.last, OpenCase)
    assert call.last.number == "+31612345678"


def test_who_asks_for_another_number_and_gives_none_is_rung_on_the_one_that_is_known() -> None:
    call = promise().press("2").wait(2)
    assert isinstance(call.last, OpenCase)
    assert call.last.number == "+31612345678"


def test_a_silent_caller_without_a_number_takes_the_exit_failed() -> None:
    assert promise("").wait(2).node == "note"


def test_the_operator_key_works_at_the_offer() -> None:
    assert promise().press("0").node == "operator"


def test_a_message_is_recorded_and_kept_before_thanks() -> None:
    call = Call().press("4")
    assert isinstance(call.last, Record)
    call.then(Recorded("https://api.example/RE1", 12))
    assert isinstance(call.last, OpenCase)
    assert (call.last.kind, call.last.recording, call.last.seconds) == ("voicemail", "https://api.example/RE1", 12)
    assert "Uw bericht is bewaard." in call.then(CaseOpened("654321", 0)).heard


@pytest.mark.parametrize("event", [Recorded("", 0), Recorded("https://api.example/RE1", 0), Silence()])
def test_an_empty_message_opens_no_case(event: Recorded | Silence) -> None:
    call = Call().press("4").then(event)
    assert call.node == "thanks"
    assert not any(isinstance(a, OpenCase) for a in call.actions)


def test_a_message_that_cannot_be_kept_is_not_thanked_for() -> None:
    heard = Call().press("4").then(Recorded("https://api.example/RE1", 12), EffectFailed()).heard
    assert "bewaard" not in heard


def survey() -> Call:
    return Call().press("2").then(Dialled("bridged"))


@pytest.mark.parametrize(("typed", "mark"), [("1", 1), ("7#", 7), ("10", 10)])
def test_a_mark_from_1_to_10_is_kept(typed: str, mark: int) -> None:
    call = survey().press(typed)
    assert call.last == KeepMark(call.state.at, mark)
    assert isinstance(call.then(MarkKept()).last, Hangup)


@pytest.mark.parametrize("typed", ["0", "11", "100"])
def test_a_wrong_mark_is_asked_for_once_more(typed: str) -> None:
    call = survey().press(typed)
    assert (call.node, call.listens) == ("mark", True)
    assert call.press(typed).node == "thanks"


def test_silence_at_a_survey_is_respected() -> None:
    assert survey().wait().node == "thanks"


def test_who_hangs_up_hears_and_owes_nothing() -> None:
    call = survey().then(HungUp())
    assert (call.ended, call.actions) == (True, ())
