"""The database goes from any version to any other with what it holds, and is what the code says it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, insert, inspect, select

from ivr.store.database import migrate
from ivr.store.database.connect import NoDatabase, connect, reading, writing
from ivr.store.database.schema import cases, notes
from ivr.store.database.whole import metadata

STEPS = [step.revision for step in ScriptDirectory(str(migrate.HERE)).walk_revisions()][::-1]


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """A database of the test's own, which may be taken down."""
    engine = connect(database_url)
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


def test_the_steps_make_the_tables_that_the_code_works_with(database: Engine) -> None:
    with reading(database) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_database_goes_down_to_nothing_and_up_again(database: Engine) -> None:
    migrate.downgrade(database, "base")
    assert [name for name in inspect(database).get_table_names() if name != "alembic_version"] == []
    migrate.upgrade(database)
    assert migrate.version(database) == migrate.head()


@pytest.mark.parametrize("step", STEPS)
def test_what_is_held_survives_a_step_down_and_up(database: Engine, step: str) -> None:
    with writing(database) as connection:
        connection.execute(
            insert(cases), {"id": "CA1:3", "number": "123456", "opened": 1_790_000_000, "first_due": None}
        )
        connection.execute(insert(notes), {"case_id": "CA1:3", "at": 1_790_000_100, "by": "anna", "text": "één – €"})
    migrate.downgrade(database, step)
    migrate.upgrade(database)
    with reading(database) as connection:
        kept = connection.execute(select(cases.c.number, cases.c.opened, cases.c.first_due)).one()
        note = connection.execute(select(notes.c.text, notes.c.at)).one()
    assert tuple(kept) == ("123456", 1_790_000_000, None)
    assert tuple(note) == ("één – €", 1_790_000_100)


def test_a_database_of_a_newer_program_is_known_as_such() -> None:
    assert migrate.known(migrate.head())
    assert not migrate.known("9999")


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/x", "sqlite://", "sqlite:///:memory:", "http://x"])
def test_a_url_that_names_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(NoDatabase):
        connect(url)
