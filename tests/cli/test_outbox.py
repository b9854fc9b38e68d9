"""Facts about `ivr outbox`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import cli
from ivr.store import outbox
from ivr.store.database.connect import connect, reading, sqlite_url, writing
from ivr.store.database.migrate import upgrade
from ivr.store.database.schema import audit
from ivr.store.outbox import DONE, TELLING, WAITING

NOW = 1_796_115_600


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A folder with one that waits, one that was given up and one that is done."""
    engine = connect(sqlite_url(tmp_path))
    upgrade(engine)
    with writing(engine) as connection:
        for key in ("waits", "failed", "done"):
            outbox.put(connection, key, TELLING, "CA1:3", {}, NOW, NOW + {"waits": 2, "failed": 1, "done": 0}[key])
        done = outbox.claim(connection, [TELLING], "w", NOW + 1, 60)
        failed = outbox.claim(connection, [TELLING], "w", NOW + 1, 60)
        assert done
        assert failed
        outbox.finish(connection, done, "w", NOW)
        outbox.give_up(connection, failed, "w", "nobody there", NOW)
    engine.dispose()
    return tmp_path


def run(var: Path, *words: str) -> Result:
    return CliRunner(env={"IVR_VAR": str(var)}).invoke(cli, ["outbox", *words])


def test_what_waits_and_what_was_given_up_is_shown_and_what_is_done_is_not(var: Path) -> None:
    shown = run(var)
    assert shown.exit_code == 0
    assert [word in shown.output for word in ("waits", "failed", "nobody there", "done")] == [True, True, True, False]


def test_what_was_given_up_is_a_finding(var: Path) -> None:
    shown = run(var, "--failed", "--json")
    assert shown.exit_code == 1
    (line,) = shown.output.splitlines()
    assert json.loads(line)["error"] == "nobody there"


def test_a_person_lets_it_be_tried_again_and_is_written_down(var: Path) -> None:
    assert run(var, "--retry", "failed", "--by", "anna").exit_code == 0
    assert run(var, "--failed").output == "nothing was given up\n"
    engine = connect(sqlite_url(var))
    with reading(engine) as connection:
        item = outbox.one(connection, "failed")
        assert item is not None
        assert item.state == WAITING
        assert "anna" in connection.execute(audit.select()).mappings().all()[-1]["who"]
    engine.dispose()


@pytest.mark.parametrize("key", ["done", "none"])
def test_what_is_done_or_not_there_cannot_be_tried_again(var: Path, key: str) -> None:
    refused = run(var, "--retry", key)
    assert refused.exit_code == 2
    assert f"nothing waits or was given up under '{key}'" in refused.output
    engine = connect(sqlite_url(var))
    with reading(engine) as connection:
        held = outbox.one(connection, "done")
        assert held is not None
        assert held.state == DONE
    engine.dispose()
