"""What a turn owes for an effect: judged once with all that is known, answered the same whenever it is asked for again."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping

from msgspec import Struct

from ivr.calendars.moment import LiveMoment
from ivr.desk.case import Case
from ivr.desk.promises import case_number, due_day, promise, promise_days
from ivr.model.actions import CancelCase, JoinCase, KeepMark, OpenCase
from ivr.model.events import (
    CaseCancelled,
    CaseFound,
    CaseJoined,
    CaseOpened,
    CaseRefused,
    CaseUnknown,
    Event,
    MarkKept,
)
from ivr.model.state import State
from ivr.store.books import Decided, View
from ivr.store.journal import Entry
from ivr.store.ledger import Owed
from ivr.store.lookup import SETTLED
from ivr.store.places import Asked

MOST_TRIES = 1000
"""Case numbers that are tried for a turn: with half of all six digits in use, one in 2**1000 turns finds none."""
ASKED = 4
"""Of these the database is asked about so many beforehand; those that come after it are in no journal of this machine."""
Owing = OpenCase | KeepMark | JoinCase | CancelCase
"""The effects that put something on disk."""


class TurnOwing(Struct, frozen=True):
    """A turn that owes something. `disk` is what a simulation says of the disk, '' for a real call."""

    effect: Owing
    moment: LiveMoment
    state: State
    call: str
    sequence: int
    version: str
    disk: str

    def asked(self) -> Asked | None:
        """What the database is asked for: the places of the team's days, and whether the case number is free."""
        effect = self.effect
        if not isinstance(effect, OpenCase) or self.disk:
            return None
        promised = bool(effect.within[0]) and effect.team >= 0
        slot = (self.moment.graph.id, self.moment.graph.teams[effect.team].name) if promised else None
        return Asked((self.call, self.sequence), slot, tuple(itertools.islice(self._candidates(), ASKED)))

    def decide(self, view: View) -> Decided:
        """What is owed for the effect. A turn that owes already, at whichever process, is answered as it was."""
        effect = self.effect
        held = view.ledger.owed(self.call, self.sequence)
        match effect:
            case OpenCase():
                return Decided(CaseOpened(held.case, held.due)) if held is not None else self._open(effect, view)
            case KeepMark():
                return self._once(held, MarkKept(), "mark", effect.node, {"mark": effect.mark})
            case JoinCase():
                return self._once(held, CaseJoined(), "join", effect.node, {"case": effect.case})
            case CancelCase():
                return self._once(held, CaseCancelled(), "cancel", effect.node, {"case": effect.case})

    def _once(self, held: Owed | None, answer: Event, kind: str, node: int, more: Entry) -> Decided:
        return Decided(answer, None if held is not None else self._entry(kind, node) | more)

    def _open(self, effect: OpenCase, view: View) -> Decided:
        if self.disk == "full" and effect.kind == "callback":
            return Decided(CaseRefused())
        reserved = self._promised(effect, view)
        if reserved is None:
            return Decided(CaseRefused())
        number, due = reserved
        graph, almanac = self.moment.graph, self.moment.almanac
        entry = self._entry("case", effect.node) | {
            "case": number,
            "type": effect.kind,
            "team": graph.teams[effect.team].name if effect.team >= 0 else "",
            "number": effect.number,
            "dialled": self.moment.arrival.dialled,
            "within": list(effect.within),
            "due": due,
            "due_day": due_day(due, almanac.zone).isoformat() if due else "",
            "recording": effect.recording,
            "seconds": effect.seconds,
            "reach": effect.reach,
            "part": effect.part,
            "cautious": view.cautious and bool(due),
        }
        return Decided(CaseOpened(number, due), entry)

    def _promised(self, effect: OpenCase, view: View) -> tuple[str, int] | None:
        """The number of the case and when it is due, 0 for no promise; None when no day has a place."""
        almanac, graph = self.moment.almanac, self.moment.graph
        if effect.team < 0 or not effect.within[0]:
            return self._number(view), 0
        if self.disk:
            due = promise(almanac, effect, self.moment.arrival.time, {})
            return None if due is None else (self._number(view), due)
        days = promise_days(almanac, effect, int(time.time()))
        if view.places is not None:
            here = view.ledger.beside(graph, effect.team)
            before = view.places.held((self.call, self.sequence))
            if before is not None:
                return before.number, before.due
            slot = (graph.id, graph.teams[effect.team].name)
            free = self._free(days, here, effect, view, slot)
            taken = view.places.take((self.call, self.sequence), slot, _most(effect), free, self._number(view))
            return None if taken is None else (taken.number, taken.due)
        here = view.ledger.promises(graph, effect.team)
        if view.cautious:
            days = itertools.islice(days, 1, None)  # others may be promising the same places: a day more
        due = next((due for due, day in days if here.get((effect.team, day), 0) < _most(effect)), None)
        return None if due is None else (self._number(view), due)

    def _free(
        self,
        days: Iterator[tuple[int, int]],
        here: Mapping[tuple[int, int], int],
        effect: OpenCase,
        view: View,
        slot: tuple[str, str],
    ) -> Iterator[tuple[int, int]]:
        """The days that have a place left even after what was promised without the database."""
        assert view.places is not None
        for due, day in days:
            if view.places.count(slot, day) + here.get((effect.team, day), 0) < _most(effect):
                yield due, day

    def _number(self, view: View) -> str:
        """A case number that nobody has: the same for the same turn, another one where two turns would share it."""
        for number in self._candidates():
            if self.disk or not (view.ledger.taken(number) or (view.places is not None and view.places.taken(number))):
                return number
        raise OSError("no case number is free: too many cases are kept")

    def _candidates(self) -> Iterator[str]:
        """The numbers that this turn may give, in order."""
        yield case_number(self.call, self.state.turns)
        for salt in range(1, MOST_TRIES):
            yield case_number(f"{self.call}/{salt}", self.state.turns)

    def _entry(self, kind: str, node: int) -> Entry:
        graph, memory = self.moment.graph, self.state.memory
        arrival = self.moment.arrival
        variables = {
            name: values[chosen]
            for (name, values), chosen in zip(graph.variables, memory.variables, strict=True)
            if chosen >= 0
        }
        return {
            "kind": kind,
            "at": int(time.time()),
            "call": self.call,
            "sequence": self.sequence,
            "table": graph.id,
            "version": self.version,
            "zone": graph.timezone,
            "legacy": graph.numbers[arrival.number].name if arrival.number >= 0 else "",
            "caller": arrival.caller,
            "node": graph.names[node],
            "language": graph.languages[self.state.language].code,
            "variables": variables,
            "fields": dict(zip(graph.fields, memory.fields, strict=True)),
        }


def _most(effect: OpenCase) -> int:
    return effect.per_day or 10**9


def found(number: str, held: Case | None, owed: Owed | None, cancelled: bool) -> Event:
    """How a caller finds the case with a number: `held` in the database, or `owed` in a journal that is not there yet."""
    if held is not None:
        over = cancelled or held.state in SETTLED
        due = held.due
    elif owed is not None:
        over, due = cancelled, owed.due
    else:
        return CaseUnknown()
    return CaseFound(number, due, "over" if over else "promised" if due else "open")
