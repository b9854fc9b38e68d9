"""Facts about `ivr serve` as a process: it says that it serves when it does, and a port that is taken is one line."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.cli.test_commands import ROOT, ivr
from tests.engine import calls


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "table.yaml").write_text(calls.TEXT)
    return tmp_path / "t"


@pytest.mark.parametrize("words", [("serve", "t"), ("demo", "t")])
def test_a_port_that_is_taken_is_one_line_before_anything_is_said_to_be_served(
    words: tuple[str, ...], table: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = ivr(*words, "--port", port, folder=table.parent, IVR_TWILIO_TOKEN="x")
    assert done.returncode == 2
    assert "serving" not in done.stdout + done.stderr
    assert done.stderr.splitlines()[-1] == f"Error: cannot listen on 127.0.0.1:{port}: Address already in use"


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1", ""])
def test_an_address_that_is_not_here_is_one_line(host: str, table: Path) -> None:
    done = ivr("serve", "t", "--host", host, folder=table.parent, IVR_TWILIO_TOKEN="x")
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)


def test_who_is_told_that_it_serves_is_answered(table: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "ivr.cli", "serve", "t", "--port", str(port)], cwd=table.parent,
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT), "IVR_TWILIO_TOKEN": "x"},
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("serving kinds ")
            assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=20).json() == {"status": "ok"}
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
        finally:
            process.kill()


HAND_OVER = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3, inheritable=True); "
    "os.environ |= {'LISTEN_FDS': '1', 'LISTEN_PID': str(os.getpid())}; "
    "os.execv(sys.executable, [sys.executable, '-u', '-m', 'ivr.cli', 'serve', 't'])"
)


def test_a_request_that_comes_while_the_process_is_replaced_waits_in_the_socket_that_is_handed_over(
    table: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        waiting = socket.create_connection(held.getsockname(), 20)  # before there is anybody to take it
        waiting.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        with subprocess.Popen(
            [sys.executable, "-c", HAND_OVER, str(held.fileno())], cwd=table.parent, pass_fds=[held.fileno()],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT), "IVR_TWILIO_TOKEN": "x"},
        ) as process:  # fmt: skip
            try:
                assert process.stdout is not None
                assert f"on http://127.0.0.1:{held.getsockname()[1]}/" in process.stdout.readline()
                waiting.settimeout(20)
                assert waiting.recv(1000).startswith(b"HTTP/1.1 200")
            finally:
                process.kill()
                waiting.close()


def test_what_is_handed_over_and_is_no_socket_is_one_line(table: Path) -> None:
    handing = HAND_OVER.replace("os.dup2(int(sys.argv[1]), 3, inheritable=True)", "os.dup2(1, 3, inheritable=True)")
    done = subprocess.run(
        [sys.executable, "-c", handing], cwd=table.parent, capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), "IVR_TWILIO_TOKEN": "x"},
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("Error: LISTEN_FDS: what was handed over is no socket")
