"""Facts about GraphML: another program reads the same graph."""

from __future__ import annotations

import io

import networkx

from ivr.model.exits import exits
from ivr.pictures.graphml import graphml
from tests.engine.calls import table


def test_every_node_and_exit_is_read_back() -> None:
    graph = table().graph
    read = networkx.read_graphml(io.BytesIO(graphml(graph).encode()))
    assert {n for n, kind in read.nodes(data="kind") if kind != "legacy number"} == set(graph.names[:-1])
    assert read.nodes["main"]["kind"] == "menu"
    named = sum(len(exits(node)) for node in graph.nodes)
    assert read.number_of_edges() == named + len(graph.numbers)


def test_an_exit_is_named_as_an_admin_knows_it() -> None:
    read = networkx.read_graphml(io.BytesIO(graphml(table().graph).encode()))
    assert {data["exit"] for _, _, data in read.out_edges("topics", data=True)} == {"waste", "otherwise"}
    assert ("calamity", "opening") in read.edges()
    assert ("opening", "(number)") in read.edges()
