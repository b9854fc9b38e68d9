"""Callers: scripted, random, and the personas that every table must serve."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from ivr.calendars.moment import phase_at
from ivr.model.events import Event, HungUp, Keys, Silence, Speech
from ivr.model.moment import REDIRECT
from ivr.simulator.callers import PERSONAS, Asked, Persona, Random, Scripted, parse
from ivr.simulator.play import Play
from ivr.simulator.world import World
from ivr.tables.arrivals import arrive
from ivr.tables.ready import Table, load_table
from tests.engine.calls import TODAY, instant, table


@cache
def groningen() -> Table:
    """The table of Groningen."""
    return load_table(Path("routing_tables/groningen"), TODAY)


MAIN = table().graph.names.index("main")


def asked(node: int = MAIN, since: float = 0.0, digits: int = 1) -> Asked:
    """A question in the main menu."""
    return Asked(node, 0, digits, "", True, 8, since)


@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("", Silence()), ("-", Silence()), ("silence", Silence()), ("hangup", HungUp()), ("12#", Keys("12#")),
        (": grof vuil ", Speech("grof vuil", 0.9)),
    ],
)  # fmt: skip
def test_a_word_of_a_script_is_a_doing(word: str, event: Event) -> None:
    assert parse(word) == event


def test_after_its_script_a_caller_stays_silent_or_hangs_up() -> None:
    assert [Scripted(["1"]).answer(asked()) for _ in range(1)] == [Keys("1")]
    quiet, gone = Scripted([]), Scripted([], "hangup")
    assert (quiet.answer(asked()), gone.answer(asked())) == (Silence(), HungUp())


@pytest.mark.parametrize(
    ("script", "most", "seconds"),
    [
        (["record 20"], 60, 20),
        (["record 90"], 60, 60),
        (["silence"], 60, 0),
        (["hangup"], 60, -1),
        (["1"], 60, 10),
        ([], 5, 5),
    ],
)
def test_a_recording_is_as_long_as_the_script_says(script: list[str], most: int, seconds: int) -> None:
    assert Scripted(script).record(most) == seconds


def test_a_caller_leaves_a_queue_only_when_the_script_says_so() -> None:
    caller = Scripted(["leave", "1"])
    assert (caller.leaves(), caller.leaves(), caller.answer(asked())) == (True, False, Keys("1"))


def test_a_random_caller_does_the_same_again_for_the_same_seed() -> None:
    graph = table().graph
    first, second, other = (Random(graph, seed) for seed in (3, 3, 4))
    doings = [[caller.answer(asked()) for _ in range(50)] for caller in (first, second, other)]
    assert doings[0] == doings[1] != doings[2]


def test_random_callers_press_every_bound_key_and_also_do_otherwise() -> None:
    graph = table().graph
    caller = Random(graph, 1)
    doings = [caller.answer(asked()) for _ in range(2000)]
    assert set(graph.nodes[MAIN].keys) <= {d.digits for d in doings if isinstance(d, Keys)}  # type: ignore[union-attr]
    assert {type(d) for d in doings} == {Keys, Speech, Silence, HungUp}


def test_who_is_silent_says_nothing_and_leaves_no_message() -> None:
    caller = Persona(table().graph, "silent")
    assert (caller.answer(asked()), caller.record(60)) == (Silence(), 0)


def test_wrong_keys_are_never_bound() -> None:
    graph = table().graph
    pressed = Persona(graph, "wrong-keys").answer(asked())
    assert isinstance(pressed, Keys)
    assert pressed.digits not in {*graph.nodes[MAIN].keys, graph.operator_key, graph.repeat_key}  # type: ignore[union-attr]


def test_a_relay_operator_answers_after_half_a_minute() -> None:
    caller = Persona(table().graph, "relay", ["2"])
    assert [caller.answer(asked(since=s)) for s in (0.0, 12.0, 24.0)] == [Silence(), Silence(), Keys("2")]


def test_who_is_hard_of_hearing_has_each_menu_repeated_twice() -> None:
    caller = Persona(table().graph, "hard-of-hearing", ["2"])
    assert [caller.answer(asked()) for _ in range(3)] == [Keys("*"), Keys("*"), Keys("2")]


def test_a_persona_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no persona 'shy'"):
        Persona(table().graph, "shy")


@pytest.mark.parametrize("name", PERSONAS)
@pytest.mark.parametrize(
    "at", ["2026-12-01 10:00", "2026-12-03 18:30", "2026-12-01 22:00", "2026-12-02 03:00", "2026-12-25 11:00"]
)
def test_every_persona_is_helped_by_groningen_whatever_they_dial(name: str, at: str) -> None:
    graph = groningen().graph
    helped = 0
    for number in range(-1, len(graph.numbers)):
        if number >= 0 and phase_at(graph.numbers[number], instant(at)) == REDIRECT:
            continue  # they are told the new number, offered a person once, and hung up
        dialled = graph.main_number if number < 0 else graph.numbers[number].name
        arrival = arrive(graph, instant(at), number, dialled, "+31612345678", {})
        heard = Play(groningen(), arrival, Persona(graph, name), World()).run()
        assert heard.ending in ("person", "case"), dialled
        helped += 1
    assert helped > 20
