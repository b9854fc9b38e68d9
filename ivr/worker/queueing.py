"""The task that rings agents of teams whose callers wait in our own queues: nobody is rung when nobody waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct

from ivr.desk.attempt import ACCEPTED
from ivr.desk.legs import is_over
from ivr.store import waits
from ivr.store.database.connect import reading, writing
from ivr.store.waits import Queue, Ring
from ivr.worker.context import Context
from ivr.worker.provider import Leg, Placed, Provider, Refused, Unknown, Unreachable
from ivr.worker.ringing import MOST_TARGETS, WHISPER_SECONDS, Ringer, Rung, rung_by

log = logging.getLogger(__name__)

PAUSE = 10
"""Seconds of rest for a target that did not answer."""
BATCH = 20
THREADS = 8
LOOK = 60
COMPARE = 30
"""Seconds between two looks into the provider's queues."""
MARGIN = 60


class Wanted(Struct, frozen=True):
    """A target that is to be rung for a queue, noted under an id."""

    id: str
    queue: Queue
    target: str
    rung: Rung


class Queueing:
    """The task."""

    name = "queueing"
    every = 0.5

    def __init__(self, context: Context, provider: Provider, public_url: str) -> None:
        self._context = context
        self._provider = provider
        self._ringer = Ringer(provider, public_url)
        self._pool = ThreadPoolExecutor(THREADS, "queueing")
        self._compared = 0

    def run(self, now: int) -> int:
        """Ring whom somebody waits for, stop what rings in vain, look after what nobody answers for; answers how many."""
        began = time.monotonic()
        with reading(self._context.engine) as connection:
            nothing = not waits.queues(connection, now) and not waits.live(connection)
        self._compare(now)
        if nothing:
            return 0
        wanted, surplus = self._plan(now)
        done = list(self._pool.map(lambda w: self._ring(w, now + int(time.monotonic() - began)), wanted))
        for ring in surplus:
            self._stop(ring, now)
        return sum(done) + len(surplus) + self._look_after(now)

    def _compare(self, now: int) -> None:
        """Now and then ask the provider who waits: an agent must not be rung for who is gone, nor a caller be forgotten."""
        if now < self._compared + COMPARE:
            return
        self._compared = now
        with reading(self._context.engine) as connection:
            queues = waits.recent(connection, now)
        for table, team, queue in queues:
            members = self._provider.queue_members(queue)
            if not isinstance(members, Refused | Unreachable):
                with writing(self._context.engine) as connection:
                    waits.agree(connection, table, team, queue, {one.call: one.seconds for one in members}, now)

    def _plan(self, now: int) -> tuple[list[Wanted], list[Ring]]:
        """Whom to ring, noted in the database, and whom no longer."""
        wanted: list[Wanted] = []
        surplus: list[Ring] = []
        with writing(self._context.engine) as connection:
            waits.alone(connection)
            queues = {(queue.table, queue.team): queue for queue in waits.queues(connection, now)}
            live = waits.live(connection)
            busy = waits.busy(connection) | waits.ringing(connection)
            for key, queue in queues.items():
                rung = rung_by(self._context.tables.live(queue.table), queue.team)
                if rung is None or not rung.caller_id:
                    continue
                mine = [ring for ring in live if (ring.table, ring.team) == key]
                in_vain = waits.rung(connection, *key, queue.since)
                for target in targets(rung, queue, mine, in_vain, busy, now):
                    id = waits.begin(connection, *key, target, self._context.worker, now)
                    wanted.append(Wanted(id, queue, target, rung))
                    busy.add(target)
                if rung.team.in_order:
                    surplus += [ring for ring in mine if ring.state != ACCEPTED][queue.waiting :]
        surplus += [ring for ring in live if ring.state != ACCEPTED and (ring.table, ring.team) not in queues]
        return wanted, surplus

    def _ring(self, wanted: Wanted, now: int) -> int:
        made = self._ringer.queue(wanted.queue.table, wanted.id, wanted.target, wanted.rung)
        with writing(self._context.engine) as connection:
            if isinstance(made, Placed):
                waits.hear(connection, wanted.id, made.sid, "queued", now)
            elif not isinstance(made, Unknown):
                waits.end(connection, wanted.id, now)
        if isinstance(made, Refused):
            log.error("team %s: a ring for its queue was refused: %s", wanted.queue.team, made.reason)
        return int(isinstance(made, Placed))

    def _stop(self, ring: Ring, now: int) -> None:
        """Nobody waits any more: end a ring that nobody answered. Ended first, so that it cannot be taken."""
        with writing(self._context.engine) as connection:
            waits.end(connection, ring.id, now)
        if ring.agent_call:
            self._provider.hang_up(ring.agent_call, answered=False)

    def _look_after(self, now: int) -> int:
        """Rings of which nothing was heard: a worker died, or a webhook never came."""
        with writing(self._context.engine) as connection:
            left = waits.ran_out(connection, self._context.worker, now, BATCH)
        for ring in left:
            leg = self._provider.call(ring.agent_call) if ring.agent_call else None
            late = now >= ring.began + WHISPER_SECONDS + LOOK + MARGIN
            with writing(self._context.engine) as connection:
                if isinstance(leg, Leg):
                    waits.hear(connection, ring.id, leg.sid, leg.status, now)
                gone = leg is None or (isinstance(leg, Leg) and is_over(leg.status))
                if late and (gone or ring.state != ACCEPTED or now >= ring.began + waits.LONGEST):
                    waits.end(connection, ring.id, now)
        return len(left)


def targets(
    rung: Rung, queue: Queue, mine: Sequence[Ring], in_vain: waits.InVain, busy: set[str], now: int
) -> list[str]:
    """Whom to ring now for a queue: with `in_order` one target for each who waits, those that were rung least in vain
    first; else all that are free. Never one that rings already or speaks, nor one that rested less than PAUSE."""
    taken = {ring.target for ring in mine} | busy
    free = [
        target
        for target in rung.team.dial[:MOST_TARGETS]
        if target not in taken and now >= in_vain.get(target, (0, -PAUSE))[1] + PAUSE
    ]
    if not rung.team.in_order:
        return free
    ringing = sum(ring.state != ACCEPTED for ring in mine)
    order = sorted(free, key=lambda target: in_vain.get(target, (0, 0))[0])
    return order[: max(0, queue.waiting - ringing)]
