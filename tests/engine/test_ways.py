"""Facts about the nodes that choose a way, about numbers in their phases, and about the bounds of every call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.model.actions import Answer, Effect, Hangup
from ivr.model.events import (
    CASE_STATES,
    DIAL_OUTCOMES,
    QUEUE_OUTCOMES,
    CaseCancelled,
    CaseFound,
    CaseJoined,
    CaseOpened,
    CaseRefused,
    CaseUnknown,
    Dialled,
    EffectFailed,
    Event,
    HungUp,
    Keys,
    MarkKept,
    Queued,
    Recorded,
    Silence,
    Speech,
)
from ivr.model.moment import Calamity
from tests.engine.calls import Call


@pytest.mark.parametrize(
    ("at", "node"),
    [
        ("2026-12-01 09:00", "main"),
        ("2026-12-01 08:59", "closed"),
        ("2026-12-01 17:00", "closed"),
        ("2026-12-05 12:00", "closed"),
        ("2026-12-25 12:00", "feast"),
        ("2026-12-24 14:59", "main"),
        ("2026-12-24 15:00", "closed"),
    ],
)
def test_hours_are_judged_at_arrival(at: str, node: str) -> None:
    assert Call(at=at).node == node


def test_a_closed_line_says_when_it_opens() -> None:
    assert "Open maandag om negen uur." in Call(at="2026-12-04 18:00").heard


def test_a_calamity_is_spoken_first_and_goes_on() -> None:
    call = Call(calamity=Calamity(("Er is geen water.", "There is no water.")))
    assert call.heard.startswith("Er is geen water.")
    assert call.node == "main"


def test_a_calamity_takes_a_declared_route_and_no_other() -> None:
    assert Call(calamity=Calamity(("Water.", "Water."), "flood")).node == "thanks"
    assert Call(calamity=Calamity(("Water.", "Water."), "elsewhere")).node == "main"


@pytest.mark.parametrize(
    ("at", "words", "node"),
    [
        ("2026-12-01 10:00", "Welkom.", "main"),
        ("2027-01-04 10:00", "Dit nummer verdwijnt. Welkom.", "main"),
        ("2027-03-02 10:00", "Welkom.", "main"),
    ],
)
def test_a_number_routes_as_its_phase_says(at: str, words: str, node: str) -> None:
    call = Call(at=at, dial="050 367 1000")
    assert call.heard.startswith(words)
    assert call.node == node


def test_a_redirected_number_offers_help_before_it_hangs_up() -> None:
    call = Call(at="2027-02-02 10:00", dial="050 367 1000")
    assert call.heard.startswith("Dit nummer verdwijnt. This number disappears. Wilt u nu een medewerker spreken?")
    assert "Would you like to speak to someone now?" in call.heard, "nobody has chosen a language yet"
    assert call.wait(2).listens, "who answers through a relay service needs half a minute"
    assert isinstance(Call(at="2027-02-02 10:00", dial="050 367 1000").wait(3).last, Hangup)
    assert call.press("5").node == "operator"


@pytest.mark.parametrize(
    ("at", "node"), [("2026-11-30 10:00", "main"), ("2026-12-01 10:00", "thanks"), ("2027-01-04 10:00", "main")]
)
def test_a_campaign_number_routes_elsewhere_outside_its_days(at: str, node: str) -> None:
    assert Call(at=at, dial="050 367 1001").node == node


@pytest.mark.parametrize("dial", ["050-3678100", "+31503678199", "0031503678150"])
def test_a_block_is_known_by_any_of_its_numbers(dial: str) -> None:
    assert Call(dial=dial).node == "code"


def split(seed: int) -> str:
    """Where a known caller goes who dialled the number whose callers are split."""
    return Call(dial="050 367 1000", seed=seed, facts={"caller": "known"}).node


def test_a_branch_on_a_fact_takes_the_case_of_its_value() -> None:
    assert Call(dial="050 367 1000", facts={"caller": "other"}).node == "main"
    assert split(1) in ("thanks", "operator")


def test_a_split_sends_the_same_caller_the_same_way() -> None:
    assert all(len({split(seed) for _ in range(3)}) == 1 for seed in range(10))


def test_a_split_gives_each_share_about_its_part_of_the_callers() -> None:
    found = [split(seed) for seed in range(400)]
    assert 160 <= found.count("thanks") <= 240


EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Keys, st.text("0123456789*#", min_size=1, max_size=6)),
    st.builds(Keys, st.sampled_from("0123456789*#")),
    st.just(Keys("123456")),
    st.builds(Speech, st.sampled_from(["afval", "xyz", "een medewerker"]), st.just(0.9)),
    st.just(Silence()),
    st.builds(Dialled, st.sampled_from(DIAL_OUTCOMES)),
    st.builds(Queued, st.sampled_from(QUEUE_OUTCOMES)),
    st.builds(Recorded, st.sampled_from(["", "https://api.example/RE1"]), st.integers(0, 30)),
)
OUTCOMES: st.SearchStrategy[Event] = st.sampled_from(
    [
        *(CaseOpened("123456", 1_796_300_000), CaseRefused(), EffectFailed(), MarkKept()),
        *(CaseFound("123456", 1_796_300_000, state) for state in CASE_STATES),
        *(CaseUnknown(), CaseJoined(), CaseCancelled()),
    ]
)


@given(st.lists(st.tuples(EVENTS, OUTCOMES), max_size=60), st.sampled_from(["", "+31612345678"]))
def test_no_step_answers_with_silence_whatever_happens(events: list[tuple[Event, Event]], caller: str) -> None:
    call = Call(caller=caller)
    for event, outcome in events:
        if call.ended:
            break
        call.then(event)
        while isinstance(call.last, Effect):
            call.then(outcome)
        assert isinstance(call.last, Answer)


@given(st.lists(EVENTS, min_size=1, max_size=8))
def test_every_call_ends_whatever_the_caller_does(events: list[Event]) -> None:
    call = Call()
    for turn in range(200):
        if call.ended:
            return
        call.then(events[turn % len(events)])
        while isinstance(call.last, Effect):
            call.then(EffectFailed())
    raise AssertionError("the call did not end in 200 turns")


def test_after_max_inputs_the_call_goes_to_the_operator() -> None:
    call = Call().press(*["*"] * 10)
    assert call.node == "main"
    assert call.press("*").node == "operator"


def test_a_call_that_goes_on_for_ever_is_told_where_to_turn() -> None:
    call = Call().press(*["*"] * 10, "*").then(Dialled("busy"))
    for _ in range(30):
        if call.ended:
            break
        call.press("2", "12")
    assert call.ended


@given(EVENTS)
def test_who_has_hung_up_is_left_in_peace(event: Event) -> None:
    call = Call().then(HungUp())
    state = call.state
    call.then(event)
    assert (call.state, call.actions) == (state, ())


def test_the_same_call_gives_the_same_answers() -> None:
    once, again = (Call().wait().press("9", "3", "9123", "1") for _ in range(2))
    assert (once.state, once.actions) == (again.state, again.actions)
