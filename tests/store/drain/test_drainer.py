"""Facts about the drainer: each line is one row, whatever is killed, in whatever order it comes."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, func, select, update

from ivr.desk.case import Case
from ivr.desk.promises import case_number
from ivr.desk.pseudonym import number_key
from ivr.store import cases as kept
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit, calls, case_calls, cases, drained, events, marks, places, recordings, waits
from ivr.store.drain import drainer as draining
from ivr.store.drain import files
from ivr.store.drain.drainer import Drainer
from ivr.store.drain.ended import SETTLE_SECONDS
from ivr.store.journal import Entry, Journal
from tests.store.drain.entries import AT, answer_entry, case_entry, end_entry, mark_entry, turn_entry

KEY = b"key"
ROWS = (audit, calls, case_calls, cases, events, marks, places, recordings, waits)


def plan(case: Case) -> tuple[int, int]:
    return case.opened + 100, case.due - 50 if case.due else 0


@pytest.fixture
def drain(database: Engine, tmp_path: Path) -> Callable[..., int]:
    """Write lines as one process would, and drain them."""

    def run(*owed: Entry, happened: tuple[Entry, ...] = ()) -> int:
        for folder, entries in (("journal", owed), ("events", happened)):
            journal = Journal(tmp_path / folder)
            journal.write(list(entries))
            journal.close()
        return Drainer(database, tmp_path, KEY, plan).drain()

    return run


def rows(database: Engine, table: Table) -> list[dict[str, Any]]:
    with reading(database) as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def one(database: Engine, table: Table) -> dict[str, Any]:
    (row,) = rows(database, table)
    return row


def test_a_promise_becomes_a_case_with_its_place_and_its_plan(database: Engine, drain: Callable[..., int]) -> None:
    assert drain(case_entry(part="morning", reach="text_relay")) == 1
    row = one(database, cases)
    assert (row["id"], row["number"], row["kind"], row["state"]) == ("CA1:3", "123456", "callback", "open")
    assert (row["opened"], row["first_due"], row["due"]) == (AT, AT + 86_400, AT + 86_400)
    assert (row["next_at"], row["escalate_at"]) == (AT + 100, AT + 86_350)
    assert (row["reach"], row["part"], row["topic"], row["zone"]) == (
        "text_relay", "morning", {"topic": "waste"}, "Europe/Amsterdam",
    )  # fmt: skip
    assert row["caller_key"] == number_key(KEY, "+31612345678")
    place = one(database, places)
    assert (place["team"], place["day"], place["case_id"]) == ("desk", "2026-11-28", "CA1:3")
    assert one(database, case_calls)["what"] == "opened"


def test_a_voicemail_becomes_a_case_without_a_promise_and_with_its_recording(
    database: Engine, drain: Callable[..., int]
) -> None:
    drain(case_entry(type="voicemail", due=0, due_day="", recording="https://api.example/RE1", seconds=9))
    row = one(database, cases)
    assert (row["kind"], row["first_due"], row["due"]) == ("voicemail", None, None)
    assert rows(database, places) == []
    assert (one(database, recordings)["url"], one(database, recordings)["seconds"]) == ("https://api.example/RE1", 9)


def test_lines_that_come_again_are_one_row(database: Engine, drain: Callable[..., int]) -> None:
    lines = [case_entry(), mark_entry(), answer_entry("join", "123456")]
    story = (turn_entry(), turn_entry(sequence=1, event="keys"), end_entry())
    drain(*lines, happened=story)
    before = {table.name: rows(database, table) for table in ROWS}
    drain(*lines, *lines, happened=story * 2)
    assert {table.name: rows(database, table) for table in ROWS} == before


def test_nothing_is_carried_twice_nor_left(database: Engine, drain: Callable[..., int], tmp_path: Path) -> None:
    drain(case_entry())
    assert Drainer(database, tmp_path, KEY, plan).drain() == 0
    drain(case_entry("CA9", number="999999"))
    assert sorted(row["number"] for row in rows(database, cases)) == ["123456", "999999"]


def test_a_process_that_dies_between_any_two_statements_leaves_all_or_nothing(
    database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal")
    journal.write([case_entry(f"CA{n}", number=str(100_000 + n)) for n in range(20)])
    journal.close()
    plain, chance = draining.keep_marks, random.Random(1)

    class Killed(BaseException):
        pass

    def dies(*_: object) -> None:
        if chance.random() < 0.7:
            raise Killed
        plain(*_)  # type: ignore[arg-type]

    monkeypatch.setattr(draining, "keep_marks", dies)
    for _ in range(30):
        try:
            Drainer(database, tmp_path, KEY, plan).drain()
        except Killed:
            assert len(rows(database, cases)) in (0, 20)
    assert len(rows(database, cases)) == len(rows(database, places)) == 20


def test_a_torn_line_is_left_and_the_file_of_a_dead_process_goes_when_it_is_carried(
    database: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    dead = folder / "dead.jsonl"
    dead.write_text(json.dumps(case_entry()) + "\n" + '{"kind": "case", "call')
    long_ago = time.time() - files.REST_SECONDS - 1
    os.utime(dead, (long_ago, long_ago))
    alive = Journal(folder)
    alive.write([mark_entry()])
    os.utime(alive.path, (long_ago, long_ago))
    Drainer(database, tmp_path, KEY, plan).drain()
    assert not dead.exists(), "adopted"
    assert alive.path.exists(), "its process may still write to it"
    assert len(rows(database, cases)) == len(rows(database, marks)) == 1
    assert [row["file"] for row in rows(database, drained)] == [f"journal/{alive.path.name}"]
    alive.close()


def test_a_file_that_its_process_goes_on_writing_is_carried_on(database: Engine, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    worker = Drainer(database, tmp_path, KEY, plan)
    for n in range(3):
        journal.write([mark_entry(f"CA{n}")])
        worker.drain()
        assert len(rows(database, marks)) == n + 1
    journal.close()


@pytest.mark.parametrize(
    "line",
    [
        '{"kind": "case"}',
        '{"kind": "case", "call": "CA7", "sequence": "x", "at": "y", "case": 1, "table": 2}',
        '{"kind": "mark", "call": "CA7", "sequence": 1, "at": 1, "mark": "ten"}',
        '{"kind": "turn", "call": "CA7"}',
        '{"kind": "turn", "call": null, "sequence": 0, "at": 0, "table": "x", "node": "n", "language": ""}',
        '{"kind": "leg"}',
        '{"kind": "join", "case": 5}',
        '{"kind": ["x"]}',
        "[1]",
        '{"kind": "case", "at": 1e30, "call": "a", "sequence": 1, "case": "1", "table": "t"}',
        '{"kind": "mark", "call": "a\\u0000b", "sequence": 1, "at": 5, "mark": 5}',
    ],
)
def test_a_line_that_no_process_of_ours_wrote_holds_up_nobody(database: Engine, tmp_path: Path, line: str) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    good = [json.dumps(case_entry()), json.dumps(mark_entry())]
    (folder / "a.jsonl").write_text("\n".join([good[0], line, good[1]]) + "\n")
    said: list[str] = []
    Drainer(database, tmp_path, KEY, plan, said.append).drain()
    assert len(rows(database, cases)) == 1
    assert {row["call"] for row in rows(database, marks)} >= {"CA1"}
    assert Drainer(database, tmp_path, KEY, plan).drain() == 0
    assert not any("+316" in text for text in said)


def test_a_caller_who_cancels_ends_the_case_and_frees_its_place(database: Engine, drain: Callable[..., int]) -> None:
    drain(case_entry())
    drain(answer_entry("cancel", "123456"))
    row = one(database, cases)
    assert (row["state"], row["closed_by"], row["closed_at"], row["next_at"]) == ("cancelled", "caller", AT + 60, None)
    assert rows(database, places) == []
    assert [row["what"] for row in rows(database, audit)] == ["case.cancel"]


def test_a_caller_who_joins_changes_nothing_of_the_promise(database: Engine, drain: Callable[..., int]) -> None:
    drain(case_entry())
    before = one(database, cases)
    drain(answer_entry("join", "123456"))
    assert one(database, cases) == before
    assert [(row["call"], row["what"]) for row in rows(database, case_calls)] == [("CA1", "opened"), ("CA2", "joined")]


@pytest.mark.parametrize("kind", ["join", "cancel"])
def test_a_number_that_two_cases_share_does_nothing_to_either(
    database: Engine, drain: Callable[..., int], kind: str
) -> None:
    drain(case_entry("CA1", due_day=""), case_entry("CA5", due_day=""))
    drain(answer_entry(kind, "123456"))
    assert {row["state"] for row in rows(database, cases)} == {"open"}
    assert [row["what"] for row in rows(database, audit)] == ["case.unmatched"]


STORIES: dict[str, tuple[tuple[Entry, ...], dict[str, Any]]] = {
    "a person after a dial": (
        (
            turn_entry(), turn_entry(sequence=1, event="keys", node="ring", team="desk"),
            turn_entry(sequence=2, event="dialled", node="bye", outcome="bridged", talked=30, over=1) | {"at": AT + 50},
            end_entry(),
        ),
        {"ending": "person", "team": "desk", "outcome": "bridged", "put_at": AT + 5, "person_at": AT + 20, "waited": 15},
    ),
    "a person after a queue": (
        (
            turn_entry(), turn_entry(sequence=1, event="keys", node="wait", team="desk", queue="kinds-desk", old=0),
            turn_entry(sequence=2, event="queued", node="bye", outcome="bridged", waited=40) | {"at": AT + 200},
            end_entry(),
        ),
        {"ending": "person", "person_at": AT + 45, "waited": 40},
    ),
    "hung up in a menu": ((turn_entry(), end_entry()), {"ending": "hung_up", "person_at": None, "node": "main", "turns": 0}),
    "all was said": ((turn_entry(), turn_entry(sequence=1, event="keys", node="bye", over=1), end_entry()), {"ending": "ended"}),
    "told where to turn": ((turn_entry(), turn_entry(sequence=1, told=1), end_entry()), {"ending": "told"}),
    "still running": ((turn_entry(), turn_entry(sequence=1, node="x", topic={"topic": "waste"})), {"ending": "", "node": "x", "topic": {"topic": "waste"}}),
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_a_call_is_told_as_it_went(database: Engine, drain: Callable[..., int], name: str) -> None:
    story, facts = STORIES[name]
    drain(happened=story)
    row = one(database, calls)
    assert {key: row[key] for key in facts} == facts
    assert (row["began"], row["caller_key"]) == (AT, number_key(KEY, "+31612345678"))


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("seed", range(4))
def test_a_call_whose_turns_come_in_another_order_and_in_pieces_ends_the_same(
    database: Engine, drain: Callable[..., int], name: str, seed: int
) -> None:
    story, facts = STORIES[name]
    lines = [*story]
    random.Random(seed).shuffle(lines)
    for line in lines:
        drain(happened=(line,))
    row = one(database, calls)
    assert {key: row[key] for key in facts} == facts


def test_a_call_that_left_a_case_ends_with_it_in_either_order(database: Engine, drain: Callable[..., int]) -> None:
    drain(happened=(turn_entry(), end_entry()))
    assert one(database, calls)["ending"] == "hung_up"
    drain(case_entry())
    assert one(database, calls)["ending"] == "case"
    drain(happened=(end_entry(),))
    assert one(database, calls)["ending"] == "case"


@pytest.mark.parametrize("outcome", ["busy", "no_answer", "failed"])
def test_who_was_put_through_in_vain_and_left_with_nothing_is_owed_a_call(
    database: Engine, drain: Callable[..., int], outcome: str
) -> None:
    story = (turn_entry(), turn_entry(sequence=1, team="desk"), turn_entry(sequence=2, outcome=outcome), end_entry())
    drain(happened=story)
    drain(happened=story)
    row = one(database, cases)
    assert (row["kind"], row["team"], row["caller"], row["first_due"]) == ("transfer", "desk", "+31612345678", None)
    assert row["next_at"] == row["opened"] + SETTLE_SECONDS, "what another machine knows may come later"


def test_who_spoke_to_somebody_after_all_is_owed_no_call_whatever_is_told_first(
    database: Engine, drain: Callable[..., int]
) -> None:
    drain(happened=IN_VAIN)
    again = (turn_entry(sequence=3, team="desk"), turn_entry(sequence=4, event="dialled", outcome="bridged", talked=9))
    drain(happened=again)
    row = one(database, cases)
    assert (row["state"], row["next_at"]) == ("closed", None)
    assert one(database, calls)["ending"] == "person"


def test_who_did_not_want_to_be_rung_is_not_rung(database: Engine, drain: Callable[..., int]) -> None:
    refused = turn_entry(sequence=3, event="keys", refused=1)
    drain(happened=(*IN_VAIN[:3], refused, end_entry()))
    assert rows(database, cases) == []


def test_an_old_place_is_given_once(database: Engine, drain: Callable[..., int]) -> None:
    wait = {"team": "desk", "queue": "kinds-desk", "old": 0}
    drain(happened=(turn_entry("CA1"), turn_entry("CA1", 1, "keys", **wait), end_entry("CA1", at=AT + 100)))
    back = {"team": "desk", "queue": "kinds-desk-back", "old": 1}
    served = turn_entry("CA2", 2, "queued", outcome="bridged", waited=60) | {"at": AT + 300}
    drain(happened=(turn_entry("CA2"), turn_entry("CA2", 1, "keys", **back) | {"at": AT + 200}, served))
    drain(happened=(turn_entry("CA3"), turn_entry("CA3", 1, "keys", **back) | {"at": AT + 400}))
    since = {row["call"]: row["since"] for row in rows(database, waits)}
    assert since == {"CA1": AT + 5, "CA2": AT + 5, "CA3": AT + 400}


def test_who_was_rung_in_vain_is_owed_a_call_though_another_team_was_closed_then(
    database: Engine, drain: Callable[..., int]
) -> None:
    drain(
        happened=(
            turn_entry(),
            turn_entry(sequence=1, team="desk"),
            turn_entry(sequence=2, event="dialled", outcome="busy", team="other"),
            turn_entry(sequence=3, event="dialled", outcome="closed", told=1),
            end_entry(),
        )
    )
    assert one(database, cases)["team"] == "desk"


def test_nobody_is_owed_a_call_who_left_a_case(database: Engine, drain: Callable[..., int]) -> None:
    story = (turn_entry(), turn_entry(sequence=1, team="desk"), turn_entry(sequence=2, outcome="busy"), end_entry())
    drain(case_entry(), happened=story)
    assert one(database, cases)["kind"] == "callback"


IN_VAIN = (turn_entry(), turn_entry(sequence=1, team="desk"), turn_entry(sequence=2, outcome="busy"), end_entry())


def test_what_happened_never_overtakes_a_case_however_much_is_owed_before_it(
    database: Engine, drain: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK", 2_000)
    before = [case_entry(f"CB{n}", number=f"{200_000 + n}", due_day="") for n in range(30)]
    drain(*before, case_entry(), happened=IN_VAIN)
    assert {row["kind"] for row in rows(database, cases)} == {"callback"}


def test_a_case_that_comes_after_the_end_of_its_call_takes_the_place_of_the_one_that_seemed_owed(
    database: Engine, drain: Callable[..., int]
) -> None:
    drain(happened=IN_VAIN)
    drain(case_entry())
    drain(happened=IN_VAIN)
    states = {row["id"]: (row["state"], row["next_at"]) for row in rows(database, cases)}
    assert states == {"CA1:missed": ("closed", None), "CA1:3": ("open", AT + 100)}
    assert [row["what"] for row in rows(database, audit)] == ["case.superseded"]


def test_one_that_somebody_is_busy_with_already_stays(database: Engine, drain: Callable[..., int]) -> None:
    drain(happened=IN_VAIN)
    with writing(database) as connection:
        connection.execute(update(cases).values(state="calling"))
    drain(case_entry())
    assert {row["id"]: row["state"] for row in rows(database, cases)} == {"CA1:missed": "calling", "CA1:3": "open"}


def test_the_number_of_a_case_that_nobody_was_told_is_one_that_nobody_has(
    database: Engine, drain: Callable[..., int]
) -> None:
    spoken = case_number("CA1:missed", 0)
    drain(case_entry("CA7", number=spoken))
    drain(happened=IN_VAIN)
    assert {row["id"]: row["number"] == spoken for row in rows(database, cases)} == {"CA7:3": True, "CA1:missed": False}


def test_who_joins_a_case_is_noted_though_their_process_has_an_earlier_file(database: Engine, tmp_path: Path) -> None:
    for name, entry in (("a.jsonl", answer_entry("join", "123456")), ("b.jsonl", case_entry())):
        (tmp_path / "journal").mkdir(exist_ok=True)
        (tmp_path / "journal" / name).write_text(json.dumps(entry) + "\n")
    Drainer(database, tmp_path, KEY, plan).drain()
    assert {(row["call"], row["what"]) for row in rows(database, case_calls)} == {("CA1", "opened"), ("CA2", "joined")}
    assert rows(database, audit) == []


def test_an_old_place_counts_from_when_its_caller_first_joined(database: Engine, drain: Callable[..., int]) -> None:
    wait = {"team": "desk", "queue": "kinds-desk", "old": 0}
    drain(happened=(turn_entry("CA1"), turn_entry("CA1", 1, "keys", **wait), end_entry("CA1", at=AT + 400)))
    again = turn_entry("CA2", 1, "keys", **{**wait, "queue": "kinds-desk-back", "old": 1}) | {"at": AT + 700}
    other = turn_entry("CA3", 0, caller="+31687654321")
    drain(happened=(turn_entry("CA2"), again, other, {**again, "call": "CA3"}))
    since = {row["call"]: row["since"] for row in rows(database, waits)}
    assert since == {"CA1": AT + 5, "CA2": AT + 5, "CA3": AT + 700}
    left = {row["call"]: (row["left"], row["outcome"]) for row in rows(database, waits)}
    assert left["CA1"] == (AT + 400, "hung_up")
    assert left["CA2"] == (None, "")


def test_a_mark_has_the_team_and_the_old_number_of_its_call(database: Engine, drain: Callable[..., int]) -> None:
    drain(mark_entry(), happened=(turn_entry(), turn_entry(sequence=1, team="desk"), end_entry()))
    row = one(database, marks)
    assert (row["mark"], row["team"], row["number"]) == (8, "desk", "050 367 1000")


def test_two_drainers_at_once_do_the_work_of_one(database: Engine, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.write([mark_entry(f"CA{n}") for n in range(50)])
    one_, other = Drainer(database, tmp_path, KEY, plan), Drainer(database, tmp_path, KEY, plan)
    with one_._alone() as mine:
        assert mine
        assert other.run() == 0
    assert other.drain() == 50
    with reading(database) as connection:
        assert connection.execute(select(func.count()).select_from(marks)).scalar() == 50
    journal.close()


def test_events_hold_no_number_of_a_caller(database: Engine, drain: Callable[..., int]) -> None:
    drain(happened=(turn_entry(),))
    assert "+316" not in json.dumps(one(database, events), default=str)


def test_a_case_that_the_database_knows_is_found_by_its_number(database: Engine, drain: Callable[..., int]) -> None:
    drain(case_entry())
    with reading(database) as connection:
        assert [case.id for case in kept.numbered(connection, "123456")] == ["CA1:3"]
