"""Facts about the versions on a worker's machine: those that are live, wherever they were published."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, insert

from ivr.store.database.connect import writing
from ivr.store.database.schema_desk import publications
from ivr.tables.archive import Archive
from ivr.worker.context import Context, Tables
from ivr.worker.following import Following
from tests.store.publishing.made import NOW
from tests.store.publishing.test_following import T, here, machine, made


def test_a_worker_alone_on_its_machine_has_what_was_published_elsewhere(database: Engine, tmp_path: Path) -> None:
    (one, source), (two, its) = made(tmp_path, "Een."), made(tmp_path, "Twee.")
    here(database, machine(tmp_path, "there"), one, source)
    var = tmp_path / "worker"
    context = Context("w", database, Tables(var), b"")
    task = Following(context, var)
    assert [task.run(NOW), task.run(NOW)] == [1, 0]
    held = context.tables.live(T)
    assert held is not None
    assert held.version == one.version
    here(database, machine(tmp_path, "there"), two, its, now=NOW + 1)
    assert task.run(NOW) == 1
    assert Archive(var / "tables", T).live() == two.version


def test_a_name_that_is_no_folders_leads_nowhere(database: Engine, tmp_path: Path) -> None:
    with writing(database) as connection:
        for name in ("../evil", "/tmp/evil", ".hidden", ""):
            row = {
                "table_id": name,
                "version": "0" * 12,
                "kind": "publish",
                "share": 100,
                "at": NOW,
                "state": "live",
                "made": NOW,
            }
            connection.execute(insert(publications).values(**row))
    assert Following(Context("w", database, Tables(tmp_path), b""), tmp_path / "var").run(NOW) == 0
    assert list(tmp_path.rglob("*evil*")) == []
