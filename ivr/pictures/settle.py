"""At which height things stand, their order given: lines as straight as the room that each thing needs allows."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ivr.pictures.order import Links, gap

if TYPE_CHECKING:
    from ivr.pictures.place import Item

GRID = 16
"""Boxes stand on multiples of this, passing lines 4 further: what is no end of the same line is never level with it."""

WALL = -1
"""Stands for the top or the bottom of the picture where a neighbour is named."""


def settle(items: list[Item], columns: list[list[Item]], links: Links) -> None:
    """Set each `y` for good, 0 at the top. Nothing in a column overlaps then."""
    order = sorted(items, key=lambda item: (item.y + item.height / 2, item.rank))
    place = {id(item): i for i, item in enumerate(order)}
    pairs: dict[tuple[int, int], int] = {}
    for column in columns:
        column.sort(key=lambda item: place[id(item)])
        for above, below in pairwise(column):
            pairs[place[id(above)], place[id(below)]] = above.height + gap(above, below)
    constraints = [(a, b, room) for (a, b), room in sorted(pairs.items())]
    bottom = _bottom(columns)
    walls = [(WALL, place[id(column[0])], 0) for column in columns if column]
    walls += [(place[id(column[-1])], WALL, column[-1].height - bottom) for column in columns if column]
    y = [item.y for item in order]
    pulls = _pulls(links, place)
    rounds, inner = (12, 150) if len(order) < 500 else (6, 20)
    within = constraints + walls
    duals = [0.0] * len(within)
    for _ in range(rounds):
        wanted = [
            (y[i] + sum(w * (y[j] + shift) for j, shift, w in near) * 3) / (1 + sum(w for _, _, w in near) * 3)
            for i, near in enumerate(pulls)
        ]
        _project(wanted, within, duals, inner)
        y = wanted
    _finish(order, y, constraints)


def _bottom(columns: list[list[Item]]) -> int:
    """How high the picture is to be: as the fullest column, with some room to spare."""
    needs = [0]
    for column in columns:
        gaps = sum(gap(above, below) + GRID // 2 for above, below in pairwise(column))
        needs.append(sum(item.height for item in column) + gaps)
    return int(max(needs) * 1.03)


def _pulls(links: Links, place: dict[int, int]) -> list[list[tuple[int, int, float]]]:
    """Of each item: (other item, how far below it this one would be level, how strongly)."""
    pulls: list[list[tuple[int, int, float]]] = [[] for _ in place]
    for channel in links:
        for source, target in channel:
            a, b = place[id(source.item)], place[id(target.item)]
            weight = 4.0 if source.item.net and target.item.net else 2.0 if source.item.net or target.item.net else 1.0
            pulls[a].append((b, target.y - source.y, weight))
            pulls[b].append((a, source.y - target.y, weight))
    return pulls


def _project(y: list[float], constraints: list[tuple[int, int, int]], duals: list[float], rounds: int) -> None:
    """The nearest heights that keep the room between neighbours and to the walls (Hildreth's method).

    `duals` are where it starts the next time. The last place of `y` is the wall, which does not move.
    """
    y.append(0.0)
    for k, (a, b, _) in enumerate(constraints):
        if duals[k]:
            y[a] -= duals[k]
            y[b] += duals[k]
    for _ in range(rounds):
        y[WALL] = moved = 0.0
        for k, (a, b, room) in enumerate(constraints):
            step = (room - y[b] + y[a]) / (1 if WALL in (a, b) else 2)
            step = max(-duals[k], step)
            if step:
                duals[k] += step
                y[a] -= step
                y[b] += step
                moved = max(moved, abs(step))
                y[WALL] = 0.0
        if moved < 0.5:
            break
    y.pop()


def _finish(order: list[Item], y: list[float], constraints: list[tuple[int, int, int]]) -> None:
    """Snap to the grid, and push down whatever is still too near."""
    above: list[list[tuple[int, int]]] = [[] for _ in order]
    for a, b, room in constraints:
        above[b].append((a, room))
    top = min(y, default=0.0)
    done: list[int] = []
    for i, item in enumerate(order):
        offset = 4 if item.net else 0
        least = max((done[a] + room for a, room in above[i]), default=0)
        wanted = round((y[i] - top - offset) / GRID) * GRID + offset
        done.append(max(wanted, -(-(least - offset) // GRID) * GRID + offset))
    for item, at in zip(order, done, strict=True):
        item.y = at
