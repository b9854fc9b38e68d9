"""Teams that a number's callers could reach before, and must still be able to reach."""

from __future__ import annotations

from ivr.checks.cycles import components
from ivr.checks.links import LISTENING, Links
from ivr.diagnostics import Report
from ivr.model.nodes import CallbackNode, QueueNode, TransferNode, VoicemailNode

NEAR = 100
"""Nodes after a number's first one among which its teams are looked for, before all ways are worked out."""


def check_numbers(links: Links, report: Report) -> None:
    """IVR408: a team in `must_still_reach` to which no way leads, whatever the hour and the language."""
    graph = links.graph
    asked = {team for number in graph.numbers for team in number.must_still_reach}
    if not asked:
        return
    bits = {team: 1 << i for i, team in enumerate(sorted(asked))}
    reached: dict[int, int] | None = None
    for index, number in enumerate(graph.numbers):
        far = [team for team in number.must_still_reach if number.to >= 0 and not _near(links, number.to, bits, team)]
        if far and reached is None:
            reached = _teams(links, bits)
        for team in far:
            if reached is not None and not reached.get(number.to, 0) & bits[team]:
                name = graph.teams[team].name
                report.add(
                    "IVR408", links.source_map.numbers[index].place("must_still_reach", name).span,
                    f"no way leads from '{number.name}' to '{name}' any more",
                    f"lead its 'to' to a node from which '{name}' can be reached",
                )  # fmt: skip


def _near(links: Links, start: int, bits: dict[int, int], team: int) -> bool:
    """Whether a team is met among the first nodes after a start; most are, and then nothing more need be known."""
    row = [start]
    seen = {start}
    for at in row:
        if _own(links, at, bits) & bits[team]:
            return True
        if len(row) < NEAR:
            row += [to for _, to in links.ways[at] if to not in seen]
            seen.update(row)
    return False


def _teams(links: Links, bits: dict[int, int]) -> dict[int, int]:
    """For each node to which a number leads, or that follows one, the teams that can be reached from it, as bits."""
    graph = links.graph
    operator = (graph.operator,) if graph.operator >= 0 else ()
    ways = [[to for _, to in row] for row in links.ways]
    for at, node in enumerate(graph.nodes):
        if node.__class__ in LISTENING:
            ways[at] += operator
    seen = links.reached({*(n.to for n in graph.numbers if n.to >= 0), *operator})
    out: dict[int, int] = {}
    for part in components(ways, [at for at, flag in enumerate(seen) if flag]):
        here = 0
        for at in part:
            here |= _own(links, at, bits)
            for to in ways[at]:
                here |= out.get(to, 0)
        out.update(dict.fromkeys(part, here))
    return out


def _own(links: Links, at: int, bits: dict[int, int]) -> int:
    if at == links.opaque:
        return -1
    node = links.graph.nodes[at]
    if isinstance(node, TransferNode | QueueNode | CallbackNode | VoicemailNode):
        return bits.get(node.team, 0)
    return 0
