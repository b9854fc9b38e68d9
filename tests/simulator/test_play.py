"""Calls in process: what is written down, how long it takes, and what of a caller's doing reaches us."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from ivr.desk.promises import case_number
from ivr.model.events import Event, HungUp, Keys, Silence, Speech
from ivr.model.moment import Calamity
from ivr.simulator.callers import Asked, Random, Scripted
from ivr.simulator.play import Play
from ivr.simulator.transcript import Transcript
from ivr.simulator.world import World
from ivr.simulator.writer import call_id, let_through
from ivr.tables.arrivals import arrive, find_number
from tests.engine.calls import instant, table

MORNING = "2026-12-01 10:00"


def play(
    script: Sequence[str], world: World | None = None, at: str = MORNING, dial: str = "14 050",
    caller: str = "+31612345678", call: str = "",
) -> Transcript:  # fmt: skip
    """A call of the table with every kind."""
    graph = table().graph
    arrival = arrive(graph, instant(at), find_number(graph, dial), dial, caller, {})
    return Play(table(), arrival, Scripted(script), world or World(), call).run()


def said(transcript: Transcript) -> list[str]:
    """The lines that are no words, in short."""
    return [f"{line.what} {line.text}".strip() for line in transcript.lines if line.what != "says"]


@pytest.mark.parametrize(
    ("does", "digits", "finish", "speech", "reaches"),
    [
        (Keys("12"), 1, "", False, Keys("1")),
        (Keys("12#34"), 0, "#", False, Keys("12")),
        (Keys("#"), 0, "#", False, Silence()),
        (Keys("#"), 1, "", False, Keys("#")),
        (Keys("1 2-x"), 0, "#", False, Keys("12")),
        (Keys("nothing"), 1, "", False, Silence()),
        (Speech("afval", 0.9), 1, "", False, Silence()),
        (Speech("afval", 0.9), 1, "", True, Speech("afval", 0.9)),
        (Speech("", 0.9), 1, "", True, Silence()),
        (Silence(), 1, "", True, Silence()),
        (HungUp(), 1, "", True, HungUp()),
    ],
)
def test_what_of_a_doing_reaches_us(does: Event, digits: int, finish: str, speech: bool, reaches: Event) -> None:
    assert let_through(does, Asked(0, 0, digits, finish, speech, 8, 0.0)) == reaches


@pytest.mark.parametrize(
    ("script", "world", "lines"),
    [
        (["2"], World(), ["presses 2", "dials sip:desk@kcc.example", "outcome bridged", "is silent", "hangs up we"]),
        (
            ["2", "1"],
            World(dials={"desk": ["declined"]}),
            ["presses 2", "dials sip:desk@kcc.example", "outcome declined", "presses 1", "hangs up we"],
        ),
        (["4", "record 20"], World(), ["presses 4", "records 20 s", "hangs up we"]),
        (["4", "silence"], World(), ["presses 4", "records 0 s", "hangs up we"]),
        (["4", "hangup"], World(), ["presses 4", "hangs up the caller"]),
        (
            ["7"],
            World(dials={"order": ["busy", "bridged"]}),
            ["presses 7", "dials sip:a@kcc.example", "outcome busy", "dials sip:b@kcc.example", "outcome bridged", "hangs up we"],
        ),
        (["hangup"], World(), ["hangs up the caller"]),
        (["5"], World(), ["presses 5", "waits for line", "outcome bridged", "hangs up we"]),
        (["5", "leave", "3"], World(), ["presses 5", "waits for line", "presses 1", "outcome left", "presses 3", "hangs up we"]),
        (["5", "silence"], World(queue_seconds=121), ["presses 5", "waits for line", "outcome timeout", "records 0 s", "hangs up we"]),
        (["5", "silence"], World(queues={"*": ["closed"]}), ["presses 5", "waits for line", "outcome closed", "records 0 s", "hangs up we"]),
    ],
)  # fmt: skip
def test_each_happening_is_a_line(script: list[str], world: World, lines: list[str]) -> None:
    assert said(play(script, world)) == lines


@pytest.mark.parametrize(
    ("script", "world", "at", "ending"),
    [
        (["2"], World(), MORNING, "person"),
        (["4"], World(), MORNING, "case"),
        (["4"], World(disk="failed"), MORNING, "told where to turn"),
        (["8", "1"], World(disk="full"), MORNING, "case"),
        (["8", "1", "silence"], World(disk="full"), MORNING, "told where to turn"),
        (["hangup"], World(), MORNING, "hung up"),
        ([], World(), "2026-12-01 22:00", "told where to turn"),
        ([], World(calamity=Calamity(("Water.", ""), "flood")), MORNING, "told where to turn"),
    ],
)
def test_a_call_ends_in_the_best_that_came_of_it(script: list[str], world: World, at: str, ending: str) -> None:
    assert play(script, world, at).ending == ending


def test_the_seconds_of_a_call_are_those_of_its_parts() -> None:
    heard = play(["2"], World())
    dials = next(line for line in heard.lines if line.what == "dials")
    silent = next(line for line in heard.lines if line.what == "is silent")
    assert heard.helped_at == dials.second + 8
    after = heard.lines[heard.lines.index(silent) + 1]
    assert after.second - silent.second == table().graph.wait


def test_a_dial_that_rings_out_takes_as_long_as_it_rings() -> None:
    heard = play(["2", "3"], World(dials={"desk": ["no_answer"]}))
    at = next(i for i, line in enumerate(heard.lines) if line.what == "outcome")
    assert heard.lines[at + 1].second - heard.lines[at].second == table().graph.teams[0].ring


def test_a_redirected_number_told_where_to_turn() -> None:
    assert play([], at="2027-02-02 10:00", dial="050 367 1000").told


def test_a_case_is_numbered_by_its_call_and_turns() -> None:
    heard = play(["4"], call="CA1")
    assert heard.case in {case_number("CA1", turns) for turns in range(6)}
    assert heard.case != play(["4"], call="CA2").case


def test_the_same_call_has_the_same_name_and_another_caller_another() -> None:
    graph = table().graph
    arrival = arrive(graph, instant(MORNING), -1, "14 050", "+31612345678", {})
    other = arrive(graph, instant(MORNING) + 1, -1, "14 050", "+31612345678", {})
    names = [
        call_id(table(), arrival, Scripted(["1"]), World()),
        call_id(table(), arrival, Scripted(["2"]), World()),
        call_id(table(), other, Scripted(["1"]), World()),
        call_id(table(), arrival, Scripted(["1"]), World(disk="full")),
        call_id(table(), arrival, Random(graph, 1), World()),
        call_id(table(), arrival, Random(graph, 2), World()),
    ]
    assert len(set(names)) == len(names)
    assert names[0] == call_id(table(), arrival, Scripted(["1"]), World())
    assert all(len(name) == 34 and name.startswith("CA") for name in names)


def test_no_random_caller_is_stuck_or_lost() -> None:
    graph = table().graph
    for seed in range(400):
        arrival = arrive(graph, instant(MORNING) + seed * 7200, -1, "14 050", "+31612345678", {})
        heard = Play(table(), arrival, Random(graph, seed, hangs_up=0.0), World(dials={"*": ["busy"]})).run()
        assert heard.lines[-1].what == "hangs up"
        assert heard.ending != "goodbye"


def test_the_key_that_leaves_a_queue_is_pressed_when_it_is_offered() -> None:
    heard = play(["5", "leave"], World(queues={"line": ["timeout"]}))
    at = next(i for i, line in enumerate(heard.lines) if line.what == "presses" and line.text == "1")
    assert heard.lines[at - 1].second == heard.lines[at].second == heard.lines[at + 1].second
    assert said(heard)[:4] == ["presses 5", "waits for line", "presses 1", "outcome left"]


@pytest.mark.parametrize("seed", range(40))
def test_the_clock_of_a_call_never_runs_back(seed: int) -> None:
    graph = table().graph
    arrival = arrive(graph, instant(MORNING), -1, "14 050", "+31612345678", {})
    chance = random.Random(seed)
    queues = {"line": [chance.choice(["bridged", "timeout"]) for _ in range(3)]}
    call = Play(table(), arrival, Random(graph, seed), World(queues=queues, queue_seconds=90)).run()
    seconds = [line.second for line in call.lines]
    assert seconds == sorted(seconds)
