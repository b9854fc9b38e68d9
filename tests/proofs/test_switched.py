"""What each switch by itself makes of a guarantee is what callers find who are played one by one."""

from __future__ import annotations

import random
from functools import cache

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ivr.model.moment import Calamity, Switched
from ivr.proofs.prover import verdicts
from ivr.proofs.space import Space
from ivr.proofs.switched import On, Under, switches, under
from ivr.tables.ready import Table
from tests.proofs.callers import Callers, Recorder, TooLarge, bridged_by
from tests.proofs.tables import DAYS, compiled, made, space_of, start_of
from tests.switching import TEXT

NEAR = "guarantees:\n  near: {for: {numbers: main, arriving: desk open}, can: {reach: an open team, within: {choices: 1, seconds: 60}}}\n"


@cache
def kinds() -> tuple[Table, dict[str, Under]]:
    table = compiled(TEXT + NEAR + "  told: {always: {ends_in: [person, case, told where to turn]}}\n")
    space = space_of(table, 60)
    return table, {one.name: one for one in under(space, verdicts(space))}


def test_everything_that_can_be_switched_is_looked_at() -> None:
    assert list(switches(kinds()[0].graph)) == [
        On("calamity"), On("calamity", "flood"), On("notice", "notices"),
        On("closed", "desk"), On("closed", "order"), On("closed", "line"),
    ]  # fmt: skip


def test_what_was_judged_whatever_is_switched_is_told_apart() -> None:
    _, found = kinds()
    assert found["told"].whatever
    assert found["never-while-closed"].whatever
    assert not found["near"].whatever
    assert (found["told"].alone, len(found["near"].alone)) == ((), 6)


def test_a_route_to_the_end_and_a_closed_team_break_what_holds_otherwise() -> None:
    near = kinds()[1]["near"]
    assert near.holds
    broken = {one.on: one.broken for one in near.alone if one.broken}
    assert set(broken) == {On("calamity", "flood")}  # the others still reach a team that is open


def test_how_long_a_text_may_be_that_all_hear() -> None:
    near = kinds()[1]["near"]
    assert near.spare is not None
    assert 0 < near.spare < 60


class Set(Callers):
    """Callers while something is switched, and stays so."""

    def __init__(self, table: Table, on: On) -> None:
        super().__init__(table, start_of(table), DAYS)
        self.on = on

    def everybody(self, calamities: bool = True):  # type: ignore[no-untyped-def]  # as its base
        graph, on = self.graph, self.on
        texts = ("x",) * len(graph.languages)
        calamity = Calamity(texts, on.name) if on.kind == "calamity" else None
        teams = {i: 1 for i, team in enumerate(graph.teams) if on.kind == "closed" and team.name == on.name}
        notices = {i: texts for i, name in enumerate(graph.names) if on.kind == "notice" and name == on.name}
        for moment in super().everybody(calamities=False):
            yield _Fixed(self.table, moment, Switched(calamity, notices, teams))


class _Fixed(Recorder):
    def __init__(self, table: Table, like: Recorder, switched: Switched) -> None:
        super().__init__(table, like.arrival, switched.calamity)
        self.switched = switched

    def notice(self, node: int) -> tuple[str, ...] | None:
        return self.switched.notices.get(node)

    def closed(self, team: int) -> bool:
        return team in self.switched.closed


@settings(max_examples=30)
@given(st.randoms(use_true_random=False), st.integers(0, 3))
def test_a_person_is_near_while_one_thing_is_switched_when_every_caller_can_come_there(
    chance: random.Random, most: int
) -> None:
    guarantees = f"guarantees:\n  near: {{can: {{reach: an open team, within: {{choices: {most}}}}}}}\n"
    table = compiled(made(chance, 30, guarantees))
    space: Space = space_of(table, DAYS)
    judged = list(verdicts(space))
    assume(judged[0].holds and not judged[-1].vacuous)
    on = chance.choice(list(switches(table.graph)))
    found = next(one for one in under(space, judged, (on,)) if one.name == "near")
    try:
        needed = Set(table, on).fewest_choices(bridged_by(table.graph), most)
    except TooLarge:
        assume(False)
    assert [bool(one.broken) for one in found.alone] == [needed > most]
