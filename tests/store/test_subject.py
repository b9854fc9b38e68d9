"""A citizen sees all that is held on a number, and nothing of others; and what is erased is gone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from ivr.desk.case import CALLING, CANCELLED, CLOSED, OPEN, REACHED, UNSURE
from ivr.desk.pseudonym import number_key
from ivr.store import subject as subjects
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import (
    attempts,
    audit,
    calls,
    cases,
    events,
    marks,
    metadata,
    notes,
    outbox,
    recordings,
    waits,
)  # fmt: skip
from ivr.store.subject import Busy, Found, erase, find, subject_of
from tests.store.rows import held

NOW = 1_800_000_000
KEY = b"key"
HERS, HIS = "+31612345678", "+31687654321"
MINE = subject_of(HERS, KEY)


def case(id: str, number: str, caller: str = HERS, **more: Any) -> dict[str, Any]:
    blank = {
        "id": id, "number": number, "caller": caller, "caller_key": number_key(KEY, caller), "state": OPEN, "opened": NOW,
        "kind": "callback", "team": "burgerzaken", "due": NOW + 9000, "first_due": NOW + 9000, "address": "x@y.nl",
        "fields": {"straat": "Oude Ebbinge"}, "closed_at": None, "closed_by": "", "moved": "storm", "call": id[:3],
    }  # fmt: skip
    return blank | more


def filled(engine: Engine, **more: Any) -> None:
    with writing(engine) as connection:
        connection.execute(insert(calls), [
            {"id": "CA1", "caller": HERS, "caller_key": number_key(KEY, HERS), "began": NOW - 9, "dialled": "+31503671000"},
            {"id": "CA2", "caller": "", "caller_key": number_key(KEY, HERS), "began": NOW - 99, "dialled": "+3114050"},
            {"id": "CA3", "caller": HERS, "caller_key": "", "began": NOW - 999, "dialled": "+3114050"},
            {"id": "CA9", "caller": HIS, "caller_key": number_key(KEY, HIS), "began": NOW, "dialled": "+3114050"},
        ])  # fmt: skip
        connection.execute(insert(cases), [
            case("CA1:1", "111111", **more),
            case("CA2:1", "222222", caller="", caller_key=number_key(KEY, HERS), state=CLOSED, closed_at=NOW - 5, closed_by="bea"),
            case("CA9:1", "999999", caller=HIS, fields={"terug": "06-1234 5678"}),
        ])  # fmt: skip
        for id in ("CA1:1", "CA9:1"):
            connection.execute(insert(notes), {"case_id": id, "at": NOW, "by": "anna", "text": f"note of {id}"})
            connection.execute(
                insert(recordings),
                {"id": id, "case_id": id, "url": "https://u", "made": NOW, "transcript": f"said {id}"},
            )
            connection.execute(insert(attempts), {
                "id": id, "case_id": id, "ordinal": 1, "began": NOW, "state": "over", "by": "anna", "target": "sip:anna@x",
                "citizen_call": "CAx", "outcome": "no_answer",
            })  # fmt: skip
            connection.execute(insert(marks), {"call": id[:3], "sequence": 9, "at": NOW, "mark": 8})
            connection.execute(insert(events), {"call": id[:3], "sequence": 0, "kind": "turn", "at": NOW})
        connection.execute(
            insert(waits),
            {"call": "CA1", "sequence": 5, "caller_key": number_key(KEY, HERS), "joined": NOW, "since": NOW},
        )
        connection.execute(insert(outbox), [
            {"key": f"openklant:{id}", "kind": "openklant", "subject": id, "payload": {}, "answer": answer, "made": NOW}
            for id, answer in (("CA2:1", {"uuid": "x"}), ("CA9:1", {"uuid": "y"}))
        ])  # fmt: skip


def found(engine: Engine, of: subjects.Subject = MINE) -> Found:
    with reading(engine) as connection:
        return find(connection, of)


def test_all_that_is_held_on_a_number_is_found_by_it_and_by_the_hash_that_stands_for_it(database: Engine) -> None:
    filled(database)
    what = found(database)
    assert [call["id"] for call in what.calls] == ["CA1", "CA2", "CA3"]
    assert (what.calls[0]["marks"], what.calls[0]["steps"]) == ([8], 1)
    assert {row["number"] for row in what.cases} == {"111111", "222222"}
    assert [row.number for row in what.open] == ["111111"]
    assert (what.waits, what.elsewhere) == (1, ["222222"])
    first = next(row for row in what.cases if row["number"] == "111111")
    assert (first["notes"][0]["text"], first["recordings"][0]["transcript"]) == ("note of CA1:1", "said CA1:1")
    assert (first["caller"], first["address"], first["fields"]) == (HERS, "x@y.nl", {"straat": "Oude Ebbinge"})


def test_neither_employees_nor_anything_of_others_is_shown(database: Engine) -> None:
    filled(database)
    what = found(database)
    text = json.dumps([what.calls, what.cases], ensure_ascii=False)
    for hidden in ("anna", "bea", HIS, "CA9"):
        assert hidden not in text


def test_a_number_in_the_words_of_another_case_is_told_however_it_is_written(database: Engine) -> None:
    filled(database)
    assert found(database).mentioned == ["999999"]
    assert found(database, subject_of("+31612340000", KEY)).nothing


def test_without_a_key_only_what_bears_the_number_itself_is_found(database: Engine) -> None:
    filled(database)
    what = found(database, subject_of(HERS, b""))
    assert [call["id"] for call in what.calls] == ["CA1", "CA3"]
    assert (what.waits, [row["number"] for row in what.cases]) == (0, ["111111"])


def test_what_is_erased_is_nowhere_any_more_and_what_is_others_is_as_it_was(database: Engine) -> None:
    filled(database)
    with reading(database) as connection:
        before = held(connection)
    with writing(database) as connection:
        counts = erase(connection, MINE, "anna", NOW)
    assert counts == {"cases": 2, "notes": 1, "attempts": 1, "recordings": 1, "calls": 3, "waits": 1}
    what = found(database)
    assert (what.calls, what.cases, what.waits) == ([], [], 0)
    with reading(database) as connection:
        after = held(connection)
    assert HERS not in repr(after)
    assert MINE.key not in repr({name: rows for name, rows in after.items() if name != "audit"})
    for word in ("Ebbinge", "note of CA1", "said CA1"):
        assert word in repr(before)
        assert word not in repr(after)
    for table in metadata.sorted_tables:
        his = [row for row in before[table.name] if "CA9" in repr(row)]
        assert [row for row in after[table.name] if "CA9" in repr(row)] == his, table.name


def test_an_open_promise_is_cancelled_and_a_kept_one_closed(database: Engine) -> None:
    filled(database)
    with writing(database) as connection:
        connection.execute(insert(cases), case("CA5:1", "555555", state=REACHED))
        connection.execute(insert(cases), case("CA6:1", "666666", state=UNSURE))
        erase(connection, MINE, "anna", NOW)
    with reading(database) as connection:
        rows = connection.execute(select(cases).where(cases.c.id != "CA9:1").order_by(cases.c.id)).mappings().all()
    assert [(r["state"], r["next_at"]) for r in rows] == [
        (CANCELLED, None),
        (CLOSED, None),
        (CLOSED, None),
        (CANCELLED, None),
    ]
    assert {(r["caller"], r["address"], r["moved"]) for r in rows} == {("", "", "-")}


def test_that_it_was_erased_is_kept_without_the_number(database: Engine) -> None:
    filled(database)
    with writing(database) as connection:
        erase(connection, MINE, "anna", NOW)
    with reading(database) as connection:
        line = connection.execute(select(audit).where(audit.c.what == "subject.erase")).mappings().one()
    assert (line["who"], line["subject"], line["data"]["calls"]) == ("anna", f"number:{MINE.key}", 3)


def test_a_recording_that_is_erased_is_asked_of_the_provider_at_once(database: Engine) -> None:
    filled(database)
    with writing(database) as connection:
        erase(connection, MINE, "anna", NOW)
    with reading(database) as connection:
        row = connection.execute(select(recordings).where(recordings.c.id == "CA1:1")).mappings().one()
    assert (row["transcript"], row["delete_at"], row["deleted"]) == ("", NOW, None)


@pytest.mark.parametrize("live", [True, False])
def test_nobody_is_erased_while_they_are_being_called(database: Engine, live: bool) -> None:
    filled(database, state=OPEN if live else CALLING)
    with writing(database) as connection:
        if live:
            connection.execute(attempts.update().where(attempts.c.id == "CA1:1").values(state="ringing"))
        before = held(connection)
    with pytest.raises(Busy, match="case 111111 is being called now"), writing(database) as connection:
        erase(connection, MINE, "anna", NOW)
    with reading(database) as connection:
        assert held(connection) == before
