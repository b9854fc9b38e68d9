"""`ivr store` says what it does, and what is in the way is one clear line."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from ivr.cli import cli
from ivr.store.database import migrate
from ivr.store.database.connect import connect, reading, writing
from ivr.store.database.migrate import upgrade
from ivr.store.database.schema import calls, workers
from tests.databases import fresh_database
from tests.store.rows import fill, held


def run(*words: str, var: Path, url: str = "", **more: str) -> Result:
    return CliRunner(env={"IVR_VAR": str(var), "IVR_DATABASE_URL": url, **more}).invoke(cli, ["store", *words])


def made(var: Path, rows: int = 5) -> str:
    url = f"sqlite:///{var / 'ivr.db'}"
    engine = connect(url)
    upgrade(engine)
    with writing(engine) as connection:
        fill(connection, 1, rows)
        connection.execute(workers.update().values(seen=1))
    engine.dispose()
    return url


def test_an_embedded_database_is_made_for_nobody_else_to_read(tmp_path: Path) -> None:
    done = run("upgrade", var=tmp_path / "var")
    assert (done.exit_code, "empty → " + migrate.head() in done.output) == (0, True)
    assert (tmp_path / "var" / "ivr.db").stat().st_mode & 0o077 == 0
    assert "already" in run("upgrade", var=tmp_path / "var").output


def test_a_postgresql_is_brought_to_the_version_of_the_program(database_url: str, tmp_path: Path) -> None:
    assert "→" in run("upgrade", var=tmp_path, url=database_url).output
    assert run("status", var=tmp_path, url=database_url).exit_code == 0


def test_going_back_asks_first(tmp_path: Path) -> None:
    url = made(tmp_path)
    refused = CliRunner(env={"IVR_VAR": str(tmp_path)}).invoke(cli, ["store", "upgrade", "--to", "base"], input="n\n")
    assert "Go back" in refused.output
    engine = connect(url)
    assert migrate.version(engine) == migrate.head()
    assert "→ empty" in run("upgrade", "--to", "base", "--yes", var=tmp_path).output
    assert migrate.version(engine) == ""
    engine.dispose()


def test_a_version_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    done = run("upgrade", "--to", "9999", var=tmp_path)
    assert (done.exit_code, "there is no version '9999'" in done.output) == (2, True)


def test_the_status_says_what_is_held_and_how_far_it_is_behind(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "journal").mkdir()
    length = (tmp_path / "journal" / "a.jsonl").write_text(json.dumps({"at": int(time.time()) - 7300}) + "\n")
    done = run("status", var=tmp_path)
    assert (
        f"1 file of this machine holds {length} bytes that are not in the database yet; the oldest line is 2 hours old"
        in done.output
    )
    assert "\nnotes       5\n" in done.output
    told = json.loads(run("status", "--json", var=tmp_path).output)
    assert (told["rows"]["calls"], told["behind"]["bytes"], told["version"]) == (5, length, migrate.head())


def test_a_copy_says_what_went_over_and_that_nothing_was_lost(tmp_path: Path, postgres: str) -> None:
    url, target = made(tmp_path), fresh_database(postgres)
    done = run("copy", "--to", target, var=tmp_path)
    assert done.exit_code == 0
    assert "nothing was lost: 125 rows of 25 tables" in done.output
    one, other = connect(url), connect(target)
    with reading(one) as here, reading(other) as there:
        assert held(here) == held(there)
    for engine in (one, other):
        engine.dispose()
    again = run("copy", "--to", target, var=tmp_path)
    assert (again.exit_code, "the target is as it was: the target holds something already" in again.output) == (1, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--to", "nonsense"), "--to: is no database URL"),
        (("--from", "sqlite:///none.db", "--to", "sqlite:///x.db"), "--from: there is no none.db"),
        (("--to", "postgresql://u:SEKRET@127.0.0.1:1/x"), "the target is as it was"),
        (("--to", "sqlite:////dev/null/x.db"), "the target is as it was"),
    ],
)
def test_what_is_in_the_way_of_a_copy_is_one_clear_line(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    made(tmp_path)
    done = run("copy", *words, var=tmp_path)
    assert done.exit_code == 2
    assert says in done.output
    assert "SEKRET" not in done.output
    assert "Traceback" not in done.output


def test_a_backup_is_the_database_as_it_is_while_it_is_at_work(tmp_path: Path) -> None:
    url = made(tmp_path)
    busy = connect(url)
    with busy.begin() as connection:
        connection.execute(insert(calls).values(id="CA-later"))
        done = run("backup", str(tmp_path / "copy.db"), var=tmp_path)
    busy.dispose()
    assert done.exit_code == 0, done.output
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM calls").fetchone() == (5,)
    again = run("backup", str(tmp_path / "copy.db"), var=tmp_path)
    assert (again.exit_code, "is there already" in again.output) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir() if "copy" in path.name) == ["copy.db"]


def test_a_postgresql_is_backed_up_by_its_own_program(tmp_path: Path, postgres: str) -> None:
    url = fresh_database(postgres)
    run("upgrade", var=tmp_path, url=url)
    assert "pg_dump" in run("backup", str(tmp_path / "x"), var=tmp_path, url=url).output
