"""Every ending of every number: what is found can be played, and nothing shorter is."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from ivr.simulator.callers import Scripted
from ivr.simulator.doings import sample
from ivr.simulator.explore import Explored, Explorer, Found
from ivr.simulator.moments import moments
from ivr.simulator.play import Play
from ivr.simulator.transcript import Transcript
from ivr.simulator.world import World
from ivr.tables.arrivals import arrive, find_number
from tests.engine.calls import TODAY, instant, table


def explored(at: str = "2026-12-01 10:00", dial: str = "14 050", explorer: Explorer | None = None) -> Explored:
    """What can come of a call."""
    graph = table().graph
    arrival = arrive(graph, instant(at), find_number(graph, dial), dial, "+31612345678", {})
    return (explorer or Explorer(table())).explore(arrival)


def replayed(found: Found, at: str, dial: str) -> Transcript:
    """A way that was found, played by a caller who does just that."""
    graph = table().graph
    arrival = arrive(graph, instant(at), find_number(graph, dial), dial, "+31612345678", {})
    script, world = [], World(queues={"*": ["timeout"]})
    for done in found.done:
        name, colon, outcome = done.partition(": ")
        if colon:
            (world.queues if outcome == "timeout" else world.dials).setdefault(name, []).append(outcome)
        else:
            script.append(done)
    if found.ending == "person":
        for outcomes in (world.dials, world.queues):
            outcomes.setdefault(found.team, []).append("bridged")
    return Play(table(), arrival, Scripted(script), world).run()


CALLS = [
    ("2026-12-01 10:00", "14 050"), ("2026-12-01 10:00", "050 367 8123"), ("2026-12-01 22:00", "14 050"),
    ("2027-02-02 10:00", "050 367 1000"), ("2026-12-25 11:00", "050 367 1001"),
]  # fmt: skip


@pytest.mark.parametrize(("at", "dial"), CALLS)
def test_every_way_that_is_found_can_be_played(at: str, dial: str) -> None:
    held = explored(at, dial)
    assert held.endings
    assert not held.cut
    for found in [*held.endings.values(), *([held.soonest] if held.soonest else [])]:
        heard = replayed(found, at, dial)
        assert heard.ending == found.ending, found
        if found.ending == "person":
            assert heard.team == found.team
            assert heard.helped_at == pytest.approx(found.seconds, abs=12)  # a round of waiting is played out
        else:
            assert heard.seconds == pytest.approx(found.seconds, abs=12)


def test_a_person_is_one_choice_away_where_the_operator_is() -> None:
    held = explored()
    assert held.person is not None
    assert (held.person.choices, held.person.team) == (1, "desk")
    assert held.soonest is not None
    assert held.soonest.seconds <= held.person.seconds


def test_there_is_no_person_when_nobody_is_there() -> None:
    held = explored("2026-12-01 22:00")
    assert (set(held.endings), held.soonest) == ({"told where to turn"}, None)


def test_what_was_looked_at_for_one_number_gives_another_the_same() -> None:
    shared = Explorer(table())
    for at, dial in [*CALLS, *reversed(CALLS)]:
        assert explored(at, dial, shared) == explored(at, dial)


def test_a_search_that_is_cut_off_says_so() -> None:
    assert explored(explorer=Explorer(table(), 3)).cut


@pytest.mark.parametrize(
    ("pattern", "digits"),
    [("9[0-9]{3}", 4), ("97[0-9]{2}", 4), ("[0-9]{6}", 0), ("[1-9][0-9]{3}[A-Z]{2}", 0), ("", 0), ("", 3)],
)
def test_a_pattern_has_a_sample(pattern: str, digits: int) -> None:
    found = sample(pattern, digits)
    assert found
    assert not pattern or re.fullmatch(pattern, found)


def test_a_pattern_that_takes_nothing_we_try_has_none() -> None:
    assert sample("x{40}", 0) == ""


def test_moments_stand_for_what_comes_in_the_next_sixty_days() -> None:
    zone = table().almanac.zone
    shown = {name: f"{dt.datetime.fromtimestamp(at, zone):%a %d %b %H:%M}" for name, at in moments(table(), TODAY)}
    assert shown == {
        "open": "Wed 25 Nov 13:00", "evening": "Wed 25 Nov 22:00", "weekend": "Sat 28 Nov 11:00", "holiday": "Fri 25 Dec 11:00",
    }  # fmt: skip
