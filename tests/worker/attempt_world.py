"""A small world for attempts: a provider's books in memory, people who answer or do not, and crashes at any step.

The web's part is played by the same store functions that web/attempt.py calls; what it would put into the journal is held
here until it is delivered: late, twice, in any order, or never.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import msgspec
from sqlalchemy import Engine, delete, event, func, select

from ivr.desk.attempt import ACCEPTED
from ivr.desk.case import CALLING, Case
from ivr.desk.legs import Heard
from ivr.diagnostics import Source, Sources
from ivr.store import attempts
from ivr.store import cases as cases_
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import attempts as attempts_table
from ivr.store.database.schema import cases as cases_table
from ivr.store.journal import Entry
from ivr.tables.ready import Table, check_sources, ready
from ivr.worker.attempting import Attempting
from ivr.worker.context import Context
from ivr.worker.provider import Change, Creation, Done, Leg, Placed, Refused, Unknown, Unreachable, Waiting
from ivr.worker.recovering import Recovering
from tests.engine import calls

TEXT = calls.TEXT.replace(
    '  always: {hours: "Mo-Su 00:00-24:00"}',
    '  always: {hours: "Mo-Su 00:00-24:00"}\n  night: {hours: "Mo-Su 21:00-24:00"}',
).replace(
    '  order: {title: {nl: om de beurt',
    '  night: {title: {nl: de nacht, en: the night}, calendar: night, dial: ["sip:n@kcc.example"]}\n'
    '  several: {title: {nl: allen, en: all}, calendar: always, dial: ["sip:c@kcc.example", "sip:d@kcc.example"]}\n'
    "  order: {title: {nl: om de beurt",
).replace("via: twilio}", 'via: twilio, dial: ["sip:e@kcc.example", "sip:f@kcc.example"]}')  # fmt: skip
CITIZEN = "+31612345678"
START = calls.instant("2026-12-01 10:00")
PUBLIC = "https://ivr.example"


def table() -> Table:
    """The table of every kind, with a team of several targets."""
    return ready(check_sources(Sources((Source("kinds.yaml", TEXT),)), calls.TODAY))


class Live:
    """The live tables of a test."""

    def __init__(self) -> None:
        self._table = table()

    def live(self, id: str) -> Table | None:
        """The table."""
        return self._table if id == "kinds" else None


class Crash(Exception):
    """The process died here."""


class Fuse:
    """Blows at the n-th step from now: every transaction's begin and commit, every request before and after, is one."""

    def __init__(self) -> None:
        self.left = 0

    def step(self, *_: object) -> None:
        """One step."""
        if self.left:
            self.left -= 1
            if not self.left:
                raise Crash


class Books:
    """The provider: legs, and what befalls requests. `mood` is what the next creations meet."""

    def __init__(self, fuse: Fuse) -> None:
        self.legs: dict[str, Leg] = {}
        self.of: dict[str, str] = {}
        """Agent's leg → its attempt."""
        self.dialled: Counter[str] = Counter()
        """Attempt → legs to its citizen."""
        self.mood: list[str] = []
        self.away = False
        self.now = START
        self._fuse = fuse
        self._ids = itertools.count(1)

    def _new(self, **fields: Any) -> Leg:  # of a Leg
        leg = Leg(sid=f"CA{next(self._ids):04d}", began=self.now, **fields)
        self.legs[leg.sid] = leg
        return leg

    def place_call(
        self, to: str, from_: str, url: str, status_callback: str, ring: int, *, limit: int = 0,
        machine_detection: bool = False,
    ) -> Creation:  # fmt: skip
        """Ring a target."""
        assert to != CITIZEN, "the worker never rings the citizen"
        self._fuse.step()
        mood = "unreachable" if self.away else self.mood.pop(0) if self.mood else ""
        if mood == "unreachable":
            return Unreachable("away")
        if mood == "refused":
            return Refused("no such target", 21211)
        if mood == "lost":
            return Unknown("a time-out before")
        leg = self._new(status="queued", to=to, from_=from_, direction="outbound-api")
        self.of[leg.sid] = url.partition("=")[2].partition("#")[0]
        self._fuse.step()
        return Unknown("a time-out after") if mood == "unknown" else Placed(leg.sid)

    def dial(self, agent: str) -> Leg:
        """An agent's document is carried out: the citizen is rung."""
        self.dialled[self.of[agent]] += 1
        return self._new(status="ringing", to=CITIZEN, from_="", parent=agent, direction="outbound-dial")

    def move(self, sid: str, status: str, seconds: int = 0) -> None:
        """A leg's status changes."""
        leg = self.legs[sid]
        ended = self.now if status not in ("ringing", "in-progress") else 0
        self.legs[sid] = msgspec.structs.replace(leg, status=status, seconds=seconds, ended=ended)

    def calls_to(self, to: str, since: int) -> tuple[Leg, ...] | Refused | Unreachable:
        """The list of calls."""
        self._fuse.step()
        found = tuple(leg for leg in self.legs.values() if leg.to == to and leg.began >= since)
        return Unreachable("away") if self.away else found

    def children(self, parent: str) -> tuple[Leg, ...] | Refused | Unreachable:
        """A leg's children."""
        self._fuse.step()
        return Unreachable("away") if self.away else tuple(x for x in self.legs.values() if x.parent == parent)

    def call(self, sid: str) -> Leg | Refused | Unreachable | None:
        """One leg."""
        self._fuse.step()
        return Unreachable("away") if self.away else self.legs.get(sid)

    def redirect(self, sid: str, url: str) -> Change:
        """Not of this world."""
        raise NotImplementedError

    def hang_up(self, sid: str, *, answered: bool = True) -> Change:
        """End a leg, and what it dialled."""
        self._fuse.step()
        if self.away:
            return Unreachable("away")
        leg = self.legs[sid]
        if not leg.over and (answered or leg.status != "in-progress"):
            self.move(sid, "completed" if leg.status == "in-progress" else "canceled")
        return Done()

    def say(self, to: str, from_: str, twiml: str, status_callback: str = "", ring: int = 30) -> Creation:
        """Not of this world."""
        raise NotImplementedError

    def send_message(self, to: str, from_: str, text: str) -> Creation:
        """Not of this world."""
        raise NotImplementedError

    def delete_recording(self, sid: str) -> Change:
        """Not of this world."""
        raise NotImplementedError

    def queue_members(self, name: str) -> tuple[Waiting, ...] | Refused | Unreachable:
        """Not of this world."""
        raise NotImplementedError


class World:
    """Two workers, the web, the provider and people, on one database that is emptied first."""

    def __init__(self, engine: Engine, team: str = "desk", cases: int = 1) -> None:
        self.engine = engine
        self.fuse = Fuse()
        self.books = Books(self.fuse)
        self.now = START
        self.told: list[Entry] = []
        """What the web has put into its journal, and nobody has carried into the database yet."""
        for name in ("begin", "commit"):
            event.listen(engine, name, self.fuse.step)
        live: Any = Live()
        contexts = [Context(f"w{n}", engine, live, b"k") for n in range(2)]
        self.attempting = [Attempting(context, self.books, PUBLIC) for context in contexts]
        self.recovering = [Recovering(context, self.books, PUBLIC) for context in contexts]
        with writing(engine) as connection:
            connection.execute(delete(attempts_table))
            connection.execute(delete(cases_table))
            for n in range(cases):
                cases_.add(
                    connection,
                    Case(
                        id=f"CA{n + 1}:3", number=f"{123456 + n}", kind="callback", table="kinds",
                        zone="Europe/Amsterdam", team=team, language="nl", caller=CITIZEN, opened=START - 600,
                        first_due=START + 20_000 + n, due=START + 20_000 + n, next_at=START, state="planned",
                    ),
                )  # fmt: skip

    def close(self) -> None:
        """Leave the database as others need it."""
        for name in ("begin", "commit"):
            event.remove(self.engine, name, self.fuse.step)

    # --- what happens

    def tick(self, seconds: int) -> None:
        """Time goes by."""
        self.now += seconds
        self.books.now = self.now

    def work(self, worker: int, recover: bool, crash_at: int = 0) -> int:
        """A worker runs a task once, and may die at a step."""
        self.fuse.left = crash_at
        task = (self.recovering if recover else self.attempting)[worker]
        try:
            return task.run(self.now)
        except Crash:
            return 0
        finally:
            self.fuse.left = 0

    def agents(self, *statuses: str) -> list[Leg]:
        """The team's legs with a status."""
        return [leg for leg in self.books.legs.values() if not leg.parent and leg.status in statuses]

    def answer(self, leg: Leg) -> None:
        """An agent answers, and hears the whisper."""
        self.books.move(leg.sid, "in-progress")
        self.tell(leg.sid, Heard(agents={leg.sid: "in-progress"}))

    def press(self, leg: Leg, lost: int = 0, carried_out: bool = True) -> bool:
        """An agent presses the key; `lost` answers do not arrive, and the provider asks again. Unless `carried_out` the last
        one does not either."""
        won = False
        for _ in range(lost + 1):
            with writing(self.engine) as connection:
                won = attempts.accept(connection, self.books.of[leg.sid], leg.sid, self.now) is not None
        if not won or not carried_out:
            self.end_agent(leg)
            return False
        with reading(self.engine) as connection:
            case = cases_.load(connection, "CA1:3")
        assert case is not None
        assert case.state == CALLING
        child = self.books.dial(leg.sid)
        self.tell(leg.sid, Heard(citizen="ringing", sid=child.sid))
        return True

    def end_agent(self, leg: Leg, status: str = "completed") -> None:
        """An agent's leg ends."""
        self.books.move(leg.sid, status)
        self.tell(leg.sid, Heard(agents={leg.sid: status}))

    def citizen(self, status: str, seconds: int, key: str) -> None:
        """The citizen's leg ends, the agent answers how it went ('' hangs up)."""
        for child in [leg for leg in self.books.legs.values() if leg.parent and not leg.over]:
            self.books.move(child.sid, status, seconds)
            told = Heard(citizen=status, sid=child.sid, seconds=seconds, bridged=seconds > 0)
            self.tell(child.parent, told.merge(Heard(key=key)))
            self.end_agent(self.books.legs[child.parent])

    def tell(self, leg: str, heard: Heard) -> None:
        """The web puts what it was told into its journal."""
        self.told.append(
            {
                "kind": "leg", "at": self.now, "call": leg, "sequence": 0, "attempt": self.books.of[leg],
                "heard": msgspec.to_builtins(heard),
            }
        )  # fmt: skip

    def deliver(self, index: int, again: bool) -> None:
        """An entry of the journal comes into the database; `again`: it stays, and will come once more."""
        if self.told:
            at = index % len(self.told)
            entry = self.told[at] if again else self.told.pop(at)
            with writing(self.engine) as connection:
                attempts.apply_leg(connection, entry)

    # --- what holds

    def check(self) -> None:
        """The law: the citizen is dialled at most once for an attempt, by one attempt at a time."""
        assert all(count <= 1 for count in self.books.dialled.values()), self.books.dialled
        with reading(self.engine) as connection:
            accepted = select(func.count()).select_from(attempts_table).where(attempts_table.c.state == ACCEPTED)
            assert (connection.scalar(accepted) or 0) <= 1

    def rows(self) -> list[attempts.Held]:
        """The attempts as they stand."""
        with reading(self.engine) as connection:
            ids = connection.scalars(select(attempts_table.c.id).order_by(attempts_table.c.ordinal)).all()
            return [found[1] for id in ids if (found := attempts.look(connection, id)) is not None]

    def case(self) -> Case:
        """The case as it stands."""
        with reading(self.engine) as connection:
            case = cases_.load(connection, "CA1:3")
        assert case is not None
        return case
