"""The rows of an edit: each is true of all the callers that it names, by the keys that it names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from ivr.model.events import Event
from ivr.model.nodes import SplitNode
from ivr.model.state import ENTERING
from ivr.proofs.classes import Stretch, World, middle
from ivr.proofs.diff.arrivals import Arrivals, odd
from ivr.proofs.diff.both import phase_words
from ivr.proofs.diff.parting import Parting
from ivr.proofs.diff.promised import Promises
from ivr.proofs.diff.script import script_of
from ivr.proofs.diff.walk import Walk
from ivr.proofs.fork import SWITCHED, Answer, Key
from ivr.proofs.knowing import usual_facts
from ivr.proofs.saying import Saying
from ivr.proofs.spans import MANY, dates_text_of
from ivr.proofs.ways import Script

MOST_WAYS = 12
"""Ways of one difference that are shown as rows of their own."""


class Row(Struct, frozen=True):
    """One difference: what was met and what is met now, after `events` (the shortest row of them that there is).

    `callers` are the numbers (common indices, -1 the main line) whose callers find it in the same way; the first is the
    example, whose `when` is said: `own_times` says that some of the others have another. `others` is true for the rest,
    who find it in ways that are not shown. `script` is the example as a call (its `dial` a common index), None for a
    setting. `worlds` counts number × time class × facts.
    """

    was: str
    now: str
    events: tuple[Event, ...]
    callers: tuple[int, ...]
    languages: tuple[int, ...]
    when: str
    script: Script | None
    worlds: int
    whom: tuple[tuple[int, ...], ...] = ()
    """The facts of those callers for whom it is so, at the time of the example; () for all."""
    words: bool = False
    own_times: bool = False
    others: bool = False
    share: str = ""
    """The shares of splits that the callers of the row fall into."""
    cost: int = 0
    """How long, and how far from an ordinary call, the example is (proofs/diff/arrivals.py)."""


class Rows:
    """Makes rows out of the steps in which one difference is met."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.arrivals = Arrivals(walk)
        self.promises = Promises(walk.worlds)
        self._saying: Saying | None = None
        self._said: dict[tuple[int, int], str] = {}
        self._found: dict[tuple[tuple[Event, ...], tuple[Answer, ...]], dict[int, int]] = {}

    def of(self, was: str, now: str, words: bool, partings: list[Parting]) -> Iterator[Row]:
        """Rows for one difference: for each row of events that shows it those who can go it, the shortest first."""
        entries = [
            (cost + odd(parting.chosen), index, worlds)
            for index, parting in enumerate(partings)
            for cost, worlds in self.arrivals.at(parting.source, parting.guard)
        ]
        main = self.walk.worlds.number(-1)
        entries.sort(key=lambda entry: (entry[0], not entry[2] & main, entry[1]))
        left = 0
        for _, _, worlds in entries:
            left |= worlds
        made = 0
        for cost, index, worlds in entries:
            mine = worlds & left
            if not mine:
                continue
            example = _Example(self.walk, self.arrivals, partings[index], mine)
            others = made == MOST_WAYS
            mask = left if others else self._who(example, partings)
            left &= ~mask
            moved = self.promises.moved(example.parting)
            row = self._row(was, now, words, example, mask, cost, others)
            if moved is not None:
                held = self._promised(row, example, mask, moved)
                if held is None:
                    continue
                row = held
            yield row
            made += 1

    def _row(self, was: str, now: str, words: bool, example: _Example, mask: int, cost: int, others: bool) -> Row:
        """The row of an example, true of all in a set of worlds."""
        world = example.world
        times: dict[int, tuple[int, int, int]] = {}
        for held in self.walk.worlds.worlds_of(mask):
            seconds, first, last = times.get(held.number, (0, held.first, held.first))
            times[held.number] = (seconds + held.seconds, min(first, held.first), max(last, held.first))
        classes = self.walk.worlds.classes
        always = classes.end - classes.start
        times = {n: (always, 0, 0) if held[0] >= always else held for n, held in times.items()}
        callers = [number for number in times if number != world.number]
        return Row(
            was, now, example.events, (world.number, *callers), (example.parting.trails[1].after.language,),
            self._when(world.number, mask),
            script_of(self.walk, example.way, example.parting, world, example.facts), mask.bit_count(),
            whom=self._whom(example.bit, mask), words=words, share=example.shares(), cost=cost, others=others,
            own_times=any(times[number] != times[world.number] for number in callers),
        )  # fmt: skip

    def _promised(self, row: Row, example: _Example, mask: int, moved: list[Stretch]) -> Row | None:
        """A row of promises that fall due at another time, told by the days on which; None when no call is made then."""
        classes = self.walk.worlds.classes
        times = {number: self._moved(number, mask, moved) for number in row.callers}
        found = times[example.world.number]
        if not found or row.script is None:
            return None
        days = sorted({dt.datetime.fromtimestamp(s.start, classes.almanac.zone).toordinal() for s in found})
        script = replace(row.script, at=middle(found[0].start, found[0].end))
        when = dates_text_of(days[:MANY]) + (f" and {_days(len(days) - MANY)}" if len(days) > MANY else "")
        callers = tuple(number for number in row.callers if times[number])
        own = any(times[number] != found for number in callers)
        return replace(row, when=f"calls on {when}", script=script, callers=callers, own_times=own)

    def _moved(self, number: int, mask: int, moved: list[Stretch]) -> list[Stretch]:
        """The stretches in which callers of a number get another promise."""
        worlds = self.walk.worlds
        mine = {(w.vector, w.phase) for w in worlds.worlds_of(mask & worlds.number(number))}
        same = worlds.classes.same(worlds.met(number))
        return [s for s in moved if (same[s.vector], worlds.classes.phase(number, s.start)) in mine]

    def _who(self, example: _Example, partings: list[Parting]) -> int:
        """The worlds in which the events of an example come to the same difference."""
        found = self._after(example.events[:-1], tuple(sorted(example.chosen.items())))
        guards, last = self.walk.fork.guards, example.events[-1]
        mask = 0
        for parting in partings:
            if parting.event == last and _agrees(parting.chosen, example.chosen):
                mask |= found.get(parting.source, 0) & guards[parting.guard]
        return mask

    def _after(self, events: tuple[Event, ...], chosen: tuple[Answer, ...]) -> dict[int, int]:
        """The pairs that calls come to by a row of events and free answers, with their worlds."""
        held = self._found.get((events, chosen))
        if held is None:
            answers = dict(chosen)
            if events:
                before = self._after(events[:-1], chosen)
                held = self._spread({}, before, events[-1], answers)
            else:
                held = self._spread({0: self.walk.worlds.all}, {}, None, answers)
            self._found[events, chosen] = held
        return held

    def _spread(
        self, here: dict[int, int], before: dict[int, int], event: Event | None, answers: dict[Key, int]
    ) -> dict[int, int]:
        """The pairs come to from those that wait `before` by an event, and from `here` by moves in which nobody acts."""
        pairs, edges, guards = self.walk.pairs, self.walk.edges, self.walk.fork.guards
        queue = list(here)
        for at, mask in before.items():
            if pairs[at][0].part == ENTERING:
                continue
            for edge in edges[at]:
                fresh = mask & guards[edge.guard]
                if fresh and edge.event == event and _agrees(edge.chosen, answers):
                    here[edge.target] = here.get(edge.target, 0) | fresh
                    queue.append(edge.target)
        while queue:
            at = queue.pop()
            if pairs[at][0].part != ENTERING:
                continue
            for edge in edges[at]:
                fresh = here[at] & guards[edge.guard] & ~here.get(edge.target, 0)
                if fresh and _agrees(edge.chosen, answers):
                    here[edge.target] = here.get(edge.target, 0) | fresh
                    queue.append(edge.target)
        return here

    def _whom(self, bit: int, mask: int) -> tuple[tuple[int, ...], ...]:
        """The facts with which it is so at the time of an example, -1 for any; () when it is so with all."""
        worlds = self.walk.worlds
        place = (bit.bit_length() - 1) // worlds.width * worlds.width
        here = mask >> place
        found = tuple(row for fact, row in enumerate(worlds.shown) if here >> fact & 1)
        return () if len(found) == worlds.width else found

    def _when(self, caller: int, mask: int) -> str:
        """When it is so for a number; '' for always."""
        worlds = self.walk.worlds
        mine = mask & worlds.number(caller)
        held = self._said.get((caller, mine))
        if held is None:
            if self._saying is None:
                self._saying = Saying(worlds.classes, worlds.met, phase_words)
            groups = {(w.vector, w.phase): 1 for w in worlds.worlds_of(worlds.number(caller))}
            groups |= {(w.vector, w.phase): 0 for w in worlds.worlds_of(mine)}
            always = set(groups.values()) == {0}
            held = "" if always else self._saying.of_number(caller, groups, exceptions=True).get(0, "")
            self._said[caller, mine] = held
        return held


class _Example:
    """One caller who meets a difference, out of some worlds, and the shortest way there."""

    def __init__(self, walk: Walk, arrivals: Arrivals, parting: Parting, worlds: int) -> None:
        self.walk = walk
        self.parting = parting
        self.bit, self.world, self.facts = self._choose(worlds)
        self.way = arrivals.way(parting.source, self.bit)
        before = [edge.event for at, edge in self.way if walk.pairs[at][0].part != ENTERING]
        self.events: tuple[Event, ...] = (*before, parting.event)
        self.chosen: dict[Key, int] = {}
        for chosen in (*(edge.chosen for _, edge in self.way), parting.chosen):
            for key, answer in chosen:
                self.chosen.setdefault(key, answer)

    def _choose(self, worlds: int) -> tuple[int, World, tuple[int, ...]]:
        """The first number, soon and at a usual time, with the facts of a caller of whom nothing is known, if it can be."""
        held = self.walk.worlds
        mine = worlds & held.number(next(held.worlds_of(worlds)).number)
        whole = (1 << held.width) - 1
        places = []
        rest = mine
        while rest:
            places.append(((rest & -rest).bit_length() - 1) // held.width)
            rest &= ~(whole << (places[-1] * held.width))
        most = max(held.list[place].seconds for place in places)
        often = [place for place in places if 4 * held.list[place].seconds >= most]
        usual = min(often, key=lambda place: held.list[place].first) * held.width
        here, ordinary = mine >> usual & whole, usual_facts(held.graph)
        fact = max(
            (f for f in range(held.width) if here >> f & 1),
            key=lambda f: sum(a == b for a, b in zip(held.facts[f], ordinary, strict=False)),
        )
        bit = 1 << usual + fact
        return (bit, *held.any_of(bit))

    def shares(self) -> str:
        """The shares that the way takes, in words."""
        found = []
        for (kind, node), cut in self.chosen.items():
            split = self.walk.pair.new.nodes[node] if kind == "share" else None
            if isinstance(split, SplitNode):
                ends = accumulate(split.shares)
                name = next((n for n, end in zip(split.names, ends, strict=True) if cut < end), "")
                found.append(f"in share '{name}' of '{self.walk.pair.new.names[node]}'")
        return ", ".join(found)


def _days(count: int) -> str:
    return f"{count} other day{'' if count == 1 else 's'}"


def _agrees(chosen: tuple[Answer, ...], answers: dict[Key, int]) -> bool:
    """Whether free answers are those of a way; where the way asks nothing, those of an ordinary call, and any share."""
    return all(answer == answers.get(key, _ORDINARY.get(key[0], answer)) for key, answer in chosen)


_ORDINARY = {**dict.fromkeys(SWITCHED, 0), "caller": 1}
"""How an ordinary call answers what is free."""
