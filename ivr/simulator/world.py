"""Everything but the caller: whether agents answer, how long a queue takes, whether the disk takes a case.

By default everybody who is there answers, the queue takes 45 seconds, and the disk is well. A script says otherwise:
each outcome is used once, the last one for ever.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from ivr.calendars.moment import LiveMoment
from ivr.desk.promises import promise
from ivr.model.actions import Effect, OpenCase
from ivr.model.events import CaseOpened, CaseRefused, EffectFailed, Event, MarkKept
from ivr.model.moment import Calamity


@dataclass(slots=True)
class World:
    """How the world answers. `dials` and `queues` are outcomes by team (or number); `disk` is `well`, `full` or
    `failed`; `queue_seconds` how long a queue takes when somebody comes."""

    dials: dict[str, list[str]] = field(default_factory=dict)
    queues: dict[str, list[str]] = field(default_factory=dict)
    disk: str = "well"
    queue_seconds: int = 45
    calamity: Calamity | None = None
    _used: dict[str, int] = field(default_factory=dict)
    _cases: int = 0

    def dial(self, name: str) -> str:
        """How a dial of a team or number ends."""
        return self._next("dial:" + name, self.dials.get(name) or self.dials.get("*") or ["bridged"])

    def queue(self, name: str) -> str:
        """How a wait for a team ends, if the caller stays."""
        return self._next("queue:" + name, self.queues.get(name) or self.queues.get("*") or ["bridged"])

    def _next(self, key: str, outcomes: list[str]) -> str:
        used = self._used.get(key, 0)
        self._used[key] = used + 1
        return outcomes[min(used, len(outcomes) - 1)]

    def perform(self, effect: Effect, moment: LiveMoment) -> Event:
        """How an effect comes out."""
        if self.disk == "failed":
            return EffectFailed()
        if not isinstance(effect, OpenCase):
            return MarkKept()
        if self.disk == "full" and effect.kind == "callback":
            return CaseRefused()
        due = promise(moment.almanac, effect, moment.arrival.time, {})
        if due is None:
            return CaseRefused()
        self._cases += 1
        return CaseOpened(case_number(moment.arrival.dialled, str(self._cases)), due)


def case_number(*parts: str) -> str:
    """A short number for a simulated case."""
    return str(int.from_bytes(hashlib.sha256("|".join(parts).encode()).digest()[:4], "big") % 900_000 + 100_000)
