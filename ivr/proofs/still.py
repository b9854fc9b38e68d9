"""Whether the teams that a number's callers could reach before can still be reached by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ivr.model.moment import ANNOUNCE, BEFORE, OPEN, OVER, PARALLEL, PHASES
from ivr.model.nodes import CallbackNode, QueueNode, TransferNode
from ivr.proofs.missing import example
from ivr.proofs.reach import reached
from ivr.proofs.space import CASE, LIMIT, PERSON, SWITCH, Space
from ivr.proofs.verdict import Verdict, bits

ROUTED = (BEFORE, PARALLEL, ANNOUNCE, OVER)
"""The phases in which a number's callers are routed: by `to`, and outside the days of a campaign by `then`. In `redirect`
they are told where to turn, and a returned number is no longer ours."""
CAMPAIGN = {BEFORE: "before its days", PARALLEL: "in its days", OVER: "after its days"}
"""What the phases of a campaign are called."""
NAMED = 5
"""How many are named; more are left out."""


def still_reached(space: Space) -> Iterator[Verdict]:
    """Each team that a number's callers must still reach is reached, in each phase in which they are routed."""
    graph, worlds = space.graph, space.worlds
    teams = {team for number in graph.numbers for team in number.must_still_reach}
    if not teams:
        return
    found = reached(space, worlds.all, SWITCH | LIMIT)
    met = _met(space, found, teams)
    claim = "the teams that a number must still reach can be reached"
    count, lost, names = 0, 0, []
    for index, number in enumerate(graph.numbers):
        for team in number.must_still_reach:
            calendar = graph.teams[team].calendar
            open_ = worlds.calendar(calendar, OPEN) if calendar >= 0 else worlds.all
            for phase in ROUTED:
                who = worlds.number(index) & worlds.phase(phase) & open_
                count += bits(who)
                if who and not who & met[team]:
                    lost |= who
                    names.append(f"{number.name}{_when(space, index, phase)}: {graph.teams[team].name}")
    why = "no way leads there: " + "; ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "") if lost else ""
    if not count:
        why = "none of these numbers routes while its team is there"
    yield Verdict(
        "must-still-reach", claim, True, bool(count) and not lost, not count, worlds=count, broken=bits(lost), why=why,
        no_way=bits(lost), example=example(space, lost) if lost else None,
    )  # fmt: skip


def _when(space: Space, index: int, phase: int) -> str:
    """When a number is in a phase: ` (announce, 2026-12-07 until 2026-12-13)`; '' for a number that is always as it is."""
    phases = space.graph.numbers[index].phases
    if not phases:
        return ""
    classes = space.worlds.classes
    zone = classes.almanac.zone
    name = CAMPAIGN.get(phase, "") if {BEFORE, OVER} & {p for _, p in phases} else ""
    edges = [at for at, _ in phases if classes.start < at < classes.end]
    lives = [at for at in (classes.start, *edges) if classes.phase(index, at) == phase]
    after = next((at for at in edges if at > lives[-1]), 0)
    first = f" {dt.datetime.fromtimestamp(lives[0], zone):%Y-%m-%d}" if lives[0] > classes.start else ""
    last = f" until {dt.datetime.fromtimestamp(after - 1, zone):%Y-%m-%d}" if after else ""
    return f" ({name or PHASES[phase]}{',' if first or last else ''}{first and f' from{first}'}{last})"


def _met(space: Space, found: list[int], teams: set[int]) -> dict[int, int]:
    """For each team the worlds in which it answers, or takes a promise."""
    out = dict.fromkeys(teams, 0)
    mine = {
        i: node.team
        for i, node in enumerate(space.graph.nodes)
        if isinstance(node, TransferNode | QueueNode | CallbackNode) and node.team in teams
    }
    for at, state in enumerate(space.states):
        team = mine.get(state.at)
        if team is not None and found[at]:
            for edge in space.out(at):
                if space.flags[edge] & (PERSON | CASE):
                    out[team] |= found[at] & space.guard(edge)
    return out
