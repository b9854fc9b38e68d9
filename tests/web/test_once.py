"""Facts about answers that are given once, and about many turns that share one fsync."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ivr.model.events import EffectFailed, MarkKept
from ivr.store import journal
from ivr.store.books import Books, Decided, Decision, View
from ivr.store.journal import Entry, Journal, read_journals
from ivr.web import once, owed
from ivr.web.once import Once
from ivr.web.owed import Desk, GroupCommit
from tests.engine.calls import Call

KEY = ("CA1", "owed", 3)


async def test_the_first_answer_is_given_again() -> None:
    held, made = Once(), []

    async def make() -> bytes:
        made.append(1)
        return b"answer %d" % len(made)

    assert [await held.answer(KEY, make) for _ in range(3)] == [b"answer 1"] * 3
    assert await held.answer(("CA2", "owed", 3), make) == b"answer 2"


async def test_two_requests_at_once_wait_for_one_answer() -> None:
    held, gate, made = Once(), asyncio.Event(), []

    async def make() -> bytes:
        made.append(1)
        await gate.wait()
        return b"answer"

    both = [asyncio.create_task(held.answer(KEY, make)) for _ in range(2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(*both) == [b"answer", b"answer"]
    assert made == [1]


async def test_a_failure_is_not_kept() -> None:
    held = Once()

    async def fails() -> bytes:
        raise OSError("disk")

    async def works() -> bytes:
        return b"answer"

    with pytest.raises(OSError, match="disk"):
        await held.answer(KEY, fails)
    assert await held.answer(KEY, works) == b"answer"


async def test_answers_are_forgotten_after_a_minute_and_never_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    held, made = Once(), []

    async def make() -> bytes:
        made.append(1)
        return b""

    monkeypatch.setattr(once, "KEPT_SECONDS", -1.0)
    await held.answer(KEY, make)
    monkeypatch.setattr(once, "KEPT_SECONDS", 60.0)
    await held.answer(KEY, make)
    assert len(made) == 2
    monkeypatch.setattr(once, "MOST", 10)
    for n in range(100):
        await held.answer((f"CA{n}", "owed", 0), make)
    assert len(held._held) <= 11


def owing(number: int) -> Decision:
    """A decision that owes a mark."""
    entry = {"kind": "mark", "call": f"CA{number}", "sequence": 1, "mark": number}
    return Decision(lambda _: Decided(MarkKept(), entry))


async def test_many_turns_share_an_fsync_and_each_is_on_disk_when_it_is_told(tmp_path: Path) -> None:
    books = Books(tmp_path)
    writes: list[int] = []
    plain = books.journal.write

    def counted(entries: list[Entry]) -> None:
        plain(entries)
        writes.append(len(entries))

    books.journal.write = counted  # type: ignore[method-assign]
    commit = GroupCommit(books)
    await asyncio.gather(*(commit.decide(owing(n)) for n in range(200)))
    assert sorted(e["mark"] for e in read_journals(tmp_path)) == list(range(200))
    assert len(writes) < 100
    commit.close()


async def test_a_disk_that_fails_is_told_to_every_turn_that_waits(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("")
    commit = GroupCommit(Books(tmp_path / "journal"))
    done = await asyncio.gather(*(commit.decide(owing(n)) for n in range(5)), return_exceptions=True)
    assert all(isinstance(error, OSError) for error in done)
    commit.close()


async def test_a_decision_that_fails_takes_nobody_along(tmp_path: Path) -> None:
    def fails(_: View) -> Decided:
        raise LookupError

    commit = GroupCommit(Books(tmp_path))
    done = await asyncio.gather(
        commit.decide(owing(1)), commit.decide(Decision(fails)), commit.decide(owing(2)), return_exceptions=True
    )
    assert [type(answer) for answer in done] == [MarkKept, LookupError, MarkKept]
    commit.close()


async def test_a_turn_that_was_given_up_promises_nothing_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owed, "PATIENCE", 0.05)
    commit, other = GroupCommit(Books(tmp_path)), Journal(tmp_path)
    with other.locked(), pytest.raises(TimeoutError):
        await commit.decide(owing(1))
    monkeypatch.setattr(owed, "PATIENCE", 5.0)
    await commit.decide(owing(2))
    assert [e["mark"] for e in read_journals(tmp_path)] == [2]
    commit.close()


async def test_turns_that_were_given_up_while_the_disk_hangs_are_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owed, "PATIENCE", 0.02)
    commit, other = GroupCommit(Books(tmp_path)), Journal(tmp_path)
    with other.locked():
        given_up = await asyncio.gather(*(commit.decide(owing(n)) for n in range(50)), return_exceptions=True)
        given_up += await asyncio.gather(*(commit.decide(owing(n)) for n in range(50)), return_exceptions=True)
        assert {type(error) for error in given_up} == {TimeoutError}
        assert not commit._waiting
    monkeypatch.setattr(owed, "PATIENCE", 5.0)
    await commit.decide(owing(2))
    commit.close()


async def test_a_lock_that_is_never_let_go_is_a_disk_that_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "LOCK_SECONDS", 0.05)
    call = Call().press("8", "1")
    commit, other = GroupCommit(Books(tmp_path)), Journal(tmp_path)
    with other.locked():
        event = await Desk(commit).perform(call.last, call.moment, call.state, "CA1", 3, "v")  # type: ignore[arg-type]
    assert event == EffectFailed()
    assert list(read_journals(tmp_path)) == []
    commit.close()


async def test_a_team_whose_day_is_full_promises_the_next_and_none_beyond_the_horizon(tmp_path: Path) -> None:
    commit = GroupCommit(Books(tmp_path))
    desk = Desk(commit)
    call = Call().press("8", "1")
    effect = call.last
    due = []
    for n in range(25):
        opened = await desk.perform(effect, call.moment, call.state, f"CA{n}", 3, "v")  # type: ignore[arg-type]
        due.append(getattr(opened, "due", None))
    days = [d for d in due if d is not None]
    assert len(days) == 20, "two a day (the table's per_day), on ten working days"
    assert sorted(days) == days
    assert len(set(days)) == 10
    assert due[20:] == [None] * 5
    commit.close()
