"""Facts about what the board shows: what is owed, by due time, filtered, sought by a number, a page at a time."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert

from ivr.store.database.connect import reading, writing
from ivr.store.database.schema_desk import people
from ivr.store.desk import handling
from ivr.store.desk.seeking import PAGE, Found, Seek, people_of, seek, stamp
from tests.store.desk.rows import KEY, NOW, now_is, put


def found(engine: Engine, now: int = NOW, **wanted: object) -> Found:
    with reading(engine) as connection:
        return seek(connection, Seek(**wanted), now, KEY)  # type: ignore[arg-type]


def ids(of: Found) -> list[str]:
    return [line.case.id for line in of.lines]


def test_what_is_owed_is_shown_by_due_time_and_what_was_not_promised_comes_last(database: Engine) -> None:
    put(database, "CA1:1", "2026-12-03 17:00")
    put(database, "CA2:1", 0, number="200002")
    put(database, "CA3:1", "2026-12-02 12:00", number="300003")
    put(database, "CA4:1", "2026-12-02 11:00", number="400004", state="reached")
    put(database, "CA5:1", "2026-12-02 11:00", number="500005", state="closed", closed_at=NOW)
    assert ids(found(database)) == ["CA3:1", "CA1:1", "CA2:1"]
    assert ids(found(database, states=("reached",))) == ["CA4:1"]
    assert ids(found(database, states=("no such state",))) == ["CA3:1", "CA1:1", "CA2:1"]


def test_what_has_lapsed_is_counted_and_so_is_what_each_team_owes(database: Engine) -> None:
    put(database, "CA1:1", "2026-12-03 17:00")
    put(database, "CA2:1", "2026-12-02 12:00", number="200002", team="other")
    of = found(database, NOW + 86_400 + 3 * 3600, teams=("other",))
    assert (ids(of), of.total, of.overdue, of.teams) == (["CA2:1"], 1, 1, {"desk": 1, "other": 1})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("123456", ["CA1:1"]),
        ("12 34 56", ["CA1:1"]),
        ("06 12345678", ["CA1:1", "CA2:1"]),
        ("+31 6 1234 5678", ["CA1:1", "CA2:1"]),
        ("5678", ["CA1:1"]),
        ("5679", []),
        ("%", []),
        ("' OR 1=1 --", []),
        ("", ["CA1:1"]),
    ],
)
def test_a_case_is_found_by_its_number_and_by_the_number_of_its_caller(
    database: Engine, text: str, what: list[str]
) -> None:
    put(database, "CA1:1")
    put(database, "CA2:1", number="200002", state="closed", closed_at=NOW)
    assert ids(found(database, text=text)) == what


def test_somebody_sees_what_they_have_taken_until_they_lose_it(database: Engine) -> None:
    case = put(database, "CA1:1")
    put(database, "CA2:1", number="200002")
    with writing(database) as connection:
        handling.take(connection, case, "anna", NOW)
    assert ids(found(database, by="anna")) == ["CA1:1"]
    assert ids(found(database, by="bert")) == []
    assert ids(found(database, NOW + handling.TAKE_SECONDS, by="anna")) == []


def test_the_board_is_bounded_and_has_pages(database: Engine) -> None:
    for n in range(PAGE + 3):
        put(database, f"CA{n}:1", number=f"{100_000 + n}")
    first, second = found(database), found(database, page=1)
    assert (len(first.lines), len(second.lines), first.total) == (PAGE, 3, PAGE + 3)
    assert not set(ids(first)) & set(ids(second))
    assert ids(found(database, page=99)) == ids(second)
    assert ids(found(database, page=-1)) == ids(first)


def test_the_stamp_is_another_when_something_of_the_board_is(database: Engine) -> None:
    def now() -> tuple[object, ...]:
        with reading(database) as connection:
            return stamp(connection)

    seen = [now()]
    case = put(database, "CA1:1")
    seen.append(now())
    assert now() == seen[-1]
    with writing(database) as connection:
        handling.take(connection, case, "anna", NOW)
    seen.append(now())
    with writing(database) as connection:
        handling.close(connection, now_is(database, case), "anna", NOW)
    seen.append(now())
    assert len(set(seen[:3])) == 3
    assert seen[3] != seen[2]


def test_a_colleague_is_named_by_their_login(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(insert(people).values(id="p1", name="Anna", login="anna@x.nl", roles=["agent"], made=NOW))
    with reading(database) as connection:
        assert people_of(connection, ["anna@x.nl", "nobody", ""]) == {"anna@x.nl": ("p1", "Anna")}
