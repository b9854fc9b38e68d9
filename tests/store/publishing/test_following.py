"""Facts about the database and the machines: what is published anywhere is live everywhere, and no word is lost while the
database is gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.exc import SQLAlchemyError

from ivr.store.database.connect import connect, reading, writing
from ivr.store.database.schema_desk import versions
from ivr.store.publishing import publications
from ivr.store.publishing.following import fetch, follow, publish_here
from ivr.store.publishing.publications import Order
from ivr.store.publishing.starting import published, start
from ivr.tables.archive import Archive, Canary, NotKept
from ivr.tables.ready import Table, load_table
from tests.engine import calls
from tests.store.publishing.made import CEES, NOW, judgement
from tests.tables.test_archive import TODAY, folder

T = "kinds"
GONE = connect("postgresql://nobody@127.0.0.1:1/none", wait=1.0)
"""A database that is gone: nothing listens there."""


def made(tmp_path: Path, greeting: str) -> tuple[Table, Path]:
    """A table of its own greeting, and its folder."""
    source = folder(tmp_path, calls.TEXT.replace("Welkom.", greeting), name=greeting.strip("."))
    return load_table(source, TODAY), source


def machine(tmp_path: Path, name: str) -> Archive:
    """A machine of its own."""
    return Archive(tmp_path / name / "tables", T)


def here(engine: Engine | None, archive: Archive, table: Table, source: Path, by: str = "jan", now: int = NOW) -> None:
    """Somebody on a machine publishes a folder."""
    archive.keep(table, source)
    publish_here(engine, archive, table.version, by, "", now, folder=True)


def live(database: Engine) -> str:
    """What the database says."""
    with reading(database) as connection:
        held = publications.standing(connection, T)
    return held.full.version if held is not None else ""


def states(database: Engine) -> list[tuple[str, str, str]]:
    """The history: version, state, who."""
    with reading(database) as connection:
        return [(one.version, one.state, one.by) for one in reversed(publications.history(connection, T))]


def test_what_is_published_on_one_machine_is_live_on_another_with_its_files(database: Engine, tmp_path: Path) -> None:
    table, source = made(tmp_path, "Een.")
    one, other = machine(tmp_path, "one"), machine(tmp_path, "other")
    here(database, one, table, source)
    assert follow(database, other, NOW).version == table.version == other.live()
    assert other.load(table.version).graph.nodes == table.graph.nodes
    assert other.texts(table.version) == one.texts(table.version)


def test_a_trial_reaches_each_machine_and_goes_when_it_is_stopped(database: Engine, tmp_path: Path) -> None:
    (table, source), (fresh, its) = made(tmp_path, "Een."), made(tmp_path, "Twee.")
    one, other = machine(tmp_path, "one"), machine(tmp_path, "other")
    here(database, one, table, source)
    here(database, one, fresh, its, now=NOW + 1)
    here(database, one, table, source, now=NOW + 2)
    texts = one.texts(fresh.version)
    with writing(database) as connection:
        order = Order(T, fresh.version, CEES, "")
        publications.publish(connection, order, judgement(texts), NOW + 3, share=10)
    assert follow(database, other, NOW).beside.canary == Canary(fresh.version, 10)
    assert other.holds(fresh.version)
    with writing(database) as connection:
        publications.stop_trial(connection, T, fresh.version, CEES, NOW + 4, "")
    assert follow(database, other, NOW).beside.canary is None
    assert other.live() == table.version


def test_what_did_not_change_in_the_database_leaves_a_machine_alone(database: Engine, tmp_path: Path) -> None:
    (table, source), (fresh, its) = made(tmp_path, "Een."), made(tmp_path, "Twee.")
    one = machine(tmp_path, "one")
    here(database, one, table, source)
    one.keep(fresh, its)
    one.publish(fresh.version)  # by hand
    assert follow(database, one, NOW).version == fresh.version


def test_what_is_published_while_the_database_is_gone_is_live_here_and_everywhere_when_it_is_back(
    database: Engine, tmp_path: Path
) -> None:
    (table, source), (fresh, its) = made(tmp_path, "Een."), made(tmp_path, "Twee.")
    one, other = machine(tmp_path, "one"), machine(tmp_path, "other")
    here(database, one, table, source)
    here(GONE, one, fresh, its, by="piet", now=NOW + 60)
    assert one.live() == fresh.version
    assert live(database) == table.version
    follow(database, one, NOW + 120)
    assert live(database) == fresh.version == follow(database, other, NOW + 121).version
    assert states(database) == [(table.version, "over", "jan"), (fresh.version, "live", "piet")]
    assert one.beside().alone is None


def test_of_two_machines_apart_the_later_word_holds_and_the_other_is_kept_in_the_history(
    database: Engine, tmp_path: Path
) -> None:
    tables = [made(tmp_path, f"{word}.") for word in ("Een", "Twee", "Drie")]
    one, other = machine(tmp_path, "one"), machine(tmp_path, "other")
    here(database, one, *tables[0])
    here(GONE, one, *tables[1], by="piet", now=NOW + 60)
    here(database, other, *tables[2], by="kees", now=NOW + 90)
    follow(database, one, NOW + 120)
    assert one.live() == other.live() == live(database) == tables[2][0].version
    assert (tables[1][0].version, "cancelled", "piet") in states(database)


def test_a_machine_that_begins_while_the_database_is_gone_has_no_word_against_it(
    database: Engine, tmp_path: Path
) -> None:
    (table, source), (old, its) = made(tmp_path, "Een."), made(tmp_path, "Twee.")
    one, fresh = machine(tmp_path, "one"), machine(tmp_path, "fresh")
    here(database, one, table, source)
    assert start(GONE, fresh, old, its, "ivr serve", NOW + 60).table.version == old.version
    assert follow(database, fresh, NOW + 120).version == table.version == live(database)


def test_a_new_machine_serves_what_the_database_says_whatever_its_folder_holds(
    database: Engine, tmp_path: Path
) -> None:
    (table, source), (old, its) = made(tmp_path, "Een."), made(tmp_path, "Twee.")
    here(database, machine(tmp_path, "one"), table, source)
    fresh = machine(tmp_path, "fresh")
    started = start(database, fresh, old, its, "ivr serve", NOW + 60)
    assert started.table.version == table.version
    assert table.version in started.told
    kept = published(database, machine(tmp_path, "third"), NOW)
    assert kept is not None
    assert kept.version == table.version


def test_a_restart_takes_back_nothing_that_was_published_meanwhile(database: Engine, tmp_path: Path) -> None:
    (table, source), (fresh, its) = made(tmp_path, "Een."), made(tmp_path, "Twee.")
    one = machine(tmp_path, "one")
    start(database, one, table, source, "ivr serve", NOW)
    here(database, machine(tmp_path, "other"), fresh, its, now=NOW + 60)
    again = start(database, one, table, source, "ivr serve", NOW + 120)
    assert again.table.version == fresh.version == live(database)
    assert f"{fresh.version} was published after" in again.told


def test_a_folder_that_changed_is_published_at_the_start(database: Engine, tmp_path: Path) -> None:
    (table, source), (fresh, its) = made(tmp_path, "Een."), made(tmp_path, "Twee.")
    one = machine(tmp_path, "one")
    start(database, one, table, source, "ivr serve", NOW)
    started = start(database, one, fresh, its, "ivr serve", NOW + 60)
    assert started.table.version == fresh.version == live(database)
    assert states(database) == [(table.version, "over", "rule"), (fresh.version, "live", "ivr serve")]


def test_the_history_begins_with_what_was_live_before_there_was_one(database: Engine, tmp_path: Path) -> None:
    table, source = made(tmp_path, "Een.")
    one = machine(tmp_path, "one")
    one.keep(table, source)
    one.publish(table.version)
    for _ in range(2):
        follow(database, one, NOW)
    assert states(database) == [(table.version, "live", "rule")]


def test_a_machine_goes_on_with_what_it_has_while_the_database_is_gone(tmp_path: Path) -> None:
    table, source = made(tmp_path, "Een.")
    one = machine(tmp_path, "one")
    here(None, one, table, source)
    with pytest.raises(SQLAlchemyError):
        follow(GONE, one, NOW)
    assert one.live() == table.version
    assert start(GONE, one, table, source, "ivr serve", NOW).table.version == table.version


def test_back_to_an_earlier_version_by_hand_is_recorded_as_such(database: Engine, tmp_path: Path) -> None:
    (table, source), (fresh, its) = made(tmp_path, "Een."), made(tmp_path, "Twee.")
    one = machine(tmp_path, "one")
    here(database, one, table, source)
    here(database, one, fresh, its, now=NOW + 1)
    assert publish_here(database, one, table.version, "jan", "", NOW + 2).version == fresh.version
    with reading(database) as connection:
        assert publications.history(connection, T)[0].kind == "rollback"


def test_publishing_what_is_live_already_records_nothing(database: Engine, tmp_path: Path) -> None:
    table, source = made(tmp_path, "Een.")
    one = machine(tmp_path, "one")
    for now in (NOW, NOW + 5):
        here(database, one, table, source, now=now)
    assert states(database) == [(table.version, "live", "jan")]


@pytest.mark.parametrize("path", ["../../evil.yaml", "/tmp/evil.yaml", "a/../../evil.yaml"])
def test_a_database_that_was_meddled_with_writes_nowhere_else(database: Engine, tmp_path: Path, path: str) -> None:
    table, source = made(tmp_path, "Een.")
    here(database, machine(tmp_path, "one"), table, source)
    with writing(database) as connection:
        connection.execute(update(versions).values(files={path: "x: 1\n"}))
    other = machine(tmp_path, "other")
    with pytest.raises(NotKept, match="is not to be had"):
        fetch(database, other, table.version)
    with pytest.raises(NotKept):
        follow(database, other, NOW)
    assert list(tmp_path.rglob("evil.yaml")) == []


def test_a_version_whose_files_are_lost_on_a_machine_comes_back_from_the_database(
    database: Engine, tmp_path: Path
) -> None:
    table, source = made(tmp_path, "Een.")
    one = machine(tmp_path, "one")
    here(database, one, table, source)
    shutil.rmtree(one.folder)
    assert follow(database, one, NOW).version == table.version
    assert one.load(table.version).version == table.version
