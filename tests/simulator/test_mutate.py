"""Slips: each kind gives a file that parses, is judged as it should be, and what is missed is really missed."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

import pytest

from ivr.authoring.files import list_files, read_sources
from ivr.authoring.reader import read_yaml
from ivr.diagnostics import Report, Source, Sources
from ivr.proofs.prover import explore
from ivr.simulator.edits import Editor
from ivr.simulator.generate import generate
from ivr.simulator.jury import Jury
from ivr.simulator.mutate import CHECK, GUARANTEES, IDLE, MISSED, SCENARIOS, UNHEARD, Judge, Judged
from ivr.simulator.run import run_scenario
from ivr.simulator.scenario import read_suite_sources
from ivr.simulator.slips import KINDS, Slip, draw, possible
from ivr.tables.ready import Table, check_sources, ready
from tests.engine.calls import TEXT, TODAY

ROOT = Path(__file__).parents[2]
GRONINGEN = Sources(read_sources(list_files(ROOT / "routing_tables" / "groningen"), ROOT, Report()))
KINDS_TABLE = Sources((Source("kinds.yaml", TEXT),))
SUITE = """\
scenarios:
  waste: {at: 2026-11-24 10:00, do: [1], expect: {ends: told where to turn, passes: [topics, thanks]}}
  desk: {at: 2026-11-24 16:30, do: [2], expect: {ends: person, team: desk}}
  evening: {at: 2026-11-24 20:00, expect: {passes: [closed]}}
  wrong: {at: 2026-11-24 10:00, do: [3], expect: {ends: goodbye}}
"""
BOTH = [pytest.param(GRONINGEN, id="groningen"), pytest.param(KINDS_TABLE, id="kinds")]


@cache
def judge() -> Judge:
    """The judge of the table with every kind of node, with a small suite."""
    return Judge(KINDS_TABLE, Sources((Source("suite.yaml", SUITE),)), TODAY)


@cache
def judged() -> dict[str, Judged]:
    """Every slip of that table, judged, by what was done."""
    held = judge()
    every = [slip for found in possible(KINDS_TABLE).values() for slip in found]
    with Jury(held, 1) as jury:
        out = list(jury.judged(every))
        parts = generate(held.table, explore(held.table.almanac, held.start))
        explained = iter(jury.explained([one.slip for one in out if one.end == MISSED], parts))
        return {one.slip.what: next(explained) if one.end == MISSED else one for one in out}


def with_slip(slip: Slip) -> Table:
    """The table after a slip."""
    return ready(check_sources(judge().editor.apply(slip.edits), TODAY))


def passes(table: Table, text: str) -> bool:
    """Whether every scenario of a file passes."""
    suite = read_suite_sources(Sources((Source("suite.yaml", text),)))
    assert not suite.report.sorted()
    return all(run_scenario(table, scenario).passed for scenario in suite.scenarios)


@pytest.mark.parametrize("kind", KINDS)
def test_a_slip_of_each_kind_can_be_made_in_groningen(kind: str) -> None:
    assert possible(GRONINGEN, [kind])[kind]


@pytest.mark.parametrize("sources", BOTH)
def test_every_slip_leaves_yaml_that_is_read_and_is_not_what_it_was(sources: Sources) -> None:
    held = Judge(sources, Sources(), TODAY).editor
    for found in possible(sources).values():
        for slip in found:
            after = held.apply(slip.edits)
            assert after != sources
            for file, source in enumerate(after.files):
                if source != sources.files[file]:
                    report = Report()
                    assert read_yaml(source, file, report).value is not None
                    assert not report.sorted(), slip


def test_a_slip_of_a_block_and_of_braces_takes_out_what_it_names_and_nothing_else() -> None:
    text = 'nodes:\n  a:\n    options:\n      1: {to: x}\n      # why\n      2:\n        to: y\n  b: {options: {1: {to: x}, "2": {to: y}}}\n'
    sources = Sources((Source("table.yaml", text),))
    lost = {slip.what: slip for slip in possible(sources, ["lost-option"])["lost-option"]}
    held = {
        "option 2 of 'a' is lost": text.replace("      2:\n        to: y\n", ""),
        "option 1 of 'a' is lost": text.replace("      1: {to: x}\n      # why\n", ""),
        "option 2 of 'b' is lost": text.replace(', "2": {to: y}', ""),
        "option 1 of 'b' is lost": text.replace('1: {to: x}, "2"', '"2"'),
    }
    assert {what: Editor(sources).apply(slip.edits).files[0].text for what, slip in lost.items()} == held


def test_places_are_right_behind_every_line_end_of_yaml() -> None:
    text = "table: {title: ab}\r\nnodes:\u2028  a: {kind: menu, options: {1: {to: x}, 2: {to: y}}}\n"
    sources = Sources((Source("table.yaml", text),))
    slip = possible(sources, ["swapped-options"])["swapped-options"][0]
    after = Editor(sources).apply(slip.edits).files[0].text
    assert after == text.replace("{1: {to: x}, 2: {to: y}}", "{1: {to: y}, 2: {to: x}}")


@pytest.mark.parametrize("kind", KINDS)
def test_the_diff_of_a_slip_can_be_applied(kind: str, tmp_path: Path) -> None:
    slip = draw(possible(GRONINGEN, [kind]), 1, 7)[0]
    editor = Judge(GRONINGEN, Sources(), TODAY).editor
    for source in GRONINGEN.files:
        (tmp_path / source.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / source.path).write_text(source.text, encoding="utf-8")
    diff = editor.diff(slip.edits) + "\n"
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=tmp_path, input=diff, text=True, check=True)
    assert [(tmp_path / s.path).read_text(encoding="utf-8") for s in GRONINGEN.files] == [
        s.text for s in editor.apply(slip.edits).files
    ]


@pytest.mark.parametrize(
    ("what", "who", "by"),
    [
        ("options 1 and 2 of 'main' lead where the other should", SCENARIOS, "waste"),
        ("option 1 of 'main' is lost", CHECK, "IVR512: before key 2, key 1 chooses nothing that is spoken"),
        ("option 1 of 'main' is lost", SCENARIOS, "waste"),
        ("the calendar of 'opening' is always in place of desk", SCENARIOS, "evening"),
        ("17:00 of calendar 'desk' is 16:00", SCENARIOS, "desk"),
        ("'main say' lacks the language en", CHECK, "IVR501: these words lack 'en', in which callers can hear them"),
        ("'calamity' lacks its exit then", CHECK, "IVR105: a calamity node lacks the key 'then'"),
        ("the team of 'operator' is order in place of desk", SCENARIOS, "desk"),
        ("redirect of 050 367 1000 is 30 days later", CHECK,
         "IVR406: the phase 'returned' begins on 2027-03-01, no later than the one before it"),
        ("closed and holiday of 'opening' lead where the other should", SCENARIOS, "evening"),
    ],
)  # fmt: skip
def test_a_slip_is_noticed_by(what: str, who: str, by: str) -> None:
    assert dict(judged()[what].noticed)[who] == by
    assert judged()[what].end == ""


@pytest.mark.parametrize(
    ("what", "end"),
    [
        ("option 6 of 'main' is lost", MISSED),
        ("17:00 of calendar 'desk' is 18:00", MISSED),
        ("15:00 of calendar 'desk' is 14:00", MISSED),
        ("'050 367 1000 announce' lacks the language en", MISSED),
        ("'main options 1 speech' lacks the language en", MISSED),
        ("'main' lacks its exit no_match", MISSED),
        ("the team of 'promise' is order in place of desk", MISSED),
        ("announce of 050 367 1000 is 30 days later", MISSED),
        ("050 367 1000 goes where 050 367 1001 should", MISSED),
        ("'closed say' lacks the language en", UNHEARD),  # English is chosen after it
        ("the team of 'note' is order in place of desk", UNHEARD),  # the case goes elsewhere, and no caller is told
        ("'main' lacks its exit no_input", IDLE),  # it says what is so without it
        ("parallel of 050 367 1000 is 30 days later", IDLE),  # it is over
    ],
)
def test_a_slip_that_nothing_notices(what: str, end: str) -> None:
    assert judged()[what].noticed == ()
    assert judged()[what].end == end


def test_a_guarantee_notices_what_no_scenario_plays() -> None:
    text = TEXT + "guarantees:\n  near: {for: {numbers: ['050 367 81xx'], arriving: desk open}, can: {reach: desk}}\n"
    held = Judge(Sources((Source("kinds.yaml", text),)), Sources(), TODAY)
    slip = next(s for s in possible(held.editor.sources)["wrong-team"] if "team of 'operator'" in s.what)
    assert held.judge(slip).noticed == ((GUARANTEES, "near"),)


def test_a_scenario_that_fails_before_any_slip_is_not_counted_upon() -> None:
    assert judge().unable == ["wrong"]
    assert not any(by == "wrong" for one in judged().values() for _, by in one.noticed)


def test_what_is_missed_is_really_missed_and_what_is_to_be_added_notices_it() -> None:
    missed = [one for one in judged().values() if one.end == MISSED]
    assert len(missed) > 20
    good = SUITE.partition("  wrong:")[0]
    for one in missed:
        table = with_slip(one.slip)
        assert passes(table, good), one.slip
        assert one.missed is not None
        told = one.missed.told
        assert told.was != told.now
        if one.missed.scenario:
            line = next(row for row in good.splitlines() if row.startswith(f"  {one.missed.scenario}:"))
            more = "scenarios:\n" + line.replace("expect: {", f"expect: {{{one.missed.expect}, ")
        else:
            more = "scenarios:\n" + told.scenario
        assert passes(judge().table, more), more
        assert not passes(table, more), (one.slip, more)


def test_what_is_unheard_is_heard_by_no_generated_call() -> None:
    unheard = [one for one in judged().values() if one.end == UNHEARD]
    assert unheard
    for one in unheard:
        assert passes(with_slip(one.slip), SUITE.partition("  wrong:")[0])
        assert one.missed is None


def test_the_same_seed_gives_the_same_slips() -> None:
    found = possible(GRONINGEN)
    assert draw(found, 30, 3) == draw(possible(GRONINGEN), 30, 3)
    assert draw(found, 30, 3) != draw(found, 30, 4)


def test_every_kind_is_drawn_in_its_turn() -> None:
    assert {slip.kind for slip in draw(possible(GRONINGEN), len(KINDS), 1)} == set(KINDS)
    found = possible(GRONINGEN)
    assert len(draw(found, 10_000, 1)) == sum(map(len, found.values()))


def test_two_processes_judge_as_one() -> None:
    some = draw(possible(KINDS_TABLE), 12, 5)
    with Jury(judge(), 2) as jury:
        assert list(jury.judged(some)) == [judge().judge(slip) for slip in some]
