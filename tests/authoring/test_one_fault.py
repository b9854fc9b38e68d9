"""A fault that seems to make others gives one finding: what only follows from it waits until it is mended."""

from __future__ import annotations

import pytest

from ivr.diagnostics import Source, Sources
from ivr.tables.ready import check_sources
from tests.minimal import TABLE, TODAY, findings

OPTIONS = """\
    options:
      1: {label: {nl: afval}, to: operator}
      2: {label: {nl: een paspoort}, to: operator}
"""
HOURS = """\
nodes:
  opening: {kind: hours, calendar: desk, open: operator, closed: shut}
  shut: {kind: end, say: {nl: "Wij zijn er weer %s."}}
"""
CIRCLE = """\
flows:
  a: {start: x, nodes: {x: {kind: hours, calendar: desk, open: return, closed: y}, y: {kind: visit, flow: b, then: return}}}
  b: {start: x, nodes: {x: {kind: say, say: {nl: Dag.}, to: z}, z: {kind: visit, flow: a, then: return}}}
"""
REACH = """\
flows:
  reach:
    with: {who: team, words: prompt}
    start: hello
    nodes:
      hello: {kind: say, say: $words, to: ring}
      ring: {kind: transfer, team: $who, when_done: return, busy: box, no_answer: box, closed: box, failed: box}
      box: {kind: voicemail, team: $who, say: {nl: "Wij zijn er weer {opens:$who}."}, to: return, no_input: elsewhere, failed: elsewhere}
teams:
  waste: {title: {nl: afval}, calendar: waste, dial: ["sip:waste@kcc.example"]}
calendars:
  waste: {hours: "Mo-Fr 09:00-12:00"}
prompts:
  sorry: {nl: "Een ogenblik."}
"""


def edited(*edits: tuple[str, str], extra: str = "") -> str:
    text = TABLE
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text + extra


def merged(extra: str, *edits: tuple[str, str]) -> list[tuple[str, str]]:
    """What is found in the minimal table with another file beside it."""
    sources = Sources((Source("table.yaml", edited(*edits)), Source("more.yaml", extra)))
    return [(f.code, f.help) for f in check_sources(sources, TODAY).findings]


def test_a_menu_without_options_is_one_fault_whatever_it_should_have_led_to() -> None:
    text = edited(
        (OPTIONS, "    options: {}\n"), ("nodes:\n", "nodes:\n  waste: {kind: say, say: {nl: Dag.}, to: operator}\n")
    )
    assert [code for code, _, _ in findings(text)] == ["IVR310"]


@pytest.mark.parametrize(
    ("hole", "code", "help"),
    [
        ("{opens:desc}", "IVR203", "did you mean 'desk'?"),
        ("{opens:stat}", "IVR203", "its calendars: desk"),
        ("{opens:desk", "IVR504", "write {name}, or take the brace out"),
        ("{open:desk}", "IVR504", "did you mean 'opens:desk'?"),
        ("{position}", "IVR504", "say it in the 'waiting:' of a queue, where each caller has a place"),
        ("{opens:$team}", "IVR208", "parameters exist in flows only"),
    ],
)
def test_a_broken_placeholder_is_not_also_a_line_that_does_not_say_when_it_opens(
    hole: str, code: str, help: str
) -> None:
    more = ("afval}, to: operator", "afval}, to: opening")
    assert merged(HOURS % hole, more) == [(code, help)]
    assert merged(HOURS % "{opens:desk}", more) == []


@pytest.mark.parametrize("wrong", ["words", "who"])
def test_a_misspelt_parameter_leaves_what_it_stands_for_in_use(wrong: str) -> None:
    visit = "  via: {kind: visit, flow: reach, with: {who: waste, words: sorry}, then: bye}\n"
    edits = (("nodes:\n", "nodes:\n" + visit), ("afval}, to: operator", "afval}, to: via"))
    assert merged(REACH, *edits) == []
    found = merged(REACH.replace(f"${wrong}", f"${wrong}s"), *edits)
    assert set(found) == {("IVR208", f"did you mean '{wrong}'?")}


def test_a_parameter_that_its_flow_does_not_use_is_told_and_not_what_it_is_given() -> None:
    visit = "  via: {kind: visit, flow: reach, with: {who: waste, words: sorry}, then: bye}\n"
    edits = (("nodes:\n", "nodes:\n" + visit), ("afval}, to: operator", "afval}, to: via"))
    found = merged(REACH.replace("say: $words", "say: {nl: Dag.}"), *edits)
    assert found == [("IVR209", "take it out, or use it as '$words'")]


def test_flows_that_visit_each_other_are_one_fault_however_they_are_entered() -> None:
    one = "  one: {kind: visit, flow: a, then: operator}\n"
    two = "  two: {kind: visit, flow: b, then: operator}\n"
    first, second = ("afval}, to: operator", "afval}, to: one"), ("paspoort}, to: operator", "paspoort}, to: two")
    assert [code for code, _ in merged(CIRCLE, first, ("nodes:\n", "nodes:\n" + one))] == ["IVR314"]
    both = merged(CIRCLE, first, second, ("nodes:\n", "nodes:\n" + one + two))
    assert [code for code, _ in both] == ["IVR314"]


def test_words_heard_in_a_queue_and_elsewhere_are_judged_in_both_places() -> None:
    queue = (
        "  wait: {kind: queue, team: line, waiting: place, timeout: {to: note}, when_done: bye, full: note,"
        " closed: note, failed: note}\n  told: {kind: say, say: place, to: operator}\n"
    )
    more = 'teams:\n  line: {calendar: desk, via: twilio}\nprompts:\n  place: {nl: "U bent nummer {position}."}\n'
    edits = (
        ("nodes:\n", "nodes:\n" + queue),
        ("afval}, to: operator", "afval}, to: wait"),
        ("paspoort}, to: operator", "paspoort}, to: told"),
    )
    assert [code for code, _ in merged(more, *edits)] == ["IVR504"]
