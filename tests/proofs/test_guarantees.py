"""Each form of guarantee holds where it is true, and is broken by a planted fault, with the shortest call that replays."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivr.proofs.ways import script
from tests.proofs.promised import BASE, OPENING, call_of, changed, errors, follows, ivr, passed, verdict_on
from tests.proofs.tables import DAYS, TODAY


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
        KNOWN + "can: {reach: waste}}", "otherwise: waste", "otherwise: note", why="for callers in share 'a' of 'lot'"
    ),
    "can reach a team, whatever share": Form(
        OPEN_AT_MAIN + "can: {reach: line}}", "en: the line}, to: line}", "en: the line}, to: draw}",
        why="for callers in share 'b' of 'draw'", more=DRAW,
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


def test_the_page_for_admins_shows_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "klein").mkdir()
    (tmp_path / "klein" / "table.yaml").write_text(changed(("no_input: told", "no_input: bye")), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    printed = ivr("prove", "klein", "--today", f"{TODAY}")
    page = (Path(__file__).parents[2] / "docs/explanation/what-a-proof-covers.md").read_text(encoding="utf-8")
    shown = page.partition("```text\n")[2].partition("```")[0]
    assert shown.count("\n") > 10
    assert shown in printed
