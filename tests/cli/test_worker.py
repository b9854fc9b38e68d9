"""Facts about `ivr worker`: it ends with the process that started it, and when it is told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_commands import ROOT

PARENT = """
import subprocess, sys, time
from ivr.cli.beside import beside
with beside():
    time.sleep(600)
"""


def worker_of(parent: int) -> int:
    """The process id of the first child that is a worker, waited for."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                of = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if of == parent and b"--with-parent" in (folder / "cmdline").read_bytes():
                    return int(folder.name)
            except (OSError, IndexError):
                continue  # it is gone
        time.sleep(0.01)
    raise AssertionError("no worker was started")


def ends(pid: int) -> bool:
    """Whether a process that is not our child ends soon."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    return False


def nowhere() -> str:
    """The URL of a PostgreSQL that is away."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"postgresql://ivr@127.0.0.1:{probe.getsockname()[1]}/ivr"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds children in /proc")
@pytest.mark.parametrize(("away", "until"), [(False, ""), (False, "at work"), (True, "waiting for it")])
def test_a_worker_whose_parent_is_killed_ends(tmp_path: Path, away: bool, until: str) -> None:
    """Before its imports are done, at work, and while it waits for a database."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "IVR_VAR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**env, **({"IVR_DATABASE_URL": nowhere()} if away else {})},
    ) as parent:
        worker = worker_of(parent.pid)
        assert parent.stdout is not None
        while until and until not in parent.stdout.readline():
            pass
        parent.kill()
    assert ends(worker)


def test_a_worker_that_waits_for_a_database_stops_when_told(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "ivr.cli", "worker"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**os.environ, "PYTHONPATH": str(ROOT), "IVR_DATABASE_URL": nowhere()},
    ) as process:  # fmt: skip
        try:
            assert process.stderr is not None
            assert process.stderr.readline().rstrip().endswith("waiting for it")
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()
