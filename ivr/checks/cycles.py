"""Cycles in a graph given as lists of targets: found in linear time, without recursion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Edges = Sequence[Sequence[int]] | Mapping[int, Sequence[int]]
"""The targets of each node."""


def components(edges: Edges, nodes: Iterable[int]) -> list[list[int]]:
    """The strongly connected components of the nodes given, each before all that lead to it (Tarjan 1972).

    Edges to other nodes are passed over.
    """
    order = dict.fromkeys(nodes, -1)
    done = len(order)  # the order of nodes whose component is known: no lower than any
    low: dict[int, int] = {}
    stack: list[int] = []
    out: list[list[int]] = []
    count = 0
    for root in order:
        if order[root] >= 0:
            continue
        order[root] = low[root] = count
        count += 1
        stack.append(root)
        work = [(root, iter(edges[root]))]
        while work:
            at, rest = work[-1]
            lowest = low[at]
            for to in rest:
                seen = order.get(to, done)
                if seen < 0:
                    order[to] = low[to] = count
                    count += 1
                    stack.append(to)
                    work.append((to, iter(edges[to])))
                    break
                if seen < lowest:
                    low[at] = lowest = seen
            else:
                work.pop()
                if work and lowest < low[work[-1][0]]:
                    low[work[-1][0]] = lowest
                if lowest == order[at]:
                    out.append(_taken(stack, at))
                    order.update(dict.fromkeys(out[-1], done))
    return out


def _taken(stack: list[int], last: int) -> list[int]:
    """What stands on a stack down to one node, taken from it."""
    out: list[int] = []
    while not out or out[-1] != last:
        out.append(stack.pop())
    return out


def cyclic(edges: Edges, nodes: Iterable[int] | None = None) -> list[list[int]]:
    """The components that hold a cycle. Most graphs have none, so all that is on no cycle is peeled off first."""
    left = _peeled(edges) if nodes is None and not isinstance(edges, Mapping) else nodes or ()
    return [sorted(part) for part in components(edges, left) if len(part) > 1 or part[0] in edges[part[0]]]


def _peeled(edges: Sequence[Sequence[int]]) -> list[int]:
    """The nodes that are on a cycle or behind one."""
    incoming = [0] * len(edges)
    for row in edges:
        for to in row:
            incoming[to] += 1
    free = [at for at, count in enumerate(incoming) if not count]
    for at in free:
        for to in edges[at]:
            incoming[to] -= 1
            if not incoming[to]:
                free.append(to)
    return [at for at, count in enumerate(incoming) if count]


def shortest_cycle(edges: Edges, start: int, within: set[int]) -> list[int]:
    """The shortest way from a node back to itself that stays within a set, the node once; [] when there is none."""
    came: dict[int, int] = {}
    row = [start]
    for at in row:
        for to in edges[at]:
            if to == start:
                way = [at]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[::-1]
            if to in within and to not in came:
                came[to] = at
                row.append(to)
    return []
