"""Each form of guarantee holds where it is true, and is broken by a planted fault, with the shortest call that replays."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from ivr.calendars.moment import Almanac
from ivr.cli import cli
from ivr.diagnostics import Source, Sources
from ivr.model.moment import ANNOUNCE, HOLIDAY, OPEN
from ivr.model.moment import CLOSED as CLOSED_AT_ARRIVAL
from ivr.model.nodes import CallbackNode, TransferNode
from ivr.model.state import ENTERING
from ivr.proofs.prover import explore, verdicts
from ivr.proofs.search import shortest
from ivr.proofs.space import Space
from ivr.proofs.verdict import Verdict
from ivr.proofs.ways import script
from ivr.simulator.replay import replay
from ivr.simulator.transcript import Transcript
from ivr.tables.ready import Table, check_sources
from tests.proofs.tables import DAYS, TODAY, compiled, space_of, start_of

BASE = """\
table:
  id: promised
  title: Gemeente Klein
  main_number: "14 050"
  caller_id: "+31 50 367 9111"
  languages: {nl: {voice: A, locale: nl-NL}, en: {voice: B, locale: en-GB}}
  entry: [opening]
  operator: {key: 0, to: operator}
calendars:
  desk: {hours: "Mo-Fr 09:00-17:00", holidays: NL}
  late: {hours: "Mo-Th 18:00-20:00"}
  line: {hours: "Mo-Su 00:00-24:00"}
teams:
  desk: {title: {nl: balie, en: desk}, calendar: desk, dial: ["sip:a@kcc.example"], callbacks: {per_day: 9}}
  waste: {title: {nl: afval, en: waste}, calendar: desk, dial: ["sip:b@kcc.example"]}
  line: {title: {nl: de rij, en: the line}, calendar: line, via: twilio}
numbers:
  "050 367 1000": {formerly: Afval, to: waste, must_still_reach: [waste], announce: {nl: Bel 14 0 50., en: Call 14 0 50.}, phases: {parallel: 2026-01-01, announce: 2026-12-07, redirect: 2026-12-14, returned: 2026-12-21}}
  "050 367 1001": {formerly: actie, to: main, from: 2026-12-01, until: 2026-12-05, then: main}
variables: {topic: [waste, tax]}
facts: {caller: [known, blocked, other], open_case: [none, some]}
prompts:
  danger: {nl: "Bel 112.", en: "Call 112."}
nodes:
  opening: {kind: hours, calendar: desk, open: continue, closed: closed, holiday: closed}
  closed: {kind: say, say: [danger, {nl: Wij zijn dicht., en: We are closed.}], to: note}
  main:
    kind: menu
    options:
      1: {label: {nl: afval, en: waste}, to: who}
      2: {label: {nl: belasting, en: tax}, to: code}
      3: {label: {nl: de rij, en: the line}, to: line}
      4: {label: {nl: bellen, en: call}, to: promise}
      9: {language: en}
    no_input: {ask_at_most: 2, to: operator}
    no_match: {ask_at_most: 2, to: operator}
  who: {kind: branch, on: caller, cases: {blocked: note}, otherwise: waste}
  code: {kind: ask, field: code, digits: 2, say: {nl: Uw code., en: Your code.}, to: lot, no_input: {ask_at_most: 2, to: operator}, no_match: {ask_at_most: 2, to: operator}}
  lot: {kind: split, shares: {a: {share: 30, to: operator}, b: {share: 70, to: waste}}}
  operator: {kind: transfer, team: desk, when_done: bye, busy: note, no_answer: promise, closed: note, failed: note}
  waste: {kind: transfer, team: waste, when_done: bye, busy: operator, no_answer: note, closed: note, failed: note}
  line: {kind: queue, team: line, offer_after: {wait: 60s, key: 1, to: promise}, timeout: {wait: 3m, to: note}, when_done: bye, full: note, closed: note, failed: note}
  promise: {kind: callback, team: desk, within: 1 working day, taken: bye, refused: told, full: note, failed: note}
  note: {kind: voicemail, team: desk, say: {nl: Spreek in., en: Speak.}, to: bye, no_input: told, failed: told}
  told: {kind: end, where_to_turn: true, say: {nl: Kijk op groningen.nl., en: See groningen.nl.}}
  bye: {kind: end, say: {nl: Dag., en: Bye.}}
"""


@cache
def judged(text: str) -> tuple[Table, Space, tuple[Verdict, ...]]:
    table = compiled(text)
    space = space_of(table, DAYS)
    return table, space, tuple(verdicts(space))


def guaranteed(claim: str, *changes: tuple[str, str]) -> tuple[Table, Space, Verdict]:
    """The table with a guarantee `g`, some texts replaced, and the verdict on `g`."""
    text = changed(*changes) + f"guarantees:\n  g: {claim}\n"
    table, space, found = judged(text)
    return table, space, next(v for v in found if v.name == "g")


def changed(*changes: tuple[str, str]) -> str:
    text = BASE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def call_of(table: Table, space: Space, verdict: Verdict) -> Transcript:
    """The counterexample, replayed."""
    assert verdict.way is not None, verdict
    return replay(table, script(space, verdict.way))


def passed(table: Table, call: Transcript) -> list[str]:
    return [table.graph.names[node] for node in call.nodes]


@dataclass(frozen=True)
class Form:
    """A form of guarantee: the claim, and the fault by which it is broken: a text, what it becomes, nodes that come along.

    `does` is what the caller of the counterexample does; None where no way at all is the fault. `ends` and `passes` are what
    its replay shows, `why` what the verdict says.
    """

    claim: str
    old: str
    new: str
    does: tuple[str, ...] | None = None
    ends: str = ""
    passes: str = ""
    why: str = ""
    more: str = ""


OPEN_AT_MAIN = "{for: {numbers: main, arriving: desk open}, "
KNOWN = "{for: {numbers: main, arriving: desk open, facts: {caller: [known]}}, "
CLOSED = "{for: {arriving: desk closed}, "
HELPED = "always: {ends_in: [person, case, told where to turn]}}"
NO_WAY = "no way at all"
TO_NOTE = "to: note}\n  main"
OPENING = "open: continue, closed: closed, holiday: closed"
LONG = "  long: {kind: say, say: {nl: " + "Een lange zin. " * 40 + ", en: Long.}, to: continue}\n"
FIRST = "  first: {kind: menu, options: {1: {label: {nl: iemand, en: somebody}, to: waste}}}\n"
DRAW = "  draw: {kind: split, shares: {a: {share: 30, to: line}, b: {share: 70, to: note}}}\n"
CODE = "say: {nl: Uw code., en: Your code.}"
WARNED_CODE = "say: [danger, {nl: Uw code., en: Your code.}]"

FORMS = {
    "can reach an open team": Form(
        OPEN_AT_MAIN + "can: {reach: an open team}}", "open: continue, closed", "open: told, closed", why=NO_WAY
    ),
    "can, within choices": Form(
        KNOWN + "can: {reach: waste, within: {choices: 1}}}",
        "otherwise: waste", "otherwise: first", ("1", "1"), "person", "first", "longer than that", FIRST,
    ),
    "can, within seconds": Form(
        OPEN_AT_MAIN + "can: {reach: an open team, within: {seconds: 30}}}",
        "open: continue, closed", "open: long, closed", ("3",), "person", "long", "longer than that", LONG,
    ),
    "can reach a team, by a fact": Form(
        KNOWN + "can: {reach: waste}}", "otherwise: waste", "otherwise: note", why="for callers in share 1 of 'lot'"
    ),
    "can reach a team, whatever share": Form(
        OPEN_AT_MAIN + "can: {reach: line}}", "en: the line}, to: line}", "en: the line}, to: draw}",
        why="for callers in share 2 of 'draw'", more=DRAW,
    ),
    "can reach a node": Form(OPEN_AT_MAIN + "can: {reach: code}}", "to: code}", "to: operator}", why=NO_WAY),
    "can, in a language": Form(
        "{for: {numbers: main, arriving: desk open, languages: en}, can: {reach: an open team}}",
        "      9: {language: en}\n", "", why=NO_WAY + " in 'en'",
    ),
    "can hear": Form(CLOSED + "can: {hears: danger}}", "say: [danger, ", "say: [", why=NO_WAY),
    "can hear before": Form(
        CLOSED + "can: {hears: danger, before: [note]}}", "closed: closed, holiday", "closed: note, holiday", why=NO_WAY
    ),
    "can end in": Form(CLOSED + "can: {ends_in: [case]}}", TO_NOTE, "to: told}\n  main", why=NO_WAY),
    "always ends in": Form("{" + HELPED, "no_input: told", "no_input: bye", ("silence",), "goodbye", "note"),
    "always ends in, for a number": Form(
        '{for: {numbers: ["050-3671000"], arriving: desk open}, ' + HELPED,
        "busy: operator, no_answer: note", "busy: operator, no_answer: bye", (), "goodbye", "waste",
    ),
    "always ends in, in a language": Form(
        "{for: {languages: en}, " + HELPED, "refused: told", "refused: bye", ("9", "4", "3"), "goodbye", "promise"
    ),
    "always hears before nodes": Form(
        CLOSED + "always: {hears: danger, before: [note, told]}}", "holiday: closed", "holiday: note", (), passes="note"
    ),
    "always hears before kinds": Form(
        CLOSED + "always: {hears: danger, before: [voicemail, end]}}", "closed: closed", "closed: told", (),
        "told where to turn", "told",
    ),
    "always hears": Form(
        CLOSED + "always: {hears: danger}}", "say: [danger, ", "say: [", ("silence",), "told where to turn", "closed"
    ),
    "always hears before where the call begins": Form(
        CLOSED + "always: {hears: danger, before: [told, first-of-all]}}", "entry: [opening]", "entry: [first-of-all, opening]",
        (), passes="first-of-all", more="  first-of-all: {kind: say, say: [danger, {nl: Dag., en: Hello.}], to: continue}\n",
    ),
    "always reaches a node": Form(
        CLOSED + "always: {reach: note}}", TO_NOTE, "to: told}\n  main", (), "told where to turn", "told"
    ),
    "always reaches before": Form(
        OPEN_AT_MAIN + "always: {reach: main, before: [operator]}}", "open: continue, closed", "open: operator, closed",
        (), passes="operator",
    ),
    "never reaches a team": Form(
        CLOSED + "never: {reach: line}}", "no_input: told, failed", "no_input: line, failed", ("silence",), "person", "line"
    ),
    "never reaches an open team": Form(
        CLOSED + "never: {reach: an open team}}", TO_NOTE, "to: line}\n  main", (), "person", "line"
    ),
    "never reaches a node": Form(
        OPEN_AT_MAIN + "never: {reach: closed}}", "open: continue, closed", "open: closed, closed", (), passes="closed"
    ),
    "never hears": Form(OPEN_AT_MAIN + "never: {hears: danger}}", CODE, WARNED_CODE, ("2",), passes="code"),
    "never hears, in a language": Form(
        "{for: {languages: en}, never: {hears: danger}}", CODE, WARNED_CODE, ("9", "2"), passes="code"
    ),
    "never ends in": Form(CLOSED + "never: {ends_in: [person]}}", TO_NOTE, "to: line}\n  main", (), "person", "line"),
    "never reaches before": Form(
        OPEN_AT_MAIN + "never: {reach: bye, before: [operator, waste, line, note, told, promise]}}",
        "en: call}, to: promise}", "en: call}, to: bye}", ("4",), "goodbye", "bye",
    ),
    "of facts that nobody asks": Form(
        "{for: {facts: {open_case: [some]}, arriving: desk closed}, always: {hears: danger, before: [note]}}",
        "closed: closed, holiday", "closed: note, holiday", (), passes="note",
    ),
    "of a calendar that nobody meets": Form(
        "{for: {numbers: main, arriving: late open}, never: {reach: main}}", OPENING, OPENING.replace("closed: closed", "closed: continue"),
        (), passes="main",
    ),
    "of a campaign": Form(
        '{for: {numbers: ["050 367 1001"], arriving: desk open}, always: {reach: main}}',
        "to: main, from: 2026-12-01", "to: told, from: 2026-12-01", (), "told where to turn", "told",
    ),
    "by leaving a queue": Form(
        OPEN_AT_MAIN + "never: {reach: promise, before: [operator, waste]}}",
        "en: call}, to: promise}", "en: call}, to: line}", ("3", "leave"), passes="promise",
    ),
    "by a case that fails before one that is kept": Form(
        CLOSED + "never: {reach: kept}}", "failed: told}\n  told", "failed: again}\n  told", ("record 10", "record 10"),
        "case", "kept",
        more="  again: {kind: voicemail, team: desk, say: {nl: Spreek in., en: Speak.}, to: kept, no_input: told, failed: told}\n"
        "  kept: {kind: end, say: {nl: Dank., en: Thanks.}}\n",
    ),
}  # fmt: skip
SOUND = {
    "by leaving a queue": (("offer_after: {wait: 60s, key: 1, to: promise}, ", ""),),
    "by a case that fails before one that is kept": (("to: kept, no", "to: told, no"),),
    "always hears before where the call begins": (("before: [told, first-of-all]", "before: [told]"),),
}
"""Where a claim needs more than the sound table to hold: what is mended in the faulty one."""


def sound(name: str) -> str:
    """The table in which the claim holds."""
    if name not in SOUND:
        return BASE + f"guarantees:\n  g: {FORMS[name].claim}\n"
    text = faulty(name)
    for old, new in SOUND[name]:
        assert old in text, old
        text = text.replace(old, new)
    return text


def faulty(name: str) -> str:
    """The table in which it is broken."""
    form = FORMS[name]
    text = changed((form.old, form.new)) if form.old != form.new else BASE
    return text + form.more + f"guarantees:\n  g: {form.claim}\n"


def errors(text: str) -> int:
    """How many errors the checks find."""
    return check_sources(Sources((Source("table.yaml", text),)), TODAY).errors


def verdict_on(text: str, name: str = "g") -> tuple[Table, Space, Verdict]:
    table, space, found = judged(text)
    return table, space, next(v for v in found if v.name == name)


@pytest.mark.parametrize("name", FORMS)
def test_a_claim_holds_in_a_table_where_it_is_true(name: str) -> None:
    _, _, verdict = verdict_on(sound(name))
    assert (verdict.holds, verdict.vacuous, verdict.broken) == (True, False, 0), verdict.why
    assert verdict.worlds > 0


@pytest.mark.parametrize("name", FORMS)
def test_a_planted_fault_breaks_the_claim(name: str) -> None:
    form = FORMS[name]
    table, space, verdict = verdict_on(faulty(name))
    assert (verdict.holds, verdict.vacuous) == (False, False)
    assert 0 < verdict.broken <= verdict.worlds
    assert form.why in verdict.why
    assert (verdict.way is None) == (form.does is None)
    if form.does is not None:
        call = call_of(table, space, verdict)
        assert form.passes in ["", *passed(table, call)]
        assert form.ends in ("", call.ending)


@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if form.does is not None])
def test_its_counterexample_is_the_shortest(name: str) -> None:
    _, space, verdict = verdict_on(faulty(name))
    assert verdict.way is not None
    assert script(space, verdict.way).does == FORMS[name].does


@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if form.does is not None])
def test_its_counterexample_replays_node_by_node(name: str) -> None:
    table, space, verdict = verdict_on(faulty(name))
    assert follows(table, space, verdict)


def follows(table: Table, space: Space, verdict: Verdict) -> bool:
    """Whether the replayed call passes the nodes of the way, in order, and none before or between them."""
    assert verdict.way is not None
    entered = [space.node(at) for at, _ in verdict.way.steps if space.states[at].part == ENTERING]
    return call_of(table, space, verdict).nodes[: len(entered)] == entered


def ivr(*words: str) -> str:
    """What a command prints; it may end with findings but not with wrong use."""
    result = CliRunner().invoke(cli, list(words))
    assert result.exit_code in (0, 1), result.output
    return result.output


PRINTED = [name for name, form in FORMS.items() if form.does is not None and not errors(faulty(name))]


@pytest.mark.parametrize("name", PRINTED)
def test_the_printed_command_plays_the_printed_call(name: str, tmp_path: Path) -> None:
    (tmp_path / "table.yaml").write_text(faulty(name), encoding="utf-8")
    printed = ivr("prove", str(tmp_path), "--only", "g", "--days", str(DAYS), "--today", f"{TODAY}")
    line = next(line for line in printed.splitlines() if "replay: " in line and "simulate call" in line)
    words = shlex.split(line.partition("replay: ")[2])
    assert words[:3] == ["ivr", "simulate", "call"]
    for said in ivr(*words[1:]).splitlines():
        assert said.strip() in printed


def test_most_faults_pass_the_checks() -> None:
    """What the prover finds is not what the checks find already."""
    assert len(PRINTED) > 15


VACUOUS = {
    "no number": ('{for: {numbers: ["050 999 9999"]}, never: {reach: line}}', "speaks of no caller"),
    "no moment": ("{for: {arriving: [desk open, desk closed]}, never: {reach: line}}", "speaks of no caller"),
    "a moment that is past": ("{for: {arriving: [desk open, late open]}, can: {reach: line}}", "speaks of no caller"),
    "no language": ('{for: {numbers: main, arriving: desk closed, languages: en}, always: {hears: danger}}', "speak such a language"),
    "nothing": ("{always: {}}", "claims nothing"),
    "several things": ("{always: {reach: line, hears: danger}}", "several things"),
    "a bound of what is always so": ("{always: {reach: line, within: {choices: 3}}}", "write it under 'can'"),
    "a bound of what is never so": ("{never: {reach: note, within: {seconds: 3}}}", "write it under 'can'"),
}  # fmt: skip


@pytest.mark.parametrize("name", VACUOUS)
def test_a_guarantee_that_is_true_of_nothing_is_a_finding(name: str) -> None:
    claim, why = VACUOUS[name]
    _, _, verdict = verdict_on(BASE + f"guarantees:\n  g: {claim}\n")
    assert (verdict.holds, verdict.vacuous) == (False, True)
    assert why in verdict.why


def test_a_finding_of_nothing_is_printed_as_broken_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "table.yaml").write_text(BASE + f"guarantees:\n  g: {VACUOUS['no moment'][0]}\n", encoding="utf-8")
    printed = ivr("prove", str(tmp_path), "--only", "g", "--today", f"{TODAY}")
    assert "BROKEN  g " in printed
    assert "speaks of no caller" in printed


def test_a_built_in_guarantee_is_told_from_a_written_one_of_the_same_name(tmp_path: Path) -> None:
    text = BASE + "guarantees:\n  nobody-is-stranded: {" + HELPED + "\n"
    (tmp_path / "table.yaml").write_text(text, encoding="utf-8")
    lines = [x for x in ivr("prove", str(tmp_path), "--today", f"{TODAY}").splitlines() if "nobody-is-stranded" in x]
    assert ["(built in)" in line for line in lines] == [True, False]


def test_named_languages_must_be_spoken_at_the_goal() -> None:
    for language, choices in (("nl", 1), ("en", 2)):
        claim = f"{{for: {{numbers: main, languages: {language}, arriving: desk open}}, can: {{reach: code}}}}"
        _, _, verdict = verdict_on(BASE + f"guarantees:\n  g: {claim}\n")
        assert (verdict.holds, verdict.choices) == (True, choices)


def test_all_languages_mean_whichever_the_call_is_in() -> None:
    claim = "{for: {numbers: main, languages: all, arriving: desk open}, can: {reach: code, within: {choices: 1}}}"
    text = BASE.replace("      9: {language: en}\n", "") + f"guarantees:\n  g: {claim}\n"
    assert verdict_on(text)[2].holds


# ---- those that every table gets ----


def test_a_sound_table_has_all_that_every_table_gets() -> None:
    _, _, found = judged(BASE)
    assert [(v.name, v.holds, v.built_in) for v in found] == [
        (name, True, True)
        for name in ("every-call-ends", "nobody-is-stranded", "must-still-reach", "never-while-closed", "no-way-back", "promised-by")
    ]  # fmt: skip


def test_a_round_without_a_caller_is_found_in_the_worlds_that_go_round() -> None:
    """On a holiday the two branches lead to each other; on other days the first one leads out."""
    text = changed((OPENING, "open: continue, closed: closed, holiday: other"))
    text += "  other: {kind: hours, calendar: desk, open: told, closed: told, holiday: third}\n"
    text += "  third: {kind: say, say: {nl: Nog eens., en: Again.}, to: other}\n"
    table, space, found = judged(text)
    verdict = found[0]
    assert (verdict.name, verdict.holds) == ("every-call-ends", False)
    assert "other → third" in verdict.why or "third → other" in verdict.why
    assert verdict.way is not None
    assert table.almanac.calendars[0].at(verdict.way.world.first) == HOLIDAY
    holidays = space.worlds.calendar(0, HOLIDAY)
    assert verdict.broken == holidays.bit_count()


def test_a_round_that_no_world_goes_all_of_is_none() -> None:
    """Open leads one way and closed the other: nobody goes round."""
    text = changed((OPENING, "open: other, closed: closed, holiday: closed"))
    text += "  other: {kind: hours, calendar: desk, open: continue, closed: opening, holiday: opening}\n"
    assert judged(text)[2][0].holds


def test_a_bare_goodbye_is_found_and_replayed() -> None:
    table, space, verdict = verdict_on(changed(("no_input: told", "no_input: bye")), "nobody-is-stranded")
    assert (verdict.holds, verdict.why) == (False, "the call ends with none of these")
    assert call_of(table, space, verdict).ending == "goodbye"
    assert follows(table, space, verdict)


def test_one_caller_falls_into_the_same_share_each_time() -> None:
    """Only who fell into share a first and into b later would be stranded, and there is no such caller."""
    draw = (
        "  draw: {kind: split, shares: {a: {share: 50, to: second}, b: {share: 50, to: judge}}}\n"
        "  second: {kind: menu, options: {1: {label: {nl: nog eens, en: again}, set: {topic: tax}, to: draw}}, no_input: {to: told}, no_match: {to: told}}\n"
        "  judge: {kind: branch, on: topic, cases: {tax: bye}, otherwise: told}\n"
    )
    text = changed(
        ("{label: {nl: afval, en: waste}, to: who}", "{label: {nl: afval, en: waste}, set: {topic: waste}, to: draw}")
    )
    assert verdict_on(text + draw, "nobody-is-stranded")[2].holds
    both = draw.replace("b: {share: 50, to: judge}", "b: {share: 50, to: second}, c: {share: 0, to: judge}")
    assert verdict_on(text + both, "nobody-is-stranded")[2].holds
    table, space, verdict = verdict_on(text + draw.replace("tax: bye", "waste: bye"), "nobody-is-stranded")
    assert not verdict.holds
    assert call_of(table, space, verdict).ending == "goodbye"


LIMITED = """table:
  id: limited
  title: Limited
  main_number: "14 050"
  languages: {nl: {voice: A, locale: nl-NL}}
  entry: [welcome]
  operator: {key: 0, to: operator}
  max_inputs: 5
calendars:
  desk: {hours: "Mo-Su 00:00-24:00"}
teams:
  desk: {title: {nl: balie}, calendar: desk, dial: ["sip:a@kcc.example"]}
nodes:
  welcome: {kind: say, say: {nl: Welkom.}, to: continue}
  main: {kind: menu, options: {1: {label: {nl: afval}, to: operator}}}
  operator: {kind: transfer, team: desk, when_done: bye, busy: BUSY, no_answer: note, closed: note, failed: note}
  note: {kind: voicemail, team: desk, say: {nl: Spreek in.}, to: bye, no_input: bye, failed: bye}
  bye: {kind: end, say: {nl: Dag.}}
guarantees:
  g: {never: {ends_in: [told where to turn]}}
"""


def test_the_limit_of_inputs_ends_no_call_that_the_operator_takes_over() -> None:
    """After the limit a call goes to the operator, and from there it cannot last until the grace is over."""
    assert verdict_on(LIMITED.replace("BUSY", "note"))[2].holds


def test_the_limit_of_inputs_is_counted_as_the_engine_does() -> None:
    """Where a busy operator leads back to the menu, a call can last until the grace is over."""
    table, space, verdict = verdict_on(LIMITED.replace("BUSY", "main"))
    assert not verdict.holds
    call = call_of(table, space, verdict)
    assert (call.ending, follows(table, space, verdict)) == ("told where to turn", True)


ASKS = "main: {kind: ask, field: code, digits: 2, confirm: false, say: {nl: Uw code.}, to: main, no_input: {to: main}, no_match: {to: main}}"


def only_by_the_limit() -> str:
    """A question that is put again and again: only the limit leads to the operator."""
    text = LIMITED.replace("BUSY", "note")
    return text.replace("main: {kind: menu, options: {1: {label: {nl: afval}, to: operator}}}", ASKS)


def test_what_only_the_limit_of_inputs_reaches_is_reached_by_a_call_that_replays() -> None:
    text = only_by_the_limit().replace("never: {ends_in: [told where to turn]}", "never: {reach: operator}")
    table, space, verdict = verdict_on(text)
    assert not verdict.holds
    assert verdict.way is not None
    assert len(script(space, verdict.way).does) == 6
    assert "operator" in passed(table, call_of(table, space, verdict))


def test_a_way_longer_than_the_limit_of_inputs_is_none() -> None:
    """Eight menus in a row, and five inputs to a call."""
    rows = "".join(
        f"  m{i}: {{kind: menu, options: {{1: {{label: {{nl: verder}}, to: {f'm{i + 1}' if i < 7 else 'far'}}}}}}}\n"
        for i in range(8)
    )
    text = LIMITED.replace("BUSY", "note").replace("label: {nl: afval}, to: operator", "label: {nl: afval}, to: m0")
    text = text.replace("  bye:", rows + "  far: {kind: end, say: {nl: Ver.}}\n  bye:").replace(
        "ends_in: [told where to turn]", "reach: far"
    )
    assert verdict_on(text)[2].holds
    assert not verdict_on(text.replace("max_inputs: 5", "max_inputs: 30"))[2].holds


def test_a_team_that_must_still_be_reached_is_missed_in_the_phase_in_which_it_is_lost() -> None:
    assert verdict_on(BASE, "must-still-reach")[2].holds
    text = changed(("Afval, to: waste", "Afval, to: by-phase"))
    text += "  by-phase: {kind: branch, on: phase, cases: {announce: told}, otherwise: waste}\n"
    _, space, verdict = verdict_on(text, "must-still-reach")
    announced = space.worlds.number(0) & space.worlds.phase(ANNOUNCE) & space.worlds.calendar(0, OPEN)
    assert (verdict.holds, verdict.broken) == (False, announced.bit_count())
    assert "050 367 1000: waste" in verdict.why


def test_a_team_is_missed_also_when_its_callers_never_meet_its_calendar() -> None:
    text = changed(("must_still_reach: [waste]", "must_still_reach: [evening]"), ("numbers:\n", EVENING + "numbers:\n"))
    _, _, verdict = verdict_on(text, "must-still-reach")
    assert (verdict.holds, verdict.vacuous) == (False, False)
    assert "evening" in verdict.why


EVENING = '  evening: {title: {nl: avond, en: evening}, calendar: late, dial: ["sip:e@kcc.example"]}\n'


def test_a_team_that_only_the_limit_of_inputs_reaches_is_not_still_reached() -> None:
    """Nobody should have to type five codes."""
    text = only_by_the_limit().replace(
        "nodes:\n", 'numbers:\n  "050 367 1000": {formerly: a, to: main, must_still_reach: [desk]}\nnodes:\n', 1
    )
    assert not verdict_on(text, "must-still-reach")[2].holds


def test_teams_that_no_number_can_reach_any_more_make_a_finding_of_nothing() -> None:
    text = changed(("phases: {parallel: 2026-01-01, announce: 2026-12-07, redirect: 2026-12-14, returned: 2026-12-21}",
                    "phases: {parallel: 2025-01-01, announce: 2025-12-07, redirect: 2025-12-14, returned: 2026-02-01}"))  # fmt: skip
    _, _, verdict = verdict_on(text, "must-still-reach")
    assert (verdict.holds, verdict.vacuous) == (False, True)
    assert "none of these numbers routes" in verdict.why


def test_an_engine_that_dials_a_closed_team_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.engine.transfer.OPEN", CLOSED_AT_ARRIVAL)
    table = compiled(changed((OPENING, "open: closed, closed: continue, holiday: closed")))
    space = space_of(table, DAYS)
    verdict = next(v for v in verdicts(space) if v.name == "never-while-closed")
    assert not verdict.holds
    assert verdict.way is not None
    assert table.almanac.calendars[0].at(verdict.way.world.first) == CLOSED_AT_ARRIVAL
    assert call_of(table, space, verdict).team in ("desk", "waste")


def with_node(table: Table, name: str, **changes: object) -> Table:
    """The table with a node changed: faults that the compiler lets nobody write."""
    graph = table.graph
    at = graph.names.index(name)
    node = msgspec.structs.replace(graph.nodes[at], **changes)
    graph = msgspec.structs.replace(graph, nodes=(*graph.nodes[:at], node, *graph.nodes[at + 1 :]))
    return msgspec.structs.replace(table, graph=graph, almanac=Almanac(graph))


def test_a_call_that_is_dialled_back_into_its_own_lines_is_found() -> None:
    table = compiled(BASE)
    waste = table.graph.nodes[table.graph.names.index("waste")]
    assert isinstance(waste, TransferNode)
    back = msgspec.structs.replace(waste.dials[0][0], targets=("+31503671001",))
    table = with_node(table, "waste", dials=((back,), (back,)))
    space = space_of(table, DAYS)
    verdict = next(v for v in verdicts(space) if v.name == "no-way-back")
    assert (verdict.holds, verdict.why) == (False, "waste dials +31503671001")
    assert "waste" in passed(table, call_of(table, space, verdict))


def test_a_promise_without_a_time_is_found() -> None:
    table = compiled(BASE)
    node = table.graph.nodes[table.graph.names.index("promise")]
    assert isinstance(node, CallbackNode)
    found = {v.name: v for v in verdicts(space_of(with_node(table, "promise", promises=node.offers), DAYS))}
    assert found["promised-by"].why == "promise does not say when"


def test_a_promise_of_a_team_that_is_never_there_is_found() -> None:
    table = compiled(BASE)
    teams = tuple(msgspec.structs.replace(team, calendar=-1) for team in table.graph.teams)
    graph = msgspec.structs.replace(table.graph, teams=teams)
    found = {v.name: v for v in verdicts(explore(Almanac(graph), start_of(table), DAYS))}
    assert found["promised-by"].why == "promise: its team is never there to keep it"


def test_the_shortest_way_is_the_shortest_of_all_callers() -> None:
    """Callers of one number need no key where those of the main line, who come first, need one."""
    text = (
        changed(("formerly: actie, to: main", "formerly: actie, to: code"))
        + "guarantees:\n  g: {never: {reach: code}}\n"
    )
    _, space, verdict = verdict_on(text)
    assert verdict.way is not None
    assert (script(space, verdict.way).does, verdict.way.world.number) == ((), 1)


def test_no_way_is_found_where_nothing_is_bad() -> None:
    space = judged(BASE)[1]
    assert shortest(space, space.worlds.all, lambda *_: False) is None


def test_the_page_for_admins_shows_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "klein").mkdir()
    (tmp_path / "klein" / "table.yaml").write_text(changed(("no_input: told", "no_input: bye")), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    printed = ivr("prove", "klein", "--today", f"{TODAY}")
    page = (Path(__file__).parents[2] / "docs/explanation/what-a-proof-covers.md").read_text(encoding="utf-8")
    shown = page.partition("```text\n")[2].partition("```")[0]
    assert shown.count("\n") > 10
    assert shown in printed
