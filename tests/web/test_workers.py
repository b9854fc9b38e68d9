"""Facts about several processes on one folder: whichever is asked, a turn owes once, and no day is promised twice over."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ivr.diagnostics import Source, Sources
from ivr.store.journal import read_journals
from ivr.tables.ready import Table, check_sources, ready
from tests.engine.calls import TEXT, TODAY
from tests.web.server import Provider, serving

ROOT = Path(__file__).parents[2]
CALLER = {"From": "+31612345678", "To": "+3114050"}


@cache
def table() -> Table:
    """The table with every kind, always open, so that a real call can be promised something at any hour."""
    text = TEXT.replace('desk: {hours: "Mo-Fr 09:00-17:00", holidays: NL', 'desk: {hours: "Mo-Su 00:00-24:00"')
    return ready(check_sources(Sources((Source("kinds.yaml", text),)), TODAY))


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[tuple[Provider, Provider]]:
    """Two servers on one folder; nothing is simulated."""
    with contextlib.ExitStack() as stack:
        one, other = (stack.enter_context(serving(tmp_path, table(), simulation=False)) for _ in range(2))
        yield one, other


OWING = {
    "callback": ("8", {"Digits": "1"}, "Uw zaaknummer is"),
    "voicemail": ("4", {"RecordingUrl": "https://api.example/RE1", "RecordingDuration": "9"}, "Uw bericht is bewaard."),
    "mark": ("6", {"Digits": "8"}, "Tot ziens."),
}


@pytest.mark.parametrize("kind", OWING)
def test_a_turn_that_is_asked_for_again_elsewhere_gets_the_same_bytes_and_owes_once(
    workers: tuple[Provider, Provider], tmp_path: Path, kind: str
) -> None:
    one, other = workers
    key, fields, words = OWING[kind]
    begun = one.post("/voice/kinds", {"CallSid": "CA1", **CALLER})
    asked = other.go_on(begun, Digits=key)
    first, again = one.go_on(asked, **fields), other.go_on(asked, **fields)
    assert words in first.text
    assert first.content == again.content
    assert [e.get("type", e["kind"]) for e in read_journals(tmp_path / "journal")] == [kind]


@pytest.mark.parametrize("caller", ["+31612345678", "anonymous"])
def test_a_first_request_that_comes_again_elsewhere_gets_the_same_bytes(
    workers: tuple[Provider, Provider], monkeypatch: pytest.MonkeyPatch, caller: str
) -> None:
    answers = []
    for worker, second in zip(workers, (1_800_000_001.7, 1_800_000_009.2), strict=True):
        monkeypatch.setattr("ivr.web.arriving.time.time", lambda second=second: second)
        answers.append(worker.post("/voice/kinds", {"CallSid": "CA7", **CALLER, "From": caller}).content)
    assert answers[0] == answers[1]


PROMISES = """
import asyncio, json, sys
from pathlib import Path
from ivr.store.books import Books
from ivr.web.owed import Desk, GroupCommit
from tests.engine.calls import Call

async def main(folder, who, calls):
    commit = GroupCommit(Books(folder))
    call = Call().press("8", "1")
    print("ready", flush=True)
    sys.stdin.readline()
    async def one(n):
        await asyncio.sleep(n / 1000)
        return await Desk(commit).perform(call.last, call.moment, call.state, f"CA{who if n % 2 else ''}x{n}", 3, "v")
    events = await asyncio.gather(*(one(n) for n in range(calls)))
    print(json.dumps([[getattr(e, "case", ""), getattr(e, "due", 0)] for e in events]))
    commit.close()

asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
"""
"""Every other call is one that only this process answers; the rest are asked for at both."""
CALLS = 40
PER_DAY, DAYS = 2, 10


def test_two_processes_fill_each_day_exactly_and_number_each_case_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROMISES, str(tmp_path)]
    with contextlib.ExitStack() as stack:
        both = [
            stack.enter_context(
                subprocess.Popen(
                    [*command, who, str(CALLS)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            )
            for who in "ab"
        ]
        for process in both:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in both:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        said = [json.loads(process.communicate(timeout=60)[0]) for process in both]
    entries = list(read_journals(tmp_path))
    assert set(Counter(e["due_day"] for e in entries).values()) == {PER_DAY}
    assert len(entries) == PER_DAY * DAYS
    assert len({e["case"] for e in entries}) == len(entries)
    assert len({(e["call"], e["sequence"]) for e in entries}) == len(entries)
    told = {tuple(answer) for answers in said for answer in answers if answer[0]}
    assert told == {(e["case"], e["due"]) for e in entries}, "nobody is told what is not on disk, or in another way"
    assert said[0][::2] == said[1][::2], "what was asked for at both was answered alike"
