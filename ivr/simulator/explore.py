"""Every ending of every number: a search over the engine itself, cheapest first.

Nothing is known of the caller: facts take their defaults. What a call remembers of how long it has lasted is left out of
account, so the search is finite; what it remembers of choices is not.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator

from msgspec import Struct

from ivr.model.actions import Dial, Enqueue, Hangup
from ivr.model.state import Arrival
from ivr.simulator.doings import Edge, Places
from ivr.simulator.transcript import ENDINGS
from ivr.simulator.world import World
from ivr.simulator.writer import SETTLED
from ivr.tables.ready import Table

MOST_PLACES = 20_000
"""Places of one call that are looked at; beyond it the answer says that it was cut off."""


class Found(Struct, frozen=True):
    """A way to an ending: what is done (`1`, `silence`, `desk: no_answer`), how many choices that takes, and how long.

    A choice is an answer to a question, and silence is one too: else whoever waits long enough would have made none.
    `seconds` is until a person answers, for `person`; else until the call is over. `team` is who answers.
    """

    ending: str
    choices: int
    seconds: float
    team: str
    done: tuple[str, ...]


class Explored(Struct, frozen=True):
    """What can come of a call: the way with the fewest choices to each ending, and the soonest to a person.

    `cut` says that there was more than was looked at.
    """

    endings: dict[str, Found]
    soonest: Found | None
    places: int
    cut: bool

    @property
    def person(self) -> Found | None:
        """The way with the fewest choices to a person."""
        return self.endings.get("person")


class Explorer:
    """Explores the calls of one table."""

    def __init__(self, table: Table, most: int = MOST_PLACES) -> None:
        self._places = Places(table)
        self._most = most

    def explore(self, arrival: Arrival) -> Explored:
        """What can come of a call that arrives like this."""
        search = _Search(self._places, arrival, self._most)
        endings = search.fewest()
        return Explored(endings, search.soonest(endings.get("person")), search.looked, search.cut)


class _Search:
    """A search from the beginning of one call: cheapest first."""

    def __init__(self, places: Places, arrival: Arrival, most: int) -> None:
        self._places = places
        self._arrival = arrival
        self._most = most
        self._first: Edge = places.begin(arrival)
        self._came: dict[int, tuple[int, str]] = {}
        self.looked = 0
        self.cut = False

    def fewest(self) -> dict[str, Found]:
        """The way with the fewest choices to each ending; of equal ones the soonest."""
        out: dict[str, Found] = {}
        for index, choices, seconds in self._walk(lambda choices, seconds: (choices, seconds)):
            found = self._found(index, choices, seconds)
            held = out.get(found.ending) if found is not None else None
            if found is not None and (held is None or _cost(found) < _cost(held)):
                out[found.ending] = found
        return {ending: out[ending] for ending in ENDINGS if ending in out}

    def soonest(self, person: Found | None) -> Found | None:
        """The soonest way to a person, when there is a way at all."""
        best = person
        for index, choices, seconds in self._walk(lambda choices, seconds: (seconds, choices)) if person else ():
            if best is not None and seconds >= best.seconds:
                break
            found = self._found(index, choices, seconds)
            if found is not None and found.ending == "person" and (best is None or found.seconds < best.seconds):
                best = found
        return best

    def _walk(self, cost: Callable[[int, float], tuple[float, float]]) -> Iterator[tuple[int, int, float]]:
        """(place, choices, seconds), cheapest first."""
        first = self._first
        self._came = {}
        seen: set[int] = set()
        count = itertools.count()
        heap = [(cost(0, first.seconds), next(count), first.to, 0, first.seconds, -1, "")]
        while heap:
            _, _, index, choices, seconds, before, did = heapq.heappop(heap)
            if index in seen:
                continue
            if len(seen) >= self._most:
                self.cut = True
                break
            seen.add(index)
            self._came[index] = (before, did)
            yield index, choices, seconds
            for edge in self._places.edges(self._arrival, index):
                if edge.to not in seen:
                    more, later = choices + edge.choices, seconds + edge.seconds
                    heapq.heappush(heap, (cost(more, later), next(count), edge.to, more, later, index, edge.did))
        self.looked = max(self.looked, len(seen))

    def _found(self, index: int, choices: int, seconds: float) -> Found | None:
        """The ending that is reached in a place: the call is over, or somebody is rung or waited for and comes."""
        place = self._places.place(index)
        if isinstance(place.action, Hangup):
            ending = "case" if place.case else "told where to turn" if place.told else "goodbye"
            return Found(ending, choices, seconds, "", self._done(index))
        if isinstance(place.action, Dial | Enqueue):
            until = SETTLED["bridged"] if isinstance(place.action, Dial) else World().queue_seconds
            return Found("person", choices, seconds + until, self._places.rung(place.action), self._done(index))
        return None

    def _done(self, index: int) -> tuple[str, ...]:
        """All that was done to come to a place."""
        out: list[str] = []
        while index >= 0:
            index, did = self._came[index]
            out += [did] if did else []
        return tuple(reversed(out))


def _cost(found: Found) -> tuple[int, float]:
    return found.choices, found.seconds
