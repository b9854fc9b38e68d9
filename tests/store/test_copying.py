"""A store arrives whole in another database, or the other database is as it was."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, inspect, select, text

from ivr.store.copying import Copied, NotCopied, copy_store
from ivr.store.database.connect import connect, reading, writing
from ivr.store.database.migrate import upgrade
from ivr.store.database.schema import audit, calls, notes, outbox, workers
from ivr.store.database.whole import metadata
from tests.databases import KINDS, fresh_database
from tests.store.rows import fill, held

NOW = 1_800_000_000
Make = Callable[[str], Engine]


@pytest.fixture(scope="module")
def make(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    """A database of a kind that holds nothing, not even our tables."""
    folder = tmp_path_factory.mktemp("copies")
    made: list[Engine] = []

    def one(kind: str) -> Engine:
        url = f"sqlite:///{tempfile.mktemp('.db', dir=folder)}" if kind == "sqlite" else fresh_database(postgres)
        made.append(connect(url))
        return made[-1]

    yield one
    for engine in made:
        engine.dispose()


def filled(engine: Engine, seed: int = 1, rows: int = 20) -> Engine:
    upgrade(engine)
    with writing(engine) as connection:
        fill(connection, seed, rows)
        connection.execute(workers.update().values(seen=NOW - 3600))
    return engine


def all_of(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with reading(engine) as connection:
        return held(connection)


def copy(source: Engine, target: Engine, **more: object) -> list[Copied]:
    return copy_store(source, target, now=NOW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("one", "other"), [(a, b) for a in KINDS for b in KINDS])
def test_whatever_is_held_arrives_and_comes_back(make: Make, one: str, other: str) -> None:
    @settings(max_examples=2)
    @given(st.integers(0, 2**32))
    def check(seed: int) -> None:
        source, target, back = filled(make(one), seed), make(other), make(one)
        told = copy(source, target)
        copy(target, back)
        assert all_of(target) == all_of(source) == all_of(back)
        assert [(row.table, row.rows) for row in told] == [(table.name, 20) for table in metadata.sorted_tables]
        for engine in (source, target, back):
            engine.dispose()

    check()


@pytest.mark.parametrize("other", KINDS)
def test_what_is_added_afterwards_gets_ids_of_its_own(make: Make, other: str) -> None:
    source, target = filled(make("sqlite")), make(other)
    copy(source, target)
    with writing(target) as connection:
        case = connection.scalars(select(notes.c.case_id)).first()
        connection.execute(insert(notes).values(case_id=case, at=1, text="new"))
        connection.execute(insert(audit).values(at=1, what="new"))
        assert connection.scalar(select(notes.c.id).where(notes.c.text == "new")) == 21
        assert connection.scalar(select(audit.c.id).where(audit.c.what == "new")) == 21


def test_an_empty_store_is_copied_and_its_first_row_is_the_first(make: Make) -> None:
    source, target = make("sqlite"), make("postgresql")
    upgrade(source)
    assert {row.rows for row in copy(source, target)} == {0}
    with writing(target) as connection:
        connection.execute(insert(audit).values(at=1))
        assert connection.scalar(select(audit.c.id)) == 1


@pytest.mark.parametrize("other", KINDS)
def test_a_target_that_holds_anything_is_refused_and_left(make: Make, other: str) -> None:
    target = make(other)
    upgrade(target)
    with writing(target) as connection:
        connection.execute(insert(outbox).values(key="k", payload={}, made=1))
    before = all_of(target)
    with pytest.raises(NotCopied, match="holds something already \\(outbox\\)"):
        copy(filled(make("sqlite")), target)
    assert all_of(target) == before


@pytest.mark.parametrize("other", KINDS)
def test_a_target_with_tables_of_somebody_else_is_refused_and_left(make: Make, other: str) -> None:
    target = make(other)
    with writing(target) as connection:
        connection.execute(text("CREATE TABLE theirs (x INTEGER)"))
    with pytest.raises(NotCopied, match="not ours \\(theirs\\)"):
        copy(filled(make("sqlite")), target)
    assert inspect(target).get_table_names() == ["theirs"]


@pytest.mark.parametrize("other", KINDS)
def test_a_copy_that_breaks_off_leaves_the_target_as_it_was(make: Make, other: str) -> None:
    source, target = filled(make("sqlite")), make(other)

    def stop(table: str, done: int, _: int) -> None:
        if table == "notes" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(source, target, progress=stop)
    if other == "sqlite":
        assert not Path(target.url.database or "").exists()
    else:
        assert inspect(target).get_table_names() == []
    copy(source, target)  # and another try goes well
    assert all_of(target) == all_of(source)


def test_a_character_that_the_target_cannot_hold_is_named_and_nothing_is_copied(make: Make) -> None:
    source, target = filled(make("sqlite")), make("postgresql")
    with writing(source) as connection:
        connection.execute(insert(calls).values(id="CAnul", node="a\0b"))
    with pytest.raises(NotCopied, match="calls: row 'CAnul', column node holds a NUL character"):
        copy(source, target)
    assert inspect(target).get_table_names() == []


@pytest.mark.parametrize(("one", "other"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_a_copy_is_the_source_as_it_was_at_one_moment(make: Make, one: str, other: str) -> None:
    source, target = filled(make(one)), make(other)
    before = all_of(source)

    def meanwhile(table: str, done: int, _: int) -> None:
        if not done:
            with writing(source) as connection:
                connection.execute(insert(calls).values(id=f"CA-{table}"))

    copy(source, target, progress=meanwhile)
    assert all_of(target) == before != all_of(source)


@pytest.mark.parametrize(
    ("trigger", "told"),
    [
        (
            "UPDATE notes SET text = text || ' ' WHERE id = new.id",
            "notes: 20 rows were sent and 20 arrived, of other content",
        ),
        ("DELETE FROM notes WHERE id = new.id", "notes: 20 rows were sent and 19 arrived"),
    ],
)
def test_rows_that_arrive_changed_are_found_and_taken_back(make: Make, trigger: str, told: str) -> None:
    source, target = filled(make("sqlite")), make("sqlite")
    upgrade(target)
    with closing(sqlite3.connect(target.url.database or "")) as own:
        own.execute(f"CREATE TRIGGER bad AFTER INSERT ON notes WHEN new.id = 7 BEGIN {trigger}; END")
        own.commit()
    with pytest.raises(NotCopied, match=f"^{told}$"):
        copy(source, target)
    assert not any(all_of(target).values())


def test_an_instant_that_is_none_is_told(make: Make) -> None:
    source = filled(make("sqlite"))
    with writing(source) as connection:
        connection.execute(text("UPDATE calls SET began = 'yesterday'"))
    with pytest.raises(NotCopied, match="calls: a value cannot be read"):
        copy(source, make("postgresql"))


def test_a_worker_that_is_at_work_must_be_stopped_first(make: Make) -> None:
    source, target = filled(make("sqlite")), make("sqlite")
    with writing(source) as connection:
        connection.execute(insert(workers).values(id="w", started=NOW - 100, seen=NOW - 3))
    with pytest.raises(NotCopied, match="a worker was at work 3 seconds ago"):
        copy(source, target)


def test_a_source_without_our_tables_and_the_source_itself_are_refused(make: Make) -> None:
    with pytest.raises(NotCopied, match="no tables of ours"):
        copy(make("postgresql"), make("sqlite"))
    source = filled(make("sqlite"))
    with pytest.raises(NotCopied, match="the same database"):
        copy(source, connect(str(source.url)))
