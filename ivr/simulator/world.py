"""Everything but the caller: whether agents answer, how long a queue takes, whether the disk takes a case.

By default everybody who is there answers, the queue takes 45 seconds, and the disk is well. A script says otherwise:
each outcome is used once, the last one for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.calendars.moment import LiveMoment
from ivr.desk.promises import case_number, promise, simulated_case
from ivr.model.actions import CancelCase, Effect, FindCase, JoinCase, OpenCase
from ivr.model.events import (
    DIAL_OUTCOMES,
    QUEUE_OUTCOMES,
    CaseCancelled,
    CaseJoined,
    CaseOpened,
    CaseRefused,
    EffectFailed,
    Event,
    MarkKept,
)
from ivr.model.graph import Graph
from ivr.model.moment import Calamity, Switched

DECLINED = "declined"
"""A dial that is answered by somebody, or something, that does not accept the call: it counts as `no_answer`."""
DIAL_WORDS = (*DIAL_OUTCOMES, DECLINED)
"""How a dial may be scripted to end."""
QUEUE_WORDS = tuple(word for word in QUEUE_OUTCOMES if word != "left")
"""How a wait may be scripted to end; leaving is the caller's own doing."""

DISK_WORDS = frozenset({"well", "full", "failed"})
"""How an effect may be scripted to come out: a callback is refused where there is no slot, all fail where it is broken."""


@dataclass(slots=True)
class World:
    """How the world answers. `dials` and `queues` are outcomes by team (or number), `*` for all others; `disk` is `well`,
    `full` or `failed`, or several in order, parted by commas; `queue_seconds` how long a queue takes when somebody comes.
    `cases` says how a case number is found, by one of CASE_STATES: of any other there is no case, nor of one that the call
    itself opened. `notices` is what is switched on for notice nodes, by name, a text for each language; `closed` until when
    teams are closed by hand, by name (epoch seconds). What is switched stays so for the whole call.
    """

    dials: dict[str, list[str]] = field(default_factory=dict)
    queues: dict[str, list[str]] = field(default_factory=dict)
    disk: str = "well"
    queue_seconds: int = 45
    calamity: Calamity | None = None
    cases: dict[str, str] = field(default_factory=dict)
    notices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    closed: dict[str, int] = field(default_factory=dict)
    _used: dict[str, int] = field(default_factory=dict)

    def dial(self, name: str) -> str:
        """How a dial of a team or number ends: one of DIAL_WORDS."""
        return self._next("dial:" + name, self.dials.get(name) or self.dials.get("*") or ["bridged"])

    def queue(self, name: str) -> str:
        """How a wait for a team ends, if the caller stays: one of QUEUE_WORDS."""
        return self._next("queue:" + name, self.queues.get(name) or self.queues.get("*") or ["bridged"])

    def _next(self, key: str, outcomes: list[str]) -> str:
        used = self._used.get(key, 0)
        self._used[key] = used + 1
        return outcomes[min(used, len(outcomes) - 1)]

    def described(self) -> str:
        """All that decides how it will answer, as a text: two worlds that read the same answer the same."""
        held = (self.dials, self.queues, self.disk, self.queue_seconds, self.calamity)
        more = [row for row in (self.cases, self.notices, self.closed) if row]
        return repr((*held, *more) if more else held)

    def switched(self, graph: Graph) -> Switched:
        """What is switched, as a table knows it."""
        if not self.notices and not self.closed:
            return Switched(self.calamity)
        teams = {team.name: index for index, team in enumerate(graph.teams)}
        names = {name: index for index, name in enumerate(graph.names) if name in self.notices}
        return Switched(
            self.calamity,
            {names[name]: texts for name, texts in self.notices.items() if name in names},
            {teams[name]: until for name, until in self.closed.items() if name in teams},
        )

    def perform(self, effect: Effect, moment: LiveMoment, call: str, sequence: int) -> Event:
        """How an effect comes out; `call` and `sequence` make the number of a case (`case_number`)."""
        disk = self._next("disk", self.disk.split(",")) if "," in self.disk else self.disk
        if disk == "failed":
            return EffectFailed()
        if isinstance(effect, FindCase):
            return simulated_case(effect.number, self.cases.get(effect.number, ""), moment.arrival.time)
        if isinstance(effect, JoinCase):
            return CaseJoined()
        if isinstance(effect, CancelCase):
            return CaseCancelled()
        if not isinstance(effect, OpenCase):
            return MarkKept()
        if disk == "full" and effect.kind == "callback":
            return CaseRefused()
        due = promise(moment.almanac, effect, moment.arrival.time, {})
        if due is None:
            return CaseRefused()
        return CaseOpened(case_number(call, sequence), due)
