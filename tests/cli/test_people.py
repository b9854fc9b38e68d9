"""`ivr people`, and what a server says of the desk when it starts."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from ivr.cli.first import kept_key
from ivr.store.database.connect import connect, reading
from ivr.store.database.schema import audit
from tests.cli.test_commands import ROOT, ivr
from tests.engine import calls
from tests.pages.browser import free_port


def people(*words: str, folder: Path, by: str = "root") -> subprocess.CompletedProcess[str]:
    return ivr(
        "people", *words, folder=folder, IVR_VAR=str(folder / "var"), USER=by, IVR_PUBLIC_URL="https://ivr.example/x"
    )


def test_somebody_is_let_in_given_roles_and_shut_out(tmp_path: Path) -> None:
    done = people("add", "Anna@city.example", "--name", "Anna", "--role", "agent", "--role", "editor", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("https://ivr.example/x/desk/sign-in/link/")
    assert "anna@city.example may enter as agent, editor" in done.stderr
    (one,) = people("list", "--json", folder=tmp_path).stdout.splitlines()
    told = {
        "login": "anna@city.example",
        "name": "Anna",
        "roles": ["agent", "editor"],
        "how": "link",
        "disabled": False,
    }
    assert json.loads(one) == told
    assert (
        people("roles", "anna@city.example", "--role", "reader", folder=tmp_path).stdout
        == "anna@city.example: reader\n"
    )
    assert people("disable", "anna@city.example", folder=tmp_path).stdout == "anna@city.example may no longer enter\n"
    assert "shut out" in people("list", folder=tmp_path).stdout
    assert people("link", "anna@city.example", folder=tmp_path).returncode == 2
    assert people("disable", "--undo", "anna@city.example", folder=tmp_path).stdout == "anna@city.example may enter\n"
    engine = connect(f"sqlite:///{tmp_path / 'var' / 'ivr.db'}")
    with reading(engine) as connection:
        trail = connection.execute(select(audit.c.who, audit.c.what).order_by(audit.c.id)).all()
    engine.dispose()
    whats = ["person.add", "person.link", "person.roles", "person.disable", "person.enable"]
    assert [tuple(row) for row in trail] == [("root", what) for what in whats]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "0612345678", "--name", "x", "--role", "agent"), "a login is"),
        (("add", "anna", "--name", "x"), "at least one role"),
        (("add", "anna", "--name", "x", "--role", "boss"), "'boss' is no role"),
        (("roles", "nobody", "--role", "agent"), "nobody with the login 'nobody'"),
        (("disable", "admin"), "last administrator"),
        (("link",), "there is an administrator already"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    assert people("add", "admin", "--name", "Admin", "--role", "administrator", folder=tmp_path).returncode == 0
    done = people(*words, folder=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_while_there_is_no_administrator_a_server_prints_a_link_and_the_link_works(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "table.yaml").write_text(calls.TEXT)
    port = str(free_port())
    words = [sys.executable, "-m", "ivr.cli", "serve", "t", "--no-worker", "--port", port]
    own = {
        "PYTHONPATH": str(ROOT),
        "IVR_TWILIO_TOKEN": "x",
        "PYTHONUNBUFFERED": "1",
        "IVR_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env={**os.environ, **own}) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        try:
            assert lines[1] == f"the desk: http://127.0.0.1:{port}/desk\n"
            link = lines[3].strip()
            assert link.startswith(f"http://127.0.0.1:{port}/desk/sign-in/link/")
            assert httpx.get(link, timeout=20).status_code == 200
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def test_the_key_of_the_demonstration_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key = kept_key(tmp_path / "var")
    assert len(key) >= 32
    assert kept_key(tmp_path / "var") == key
    assert stat.S_IMODE((tmp_path / "var" / "desk.key").stat().st_mode) == 0o600
