"""The workshop: heavy work is done elsewhere, in turn, and ends when it takes too long."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator

import pytest

from ivr.pages.workshop import workshop as module
from ivr.pages.workshop.workshop import NICE, TooLong, Workshop


@pytest.fixture
async def workshop() -> AsyncIterator[Workshop]:
    held = Workshop()
    await held.run(os.getpid)
    yield held
    held.close()


async def test_the_work_is_done_in_a_child_of_lower_priority(workshop: Workshop) -> None:
    assert await workshop.run(os.getpid) not in (os.getpid(), 0)
    assert await workshop.run(os.nice, 0) >= min(19, os.nice(0) + NICE)


async def test_what_the_work_raises_is_raised(workshop: Workshop) -> None:
    with pytest.raises(ZeroDivisionError):
        await workshop.run(divmod, 1, 0)


async def test_what_takes_too_long_is_ended_and_the_next_piece_is_done(workshop: Workshop) -> None:
    began = time.monotonic()
    with pytest.raises(TooLong):
        await workshop.run(time.sleep, 60, seconds=0.2)
    assert await workshop.run(divmod, 7, 2) == (3, 1)
    assert time.monotonic() - began < 50


async def test_waiting_for_a_turn_does_not_count(workshop: Workshop) -> None:
    slow = asyncio.create_task(workshop.run(time.sleep, 0.6))
    await asyncio.sleep(0)
    assert await workshop.run(divmod, 7, 2, seconds=0.5) == (3, 1)
    await slow


async def test_whoever_no_longer_waits_ends_nobody_elses_work(workshop: Workshop) -> None:
    gone = asyncio.create_task(workshop.run(time.sleep, 0.5))
    await asyncio.sleep(0.1)
    gone.cancel()
    child = await workshop.run(os.getpid, seconds=0.4)
    assert child == await workshop.run(os.getpid)


async def test_more_than_anybody_waits_for_is_refused(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    held = [asyncio.create_task(workshop.run(time.sleep, 0.1)) for _ in range(3)]
    await asyncio.sleep(0.02)
    with pytest.raises(TooLong):
        await workshop.run(divmod, 7, 2)
    await asyncio.gather(*held)


async def test_a_child_that_died_is_replaced(workshop: Workshop) -> None:
    with pytest.raises(TooLong):
        await workshop.run(os._exit, 1)
    assert await workshop.run(divmod, 7, 2) == (3, 1)
