"""Proving against listing: every caller's way through a small table, one by one, as `networkx.all_simple_paths` gives them.

Both sides answer the same question: does anybody who stays on end without a person, a case or a word where to turn? The
list is of ways through the same states, from the call that has just arrived to its end, in which no state comes twice.
That is exact: who goes round and is stranded would be stranded without the round too.
"""

from __future__ import annotations

import datetime as dt
import time
from itertools import pairwise
from typing import NamedTuple

import networkx as nx

from benchmarks.figures import Effort, Figure
from ivr.diagnostics import Source, Sources
from ivr.model.state import ENDED
from ivr.proofs.built_in import nobody_is_stranded
from ivr.proofs.prover import explore
from ivr.proofs.space import CASE, PERSON, TOLD, Space
from ivr.proofs.verdict import bits
from ivr.tables.ready import Table, check_sources, ready

TODAY = dt.date(2026, 11, 24)
BUDGET = 60
"""Seconds that a list may take. A table that would need more is one on which it does not end."""

HEAD = """\
table:
  id: small
  title: Gemeente Klein
  main_number: "14 050"
  languages: {nl: {voice: Polly.Laura-Neural, locale: nl-NL}}
  entry: [welcome, opening]
  operator: {key: 0, to: desk}
calendars:
  desk: {hours: "Mo-Fr 08:30-17:00"}
teams:
  desk: {title: {nl: de balie}, calendar: desk, dial: ["sip:desk@kcc.example"], ring: 25s}
  line: {title: {nl: de lijn}, calendar: desk, via: twilio}
flows:
  help:
    with: {team: team}
    start: ring
    nodes:
      ring: {kind: transfer, team: $team, when_done: return, busy: note, no_answer: note, closed: note, failed: note}
      note: {kind: voicemail, team: $team, say: {nl: "Laat een bericht achter."}, to: return, no_input: told, failed: told}
      told: {kind: say, where_to_turn: true, say: {nl: "Kijk op onze website of bel 112."}, to: return}
nodes:
  welcome: {kind: say, say: {nl: "Welkom bij de gemeente."}, to: continue}
  opening: {kind: hours, calendar: desk, open: continue, closed: shut, holiday: shut}
  shut: {kind: end, where_to_turn: true, say: {nl: "Wij zijn er weer {opens:desk}. Bel 112 bij nood."}}
  reach: {kind: split, shares: {ring: {share: 80, to: desk}, wait: {share: 20, to: line}}}
  desk: {kind: visit, flow: help, with: {team: desk}, then: bye}
  line: {kind: queue, team: line, timeout: {wait: 2m, to: desk}, when_done: bye, full: desk, closed: desk, failed: desk}
  bye: {kind: end, say: {nl: "Tot ziens."}}
"""
MENU = """\
  {name}:
    kind: menu
    options:
      1: {{label: {{nl: een vraag}}, to: {next}}}
      2: {{label: {{nl: iets anders}}, to: {back}}}
      3: {{label: {{nl: de balie}}, to: reach}}
    no_input: {{ask_at_most: 2, to: reach}}
    no_match: {{ask_at_most: 2, to: reach}}
"""


def table_text(menus: int) -> str:
    """A table of so many menus, each of which leads on, back to the one before, and to a person."""
    names = ["main", *(f"menu-{n}" for n in range(1, menus))]
    rows = [
        MENU.format(name=name, next=names[n + 1] if n + 1 < menus else "reach", back=names[max(0, n - 1)])
        for n, name in enumerate(names)
    ]
    return HEAD + "".join(rows)


class Listed(NamedTuple):
    """What a list says: how many ways there are, and the worlds in which one of them strands somebody."""

    ways: int
    stranded: int


def measure(effort: Effort) -> list[Figure]:
    """The figure of proving against listing, at the largest table whose list ends within the budget."""
    budget = effort.size(BUDGET, 2)
    menus, before, seconds, found = 1, 0.0, 0.0, Listed(0, 0)
    while True:
        effort.tell(f"listing every way through {menus} menus")
        table = made(table_text(menus))
        space = explored(table)
        graph = as_graph(space)
        started = time.process_time()
        listed = list_ways(space, graph, budget)
        took = time.process_time() - started
        if listed is None:
            break
        before, seconds, found, largest = seconds, took, listed, table
        menus += 1
        if before > 0.1 and seconds * seconds / before > budget:
            break  # each menu makes it as many times longer as the last one did
    proof = min(_prove(largest, found.stranded) for _ in range(effort.size(15, 3)))
    against = (
        f"networkx.all_simple_paths to any depth, with the states given ({found.ways:,} ways in {seconds:.1f} s against "
        f"{proof * 1000:.0f} ms; {len(largest.graph.nodes)} nodes, the largest table of its kind listed in {budget} s)"
    )
    return [
        Figure("proving that nobody is stranded", seconds / proof, "× faster than listing", "higher", 100, 1000, against)
    ]  # fmt: skip


def _prove(table: Table, stranded: int) -> float:
    """Seconds to explore a table and judge it, days ahead and all; both sides must agree in every world. Seconds of the
    processor on either side: what else the machine does counts for neither."""
    started = time.process_time()
    verdict = nobody_is_stranded(explored(table))
    seconds = time.process_time() - started
    assert (verdict.holds, verdict.broken) == (not stranded, bits(stranded))
    return seconds


def made(text: str) -> Table:
    """The table of a text."""
    return ready(check_sources(Sources((Source("table.yaml", text),)), TODAY))


def explored(table: Table) -> Space:
    """Its states, for calls from today on."""
    return explore(table.almanac, int(dt.datetime.combine(TODAY, dt.time(), table.almanac.zone).timestamp()))


def as_graph(space: Space) -> nx.DiGraph[int]:
    """The states as a graph. `without` of an edge are the worlds in which it is taken and helps nobody."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(space.states)))
    good = PERSON | CASE | TOLD
    for at in range(len(space.states)):
        for edge in space.out(at):
            worlds = 0 if space.flags[edge] & good else space.guard(edge)
            to = space.targets[edge]
            if graph.has_edge(at, to):
                graph[at][to]["without"] |= worlds
            else:
                graph.add_edge(at, to, without=worlds)
    return graph


def list_ways(space: Space, graph: nx.DiGraph[int], seconds: float) -> Listed | None:
    """All ways, one by one; None when they are not listed in so many seconds."""
    ends = [at for at, state in enumerate(space.states) if state.part == ENDED]
    count = stranded = 0
    until = time.process_time() + seconds
    for path in nx.all_simple_paths(graph, 0, ends):
        worlds = space.worlds.all
        for at, to in pairwise(path):
            worlds &= graph[at][to]["without"]
            if not worlds:
                break
        stranded |= worlds
        count += 1
        if not count % 1024 and time.process_time() > until:
            return None
    return Listed(count, stranded)
