"""A small suite of scenarios that takes every exit at every time at which it can be taken.

Greedy: for the rarest exit that is still missing, a caller is chosen who can take it, and walks where most is missing;
what counts is what the call takes when it is played as the scenario that is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from ivr.diagnostics import Source, Sources
from ivr.model.facts import default_fact
from ivr.proofs.relevant import asked_facts
from ivr.proofs.space import Space
from ivr.proofs.ways import Script, script
from ivr.simulator.bounds import fewest
from ivr.simulator.exits import Exits
from ivr.simulator.run import CALLER, in_process, prepare
from ivr.simulator.scenario import read_suite_sources
from ivr.simulator.times import Moment, Time, times
from ivr.simulator.transcript import Transcript
from ivr.simulator.walks import Ground, Walker, ground
from ivr.simulator.write import scenario_text
from ivr.tables.ready import Table

CALLERS = 3
"""Callers that are tried for each scenario."""
LOSSES = (0.5, 3.0)
"""How much a walk gives for keeping exits within reach; each is tried."""
ENDED = ("person", "case", "told where to turn", "goodbye")


class Made(Struct, frozen=True):
    """A scenario that was made: its name, its text, the exits that it takes for the first time, as bits, and its call."""

    name: str
    text: str
    fresh: int
    script: Script


class Part(Struct, frozen=True):
    """The scenarios of one time: the exits that can be taken then, those that none takes, and the fewest scenarios by
    which it could be done (two bounds: see `bounds`)."""

    time: Time
    exits: int
    missed: tuple[tuple[int, str], ...]
    scenarios: tuple[Made, ...]
    by_callers: int
    by_exclusion: int

    @property
    def least(self) -> int:
        """No suite has fewer scenarios for this time."""
        return max(self.by_callers, self.by_exclusion)


def generate(table: Table, space: Space, progress: Callable[[list[Time]], Iterator[Time]] = iter) -> list[Part]:
    """The suite, time by time. `progress` goes through the times, to show how far it is."""
    exits = Exits(table, space)
    held = ground(space, exits)
    walkers: dict[int, Walker] = {}
    found = times(space, exits)
    out = []
    for number, time in enumerate(progress(found), 1):
        cover = _Cover(table, held, time, f"time-{number}", walkers)
        cover.run()
        callers, exclusion = fewest(space, exits, time)
        missed = tuple(exits.list[i] for i in _bits(cover.missed))
        out.append(Part(time, time.exits.bit_count(), missed, tuple(cover.made), callers, exclusion))
    return out


class _Cover:
    """The scenarios of one time."""

    def __init__(self, table: Table, held: Ground, time: Time, name: str, walkers: dict[int, Walker]) -> None:
        self.table = table
        self.ground = held
        self.time = time
        self.name = name
        self.walkers = walkers
        self.made: list[Made] = []
        self.missed = 0
        self.ordinary = ordinary(held.space)

    def run(self) -> None:
        """Until nothing is missing, or nothing that is can be taken by a call that was tried."""
        wanted = self.time.exits
        while wanted:
            rare = min(_bits(wanted), key=lambda i: ((self.ground.exits.worlds[i] & self.time.worlds).bit_count(), i))
            best = max(
                self._tries(wanted, rare), key=lambda tried: (tried.fresh.bit_count(), -len(tried.text)), default=None
            )
            if best is None or not best.fresh:
                self.missed |= 1 << rare
                wanted &= ~(1 << rare)
            else:
                self.made.append(best)
                wanted &= ~best.fresh

    def _tries(self, wanted: int, rare: int) -> Iterator[Made]:
        """Calls that may take the rare exit, and much else on the way."""
        helped = False
        for moment, world in self._callers(rare):
            walker = self.walkers.get(world)
            if walker is None:
                walker = self.walkers[world] = Walker(self.ground, world)
            for loss in LOSSES:
                tried = self._try(walker, wanted, loss, 0, moment)
                if tried is not None and tried.fresh:
                    helped = True
                    yield tried
            tried = None if helped else self._try(walker, wanted, LOSSES[-1], 1 << rare, moment)
            if tried is not None:
                yield tried

    def _callers(self, rare: int) -> Iterator[tuple[Moment, int]]:
        """Some callers who can take an exit: of different numbers, as early as possible, nothing known of them if it need
        not be."""
        worlds = self.ground.space.worlds
        numbers: set[int] = set()
        for moment in self.time.moments:
            mask = self.ground.exits.worlds[rare] & moment.worlds
            mask = mask & self.ordinary or mask
            while mask and len(numbers) < CALLERS:
                world = (mask & -mask).bit_length() - 1
                number = worlds.list[world // worlds.width].number
                mask &= ~worlds.number(number)
                if number not in numbers:
                    numbers.add(number)
                    yield moment, world

    def _try(self, walker: Walker, wanted: int, loss: float, first: int, moment: Moment) -> Made | None:
        """A walk, written as a scenario and played; None when no caller can go it."""
        way = walker.walk(wanted, loss, first)
        held = msgspec.structs.replace(script(self.ground.space, way), at=moment.at)
        name = f"{self.name}-{len(self.made) + 1:02d}"
        heard = _play(self.table, scenario_text(self.table, name, held))
        if heard is None or heard.ending not in ENDED:
            return None
        text = scenario_text(self.table, name, held, heard)
        return Made(name, text, self.ground.exits.taken(heard.exits) & wanted, held)


def ordinary(space: Space) -> int:
    """The worlds of callers of whom nothing is known."""
    worlds = space.worlds
    usual = [default_fact(name, values, CALLER) for name, values in space.graph.facts]
    mask = worlds.all
    for fact in asked_facts(space.graph):
        mask &= worlds.fact(fact, usual[fact])
    return mask


def _play(table: Table, text: str) -> Transcript | None:
    suite = read_suite_sources(Sources((Source("generated.yaml", f"scenarios:\n{text}"),)))
    prepared = prepare(table, suite.scenarios[0].decl) if suite.scenarios else None
    return in_process(table, *prepared) if isinstance(prepared, tuple) else None


def suite_text(table: Table, parts: list[Part], limit: int | None = None) -> str:
    """The suite as a file of scenarios; with a `limit` those that take most."""
    zone = table.almanac.zone
    kept = _kept(parts, limit)
    out = ["# Written by `ivr simulate generate`: every exit at every time at which it can be taken.", "scenarios:"]
    for number, part in enumerate(parts, 1):
        local = dt.datetime.fromtimestamp(part.time.moments[0].at, zone)
        out.append(f"  # time {number}: {part.exits} exits can be taken, as on {local:%A %Y-%m-%d %H:%M}")
        out += [made.text.rstrip("\n") for made in part.scenarios if made.name in kept]
        out.append("")
    return "\n".join(out).rstrip() + "\n"


def taken(parts: list[Part], limit: int | None = None) -> int:
    """How many exits the suite takes, each counted once at each time."""
    kept = _kept(parts, limit)
    return sum(made.fresh.bit_count() for part in parts for made in part.scenarios if made.name in kept)


def _kept(parts: list[Part], limit: int | None) -> set[str]:
    """The names of the scenarios that are kept: each next one takes most that none before it took at any time, then most."""
    left = [made for part in parts for made in part.scenarios]
    if limit is None or limit >= len(left):
        return {made.name for made in left}
    kept: set[str] = set()
    known = 0
    for _ in range(limit):
        best = max(left, key=lambda made: ((made.fresh & ~known).bit_count(), made.fresh.bit_count()))
        left.remove(best)
        kept.add(best.name)
        known |= best.fresh
    return kept


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
