"""Endings and how near a person is: what playing every caller finds, no more and no less, and said as people say it."""

from __future__ import annotations

import datetime as dt
import heapq
import random
from collections import defaultdict
from itertools import pairwise

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ivr.calendars.moment import phase_at
from ivr.engine import begin
from ivr.model.actions import Action
from ivr.model.events import Keys, Queued, Speech
from ivr.model.graph import Graph
from ivr.model.nodes import CallbackNode, SplitNode
from ivr.model.state import ENDED, State
from ivr.proofs.endings import ENDING, GIVEN_UP, Ending, Endings, Row
from ivr.proofs.near import nearest
from ivr.proofs.relevant import Relevance, asked_facts
from ivr.proofs.saying import Saying
from ivr.proofs.space import PERSON, Space
from ivr.simulator.callers import Scripted
from ivr.simulator.play import Play
from ivr.simulator.world import World
from ivr.tables.arrivals import arrive
from tests.engine import calls
from tests.proofs.callers import MOST_MOVES, Callers, Recorder, Told, TooLarge, case, person
from tests.proofs.tables import DAYS, compiled, made, space_of, start_of

Found = tuple[set[tuple[str, int]], dict[int, int]]
"""Endings as (how, language), and the fewest choices to a person by language."""


def played(callers: Callers, moment: Recorder) -> Found:
    """All that can come of one caller's calls, the limit of inputs aside: every way is played."""
    told = Told(callers.graph)
    ends: set[tuple[str, int]] = set()
    fewest: dict[int, int] = {}
    seen: set[tuple[State, int]] = set()
    heap: list[tuple[int, int, State, Action | None, int]] = [(0, 0, begin(callers.graph), None, 0)]
    count = 0
    while heap:
        choices, _, state, last, level = heapq.heappop(heap)
        if (state, level) in seen:
            continue
        seen.add((state, level))
        for move in callers.moves(moment, state, last):
            left = isinstance(move.event, Queued) and move.event.outcome == "left"
            used = choices + (isinstance(move.event, Keys | Speech) or left)
            after = max(level, 3 if person(move) else 2 if case(move) else 1 if told(move) else 0)
            if person(move):
                ends.add(("person", state.language))
                fewest.setdefault(state.language, used)
                fewest[state.language] = min(fewest[state.language], used)
            if move.after.part == ENDED and after < 3:
                ends.add((ENDING[after], move.after.language))
            count += 1
            if count > MOST_MOVES:
                raise TooLarge
            if move.after.part != ENDED:
                to = msgspec.structs.replace(move.after, turns=0)
                heapq.heappush(heap, (used, count, to, move.actions[-1] if move.actions else None, after))
    return ends, fewest


def worlds_of(space: Space, moment: Recorder) -> int:
    """The world of a caller, as a set."""
    worlds, graph = space.worlds, space.graph
    arrival = moment.arrival
    mask = worlds.number(arrival.number)
    if arrival.number >= 0 and graph.numbers[arrival.number].phases:
        mask &= worlds.phase(phase_at(graph.numbers[arrival.number], arrival.time))
    met = Relevance(graph).of_number(arrival.number)
    for index, calendar in enumerate(worlds.classes.almanac.calendars):
        if met >> index & 1:
            mask &= worlds.calendar(index, calendar.at(arrival.time))
    for fact in asked_facts(graph):
        mask &= worlds.fact(fact, arrival.facts[fact])
    return mask


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_what_can_come_of_a_call_is_what_playing_every_way_finds(chance: random.Random) -> None:
    table = compiled(made(chance, 30))
    space = space_of(table, DAYS)
    endings = Endings(space)
    callers = Callers(table, start_of(table), DAYS)
    found: dict[int, Found] = defaultdict(lambda: (set(), {}))
    try:
        for moment in list(callers.everybody(calamities=False))[:60]:
            ends, fewest = played(callers, moment)
            held = found[worlds_of(space, moment)]
            held[0].update(ends)
            for language, choices in fewest.items():
                held[1][language] = min(choices, held[1].get(language, 99))
    except TooLarge:
        assume(False)
    free = any(isinstance(node, SplitNode | CallbackNode) for node in table.graph.nodes)
    for mask, (ends, fewest) in found.items():
        mine = {
            (e.how, e.language) for e, m in endings.found.items() if m & mask and not e.switch and e.how != GIVEN_UP
        }
        near = {
            language: next((c for c, _, m in pieces if m & mask), None)
            for language, pieces in enumerate(endings.fewest)
        }
        if free:  # who falls into which share is free in each world: not all of its callers were played
            assert ends <= mine
            assert all(near[language] is not None for language in fewest)
        else:
            assert ends == mine
            assert {language: c for language, c in near.items() if c is not None} == fewest


@pytest.fixture(scope="module")
def kinds() -> Space:
    """The space of the table with every kind of node."""
    return space_of(compiled(calls.TEXT))


def rows(space: Space, number: int = -1, language: int = 0) -> list[Row]:
    return list(Endings(space).rows(number, language))


def test_the_soonest_way_is_the_one_that_guarantees_are_judged_by(kinds: Space) -> None:
    for language, pieces in enumerate(Endings(kinds).soonest):
        for _, millis, mask in pieces:
            goal = lambda at, edge, spoken=language: bool(  # noqa: E731
                kinds.flags[edge] & PERSON and kinds.states[at].language == spoken
            )
            near = nearest(kinds, mask, goal, None, millis / 1000 + 0.01)
            assert near.worlds == mask
            assert nearest(kinds, mask, goal, None, millis / 1000 - 0.01).worlds == 0


def test_every_moment_of_a_caller_is_in_one_row(kinds: Space) -> None:
    worlds = kinds.worlds
    for number in range(-1, len(kinds.graph.numbers)):
        held = [(f, w) for row in rows(kinds, number) for f in row.facts or range(worlds.width) for w in row.worlds]
        assert len(held) == len(set(held)) == worlds.number(number).bit_count()


def test_rows_differ_in_what_can_come_of_a_call(kinds: Space) -> None:
    shown = [(row.facts, row.endings, row.fewest and row.fewest.choices, row.silent) for row in rows(kinds)]
    assert len(shown) == len(set(shown))


def test_a_way_that_needs_the_calamity_switch_says_so(kinds: Space) -> None:
    flood = [e for row in rows(kinds) for e in row.endings if e.switch]
    assert flood == []  # thanks can be reached without it, too
    text = calls.TEXT.replace("routes: {flood: thanks}", "routes: {flood: operator}").replace("to: thanks", "to: note")
    closed = [row for row in rows(space_of(compiled(text))) if row.fewest is None]
    assert closed
    assert all(not e.switch or e.how in ("person", "case") for row in closed for e in row.endings)


TWO = """\
table:
  id: two
  title: Two
  main_number: "14 050"
  caller_id: "+31 50 367 9111"
  languages: {nl: {voice: A, locale: nl-NL}, en: {voice: B, locale: en-GB}}
  entry: [opening]
  operator: {key: 0, to: operator}
  wait: 8s
  max_inputs: 10
calendars:
  desk: {hours: "Mo-Fr 08:30-17:00; Th 08:30-19:00", holidays: NL, closed_on: {"2026-12-24 15:00-24:00": kerstavond}}
teams:
  desk: {title: {nl: de balie, en: the desk}, calendar: desk, dial: ["sip:desk@kcc.example"], ring: 20s}
nodes:
  opening: {kind: hours, calendar: desk, open: continue, closed: closed, holiday: closed}
  closed: {kind: end, where_to_turn: true, say: {nl: "Dicht.", en: "Closed."}}
  main:
    kind: menu
    say: {nl: Welkom., en: Welcome.}
    options:
      1: {label: {nl: de balie, en: the desk}, to: operator}
      9: {language: en}
    no_input: {ask_at_most: 2, to: operator}
    no_match: {ask_at_most: 3, to: operator}
  operator: {kind: transfer, team: desk, when_done: bye, busy: told, no_answer: told, closed: told, failed: told}
  told: {kind: say, say: {nl: "Kijk op de site.", en: "See the site."}, where_to_turn: true, to: bye}
  bye: {kind: end, say: {nl: Dag., en: Bye.}}
"""


@pytest.mark.parametrize(("at", "last"), [("2026-12-01 10:00", "Kijk op de site."), ("2026-12-01 22:00", "Dicht.")])
def test_the_silent_wait_as_long_as_a_silent_call_that_nobody_answers(at: str, last: str) -> None:
    table = compiled(TWO)
    arrival = arrive(table.graph, calls.instant(at), -1, "14 050", "+31612345678", {})
    call = Play(table, arrival, Scripted(()), World(dials={"*": ["no_answer"]})).run()
    heard = next(i for i, line in enumerate(call.lines) if line.text == last)
    silent = {row.silent for row in rows(space_of(table)) if (row.fewest is None) == (last == "Dicht.")}
    assert list(silent) == pytest.approx([call.lines[heard + 1].second], abs=0.1)


def test_a_call_that_may_end_without_help_has_no_bound() -> None:
    space = space_of(compiled(TWO.replace("no_answer: told", "no_answer: bye")))
    assert [row.silent for row in rows(space) if row.fewest] == [float("inf")]


def test_the_end_of_all_turns_is_an_ending_only_where_it_can_be_reached() -> None:
    short = {e.how for row in rows(space_of(compiled(TWO))) for e in row.endings}
    assert GIVEN_UP not in short  # after ten inputs the call goes to the desk, and from there it ends
    assert (
        Ending(GIVEN_UP, "", 0) in Endings(space_of(compiled(TWO.replace("bye, busy: told", "bye, busy: main")))).found
    )


def words(text: str, number: int = -1, days: int = 800) -> list[str]:
    """The times of the rows of a number, the longest time first."""
    space = space_of(compiled(text), days)
    held = space.worlds.list
    found = sorted(rows(space, number), key=lambda row: -sum(held[w].seconds for w in row.worlds))
    groups = {(held[w].vector, held[w].phase): i for i, row in enumerate(found) for w in row.worlds}
    said = Saying(space.worlds.classes).of_number(number, groups)
    return [said[i] for i in range(len(found))]


def test_times_are_said_as_people_say_them() -> None:
    assert words(TWO, days=60) == [
        "Mon-Fri until 08:30 and from 17:00, Thu from 19:00; Sat, Sun, and holidays, 24 Dec 2026 from 15:00",
        "Mon-Fri 08:30-17:00, Thu until 19:00",
    ]


LINE = 'numbers:\n  "050 367 1000": {formerly: Afval, to: main, announce: {nl: Weg., en: Gone.}, phases: {parallel: 2026-01-01, announce: 2026-12-01, redirect: 2027-02-01, returned: 2027-06-01}}\n'


def test_a_phase_of_a_number_is_told_with_its_dates() -> None:
    text = TWO.replace("nodes:\n", LINE + "nodes:\n", 1)
    said = words(text, number=0)
    assert any("1 Feb 2027 to 31 May 2027 (redirect): Mon-Fri 08:30-17:00, Thu until 19:00" in words for words in said)


def test_a_calendar_of_seasons_is_told_as_one() -> None:
    text = TWO.replace(
        "teams:", '  winter: {hours: "2026-2027 Dec 14-31 00:00-24:00"}\nteams:'
    ).replace("open: continue,", "open: winter,").replace(
        "  closed: {kind: end", "  winter: {kind: hours, calendar: winter, open: told, closed: continue}\n  closed: {kind: end"
    )  # fmt: skip
    said = words(text, days=60)
    assert "14 Dec 2026 to 31 Dec 2026: always" in said[0].split("; ")


def test_the_pieces_of_a_day_cover_it(kinds: Space) -> None:
    saying = Saying(kinds.worlds.classes)
    groups = {(w.vector, w.phase): i for i, w in enumerate(kinds.worlds.list) if w.number == 0}
    for day in saying.days:
        pieces = saying.day_pieces(0, day, groups)
        assert (pieces[0][0], pieces[-1][1]) == (0, 1440)
        assert all(a[1] == b[0] for a, b in pairwise(pieces))
        assert all(group >= 0 for _, _, group in pieces)


def test_days_are_cut_where_calendars_change(kinds: Space) -> None:
    classes = kinds.worlds.classes
    zone = classes.almanac.zone
    for day in Saying(classes).days[:200]:
        for start, _, vector in day.pieces:
            local = dt.datetime.combine(dt.date.fromordinal(day.ordinal), dt.time(start // 60, start % 60), zone)
            at = int(local.timestamp()) + 30
            assert classes.vectors[vector] == tuple(c.at(at) for c in classes.almanac.calendars)


def test_facts_make_rows_only_where_they_make_a_difference(kinds: Space) -> None:
    graph: Graph = kinds.graph
    assert graph.facts
    assert {row.facts for row in rows(space_of(compiled(TWO)))} == {()}
