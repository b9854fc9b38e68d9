"""How lines run between the columns: each net goes up or down in a track of its own, so that a finger can follow it."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.pictures.frames import Sheet
from ivr.pictures.scene import Scene
from ivr.pictures.shape import IN, WIDE, Shape

TRACK = 8
"""Pixels between tracks."""
MARGIN = 22
"""Pixels between a column and the first track: the border of a frame passes there."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A line: from a row (-1: from the name) of a box to a box, by its corners (x, y) from left to right."""

    source: str
    row: int
    target: str
    points: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Net:
    """The lines to one target between two columns: where they come in at the left, and go out at the right."""

    target: str
    lefts: list[int]
    right: int
    track: int = 0

    @property
    def low(self) -> int:
        return min(*self.lefts, self.right)

    @property
    def high(self) -> int:
        return max(*self.lefts, self.right)


@dataclass(frozen=True, slots=True)
class Columns:
    """The left and the right of each column."""

    lefts: list[int]
    rights: list[int]


def columns_and_edges(scene: Scene, shapes: dict[str, Shape], sheet: Sheet) -> tuple[Columns, list[Edge]]:
    """Where the columns stand, and all lines."""
    starts = _starts(scene, shapes, sheet)
    channels = _channels(starts, sheet)
    wide = [WIDE] * sheet.columns
    for id_, (column, _) in sheet.boxes.items():
        wide[column] = max(wide[column], shapes[id_].wide)
    columns = Columns([], [])
    x = 0
    for at, channel in enumerate(channels):
        columns.lefts.append(x)
        columns.rights.append(x + wide[at])
        x += wide[at] + 2 * MARGIN + TRACK * max(_assign(list(channel.values())) - 1, 0)
    edges = []
    for source, row, target, y in starts:
        left = columns.lefts[sheet.boxes[source][0]] + shapes[source].wide
        edges.append(Edge(source, row, target, _points(left, source, target, y, sheet, channels, columns)))
    return columns, edges


def _starts(scene: Scene, shapes: dict[str, Shape], sheet: Sheet) -> list[tuple[str, int, str, int]]:
    """(source, row, target, y) of each line."""
    out = []
    for box in scene.boxes:
        top = sheet.boxes[box.id][1]
        if box.lead:
            out.append((box.id, -1, box.lead, top + IN))
        for index, row in enumerate(shapes[box.id].rows):
            if row.row.to and not row.row.stub:
                out.append((box.id, index, row.row.to, top + row.port))
    return out


def _channels(starts: list[tuple[str, int, str, int]], sheet: Sheet) -> list[dict[str, _Net]]:
    channels: list[dict[str, _Net]] = [{} for _ in range(sheet.columns)]
    for source, _, target, y in starts:
        column = sheet.boxes[source][0]
        stop, into = sheet.boxes[target]
        while column < stop:
            right = into + IN if column + 1 == stop else sheet.passing[target, column + 1]
            net = channels[column].get(target)
            if net is None:
                channels[column][target] = _Net(target, [y], right)
            elif y not in net.lefts:
                net.lefts.append(y)
            y = right
            column += 1
    return channels


def _assign(nets: list[_Net]) -> int:
    """Give each net that bends a track, from the left; gives how many there are. Straight ones need none."""
    bent = [net for net in nets if net.low != net.high]
    order = _ordered(bent)
    used: list[list[_Net]] = []
    for net in order:
        least = 0
        for at, track in enumerate(used):
            if any(_near(net, other) for other in track):
                least = at + 1
        if least == len(used):
            used.append([])
        used[least].append(net)
        net.track = least
    return max(len(used), 1) if nets else 0


def _near(a: _Net, b: _Net) -> bool:
    return a.low - TRACK < b.high and b.low - TRACK < a.high


def _ordered(nets: list[_Net]) -> list[_Net]:
    """An order of the tracks that crosses little: greedily, then by exchanging neighbours."""
    if len(nets) > 300:
        return sorted(nets, key=lambda net: (net.right, net.target))
    order: list[_Net] = []
    for net in sorted(nets, key=lambda net: (net.right, net.low, net.target)):
        costs = [0.0]
        for other in order:
            costs.append(costs[-1] + _cost(other, net) - _cost(net, other))
        order.insert(min(range(len(costs)), key=costs.__getitem__), net)
    for _ in range(len(order)):
        moved = False
        for i in range(len(order) - 1):
            if _cost(order[i + 1], order[i]) < _cost(order[i], order[i + 1]):
                order[i], order[i + 1] = order[i + 1], order[i]
                moved = True
        if not moved:
            break
    return order


def _cost(left: _Net, right: _Net) -> float:
    """Crossings when one net's track is left of another's; far worse is one line running on in another."""
    cost = 1.0 if right.low < left.right < right.high else 0.0
    for y in right.lefts:
        if left.low < y < left.high:
            cost += 1
        if abs(y - left.right) < 3:
            cost += 50
    return cost


def _points(
    x: int, source: str, target: str, y: int, sheet: Sheet, channels: list[dict[str, _Net]], columns: Columns
) -> tuple[tuple[int, int], ...]:
    column, _ = sheet.boxes[source]
    stop, _ = sheet.boxes[target]
    points = [(x, y)]
    while column < stop:
        net = channels[column][target]
        if net.right != y:
            x = columns.rights[column] + MARGIN + TRACK * net.track
            points += [(x, y), (x, net.right)]
        y = net.right
        column += 1
    points.append((columns.lefts[stop], y))
    return tuple(points)
