"""Facts about the check by hand, `scripts/check_open_klant`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.worker.openklant.double import TOKEN, Store, serving

SCRIPT = Path(__file__).parents[3] / "scripts" / "check_open_klant"


def run(url: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, url, "--token", token], capture_output=True, text=True, timeout=100)


def test_the_check_passes_where_everything_is_there_once() -> None:
    store = Store()
    with serving(store) as url:
        done = run(url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all as it should be" in done.stdout
    assert len(store.all("klantcontacten")) == 3
    assert TOKEN not in done.stdout


def test_the_check_fails_where_the_server_lets_the_same_number_be_there_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    monkeypatch.setattr(store, "wrong", lambda *_: [])
    find = store.all
    monkeypatch.setattr(store, "all", lambda name: [] if name == "klantcontacten" else find(name))
    with serving(store) as url:
        done = run(url)
    assert done.returncode == 1
    assert "WRONG" in done.stdout
