"""A call as a scenario is one that holds, or it is told why there is none."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.diagnostics import Source, Sources
from ivr.pages.look.faults import Told
from ivr.pages.phone.saved import save
from ivr.simulator.run import run_scenario
from ivr.simulator.scenario import read_suite_sources
from tests.pages.browser import groningen
from tests.pages.phone.calls import DAY, NIGHT, NOW, setting

DOINGS = st.lists(
    st.sampled_from(
        ("1", "2", "3", "0", "9", "silence", ":afval", "!bridged", "!busy", "!timeout", "leave", "record 10")
    ),
    max_size=8,
)


def saved(query: str, name: str = "a-call") -> str:
    return save(groningen(), setting(query), NOW, name).yaml


def saved_if_it_can_be(query: str) -> str:
    try:
        return saved(query)
    except Told as told:
        return "" if told.key == "phone.wrong_unsayable" else told.key


def test_a_call_that_is_over_becomes_a_scenario_with_its_ending() -> None:
    text = saved(f"{DAY}&do=1&do=1&do=!busy&do=1")
    assert "  a-call:\n    at: 2026-12-01 10:00\n    do: [1, 1, 1]\n    dials: {burgerzaken: [busy]}\n" in text
    assert "ends: case" in text


def test_a_call_that_goes_on_becomes_one_that_passes_these_nodes() -> None:
    text = saved(f"{NIGHT}&language=en&do=2")
    assert "do: [9, 2]" in text
    assert "ends:" not in text
    assert "passes: [calamity, notices," in text


def test_who_hangs_up_where_they_are_asked_can_be_saved() -> None:
    for doing in ("do=hangup", "do=3&do=hangup"):
        assert "hangup]" in saved(f"{NIGHT}&{doing}")


def test_what_was_switched_stands_in_the_scenario() -> None:
    text = saved(f"{DAY}&closed=burgerzaken&notice.nl.notices=De lift is stuk.&do=1&do=1")
    assert "closed: {burgerzaken: 2026-12-01 11:00}" in text
    assert "notices: {notices: {nl: De lift is stuk.}}" in text


@given(DOINGS, st.sampled_from((DAY, NIGHT)))
def test_what_is_saved_holds_when_it_is_played(does: list[str], at: str) -> None:
    text = saved_if_it_can_be("&".join([at, "call=1", *(f"do={word}" for word in does)]))
    if not text:  # the caller stayed in the queue and left it later
        assert "!timeout" in does
        return
    suite = read_suite_sources(Sources((Source("scenario.yaml", text),)))
    assert not suite.report.sorted()
    assert [run_scenario(groningen(), scenario).passed for scenario in suite.scenarios] == [True]


@given(
    st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"),
        min_size=1,
        max_size=80,
    )
)
def test_words_of_anybody_stay_words_in_the_yaml(words: str) -> None:
    query = setting(f"{DAY}&calamity=on&call=1")
    held = msgspec.structs.replace(query, says=(("nl", words.strip() or "x"),), does=(":" + words,))
    text = save(groningen(), held, NOW, "a-call").yaml
    suite = read_suite_sources(Sources((Source("scenario.yaml", text),)))
    (scenario,) = suite.scenarios
    assert [at.text.strip() for at in scenario.decl.do][:1] == [(":" + words).strip()]
    assert scenario.decl.calamity is not None
    assert scenario.decl.calamity.say is not None
    assert scenario.decl.calamity.say.by_language["nl"][1].text == (words.strip() or "x")


@pytest.mark.parametrize("name", ["", "A", "a b", "../x", "a.b", "-x", "x" * 61, "a\n", "é"])
def test_a_name_that_could_be_anything_else_is_refused(name: str) -> None:
    with pytest.raises(Told) as told:
        saved(f"{DAY}&call=1", name)
    assert told.value.key == "phone.wrong_name"


def test_what_a_scenario_cannot_hold_is_told() -> None:
    for query, key in (
        (f"{DAY}&do=1&do=1&do=hangup", "phone.wrong_unsayable"),
        (f"dial=010 123&{DAY}&call=1", "phone.wrong_unsayable_number"),
    ):
        with pytest.raises(Told) as told:
            saved(query)
        assert told.value.key == key


def test_a_callers_number_in_a_scenario_is_warned_of_without_being_told() -> None:
    held = save(groningen(), setting(f"{DAY}&from=+31687654321&call=1"), NOW, "a-call")
    assert 'from: "+31687654321"' in held.yaml
    assert held.caller
    assert "87654321" not in held.caller
    assert save(groningen(), setting(f"{DAY}&call=1"), NOW, "a-call").caller == ""
