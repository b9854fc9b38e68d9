"""The live keyboard, through a real terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine import calls

PATIENCE = 20.0
CTRL_D = "\x04"


class Terminal:
    """The program on a pseudo-terminal."""

    def __init__(self, words: list[str]) -> None:
        self.text = ""
        self._read = 0
        self._fd, slave = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ivr.cli", *words], stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={**os.environ, "TERM": "dumb"},
        )  # fmt: skip
        os.close(slave)

    def until(self, pattern: str) -> str:
        """Read until a pattern comes, after what was read before; gives what came up to its end."""
        end = time.monotonic() + PATIENCE
        while True:
            found = re.search(pattern, self.text[self._read :])
            if found:
                part = self.text[self._read : self._read + found.end()]
                self._read += found.end()
                return part
            ready, _, _ = select.select([self._fd], [], [], max(0.0, end - time.monotonic()))
            data = self._more() if ready else b""
            assert data, f"'{pattern}' did not come in: {self.text[self._read :]}"
            self.text += data.decode("utf-8", "replace").replace("\r\n", "\n")

    def _more(self) -> bytes:
        try:
            return os.read(self._fd, 65536)
        except OSError:  # the other side is gone
            return b""

    def type(self, text: str) -> None:
        """Type, as it is."""
        os.write(self._fd, text.encode())

    def enter(self, text: str) -> None:
        """Type a line."""
        self.type(text + "\n")

    def status(self) -> int:
        """The exit status, once it is over."""
        while self._more():
            pass
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        """End it, if it is not over."""
        self._process.kill()
        self._process.wait(PATIENCE)
        os.close(self._fd)


Calling = Callable[..., Terminal]


@pytest.fixture
def calling(tmp_path: Path) -> Iterator[Calling]:
    """Call the table with every kind on a terminal; it is answered when this returns."""
    (tmp_path / "kinds.yaml").write_text(calls.TEXT, encoding="utf-8")
    held: list[Terminal] = []

    def call(*options: str, at: str = "2026-12-01 10:00") -> Terminal:
        held.append(Terminal(["simulate", "call", str(tmp_path), "--at", at, *options]))
        held[-1].until("Welkom")
        held[-1].until("› $")
        return held[-1]

    yield call
    for terminal in held:
        terminal.close()


def test_keys_are_typed_and_lines_come_with_their_place(calling: Calling) -> None:
    terminal = calling()
    terminal.enter("1")
    assert re.search(r"Tot ziens\.\s+thanks  \S*kinds\.yaml:\d+\n", terminal.until(r"Tot ziens\..*\n"))
    assert "ends: told where to turn" in terminal.until("s in all")
    assert terminal.status() == 0


def test_words_are_spoken_after_a_colon(calling: Calling) -> None:
    terminal = calling()
    terminal.enter(":grof vuil")
    terminal.until("ends: told where to turn")


def test_enter_alone_is_silence(calling: Calling) -> None:
    terminal = calling()
    terminal.enter("")
    terminal.until("is silent")
    terminal.until("Ik heb niets gehoord")


def test_a_question_mark_shows_the_node_its_place_and_its_options(calling: Calling) -> None:
    terminal = calling()
    terminal.enter("?")
    shown = terminal.until("› $")
    assert re.search(r"main \(menu\), \S*kinds\.yaml:\d+", shown)
    assert re.search(r"1 +→ topics +says: afval, grof vuil, waste", shown)
    assert re.search(r"2 +→ operator", shown)
    assert re.search(r"0 +→ operator", shown)
    assert re.search(r"no_match +→ note", shown)


def test_what_is_no_row_of_keys_is_explained_and_asked_again(calling: Calling) -> None:
    terminal = calling()
    terminal.enter("hello")
    assert "'hello' is no row of keys" in terminal.until("› $")


def test_who_answers_is_asked_and_enter_means_bridged(calling: Calling) -> None:
    terminal = calling()
    terminal.enter("2")
    terminal.until(r"who answers at desk\? \[bridged/busy/no_answer/closed/failed/declined\] $")
    terminal.enter("")
    terminal.until("outcome bridged")
    terminal.until("› $")
    terminal.enter("8")
    terminal.until(r"ends: person \(desk\)")


def test_an_outcome_is_known_by_its_beginning(calling: Calling) -> None:
    terminal = calling()
    terminal.enter("2")
    terminal.until("who answers")
    terminal.enter("b")
    terminal.until("'b' is none of them")
    terminal.enter("!busy")
    terminal.until("outcome busy")
    terminal.until("kunnen u terugbellen")


def test_a_scripted_outcome_is_not_asked_for(calling: Calling) -> None:
    terminal = calling("--dials", "desk=busy")
    terminal.enter("2")
    assert "who answers" not in terminal.until("kunnen u terugbellen")


def test_a_queue_asks_how_it_ends_and_whether_to_leave(calling: Calling) -> None:
    terminal = calling()
    terminal.enter("5")
    terminal.until(r"how does the wait for line end\? \[bridged/timeout/full/closed/failed\] $")
    terminal.enter("")
    terminal.until("leave the queue")
    terminal.enter("1")
    terminal.until("outcome left")


def test_a_recording_asks_for_its_length(calling: Calling) -> None:
    terminal = calling()
    terminal.enter("4")
    terminal.until(r"how many seconds, 0 to \d+\? \[10\] $")
    terminal.enter("long")
    terminal.until("write a number")
    terminal.enter("20")
    terminal.until("records 20 s")
    terminal.until("ends: case")


@pytest.mark.parametrize(("keys", "asks"), [((), ""), (("2",), "who answers"), (("4",), "how many seconds")])
def test_ctrl_d_hangs_up_anywhere(calling: Calling, keys: tuple[str, ...], asks: str) -> None:
    terminal = calling()
    for key in keys:
        terminal.enter(key)
    if asks:
        terminal.until(asks + r".*\] $")
    terminal.type(CTRL_D)
    terminal.until("hangs up the caller")
    terminal.until("ends: hung up")
    assert terminal.status() == 0
