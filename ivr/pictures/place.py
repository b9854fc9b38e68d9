"""Columns and heights for things that are joined by lines: a layered drawing (Sugiyama) of our own.

Lines to one target are one net: they join as soon as they can, and pass each column between at one place only. Things
may span several columns (a frame does). All have one height `y` as their only measure of order, so that things that
share several columns are in the same order in each.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.pictures.order import Port, improve
from ivr.pictures.settle import settle
from ivr.pictures.straight import straighten

SPACE = 28
"""What a thing takes up in its column beside its own height, on the whole."""

LOW = 1500
"""A sheet that is lower than this, in pixels, is low enough."""


@dataclass(slots=True, eq=False)
class Item:
    """A thing to place. `ins` and `outs` are where lines come in and leave, from its top: target → y, (target, y).

    `last` pins it to the last column; `tight` lets it stand near others of its kind; `net` is set of a passing place,
    which nothing but a line stands in.
    """

    id: str
    span: int
    height: int
    ins: dict[str, int]
    outs: list[tuple[str, int]]
    last: bool = False
    tight: bool = False
    net: str = ""
    column: int = 0
    y: float = 0.0
    rank: int = 0

    @property
    def end(self) -> int:
        """The column after its last one."""
        return self.column + self.span


@dataclass(slots=True)
class Arranged:
    """Items and passing places with their columns and heights; `columns` is how many there are."""

    items: list[Item]
    columns: int = 0
    by_column: list[list[Item]] = field(default_factory=list)
    links: list[list[tuple[Port, Port]]] = field(default_factory=list)


def arrange(items: list[Item], anchors: set[str], others: int = 0, rounds: int = 12) -> Arranged:
    """Place items. Targets of `outs` that no item has in its `ins` lie past the last column. The lines have no cycle.

    What no line leads to stands in column `others`, the `anchors` apart, which begin in the first.
    """
    held = {target: item for item in items for target in item.ins}
    columns = _columns(items, held, anchors, others)
    passing = _passing(items, held, columns)
    arranged = Arranged([*items, *passing], columns, [[] for _ in range(columns)])
    for item in arranged.items:
        for column in range(item.column, item.end):
            arranged.by_column[column].append(item)
    arranged.links = _links(arranged, held)
    _rank(items, held, anchors, passing)
    improve(arranged.by_column, arranged.links, rounds)
    settle(arranged.items, arranged.by_column, arranged.links)
    straighten(arranged.by_column, arranged.links)
    return arranged


def _columns(items: list[Item], held: dict[str, Item], anchors: set[str], others: int) -> int:
    """Each item stands as far left as its sources let it; gives the number of columns."""
    order = _topological(items, held)
    led_to = {id(held[target]) for item in items for target, _ in item.outs if target in held}
    for item in order:
        if id(item) not in led_to and item.id not in anchors:
            item.column = others
        for target, _ in item.outs:
            to = held.get(target)
            if to is not None:
                to.column = max(to.column, item.end)
    count = max((item.end for item in items if not item.last), default=0)
    for item in items:
        if item.last:
            item.column = count
    count += any(item.last for item in items)
    _balance(items, held, anchors, count)
    return count


def _balance(items: list[Item], held: dict[str, Item], anchors: set[str], count: int) -> None:
    """Let things in overfull columns stand further right where their targets leave room, so that the sheet is low."""
    full = [0] * count
    for item in items:
        for column in range(item.column, item.end):
            full[column] += item.height + SPACE
    limit = max(full[0], int(1.1 * sum(full) / max(count, 1)), LOW)
    for column in range(1, count - 1):
        movable = [i for i in items if i.column == column and i.span == 1 and not i.last and i.id not in anchors]
        for item in reversed(movable):
            if full[column] <= limit:
                break
            stop = min((held[t].column for t, _ in item.outs if t in held), default=count - 1)
            for to in range(column + 1, min(stop, column + 3)):
                if full[to] + item.height + SPACE <= limit:
                    full[column] -= item.height + SPACE
                    full[to] += item.height + SPACE
                    item.column = to
                    break


def _topological(items: list[Item], held: dict[str, Item]) -> list[Item]:
    waits = dict.fromkeys(map(id, items), 0)
    for item in items:
        for target, _ in item.outs:
            if target in held:
                waits[id(held[target])] += 1
    ready = [item for item in items if not waits[id(item)]]
    for item in ready:
        for target, _ in item.outs:
            to = held.get(target)
            if to is not None:
                waits[id(to)] -= 1
                if not waits[id(to)]:
                    ready.append(to)
    return ready


def _passing(items: list[Item], held: dict[str, Item], columns: int) -> list[Item]:
    """One place for each net in each column that it crosses."""
    first: dict[str, int] = {}
    for item in items:
        for target, _ in item.outs:
            first[target] = min(first.get(target, columns), item.end)
    out = []
    for target, start in first.items():
        stop = held[target].column if target in held else columns
        out += [Item(f"{target}@{column}", 1, 0, {}, [], net=target, column=column) for column in range(start, stop)]
    return out


def _links(arranged: Arranged, held: dict[str, Item]) -> list[list[tuple[Port, Port]]]:
    """For each column the pairs of places that a line joins between it and the next."""
    at = {(item.net, item.column): item for item in arranged.items if item.net}
    links: list[list[tuple[Port, Port]]] = [[] for _ in range(arranged.columns)]
    for item in arranged.items:
        for target, y in [(item.net, 0)] if item.net else item.outs:
            after = at.get((target, item.end))
            to = held.get(target)
            if after is not None:
                links[item.end - 1].append((Port(item, y), Port(after, 0)))
            elif to is not None and to.column == item.end:
                links[item.end - 1].append((Port(item, y), Port(to, to.ins[target])))
    return links


def _rank(items: list[Item], held: dict[str, Item], anchors: set[str], passing: list[Item]) -> None:
    """A first order: as a walk from the anchors meets the items."""
    count = 0
    ranks: dict[int, int] = {}
    nets: dict[str, int] = {}
    todo = [item for item in reversed(items) if item.id not in anchors]
    todo += [item for item in reversed(items) if item.id in anchors]
    while todo:
        item = todo.pop()
        if id(item) in ranks:
            continue
        ranks[id(item)] = item.rank = count
        count += 1
        for target, _ in item.outs:
            nets.setdefault(target, count)
        todo += [held[target] for target, _ in reversed(item.outs) if target in held]
    for item in passing:
        item.rank = nets.get(item.net, count)
