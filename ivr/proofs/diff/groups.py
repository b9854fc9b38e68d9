"""Differences gathered by the edit that they come from: one edit is one group, however many callers it touches."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from msgspec import Struct
from msgspec.structs import replace

from ivr.diagnostics import NOWHERE, SourceMap, Span
from ivr.model.graph import Graph
from ivr.model.words import as_text
from ivr.proofs.classes import HORIZON_DAYS
from ivr.proofs.diff.align import Pair, align
from ivr.proofs.diff.blame import Blaming
from ivr.proofs.diff.both import BothWorlds, Callers
from ivr.proofs.diff.changes import Changes
from ivr.proofs.diff.heard import WORDS
from ivr.proofs.diff.parting import FLOW, NODE, NUMBER, TABLE, VISIT, Blame, Parting
from ivr.proofs.diff.rows import Row, Rows
from ivr.proofs.diff.settings import settings
from ivr.proofs.diff.titles import Titles, setting_place
from ivr.proofs.diff.walk import Walk
from ivr.proofs.diff.words import both_met, new_hours, told_apart

WAYS = 3
"""By how many things a number can be recognised: `to`, `forwarded_from`, `diversion`."""


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
            setting_place(old[1], what),
            setting_place(new[1], what),
            (Row(was, now, (), (), (), "", None, 0, words=is_words),),
        )
        for what, was, now, is_words in settings(old[0], new[0])
        if words or not is_words
    )
    fixed += tuple(_arrivals(pair, old[1], new[1]))
    names = (pair.common.numbers, tuple(held.code for held in pair.common.languages), pair.common.facts)
    if not changes.nodes and not changes.operator_differs:
        return Difference(fixed, *names, new[0].main_number, 0, 0)
    worlds = BothWorlds(pair, callers, start, days)
    walk = Walk(pair, worlds, Blaming(pair, changes, old[1], new[1]), words)
    found = _Gathered(walk, (old[1], new[1])).groups(words)
    return Difference(
        _merged((*fixed, *found)), *names, new[0].main_number, len(worlds.list) * worlds.width, len(walk.pairs)
    )


def _arrivals(pair: Pair, old: SourceMap, new: SourceMap) -> Iterator[Group]:
    """Numbers whose calls are known by another way than before: forwarded, diverted, dialled."""
    titles = Titles(pair, old, new, {})
    for index in range(len(pair.common.numbers)):
        if min(pair.old_numbers[index], pair.new_numbers[index]) < 0:
            continue
        ways = [_ways(g.numbers[index].via) for g in (pair.old, pair.new)]
        if ways[0] != ways[1]:
            row = Row(f"known by {ways[0]}", f"known by {ways[1]}", (), (index,), (), "", None, 0)
            yield Group(NUMBER, *titles.of(Blame(NUMBER, str(index))), (row,))


def _ways(via: tuple[str, ...]) -> str:
    """By what a number is recognised, in words; all of them are as good as none."""
    return "any way" if len(set(via)) in (0, WAYS) else ", ".join(sorted(via))


def _merged(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Groups of the same edit made one."""
    out: dict[tuple[str, str], Group] = {}
    for group in groups:
        held = out.get((group.kind, group.title))
        rows = group.rows if held is None else (*held.rows, *group.rows)
        out[group.kind, group.title] = group if held is None else replace(held, rows=rows)
    return tuple(out.values())


class _Gathered:
    def __init__(self, walk: Walk, maps: tuple[SourceMap, SourceMap]) -> None:
        self.walk = walk
        self.blaming = walk.blaming
        self.titles = Titles(walk.pair, *maps, walk.changes.renumbered)
        self.rows = Rows(walk)

    def groups(self, words: bool) -> Iterator[Group]:
        """All groups, those that touch most callers first, wording last."""
        held: dict[tuple[object, ...], tuple[Blame, dict[tuple[str, str, bool], list[Parting]]]] = {}
        for parting in self.walk.partings:
            for blame, is_words, was, now in self._reasons(parting, words):
                _, lines = held.setdefault(self._key(blame), (blame, {}))
                lines.setdefault((was, now, is_words), []).append(parting)
        out = []
        for blame, lines in held.values():
            rows = [
                row for (was, now, is_words), found in lines.items() for row in self.rows.of(was, now, is_words, found)
            ]
            if rows:
                rows.sort(key=lambda row: (row.words, row.cost, -row.worlds, row.was, row.now))
                out.append(Group(blame.kind, *self.titles.of(blame), tuple(rows)))
        out.sort(key=lambda g: (g.words, -sum(row.worlds for row in g.rows), g.title))
        return iter(out)

    def _key(self, blame: Blame) -> tuple[object, ...]:
        """Nodes that one flow was expanded to are one edit."""
        if blame.kind not in (NODE, VISIT, FLOW):
            return (blame.kind, blame.name)
        _, old, new = self.titles.of(blame)
        return (blame.kind == FLOW, new if new is not NOWHERE else old)

    def _reasons(self, parting: Parting, words: bool) -> Iterator[tuple[Blame, bool, str, str]]:
        graphs = self.walk.pair.old, self.walk.pair.new
        if parting.level > WORDS:
            yield (self.blaming.of(parting), False, *both_met(graphs, parting))
        elif words:
            for blame, was, now in self.blaming.of_words(parting):
                texts = [as_text(graph.prompts[prompt]) for graph, prompt in zip(graphs, (was, now), strict=True)]
                yield (blame, True, *(told_apart(*texts) if texts[0] != texts[1] else new_hours(texts[0])))
