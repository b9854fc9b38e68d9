"""Facts about how `case`, and what goes with promises, is read: exits, ways to reach, attempts, an old place."""

from __future__ import annotations

import pytest

from ivr.diagnostics import Source, Sources
from ivr.dialects.twiml import queue_name
from ivr.model.graph import Graph
from ivr.model.nodes import CallbackNode, CaseNode, QueueNode
from ivr.tables.ready import check_sources
from tests.authoring.wide import WIDE
from tests.minimal import TABLE, TODAY, findings

CASE = "  number: {{kind: case, joined: bye, cancelled: bye, over: operator, unknown: {unknown}, no_input: {quiet}, failed: operator}}\n"


def text(unknown: str = "operator", quiet: str = "operator", more: str = "") -> str:
    """The minimal table with a case node behind its first choice."""
    held = TABLE.replace("1: {label: {nl: afval}, to: operator}", "1: {label: {nl: een zaaknummer}, to: number}")
    return held.replace("  bye:", CASE.format(unknown=unknown, quiet=quiet) + more + "  bye:", 1)


def graph(text: str) -> Graph:
    held = check_sources(Sources((Source("table.yaml", text),)), TODAY).graph
    assert held is not None
    return held


def test_a_case_node_whose_exits_help_has_no_findings() -> None:
    assert findings(text()) == []


def test_the_wide_table_gives_each_key_its_place() -> None:
    held = graph(WIDE)
    kinds = {type(node): node for node in held.nodes}
    case, callback, queue = kinds[CaseNode], kinds[CallbackNode], kinds[QueueNode]
    assert isinstance(case, CaseNode)
    assert isinstance(callback, CallbackNode)
    assert isinstance(queue, QueueNode)
    assert (held.names[case.joined], held.names[case.unknown]) == ("bye", "operator")
    assert (callback.reach, callback.part) == ("text_relay", "morning")
    assert queue.enqueue.old_place
    assert (held.teams[0].attempts, held.teams[0].apart) == (4, 3 * 3600)


def test_left_out_attempts_are_three_and_two_hours_apart() -> None:
    assert [(team.attempts, team.apart) for team in graph(TABLE).teams] == [(3, 7200)]


@pytest.mark.parametrize("name", ["a", "a" * 60])
def test_callers_with_an_old_place_wait_in_a_queue_of_their_own(name: str) -> None:
    held = graph(WIDE.replace("  line: {title", f"  {name}: {{title").replace("team: line,", f"team: {name},"))
    plain, back = queue_name(held, 1), queue_name(held, 1, old_place=True)
    assert plain != back
    assert back.endswith("-back")
    assert max(len(plain), len(back)) <= 64


def test_an_unknown_number_that_leads_back_is_a_loop_once_the_tries_are_used_up() -> None:
    more = '  sorry: {kind: say, say: {nl: "Probeer het nog eens."}, to: number}\n'
    assert [(code, at) for code, at, _ in findings(text(unknown="sorry", more=more))] == [("IVR303", "sorry")]
    assert [code for code, _, _ in findings(text(unknown="number"))] == ["IVR303"]


@pytest.mark.parametrize(
    ("exit", "why"), [("unknown", "when the case number is not known"), ("quiet", "when no number is typed")]
)
def test_who_has_no_case_and_is_hung_up_on_is_told_of(exit: str, why: str) -> None:
    found = findings(text(**{exit: "bye"}))
    assert [code for code, _, _ in found] == ["IVR322"]
    assert found[0][2] == f"{why}, the caller is hung up on and has no case"


@pytest.mark.parametrize(("words", "codes"), [("Zaak {case}.", []), ("Uiterlijk {due}.", ["IVR318"])])
def test_a_joined_case_has_a_number_and_may_have_no_promise(words: str, codes: list[str]) -> None:
    more = f'  heard: {{kind: say, say: {{nl: "{words}"}}, to: bye}}\n'
    held = text(more=more).replace("joined: bye", "joined: heard")
    assert [code for code, _, _ in findings(held)] == codes
