"""A call in the page is the call that the simulator plays: as far as its caller went, with who says what and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.diagnostics import Source, Sources
from ivr.pages.look.faults import Told
from ivr.pages.phone.call import Call
from ivr.pages.phone.play import CASES, prepare
from ivr.simulator.callers import Scripted
from ivr.simulator.play import Play
from ivr.simulator.run import CALLER
from ivr.simulator.world import World
from ivr.tables.arrivals import arrive
from ivr.tables.ready import check_sources, ready
from tests import minimal
from tests.pages.browser import groningen
from tests.pages.phone.calls import DAY, NIGHT, NOW, played, said, setting

KEYS = st.sampled_from(
    ("1", "2", "3", "4", "5", "9", "0", "*", "#", "silence", ":afval", "hangup", "9712", "record 10")
)


def test_a_call_halts_where_its_caller_is_asked_and_shows_what_the_keys_do() -> None:
    call = played(f"{DAY}&call=1")
    question = call.question
    assert question is not None
    assert (question.kind, question.node, question.digits, question.speech) == ("listen", "main", 1, True)
    known = {choice.key: (choice.label, choice.role) for choice in question.choices}
    assert known["2"] == ("afval of een melding", "")
    assert known["9"] == ("en", "language")
    assert known["0"] == ("", "operator")
    assert known["*"] == ("", "repeat")
    assert "afval" in question.said


def test_whoever_plays_says_whether_a_team_answers() -> None:
    ringing = played(f"{DAY}&do=1&do=1")
    assert ringing.question is not None
    assert (ringing.question.kind, ringing.question.team) == ("ring", "burgerzaken")
    assert dict(ringing.question.titles)["nl"] == "Burgerzaken"
    answered = played(f"{DAY}&do=1&do=1&do=!bridged")
    assert (answered.question, answered.ending, answered.team) == (None, "person", "burgerzaken")
    busy = played(f"{DAY}&do=1&do=1&do=!busy")
    assert busy.question is not None
    assert "Het lukt nu niet om u door te verbinden." in said(busy)


def test_who_answers_hears_a_whisper_and_nobody_else_does() -> None:
    whisper = "Oproep via 14 0 50 voor Burgerzaken. Toets 1 om aan te nemen."
    assert said(played(f"{DAY}&do=1&do=1&do=!bridged"), "whisper") == whisper
    assert said(played(f"{DAY}&do=1&do=1&do=!declined"), "whisper") == whisper
    assert said(played(f"{DAY}&do=1&do=1&do=!no_answer"), "whisper") == ""


def test_a_setting_may_say_once_how_rings_and_waits_end() -> None:
    call = played(f"{DAY}&do=1&do=1&rings=no_answer")
    assert call.question is not None
    assert call.question.asks == "callback"
    assert played(f"{DAY}&do=0&waits=bridged").ending == ""  # the way out of the queue is offered first
    assert played(f"{DAY}&do=0&waits=bridged&do=stay&do=stay").ending == "person"


def test_a_caller_may_leave_the_queue_when_that_is_offered() -> None:
    call = played(f"{DAY}&do=0&do=!timeout&do=leave")
    assert ("operator", "offer_after") in [(passed.node, passed.exit) for passed in call.passed]


def test_the_language_is_chosen_by_its_key_as_soon_as_it_is_offered() -> None:
    call = played(f"{NIGHT}&language=en&call=1")
    presses = [line.text for line in call.lines if line.what == "presses"]
    assert presses == ["9"]
    assert call.question is not None
    assert call.question.language == "en"
    assert call.lines[-1].locale == "en-GB"


def test_only_what_is_asked_while_it_is_spoken_may_be_interrupted() -> None:
    call = played(f"{DAY}&call=1")
    assert [line.open for line in call.lines] == [False, True, True]  # the welcome; "For English", the menu


def test_why_a_call_went_its_way_is_told() -> None:
    night = {passed.node: passed.why for passed in played(f"{NIGHT}&call=1").passed}
    opening = night["opening"]
    assert opening is not None
    assert (opening.key, opening.name) == ("closed", "kcc")
    assert opening.until - opening.at == 15.5 * 3600  # from five in the afternoon to half past eight
    day = {passed.node: passed.why for passed in played(f"{DAY}&fact.caller=known&do=2").passed}
    assert day["opening"] is not None
    assert (day["opening"].key, day["familiar"].name if day["familiar"] else "") == ("open", "caller = known")
    christmas = {p.node: p.why for p in played("at=2026-12-25 11:00&call=1").passed}["opening"]
    assert christmas is not None
    assert (christmas.key, christmas.name) == ("holiday", "kcc: Eerste kerstdag")
    old = {p.node: p.why for p in played(f"dial=050 367 7000&{DAY}&call=1").passed}["(number)"]
    assert old is not None
    assert (old.key, old.name) == ("phase_announce", "050 367 7000 (Burgerzaken)")


def test_an_old_number_that_redirects_offers_help_by_any_key() -> None:
    call = played(f"dial=050 367 7010&{DAY}&call=1")
    assert "Dit nummer verdwijnt" in said(call)
    assert call.question is not None
    assert [(choice.key, choice.role) for choice in call.question.choices] == [("0", "help")]


def test_a_number_that_is_not_in_the_table_is_judged_as_the_engine_does() -> None:
    call = played(f"dial=010 123&{DAY}&call=1")
    assert not call.known
    assert call.question is not None
    assert call.question.node == "main"
    assert played(f"dial=050 367 8123&{DAY}&call=1").known  # within a block


def test_the_calamity_switch_is_spoken_first_and_takes_its_route() -> None:
    call = played(f"{DAY}&calamity=on&say.nl=Het stadhuis staat onder water.&route=closed&call=1")
    assert call.lines[0].text == "Het stadhuis staat onder water."
    assert [passed.node for passed in call.passed][:2] == ["calamity", "closed"]


def test_a_team_that_is_closed_by_hand_is_not_rung_and_the_call_says_why() -> None:
    call = played(f"{DAY}&closed=burgerzaken&do=1&do=1")
    (closed,) = [passed for passed in call.passed if passed.exit == "closed" and passed.node == "reach-civil/ring"]
    assert closed.why is not None
    assert (closed.why.key, closed.why.name, closed.why.until) == ("by_hand", "burgerzaken", call.at + 3600)


def test_a_notice_is_spoken_where_the_table_has_a_node_for_it() -> None:
    text = minimal.TABLE.replace("entry: [welcome]", "entry: [notices, welcome]")
    text = text.replace("nodes:\n", "nodes:\n  notices: {kind: notice, then: continue}\n")
    table = ready(check_sources(Sources((Source("table.yaml", text),)), minimal.TODAY))
    call = played(f"{DAY}&notice.nl.notices=De balie is verhuisd.&call=1", table)
    assert call.lines[0].text == "De balie is verhuisd."
    assert played(f"{DAY}&call=1", table).lines[0].text == "Welkom bij de gemeente."
    assert [passed.why.key for passed in call.passed if passed.why][:1] == ["notice_on"]
    with pytest.raises(Told):
        played(f"{DAY}&notice.nl.welcome=x&call=1", table)


def test_a_promise_is_made_with_a_case_number_that_stays_the_same_while_the_call_goes_on() -> None:
    promised = played(f"{NIGHT}&do=2&do=1")
    assert promised.ending == "case"
    other = played(f"{NIGHT}&do=2&do=2&do=0612345678")
    assert other.question is not None
    assert [choice.role for choice in other.question.choices] == ["right", "wrong", "operator"]
    assert [_name(played(f"{NIGHT}&{doing}")) for doing in ("call=1", "do=2", "do=2&do=1")] == [_name(promised)] * 3


def test_a_voicemail_is_recorded_for_as_long_as_one_says() -> None:
    asked = played(f"{NIGHT}&do=3")
    assert asked.question is not None
    assert (asked.question.kind, asked.question.most) == ("record", 120)
    assert played(f"{NIGHT}&do=3&do=record 20").ending == "case"
    assert played(f"{NIGHT}&do=3&do=silence").ending == "told where to turn"
    gone = played(f"{NIGHT}&do=3&do=hangup")
    assert (gone.question, gone.lines[-1].text, gone.case) == (None, "the caller", "")


def test_a_case_number_finds_what_the_page_says_it_finds() -> None:
    call = played(f"{NIGHT}&do=4&do=123456")
    assert call.question is not None
    assert [choice.role for choice in call.question.choices] == ["case_stays", "case_stops", "operator"]


def test_a_caller_may_hang_up_at_any_time() -> None:
    for doing in ("do=hangup", "do=1&do=1&do=hangup", "do=0&do=hangup", "do=0&do=!timeout&do=hangup"):
        call = played(f"{DAY}&{doing}")
        assert (call.question, call.lines[-1].what, call.lines[-1].text) == (None, "hangs up", "the caller"), doing
    assert played(f"{DAY}&do=hangup").ending == "hung up"


def test_steps_that_do_not_fit_any_more_are_left_out_and_counted() -> None:
    call = played(f"{NIGHT}&do=2&do=!busy&do=1")
    assert call.used == 1
    assert call.question is not None
    assert call.question.asks == "callback"


@pytest.mark.parametrize("query", ["fact.shoe=43", "fact.caller=royal", "route=moon", "language=fr", "at=ooit"])
def test_what_the_table_does_not_know_is_told(query: str) -> None:
    with pytest.raises(Told) as told:
        played(f"{query}&call=1")
    assert told.value.key in ("phone.wrong_unknown", "phone.wrong_language", "phone.wrong_at")


@given(
    st.lists(KEYS, max_size=12),
    st.sampled_from((DAY, NIGHT, "at=2026-12-01 08:35")),
    st.sampled_from(("bridged", "busy", "no_answer")),
)
def test_the_page_plays_what_the_simulator_plays(does: list[str], at: str, rings: str) -> None:
    call = played("&".join([at, f"rings={rings}", "waits=full", "call=1", *(f"do={word}" for word in does)]))
    mine = [(line.second, line.what, line.text, line.language) for line in call.lines if line.who != "whisper"]
    theirs = _simulated(call, does, rings)
    assert mine == theirs[: len(mine)]
    assert call.question is not None or len(mine) == len(theirs)


def _simulated(call: Call, does: list[str], rings: str) -> list[tuple[float, str, str, str]]:
    table = groningen()
    arrival = arrive(table.graph, call.at, -1, table.graph.main_number, CALLER, {})
    world = World(dials={"*": [rings]}, queues={"*": ["full"]}, cases=dict(CASES))
    play = Play(table, arrival, Scripted(does[: call.used]), world, call=_name(call))
    return [(line.second, line.what, line.text, line.language) for line in play.run().lines]


def _name(call: Call) -> str:
    """The name that the page gives the call: case numbers are made from it."""
    return prepare(groningen(), setting(f"at={call.written}"), NOW).call
