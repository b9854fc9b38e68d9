"""Callers are told apart by what is asked of them, and by nothing else."""

from __future__ import annotations

from ivr.proofs.classes import MAX_FACTS
from ivr.proofs.prover import verdicts
from tests.proofs.tables import compiled, space_of

HEAD = """\
table:
  id: small
  title: Klein
  main_number: "14 050"
  languages: {nl: {voice: A, locale: nl-NL}}
  entry: [welcome]
  operator: {key: 0, to: operator}
calendars: {desk: {hours: "Mo-Fr 08:30-17:00"}}
teams: {desk: {title: {nl: de balie}, calendar: desk, dial: ["sip:desk@kcc.example"]}}
"""
TAIL = """\
  operator: {kind: transfer, team: desk, when_done: told, busy: told, no_answer: told, closed: told, failed: told}
  told: {kind: end, where_to_turn: true, say: {nl: Kom langs.}}
"""


def table(count: int, chained: bool) -> str:
    """Branches on so many facts of four values: each asked only of whom the one before knows nothing, or of everybody."""
    values = "[none, a, b, c]"
    facts = ", ".join(f"f{i}: {values}" for i in range(count))
    rows = []
    for i in range(count):
        on = f"n{i + 1}" if i + 1 < count else "operator"
        rows.append(
            f"  n{i}: {{kind: branch, on: f{i}, cases: {{a: {'told' if chained else on}, b: {'operator' if chained else on}, c: {'told' if chained else on}}}, otherwise: {on}}}\n"
        )
    start = "  welcome: {kind: say, say: {nl: Welkom.}, to: continue}\n"
    return HEAD.replace("  entry", "  start: n0\n  entry") + f"facts: {{{facts}}}\nnodes:\n{start}{''.join(rows)}{TAIL}"


def test_who_is_sent_away_for_one_fact_is_not_told_apart_by_the_next() -> None:
    worlds = space_of(compiled(table(4, chained=True))).worlds
    assert len(worlds.facts) == 3 * 4 + 1
    assert not worlds.free_facts


def test_what_everybody_is_asked_tells_everybody_apart() -> None:
    assert len(space_of(compiled(table(3, chained=False))).worlds.facts) == 4**3 == MAX_FACTS


def test_beyond_the_bound_facts_are_taken_as_free() -> None:
    made = compiled(table(4, chained=False))
    space = space_of(made)
    assert space.worlds.free_facts
    assert all(verdict.holds for verdict in verdicts(space))


def test_each_caller_is_like_exactly_one_of_those_that_are_told_apart() -> None:
    worlds = space_of(compiled(table(4, chained=True))).worlds
    for facts in ((0, 0, 0, 0), (1, 3, 2, 1), (0, 2, 0, 3), (0, 0, 0, 1)):
        here = worlds.like(facts)
        _, row = worlds.any_of(here)
        asked = next(i for i, value in enumerate(facts) if value or i == 3)
        assert row[: asked + 1] == facts[: asked + 1]
        assert here.bit_count() == len(worlds.list)
