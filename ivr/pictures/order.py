"""In which order things stand in their columns: barycentre sweeps, then exchanges of neighbours, to cross less."""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ivr.pictures.place import Item

SMALL = 500
"""Up to so many items neighbours are exchanged too, which takes time that grows with the square of a column."""


class Port(NamedTuple):
    """A place on an item where a line begins or ends, from its top."""

    item: Item
    y: int


Links = list[list[tuple[Port, Port]]]


def gap(above: Item, below: Item) -> int:
    """The least room between neighbours in a column."""
    if (above.net and below.net) or (above.tight and below.tight):
        return 12
    return 16 if above.net or below.net else 20


def improve(columns: list[list[Item]], links: Links, rounds: int) -> None:
    """Give every item a `y` that is an order with few crossings. Items in a column do not overlap in it, by and large."""
    for column in columns:
        column.sort(key=lambda item: item.rank)
        stack(column, [item.y for item in column])
    lefts, rights = _neighbours(links)
    best: tuple[int, list[float]] = (_crossings(links), [item.y for column in columns for item in column])
    for sweep in range(rounds):
        rightward = sweep % 2 == 0
        for at in range(len(columns)) if rightward else range(len(columns) - 1, -1, -1):
            _sweep(columns[at], at, lefts if rightward else rights, rightward)
        count = _crossings(links)
        if count < best[0]:
            best = (count, [item.y for column in columns for item in column])
    flat = iter(best[1])
    for column in columns:
        for item in column:
            item.y = next(flat)
    if sum(map(len, columns)) <= SMALL:
        _exchange(columns, links)


def _neighbours(links: Links) -> tuple[dict[int, list[tuple[int, Port]]], dict[int, list[tuple[int, Port]]]]:
    """Of each item: (own y, port at the other end) of its lines to the left, and to the right."""
    lefts: dict[int, list[tuple[int, Port]]] = {}
    rights: dict[int, list[tuple[int, Port]]] = {}
    for channel in links:
        for source, target in channel:
            lefts.setdefault(id(target.item), []).append((target.y, source))
            rights.setdefault(id(source.item), []).append((source.y, target))
    return lefts, rights


def _sweep(column: list[Item], at: int, near: dict[int, list[tuple[int, Port]]], rightward: bool) -> None:
    wanted: dict[int, float] = {}
    keys: dict[int, float] = {}
    for item in column:
        begins = item.column == at if rightward else item.end - 1 == at
        ports = near.get(id(item), ()) if begins else ()
        if ports:
            key = sum(port.item.y + port.y for _, port in ports) / len(ports)
            wanted[id(item)] = key - sum(own for own, _ in ports) / len(ports)
        else:
            wanted[id(item)] = item.y
            key = item.y + (12 if rightward else item.height / 2)
        keys[id(item)] = key
    held = {id(item): item.y for item in column}
    column.sort(key=lambda item: (keys[id(item)], item.rank))
    stack(column, [wanted[id(item)] for item in column])
    for item in column:
        if item.span > 1 and item.column != at and item.end - 1 != at:
            item.y = held[id(item)]


def stack(column: list[Item], wanted: list[float]) -> None:
    """Put a column's items, in this order, as near as can be to where they want to be (least squares)."""
    shift = 0.0
    blocks: list[tuple[float, int]] = []
    shifts = []
    for position, item in enumerate(column):
        if position:
            above = column[position - 1]
            shift += above.height + gap(above, item)
        shifts.append(shift)
        total, count = wanted[position] - shift, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            held = blocks.pop()
            total, count = total + held[0], count + held[1]
        blocks.append((total, count))
    position = 0
    for total, count in blocks:
        for item, moved in zip(column[position : position + count], shifts[position : position + count], strict=True):
            item.y = total / count + moved
        position += count


def _crossings(links: Links) -> int:
    """How many pairs of lines cross, over all channels."""
    return sum(_inversions(channel) for channel in links)


def _inversions(channel: list[tuple[Port, Port]]) -> int:
    ends = sorted((s.item.y + s.y, t.item.y + t.y) for s, t in channel)
    seen: list[float] = []
    count = 0
    for _, y in ends:
        count += len(seen) - bisect_right(seen, y)
        insort(seen, y)
    return count


def _exchange(columns: list[list[Item]], links: Links) -> None:
    """Exchange neighbours while that crosses less."""
    for _ in range(4):
        better = False
        for at, column in enumerate(columns):
            near = [links[i] for i in (at - 1, at) if 0 <= i < len(links)]
            for position in range(len(column) - 1):
                above, below = column[position], column[position + 1]
                if above.span > 1 or below.span > 1:
                    continue
                before = sum(map(_inversions, near))
                if not before:
                    break
                held = above.y, below.y
                below.y, above.y = above.y, above.y + below.height + gap(below, above)
                if sum(map(_inversions, near)) < before:
                    column[position], column[position + 1] = below, above
                    better = True
                else:
                    above.y, below.y = held
        if not better:
            return
