"""The worlds of two tables together, and a moment that gives both of them the same answers.

A caller dials one number at one time: each table has its own phase of that number, and may not have the number at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from msgspec.structs import replace

from ivr.calendars.moment import Almanac, phase_at
from ivr.model.graph import Graph, Number
from ivr.model.moment import PARALLEL, PHASES
from ivr.model.nodes import SplitNode
from ivr.model.numbers import NumberFault, read_number
from ivr.proofs.classes import MAX_FACTS, Classes, Worlds
from ivr.proofs.diff.align import Pair
from ivr.proofs.fork import Fork, Key
from ivr.proofs.knowing import Known, told_apart
from ivr.proofs.relevant import Relevance

OLD, NEW = 0, 1
_CODED = 100
"""Phases of both tables in one number, from here on: `_CODED + 6 * old + new`."""


class Callers:
    """Whom each number reaches in each table: the number's index there, a block that holds it, or -1 for nobody's."""

    def __init__(self, pair: Pair, old: Graph, new: Graph) -> None:
        self.of = [
            [_reached(graph, places, index, name) for index, name in enumerate(pair.common.numbers)]
            for graph, places in ((old, pair.old_numbers), (new, pair.new_numbers))
        ]
        backs = (_forth(pair.old_numbers), _forth(pair.new_numbers))
        self.of = [[-1 if n < 0 else backs[side][n] for n in row] for side, row in enumerate(self.of)]

    def number(self, side: int, caller: int) -> int:
        """The number that a caller reaches, as a common index; -1 for the main line and for nobody's."""
        return -1 if caller < 0 else self.of[side][caller]


def _forth(places: list[int]) -> dict[int, int]:
    return {index: at for at, index in enumerate(places) if index >= 0}


def _reached(graph: Graph, places: list[int], index: int, name: str) -> int:
    """A number's own index in a table; when it has none of that name, the block that would take the call."""
    if places[index] >= 0:
        return places[index]
    read = read_number(name, block=True)
    if isinstance(read, NumberFault):
        return -1
    for fill in range(min(10**read.open_digits, 50)):
        held = graph.book.find(int(read.digits + (f"{fill:0{read.open_digits}d}" if read.open_digits else "")))
        if held < 0 or "x" in graph.numbers[held].name.lower():
            return held
    return -1


class BothWorlds(Worlds):
    """The worlds in which calls reach two tables."""

    def __init__(self, pair: Pair, callers: Callers, start: int, days: int) -> None:
        self.pair = pair
        self.callers = callers
        meets = [Relevance(graph) for graph in (pair.old, pair.new)]
        joint = replace(
            pair.new,
            nodes=(*pair.old.nodes, *pair.new.nodes),
            numbers=tuple(self._joined(index, name) for index, name in enumerate(pair.common.numbers)),
        )
        self._meets = meets
        super().__init__(Classes(Almanac(joint), start, days), self.met)

    def met(self, caller: int) -> int:
        """The calendars that callers of a number can meet in either table."""
        numbers = (self.callers.number(OLD, caller), self.callers.number(NEW, caller))
        return self._meets[OLD].of_number(numbers[OLD]) | self._meets[NEW].of_number(numbers[NEW])

    def _told_apart(self) -> list[Known] | None:
        return told_apart([self.pair.old, self.pair.new], MAX_FACTS)

    def _joined(self, caller: int, name: str) -> Number:
        """A number whose phases are those of both tables."""
        rows = []
        for side, graph in enumerate((self.pair.old, self.pair.new)):
            at = self.callers.number(side, caller)
            rows.append(graph.numbers[at] if at >= 0 else None)
        changes = {0} | {at for row in rows if row is not None for at, _ in row.phases}
        phases = []
        for at in sorted(changes):
            old, new = (PARALLEL if row is None else phase_at(row, at) for row in rows)
            phases.append((at, _CODED + 6 * old + new))
        return Number(name, "", 0, 0, tuple(phases), (), ())


def phases_of(code: int) -> tuple[int, int]:
    """The phases of the old and of the new table in a phase of both."""
    return divmod(code - _CODED, 6) if code >= _CODED else (PARALLEL, PARALLEL)


def phase_words(code: int) -> str:
    """A phase of both in words; '' for the ordinary one."""
    old, new = phases_of(code)
    if old == new:
        return "" if old == PARALLEL else PHASES[old]
    return f"{PHASES[old]} → {PHASES[new]}"


class Both(Fork):
    """Answers the questions of two tables: what is one question for the caller is answered alike to both."""

    def __init__(self, worlds: BothWorlds) -> None:
        super().__init__(worlds)
        self.side = OLD
        self._callers = worlds.callers
        pair = worlds.pair
        self._shares = {
            node: tuple(g.nodes[node].shares for g in (pair.old, pair.new) if isinstance(g.nodes[node], SplitNode))  # type: ignore[union-attr]  # a split
            for node in range(pair.common.size)
            if isinstance(pair.old.nodes[node], SplitNode) or isinstance(pair.new.nodes[node], SplitNode)
        }

    def forget(self) -> None:
        """Let the next questions have no answer, and begin with the old table."""
        super().forget()
        self.side = OLD

    def caller_number(self) -> int:
        """The number that was dialled, as a common index, whichever tables have it."""
        return self._ask("number")

    def number(self) -> int:
        """The number that was dialled, as the table knows it."""
        return self._callers.number(self.side, self._ask("number"))

    def phase(self) -> int:
        """The phase of the number in the table."""
        return phases_of(self._ask("phase"))[self.side]

    def share(self, node: int, shares: tuple[int, ...]) -> int:
        """The share into which one draw of a hundred falls; the same draw in both tables."""
        drawn = self._ask("share", node)
        for index, end in enumerate(accumulate(shares)):
            if drawn < end:
                return index
        return len(shares) - 1

    def closed(self, team: int) -> bool:
        """No: what follows a team that is closed is compared where it closes while it is rung or waited for, which is always
        possible; else every change of a team would be told a second time."""
        return False

    def cuts(self, node: int) -> list[int]:
        """Where the shares of a split begin, in either table: one draw of a hundred stands for all until the next."""
        return sorted({0} | {end for shares in self._shares[node] for end in accumulate(shares) if end < 100})

    def _answers(self, key: Key) -> Iterator[tuple[int, int]]:
        kind, index = key
        if kind == "phase":
            yield from ((phase, self.worlds.phase(phase)) for phase in self.worlds.phases)
        elif kind == "share":
            yield from ((cut, self.worlds.all) for cut in self.cuts(index))
        else:
            yield from super()._answers(key)
