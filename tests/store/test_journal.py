"""Facts about the journal, the ledger and the file of facts."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ivr.store import facts
from ivr.store import journal as journals
from ivr.store.facts import FactsFile
from ivr.store.journal import Journal, held, read_journals
from ivr.store.ledger import Ledger
from tests.engine.calls import table


def test_what_is_written_is_read_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.write([{"kind": "mark", "mark": 7}, {"kind": "mark", "mark": 8}])
    journal.write([{"kind": "mark", "mark": 9}])
    assert [e["mark"] for e in read_journals(tmp_path / "journal")] == [7, 8, 9]


def test_each_process_writes_a_file_of_its_own_and_a_reader_takes_all(tmp_path: Path) -> None:
    for mark in (1, 2):
        Journal(tmp_path).write([{"mark": mark}])
    assert len(list(tmp_path.glob("*.jsonl"))) == 2
    assert sorted(e["mark"] for e in read_journals(tmp_path)) == [1, 2]


def test_a_torn_last_line_counts_for_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write([{"mark": 1}])
    with journal.path.open("ab") as file:
        file.write(b'{"mark": 2')
    assert [e["mark"] for e in read_journals(tmp_path)] == [1]


def test_the_files_of_a_process_are_read_in_the_order_in_which_it_wrote_them(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for mark in range(20):
        journal.write([{"mark": mark}])
        journal.roll()
    assert [e["mark"] for e in read_journals(tmp_path)] == list(range(20))


def test_a_file_that_nothing_was_written_to_for_a_while_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    journal.write([{"mark": 1}])
    first = journal.path
    journal.rest()
    assert held(first)
    monkeypatch.setattr("ivr.store.journal.REST_SECONDS", 0)
    journal.rest()
    assert not held(first)
    journal.write([{"mark": 2}])
    assert [e["mark"] for e in read_journals(tmp_path)] == [1, 2]


def test_a_character_that_postgresql_cannot_hold_is_left_out(tmp_path: Path) -> None:
    Journal(tmp_path).write([{"dialled": "14\x00050", "fields": {"code": "\\u0000"}}])
    assert list(read_journals(tmp_path)) == [{"dialled": "14050", "fields": {"code": "\\u0000"}}]


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write([{"number": "+31612345678"}])
    assert journal.path.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_an_error_and_not_silence(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("")
    with pytest.raises(OSError, match="journal"):
        Journal(tmp_path / "journal").write([{"mark": 1}])


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    code = (
        "import os,sys;from pathlib import Path;from ivr.store.journal import Journal\n"
        "j=Journal(Path(sys.argv[1]))\nfor i in range(1000):\n j.write([{'n':i}]);print(i,flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(20)]
        process.kill()
        told += [int(line) for line in process.stdout.read().split()]
    kept = {e["n"] for e in read_journals(tmp_path)}
    assert set(told) <= kept


def case(
    call: str = "CA1", sequence: int = 3, number: str = "123456", team: str = "desk", day: str = "2026-12-02"
) -> dict[str, object]:
    return {"kind": "case", "call": call, "sequence": sequence, "case": number, "table": "kinds", "team": team,
            "due_day": day, "due": 1}  # fmt: skip


def test_a_ledger_counts_a_turn_once(tmp_path: Path) -> None:
    Journal(tmp_path).write([case(), case(), case(sequence=4, number="222222")])
    ledger = Ledger(tmp_path)
    graph = table().graph
    day = dt.date(2026, 12, 2).toordinal()
    assert ledger.promises(graph, 0) == {(0, day): 2}
    assert ledger.taken("123456")
    assert not ledger.taken("999999")


def test_an_entry_that_did_not_reach_the_disk_is_taken_back(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add(case())
    ledger.remove(case())
    assert ledger.owed("CA1", 3) is None
    assert not ledger.taken("123456")
    assert not any(ledger.promises(table().graph, 0).values())


def test_a_team_of_another_table_has_days_of_its_own(tmp_path: Path) -> None:
    Journal(tmp_path).write([case(), {**case("CA2"), "table": "elsewhere"}])
    assert list(Ledger(tmp_path).promises(table().graph, 0).values()) == [1]


def test_a_ledger_takes_in_what_others_wrote_since_and_reads_nothing_twice(tmp_path: Path) -> None:
    one, other, ledger = Journal(tmp_path), Journal(tmp_path), Ledger(tmp_path)
    seen: dict[str, int] = {}
    for n, journal in enumerate((one, other, one, other)):
        journal.write([case(f"CA{n}", number=str(n))])
        ledger.refresh()
        assert ledger.owed(f"CA{n}", 3) is not None
        assert [e["case"] for e in read_journals(tmp_path, seen)] == [str(n)]
    assert list(read_journals(tmp_path, seen)) == []


def test_a_line_is_taken_when_its_end_has_come(tmp_path: Path) -> None:
    path, seen = tmp_path / "a.jsonl", {}  # type: tuple[Path, dict[str, int]]
    path.write_bytes(b'{"mark": 1}\n{"mark"')
    assert [e["mark"] for e in read_journals(tmp_path, seen)] == [1]
    with path.open("ab") as file:
        file.write(b": 2}\n")
    assert [e["mark"] for e in read_journals(tmp_path, seen)] == [2]


@pytest.mark.parametrize(
    "line", ['{"kind": "case", "sequence": "x"}', '{"kind": "case", "due_day": "soon"}', "[]", "{"]
)
def test_a_line_that_is_not_ours_is_passed_over(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.jsonl").write_text(line + "\n" + json.dumps(case()) + "\n")
    assert Ledger(tmp_path).owed("CA1", 3) is not None


def test_a_write_that_failed_leaves_nothing_that_could_spoil_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    journal.write([{"mark": 1}])
    plain = os.write

    def torn(file: int, lines: bytes) -> int:
        if len(lines) > 4:
            return plain(file, lines[:4])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", torn)
    with pytest.raises(OSError, match="space"):
        journal.write([{"m": 2}])
    monkeypatch.setattr(os, "write", plain)
    journal.write([{"mark": 3}])
    assert sorted(e["mark"] for e in read_journals(tmp_path)) == [1, 3]
    assert all(path.read_bytes().endswith(b"\n") for path in tmp_path.glob("*.jsonl"))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are looked at each time."""
    monkeypatch.setattr(facts, "LOOK_SECONDS", 0.0)


@pytest.mark.usefixtures("at_once")
def test_facts_are_read_again_when_the_file_changes_and_kept_when_it_is_spoilt(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    held = FactsFile(path)
    assert held.of("+31612345678") == {}
    path.write_text(json.dumps({"+31612345678": {"caller": "known"}}))
    assert held.of("+31612345678") == {"caller": "known"}
    path.write_text("{{{")
    os.utime(path, (time.time() + 5, time.time() + 5))
    assert held.of("+31612345678") == {"caller": "known"}


@pytest.mark.parametrize(
    "line",
    [
        "[" * 5000,
        '{"kind": "case", "call": "CA1", "sequence": Infinity}',
        '{"kind": "case", "due_day": 1}',
        '{"due": "x"}',
    ],
)
def test_a_line_that_no_process_of_ours_wrote_is_passed_over(tmp_path: Path, line: str) -> None:
    good = {"kind": "case", "call": "CA2", "sequence": 1, "case": "123456"}
    (tmp_path / "a.jsonl").write_text(line + "\n" + json.dumps(good) + "\n")
    held = Ledger(tmp_path)
    assert (held.taken("123456"), held.owed("CA1", 0)) == (True, None)


@pytest.mark.usefixtures("at_once")
def test_files_that_are_nested_without_end_leave_what_was_known(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 5000)
    assert FactsFile(tmp_path / "deep.json").of("+31612345678") == {}


def test_a_probe_leaves_nothing_and_says_when_no_promise_could_be_kept(tmp_path: Path) -> None:
    Journal(tmp_path / "journal").probe()
    assert [path.name for path in (tmp_path / "journal").iterdir()] == [".lock"]
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        Journal(tmp_path / "file").probe()


@pytest.mark.parametrize(("bound", "files"), [("ROLL_BYTES", 3), ("ROLL_SECONDS", 3), ("MAX_LINE", 1)])
def test_a_file_that_is_full_or_old_is_let_go_so_that_it_can_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, files: int
) -> None:
    monkeypatch.setattr(journals, bound, 0)
    held = Journal(tmp_path)
    for n in range(3):
        held.write([{"n": n}])
    held.close()
    assert len(list(tmp_path.glob("*.jsonl"))) == files
    monkeypatch.undo()
    assert sorted(entry["n"] for entry in read_journals(tmp_path)) == [0, 1, 2]
