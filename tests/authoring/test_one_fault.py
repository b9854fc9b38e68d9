"""A fault that seems to make others gives one finding: what only follows from it waits until it is mended."""

from __future__ import annotations

import json
import re

import pytest

from ivr.diagnostics import Source, Sources
from ivr.model.phrases import PHRASES
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


FRISIAN = {
    name: f"phrase {name}" + "".join("{" + h + "}" for h in re.findall(r"\{(\w+)\}", text))
    for name, text in PHRASES["nl"].items()
}
THREE = (
    "languages: {nl: {voice: Polly.Laura-Neural, locale: nl-NL}}",
    "languages: {nl: {voice: Polly.Laura-Neural, locale: nl-NL}, fy: {voice: Polly.Laura-Neural, locale: fy-NL}}",
)


def frisian(phrases: dict[str, str], code: str = "fy") -> list[str]:
    """What is found in a table with a language that has these phrases: codes and messages."""
    words = {name: text + "." for name, text in phrases.items()}
    return [f"{c} {m}" for c, _, m in findings(edited(THREE, extra="phrases: " + json.dumps({code: words}) + "\n"))]


def test_a_language_with_all_its_phrases_has_nothing_wrong() -> None:
    assert frisian(FRISIAN) == []


def test_a_misspelt_phrase_is_not_told_as_one_that_is_missing() -> None:
    others = {name: text for name, text in FRISIAN.items() if name != "choose"}
    assert frisian({**others, "chose": "Kies"}) == ["IVR104 'chose' is no phrase of the engine"]
    lacking = "IVR501 the engine has no words of its own in 'fy'; 1 phrase is missing: choose"
    assert frisian(others) == [lacking]


def test_phrases_under_the_code_of_no_language_are_not_told_as_missing() -> None:
    assert frisian(FRISIAN, "fr") == ["IVR210 'fr' is no language of the table"]


def test_a_misspelt_placeholder_is_not_told_as_one_that_is_lacking() -> None:
    (found,) = frisian({**FRISIAN, "choice": "Foar {label}, druk {kei}"})
    assert found == "IVR504 '{kei}' is no placeholder of the phrase 'choice'"
    (found,) = frisian({**FRISIAN, "choice": "Foar {label}"})
    assert found == "IVR504 the phrase 'choice' lacks '{key}'"


def test_a_misspelt_argument_is_not_told_as_one_that_is_not_given() -> None:
    visit = "{label: {nl: afval}, to: via}"
    via = "nodes:\n  via: {kind: visit, flow: reach, with: {hwo: waste, words: sorry}, then: bye}\n"
    text = edited(("{label: {nl: afval}, to: operator}", visit), ("nodes:\n", via))
    found = [
        (f.code, f.help)
        for f in check_sources(Sources((Source("t.yaml", text), Source("m.yaml", REACH))), TODAY).findings
    ]
    assert found == [("IVR208", "did you mean 'who'?")]


@pytest.mark.parametrize("used", ["Waste", "waste"])
def test_a_bad_name_is_one_fault_however_it_is_used(used: str) -> None:
    text = edited(
        ("{label: {nl: afval}, to: operator}", f"{{label: {{nl: afval}}, to: {used}}}"),
        ("nodes:\n", "nodes:\n  Waste: {kind: say, say: {nl: Dag.}, to: operator}\n"),
    )
    assert findings(text) == [("IVR108", "Waste", "'Waste' is no good name")]


def test_a_bad_name_does_not_take_the_place_of_a_good_one() -> None:
    good = "  waste: {kind: say, say: {nl: Dag.}, to: nowhere}\n"
    bad = "  Waste: {kind: say, say: {nl: Dag.}, to: operator}\n"
    edits = (("{label: {nl: afval}, to: operator}", "{label: {nl: afval}, to: waste}"), ("nodes:\n", "nodes:\n" + bad))
    assert [code for code, _ in merged("nodes:\n" + good, *edits)] == ["IVR108", "IVR201"]


def test_a_node_of_the_entry_that_leads_to_itself_is_a_loop_and_no_more() -> None:
    number = 'numbers:\n  "050 367 1000": {formerly: Stadsbeheer, to: operator}\n'
    text = edited(("to: continue", "to: welcome"), extra=number)
    assert [code for code, _, _ in findings(text)] == ["IVR303"]


def test_a_text_that_is_too_long_to_be_spoken_is_not_also_a_long_welcome() -> None:
    text = edited(('"Welkom bij de gemeente."', '"' + "Welkom allemaal. " * 300 + '"'))
    assert [code for code, _, _ in findings(text)] == ["IVR505"]
