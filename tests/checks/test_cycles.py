"""Cycles and components are those that networkx finds."""

from __future__ import annotations

import networkx
from hypothesis import given
from hypothesis import strategies as st

from ivr.checks.cycles import components, cyclic, shortest_cycle


@st.composite
def graphs(draw: st.DrawFn) -> list[list[int]]:
    size = draw(st.integers(1, 9))
    return [draw(st.lists(st.integers(0, size - 1), max_size=3)) for _ in range(size)]


def as_networkx(edges: list[list[int]]) -> networkx.DiGraph:
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(len(edges)))
    graph.add_edges_from((at, to) for at, row in enumerate(edges) for to in row)
    return graph


@given(graphs())
def test_components_are_the_strong_ones_and_each_comes_before_all_that_lead_to_it(edges: list[list[int]]) -> None:
    found = components(edges, range(len(edges)))
    theirs = networkx.strongly_connected_components(as_networkx(edges))
    assert sorted(map(sorted, found)) == sorted(map(sorted, theirs))
    place = {at: number for number, part in enumerate(found) for at in part}
    assert all(place[to] <= place[at] for at, row in enumerate(edges) for to in row)


@given(graphs())
def test_a_cyclic_component_holds_a_node_that_comes_back_to_itself(edges: list[list[int]]) -> None:
    graph = as_networkx(edges)
    back = {at for at in graph if any(networkx.has_path(graph, to, at) for to in graph[at])}
    assert {at for part in cyclic(edges) for at in part} == back


@given(graphs())
def test_the_shortest_cycle_follows_edges_back_to_its_start(edges: list[list[int]]) -> None:
    graph = as_networkx(edges)
    for start in graph:
        found = shortest_cycle(edges, start, set(graph))
        lengths = [
            networkx.shortest_path_length(graph, to, start) + 1
            for to in graph[start]
            if networkx.has_path(graph, to, start)
        ]
        assert len(found) == min(lengths, default=0)
        assert all(to in edges[at] for at, to in zip(found, [*found[1:], start], strict=False))
