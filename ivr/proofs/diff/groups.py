"""Differences gathered by the edit that they come from: one edit is one group, however many callers it touches."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from ivr.diagnostics import NOWHERE, SourceMap, Span
from ivr.model.events import Event
from ivr.model.graph import Graph
from ivr.model.state import ENTERING
from ivr.model.words import as_text
from ivr.proofs.classes import HORIZON_DAYS, World
from ivr.proofs.diff.align import align
from ivr.proofs.diff.arrivals import Arrivals, odd
from ivr.proofs.diff.blame import NODE, NUMBER, PROMPT, TABLE, TEAM, Blaming
from ivr.proofs.diff.both import BothWorlds, Callers, phase_words
from ivr.proofs.diff.changes import Changes
from ivr.proofs.diff.heard import WORDS
from ivr.proofs.diff.parting import Blame, Parting
from ivr.proofs.diff.script import script_of
from ivr.proofs.diff.settings import settings
from ivr.proofs.diff.walk import Walk
from ivr.proofs.diff.words import both_met, new_hours, told_apart
from ivr.proofs.saying import Saying
from ivr.proofs.ways import Script


class Row(Struct, frozen=True):
    """One difference: what was met and what is met now, after `events` (the shortest row of them that there is).

    `callers` are the numbers (common indices, -1 the main line); the first is the example, whose `when` is said.
    `script` is the example as a call (its `dial` a common index), None for a setting. `worlds` counts number × time class
    × facts.
    """

    was: str
    now: str
    events: tuple[Event, ...]
    callers: tuple[int, ...]
    languages: tuple[int, ...]
    when: str
    script: Script | None
    worlds: int
    facts_matter: bool = False
    """Whether it is so for callers with some facts and not for those with others, at the time of the example."""
    words: bool = False
    cost: int = 0
    """How long, and how far from an ordinary call, the example is (proofs/diff/arrivals.py)."""


class Group(Struct, frozen=True):
    """All that comes of one edit. `old` and `new` are where it stands in each table (NOWHERE if it does not)."""

    kind: str
    title: str
    old: Span
    new: Span
    rows: tuple[Row, ...]

    @property
    def words(self) -> bool:
        """Whether it is wording alone."""
        return all(row.words for row in self.rows)


class Difference(Struct, frozen=True):
    """All groups, with the numbers (common indices' names) and the count of worlds that were compared."""

    groups: tuple[Group, ...]
    numbers: tuple[str, ...]
    languages: tuple[str, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    main_number: str
    worlds: int
    pairs: int


Side = tuple[Graph, SourceMap]


def compare_tables(old: Side, new: Side, start: int, days: int = HORIZON_DAYS, words: bool = False) -> Difference:
    """What callers of two tables experience differently when they call from `start` (epoch seconds) on, for so many days.

    With `words`, other wording in the same place counts too. Raises TooFarApart.
    """
    with _no_collector():  # hundreds of thousands of small values, and no cycles worth collecting
        return _compare(old, new, start, days, words)


@contextmanager
def _no_collector() -> Iterator[None]:
    held = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if held:
            gc.enable()


def _compare(old: Side, new: Side, start: int, days: int, words: bool) -> Difference:
    pair = align(old[0], new[0], start, days)
    callers = Callers(pair, old[0], new[0])
    changes = Changes(pair, callers)
    fixed = tuple(
        Group(
            TABLE,
            f"table: {what}",
            _setting(old[1], what),
            _setting(new[1], what),
            (Row(was, now, (), (), (), "", None, 0, False, is_words),),
        )
        for what, was, now, is_words in settings(old[0], new[0])
        if words or not is_words
    )
    names = (pair.common.numbers, tuple(held.code for held in pair.common.languages), pair.common.facts)
    if not changes.nodes and not changes.operator_differs:
        return Difference(fixed, *names, new[0].main_number, 0, 0)
    worlds = BothWorlds(pair, callers, start, days)
    walk = Walk(pair, worlds, Blaming(pair, changes, old[1], new[1]), words)
    found = _Gathered(walk, (old[1], new[1])).groups(words)
    return Difference((*fixed, *found), *names, new[0].main_number, len(worlds.list) * worlds.width, len(walk.pairs))


class _Line:
    """A row while it is gathered."""

    def __init__(self, words: bool) -> None:
        self.words = words
        self.mask = 0
        self.languages: set[int] = set()
        self.best: tuple[int, int, Parting] | None = None
        """(cost, worlds, parting) of the shortest way."""


class _Gathered:
    def __init__(self, walk: Walk, maps: tuple[SourceMap, SourceMap]) -> None:
        self.walk = walk
        self.blaming = walk.blaming
        self.maps = maps
        self.arrivals = Arrivals(walk)
        self._saying: Saying | None = None
        self._said: dict[tuple[int, int], str] = {}

    def groups(self, words: bool) -> Iterator[Group]:
        """All groups, those that touch most callers first, wording last."""
        held: dict[tuple[object, ...], tuple[Blame, dict[tuple[str, str], _Line]]] = {}
        for parting in self.walk.partings:
            for blame, is_words, was, now in self._reasons(parting, words):
                _, lines = held.setdefault(self._key(blame), (blame, {}))
                self._add(lines.setdefault((was, now), _Line(is_words)), parting)
        out = []
        for blame, lines in held.values():
            rows = [self._row(was, now, line) for (was, now), line in lines.items() if line.mask]
            if rows:
                rows.sort(key=lambda row: (row.words, row.cost, -row.worlds, row.was, row.now))
                out.append(Group(blame.kind, *self._places(blame), tuple(rows)))
        out.sort(key=lambda g: (g.words, -sum(row.worlds for row in g.rows), g.title))
        return iter(out)

    def _reasons(self, parting: Parting, words: bool) -> Iterator[tuple[Blame, bool, str, str]]:
        graphs = self.walk.pair.old, self.walk.pair.new
        if parting.level > WORDS:
            yield (self.blaming.of(parting), False, *both_met(graphs, parting))
        elif words:
            for blame, was, now in self.blaming.of_words(parting):
                texts = [as_text(graph.prompts[prompt]) for graph, prompt in zip(graphs, (was, now), strict=True)]
                yield (blame, True, *(told_apart(*texts) if texts[0] != texts[1] else new_hours(texts[0])))

    def _add(self, line: _Line, parting: Parting) -> None:
        line.languages.add(parting.trails[1].after.language)
        own = odd(parting.chosen)
        for cost, worlds in self.arrivals.at(parting.source, parting.guard):
            line.mask |= worlds
            if line.best is None or cost + own < line.best[0]:
                line.best = (cost + own, worlds, parting)

    def _row(self, was: str, now: str, line: _Line) -> Row:
        assert line.best is not None
        cost, worlds, parting = line.best
        bit, world, facts = self._example(worlds)
        way = self.arrivals.way(parting.source, bit)
        events = [edge.event for at, edge in way if self.walk.pairs[at][0].part != ENTERING]
        callers = list(dict.fromkeys(w.number for w in self.walk.worlds.worlds_of(line.mask)))
        callers.remove(world.number)
        return Row(
            was, now, (*events, parting.event), (world.number, *callers), tuple(sorted(line.languages)),
            self._when(world.number, line.mask), script_of(self.walk, way, parting, world, facts),
            line.mask.bit_count(), self._by_facts(bit, line.mask), line.words, cost,
        )  # fmt: skip

    def _example(self, worlds: int) -> tuple[int, World, tuple[int, ...]]:
        """One of some worlds: the first, with the facts of an ordinary caller if it can be: a fact's last value."""
        held = self.walk.worlds
        place = ((worlds & -worlds).bit_length() - 1) // held.width * held.width
        here = worlds >> place & ((1 << held.width) - 1)
        bit = 1 << place + here.bit_length() - 1
        return (bit, *held.any_of(bit))

    def _by_facts(self, bit: int, mask: int) -> bool:
        """Whether it is so for callers with some facts and not for those with others, at the time of an example."""
        width = self.walk.worlds.width
        place = (bit.bit_length() - 1) // width * width
        whole = (1 << width) - 1
        return mask >> place & whole != whole

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
            held = "" if set(groups.values()) == {0} else self._saying.of_number(caller, groups).get(0, "")
            self._said[caller, mine] = held
        return held

    def _key(self, blame: Blame) -> tuple[object, ...]:
        """Nodes that one flow was expanded to are one edit."""
        if blame.kind != NODE:
            return (blame.kind, blame.name)
        _, old, new = self._places(blame)
        return (NODE, new if new is not NOWHERE else old)

    def _places(self, blame: Blame) -> tuple[str, Span, Span]:
        """The title of a group, and where its edit stands in both tables."""
        pair = self.walk.pair
        old, new = self.maps
        if blame.kind == NODE:
            before, after = pair.old_nodes[blame.index], pair.new_nodes[blame.index]
            return self._node(blame.index), _span(old.nodes, before), _span(new.nodes, after)
        if blame.kind == NUMBER:
            name = pair.common.numbers[blame.index]
            before, after = pair.old_numbers[blame.index], pair.new_numbers[blame.index]
            return f"number {name}{_life(before, after)}", _span(old.numbers, before), _span(new.numbers, after)
        if blame.kind == TEAM:
            before, after = pair.old_teams[blame.index], pair.new_teams[blame.index]
            spans = [held.teams[i].span if i >= 0 else NOWHERE for held, i in ((old, before), (new, after))]
            return f"team {pair.common.teams[blame.index]}", spans[0], spans[1]
        if blame.kind == TABLE:
            return f"table: {blame.name}", _setting(old, blame.name), _setting(new, blame.name)
        if blame.kind == "calendar":
            spans = [
                next((d.name.span for d in held.calendars if d.name.text == blame.name), NOWHERE) for held in self.maps
            ]
            return f"calendar {blame.name}", spans[0], spans[1]
        if blame.kind == PROMPT:
            return f"prompt {blame.name}", NOWHERE, NOWHERE
        return f"phrases ({pair.common.languages[blame.index].code})", NOWHERE, NOWHERE

    def _node(self, index: int) -> str:
        """`node a`; `node a, formerly b`; `new node a`; `node a, which is gone`."""
        pair = self.walk.pair
        was, now = pair.old.names[index], pair.new.names[index]
        if not was:
            return f"new node {now}"
        if not now:
            return f"node {was}, which is gone"
        return f"node {now}" if was == now else f"node {now}, formerly {was}"


def _life(before: int, after: int) -> str:
    return ", new" if before < 0 else ", which is gone" if after < 0 else ""


def _setting(held: SourceMap, name: str) -> Span:
    """Where a setting of the table stands; where the section begins when it does not."""
    return held.table.place(*name.split("/")).span if held.table is not None else NOWHERE


def _span(rows: list, index: int) -> Span:  # type: ignore[type-arg]  # declarations of nodes or numbers
    if not 0 <= index < len(rows) or rows[index] is None:
        return NOWHERE
    span: Span = rows[index].name.span
    return span


__all__ = ["Difference", "Group", "Row", "compare_tables"]
