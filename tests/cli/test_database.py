"""What is in the way of a command that needs the database is one clear line, and no secret stands in it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from sqlalchemy import Engine, text

from ivr.cli.common import open_database
from ivr.store.database import migrate
from ivr.store.database.connect import connect, writing
from ivr.store.settings import CommonSettings
from tests.cli.test_commands import ivr


def settings(url: str, var: Path | None = None) -> CommonSettings:
    return CommonSettings(database_url=url, var=var or Path("var"))  # type: ignore[arg-type]


def refusal(url: str) -> str:
    with pytest.raises(click.ClickException) as caught:
        open_database(settings(url))
    assert "\n" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize("words", ["worker --once", "store status", "store upgrade", "desk list"])
def test_a_database_that_is_away_is_one_line(words: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    done = ivr(*words.split(), folder=tmp_path, IVR_DATABASE_URL=f"postgresql://ivr:secret@127.0.0.1:{port}/ivr")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: IVR_DATABASE_URL: the database cannot be used: ")
    assert "secret" not in line


def test_an_embedded_database_that_is_not_there_is_made_only_when_asked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'ivr.db'}"
    assert "there is no" in refusal(url)
    engine = open_database(settings(url), make=True)
    assert migrate.version(engine) == migrate.head()
    engine.dispose()


def test_the_embedded_database_stands_in_the_folder_of_what_is_kept(tmp_path: Path) -> None:
    engine = open_database(settings("", tmp_path), make=True)
    engine.dispose()
    assert (tmp_path / "ivr.db").exists()


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """One of its own: its version is changed."""
    engine = connect(database_url)
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


def test_an_older_database_is_brought_up_by_itself_when_it_is_embedded_and_by_the_admin_when_not(
    database: Engine, database_url: str
) -> None:
    migrate.downgrade(database, "base")
    if database.dialect.name == "sqlite":
        open_database(settings(database_url)).dispose()
        assert migrate.version(database) == migrate.head()
    else:
        assert "run 'ivr store upgrade'" in refusal(database_url)


def test_a_newer_database_is_left_alone(database: Engine, database_url: str) -> None:
    with writing(database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "9999, newer than this program" in refusal(database_url)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("not a database, but a text that is long enough to look at" * 20)
    assert "not a database" in refusal(f"sqlite:///{tmp_path / 'x.db'}")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://u:SEKRET@127.0.0.1:1/x", "refused"),
        ("postgresql://u:SEKRET@127.0.0.1:port/x", "is no database URL"),
        ("postgresql://u:12@SEKRET@127.0.0.1:1/x", "%40"),
        ("postgresql://u:SEKRET@127.0.0.1:1/x?sslmode=bogus", "sslmode"),
        ("mysql://u:SEKRET@127.0.0.1/x", "use sqlite or postgresql"),
        ("u:SEKRET@host", "is no database URL"),
    ],
)
def test_a_password_in_the_url_is_in_no_refusal(url: str, says: str) -> None:
    said = refusal(url)
    assert says in said
    assert "SEKRET" not in said


def test_an_engine_that_is_shown_hides_its_password() -> None:
    engine = connect("postgresql://u:SEKRET@127.0.0.1:1/x")
    assert "SEKRET" not in f"{engine.url} {engine!r}"
