"""A flood of sign-ins holds up neither other pages nor the memory."""

from __future__ import annotations

import asyncio
import threading

import pytest

from ivr.pages.look.faults import Told
from ivr.pages.signin.gate import AT_ONCE, WAITING, Gate


async def test_two_are_looked_at_some_wait_and_the_rest_is_sent_away() -> None:
    gate, go, inside, most = Gate(), threading.Event(), [0], [0]

    def work() -> int:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        go.wait(20)
        inside[0] -= 1
        return 1

    tasks = [asyncio.create_task(gate.run(work)) for _ in range(AT_ONCE + WAITING)]
    await asyncio.sleep(0.05)
    with pytest.raises(Told) as caught:
        await gate.run(work)
    assert (caught.value.key, caught.value.status) == ("signin.busy", 503)
    go.set()
    assert sum(await asyncio.gather(*tasks)) == AT_ONCE + WAITING
    assert most[0] <= AT_ONCE
    assert await gate.run(lambda: 7) == 7
