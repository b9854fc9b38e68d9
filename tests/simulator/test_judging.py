"""Facts about a version judged: the same as the commands say, as plain values, and fast where little changed."""

from __future__ import annotations

import datetime as dt
import pickle
import time
from pathlib import Path

import msgspec
import pytest

from ivr.diagnostics.show import as_text
from ivr.proofs.classes import HORIZON_DAYS
from ivr.proofs.diff.groups import compare_tables
from ivr.simulator.judging import changes, fault_of, findings, judge, midnight, proofs, prove_table
from ivr.tables.judged import Judged, kept, read
from ivr.tables.ready import check_folder, check_sources, ready
from ivr.tables.texts import sources_of, texts_of, version_of_texts
from tests.engine import calls

TODAY = dt.date(2026, 11, 24)
ROOT = Path(__file__).parents[2]
GRONINGEN = ROOT / "routing_tables" / "groningen"


@pytest.fixture(scope="module")
def groningen() -> dict[str, str]:
    """The texts of the real table."""
    return texts_of(GRONINGEN, check_folder(GRONINGEN, TODAY).sources)


def edited(texts: dict[str, str], path: str, was: str, now: str) -> dict[str, str]:
    """The texts with one edit."""
    assert was in texts[path]
    return {**texts, path: texts[path].replace(was, now, 1)}


def test_what_is_live_and_unchanged_fails_in_nothing(groningen: dict[str, str]) -> None:
    judged = judge(groningen, TODAY, groningen)
    assert (judged.errors, judged.fails) == (False, ())
    assert judged.version == version_of_texts(groningen) == judged.changes.against
    assert judged.changes.edits == ()
    assert len(judged.proofs.proofs) > 5


def test_findings_are_those_of_the_command_with_the_same_carets(groningen: dict[str, str]) -> None:
    broken = edited(groningen, "menus/entry.yaml", "call-112", "call-113")
    found = findings(broken, TODAY)
    checked = check_sources(sources_of(broken), TODAY)
    assert [fault.text for fault in found.faults] == [as_text(f, checked.sources) for f in checked.findings]
    first = found.faults[0]
    assert (first.code, first.place.file, first.severity) == ("IVR204", "menus/entry.yaml", "error")
    line = broken["menus/entry.yaml"].splitlines()[first.place.line - 1]
    assert line[first.place.column - 1 : first.place.end_column - 1] == "call-113"


def test_what_has_errors_is_neither_proved_nor_compared(groningen: dict[str, str]) -> None:
    judged = judge(edited(groningen, "menus/entry.yaml", "call-112", "call-113"), TODAY, groningen)
    assert judged.errors
    assert (judged.proofs.why_not, judged.changes.why_not) == ("errors", "errors")
    assert "unproved" in judged.fails


def test_changes_are_those_of_the_comparison(groningen: dict[str, str]) -> None:
    fresh = edited(groningen, "calendars.yaml", "08:30-17:00", "09:00-17:00")
    found = changes(fresh, TODAY, groningen)
    old, new = (ready(check_sources(sources_of(texts), TODAY)) for texts in (groningen, fresh))
    sides = (old.graph, old.source_map), (new.graph, new.source_map)
    groups = compare_tables(*sides, midnight(new, TODAY), HORIZON_DAYS, words=True).groups
    assert [edit.title for edit in found.edits] == [group.title for group in groups]
    assert found.behaviour + found.wording == len(groups) > 0
    assert found.edits[0].rows[0].call is not None


def test_nothing_live_is_nothing_to_compare_with(groningen: dict[str, str]) -> None:
    assert changes(groningen, TODAY, None).why_not == "first"


def test_a_broken_guarantee_comes_with_the_call_that_breaks_it(groningen: dict[str, str]) -> None:
    texts = edited(groningen, "flows.yaml", "        failed: not-promised\n", "        failed: return\n")
    judged = judge(texts, TODAY, None)
    table = ready(check_sources(sources_of(texts), TODAY))
    space, said = prove_table(table, TODAY)
    assert [(p.name, p.holds) for p in judged.proofs.proofs] == [(v.name, v.holds) for v in said]
    broken = [p for p in judged.proofs.proofs if not p.holds]
    assert judged.fails == ("broken",)
    assert judged.proofs.broken == len(broken) > 0
    assert any(p.call is not None and p.transcript.strip() for p in broken)
    assert space.states


def test_only_warnings_that_the_live_version_has_not_are_fresh() -> None:
    noisy = calls.TEXT  # it has warnings of its own
    have = findings({"t.yaml": noisy}, TODAY)
    assert have.warnings > 0
    same = findings({"t.yaml": "# a remark\n" + noisy}, TODAY, {"t.yaml": noisy})
    assert (same.warnings, same.fresh) == (have.warnings, 0)
    quiet = {"t.yaml": noisy.replace("Welkom.", "Goedendag.")}
    clean = findings({"t.yaml": noisy}, TODAY, quiet)
    assert clean.fresh == 0
    longer = noisy.replace(
        "Welkom.", "Welkom. " + "Dit is een zin die maar doorgaat en doorgaat en nooit ophoudt. " * 20
    )
    more = findings({"t.yaml": longer}, TODAY, {"t.yaml": noisy})
    assert more.fresh == more.warnings - have.warnings > 0
    assert sum(fault.fresh for fault in more.faults) == more.fresh


def test_a_judgement_goes_to_another_process_and_into_the_database_and_back(groningen: dict[str, str]) -> None:
    judged = judge(edited(groningen, "calendars.yaml", "08:30-17:00", "09:00-17:00"), TODAY, groningen)
    assert pickle.loads(pickle.dumps(judged)) == judged
    again = read(msgspec.json.decode(msgspec.json.encode(kept(judged))))
    assert again is not None
    assert (again.version, again.errors, again.fails) == (judged.version, judged.errors, judged.fails)
    assert again.changes.behaviour == judged.changes.behaviour
    assert all(len(edit.rows) == 1 for edit in again.changes.edits)
    assert read({"version": 1}) is None
    assert read(None) is None


def test_what_is_kept_of_a_judgement_is_bounded() -> None:
    lines = "".join(f"  n{n}: {{kind: say, say: {{nl: x}}, to: nowhere{n}}}\n" for n in range(3000))
    judged = judge({"t.yaml": calls.TEXT + lines}, TODAY, None)
    assert len(judged.findings.faults) <= 200
    assert len(msgspec.json.encode(kept(judged))) < 100_000


def test_a_version_that_can_be_read_has_no_fault_and_another_says_which(groningen: dict[str, str]) -> None:
    assert fault_of(groningen) == ""
    assert fault_of({"t.yaml": "table: {"}) != ""


def test_the_same_texts_are_worked_out_once_and_other_paths_apart(groningen: dict[str, str]) -> None:
    fresh = edited(groningen, "table.yaml", "table:", "# once\ntable:")
    judge(fresh, TODAY, groningen)
    began = time.perf_counter()
    again = judge(fresh, TODAY, groningen)
    assert time.perf_counter() - began < 1
    assert again.proofs.milliseconds < 100
    moved = {("x.yaml" if path == "table.yaml" else path): text for path, text in fresh.items()}
    broken = {**moved, "x.yaml": moved["x.yaml"].replace("main_number", "main_numbr")}
    assert findings(broken, TODAY).faults[0].place.file == "x.yaml"


def test_judging_knows_another_day(groningen: dict[str, str]) -> None:
    judged: Judged = judge(groningen, dt.date(2027, 6, 1), groningen)
    assert judged.today == "2027-06-01"


def test_proofs_of_a_table_are_for_its_own_texts(groningen: dict[str, str]) -> None:
    assert proofs(groningen, TODAY).version == version_of_texts(groningen)
