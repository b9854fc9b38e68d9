"""What the checks promise of any table: they never raise, and what they let through strands no helpless caller."""

from __future__ import annotations

from hypothesis import event, given, settings
from hypothesis import strategies as st

from ivr.diagnostics import Source, Sources
from ivr.model.nodes import VoicemailNode
from ivr.simulator.callers import Persona
from ivr.simulator.play import Play
from ivr.simulator.world import World
from ivr.tables.arrivals import arrive
from ivr.tables.ready import Checked, check_sources, ready
from tests.minimal import TABLE, TODAY

HEAD = TABLE.partition("nodes:\n")[0]
NAMES = ["main", "operator", *"abcdefgh"]
OPEN, CLOSED = 1_795_518_000, 1_795_552_200  # Tuesday 24 November 2026, 12:00 and 21:30 in Amsterdam
HELPED = ("person", "case", "told where to turn")

_KINDS = {
    "say": "{{kind: say, say: {{nl: Ja.}}, to: {0}}}",
    "told": "{{kind: say, say: {{nl: Kijk elders.}}, to: {0}, where_to_turn: true}}",
    "menu": "{{kind: menu, options: {{1: {{label: {{nl: iets}}, to: {0}}}}}, no_input: {{to: {1}}}, no_match: {{to: {2}}}}}",
    "short menu": "{{kind: menu, options: {{1: {{label: {{nl: iets}}, to: {0}}}}}}}",
    "ask": '{{kind: ask, field: code, digits: "4", say: {{nl: Uw code?}}, to: {0}, no_input: {{to: {1}}}, no_match: {{to: {2}}}}}',
    "hours": "{{kind: hours, calendar: desk, open: {0}, closed: {1}}}",
    "split": "{{kind: split, shares: {{x: {{share: 40, to: {0}}}, y: {{share: 60, to: {1}}}}}}}",
    "transfer": "{{kind: transfer, team: desk, when_done: {0}, busy: {1}, no_answer: {2}, closed: {3}, failed: {1}}}",
    "survey": "{{kind: survey, say: {{nl: Welk cijfer?}}, to: {0}}}",
    "callback": "{{kind: callback, team: desk, within: 1 working day, taken: {0}, refused: {1}, full: {2}, failed: {3}}}",
    "voicemail": '{{kind: voicemail, team: desk, say: {{nl: "Wij zijn er weer {{opens:desk}}."}}, to: {0}, failed: {1}}}',
    "end": "{{kind: end, say: {{nl: Dag.}}}}",
    "told end": "{{kind: end, say: {{nl: Kijk elders.}}, where_to_turn: true}}",
}


@st.composite
def tables(draw: st.DrawFn, sane: bool) -> str:
    """A table of ten nodes of any kind that lead anywhere; a sane one leads failures to help more often than not."""
    anywhere = st.sampled_from([*NAMES, "continue", "note", "out", "via", "gone"])
    helping = st.sampled_from(["operator", "note", "out"] * 5 + NAMES)
    failing = st.sampled_from(["note", "out"] * 12 + NAMES)  # to the operator, it would soon ring itself
    kinds = {name: draw(st.sampled_from(sorted(_KINDS))) for name in NAMES}
    if sane:
        kinds |= {"main": "menu", "operator": "transfer"}
    inner = draw(st.sampled_from(["return"] if sane else ["return", "a", "x", "y"]))
    lines = []
    for name, kind in kinds.items():
        targets = anywhere if not sane else failing if kind == "transfer" else helping
        lines.append(f"  {name}: {_KINDS[kind].format(*(draw(targets) for _ in range(4)))}\n")
    fixed = (
        "  welcome: {kind: say, say: {nl: Welkom.}, to: continue}\n"
        "  note: {kind: voicemail, team: desk, say: {nl: Spreek in.}, to: out, failed: out}\n"
        "  out: {kind: end, say: {nl: Kijk elders.}, where_to_turn: true}\n"
        "  via: {kind: visit, flow: inner, then: a}\n"
        f"flows: {{inner: {{start: x, nodes: {{x: {{kind: say, say: {{nl: Ja.}}, to: {inner}}}, "
        "y: {kind: hours, calendar: desk, open: return, closed: x}}}}\n"
    )
    return HEAD + "nodes:\n" + "".join(lines) + fixed


def check(text: str) -> Checked:
    return check_sources(Sources((Source("table.yaml", text),)), TODAY)


@given(tables(sane=False))
@settings(max_examples=150)
def test_the_checks_never_raise_and_each_finding_has_a_place(text: str) -> None:
    checked = check(text)
    for finding in checked.findings:
        assert 0 <= finding.span.line < len(text.splitlines()), finding
        assert all(label.span.file == 0 for label in finding.labels), finding


@given(tables(sane=True), st.sampled_from(["silent", "wrong-keys"]), st.booleans(), st.booleans())
@settings(max_examples=250)
def test_a_table_without_errors_strands_no_silent_or_puzzled_caller(
    text: str, who: str, open_: bool, answered: bool
) -> None:
    checked = check(text)
    event("accepted" if not checked.errors else "refused")
    if checked.errors:
        return
    table = ready(checked)
    graph = table.graph
    arrival = arrive(graph, OPEN if open_ else CLOSED, -1, "14 050", "+31612345678", {})
    world = World() if answered else World(dials={"*": ["no_answer"]})
    transcript = Play(table, arrival, Persona(graph, who), world).run()
    spoken_to = any(isinstance(graph.nodes[at], VoicemailNode) for at in transcript.nodes)
    assert transcript.ending in HELPED or spoken_to, [graph.names[at] for at in transcript.nodes]
