"""Loops: calls that go round without a caller, and silent or puzzled callers who go round without help."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.checks.cycles import cyclic, shortest_cycle
from ivr.checks.links import PERSONS, SELF_ACTING, Links
from ivr.diagnostics import Label, Report
from ivr.model.exits import Exit
from ivr.model.nodes import (
    NO_CASE,
    AskNode,
    BranchNode,
    CaseNode,
    HoursNode,
    MenuNode,
    SayNode,
    SplitNode,
    SurveyNode,
    TransferNode,
    VoicemailNode,
)

MAX_TRIES = 5000
"""Steps in the search for a loop whose conditions can hold together. Past it, the shortest one is shown."""
MAX_SHOWN = 6
"""Nodes of a loop that are shown."""
ASKING: frozenset[type] = frozenset((MenuNode, AskNode, SurveyNode, VoicemailNode, CaseNode))
NOTHING_DONE = {"no_input": ("IVR304", "who stays silent"), "no_match": ("IVR305", "who keeps pressing wrong keys")}

Ways = list[tuple[Exit, ...]]
"""For each node, the exits that a call takes by itself, or that a caller who gets nowhere takes."""


def check_loops(links: Links, report: Report) -> None:
    """IVR303, and the loops among IVR304, IVR305 and IVR316. A node is in one reported loop at most."""
    nodes = links.graph.nodes
    ways = unattended(links)
    for at, node in enumerate(nodes):
        if node.__class__ is CaseNode:  # once the call has used up its numbers it asks for none
            ways[at] = tuple(e for e in links.ways[at] if e[0] == "unknown")
    found: set[int] = set()
    for part in cyclic([[to for _, to in row] for row in ways]):
        lines = {at for at in part if nodes[at].__class__ in PERSONS}
        found |= _report_each(links, ways, set(part) - lines, "", report, set(part))
        found |= _report_each(links, ways, set(part) - found, "ring", report, lines)
    for exit in NOTHING_DONE:
        followed = followed_by(links, ways, exit)
        for at in found:
            followed[at] = ()
        for part in cyclic([[to for _, to in row] for row in followed]):
            found |= _report_part(links, followed, set(part), exit, report)


def unattended(links: Links) -> Ways:
    """The ways that calls take while nobody acts: through nodes that act by themselves, and past lines where nobody
    answers. No ways of all others."""
    nodes = links.graph.nodes
    out: Ways = []
    for at, row in enumerate(links.ways):
        kind = nodes[at].__class__
        out.append(tuple(row) if kind in SELF_ACTING else failing(links, at) if kind in PERSONS else ())
    return out


def followed_by(links: Links, ways: Ways, exit: str) -> Ways:
    """The ways of a caller who only ever takes the exit `no_input`, or only `no_match`, and whom nobody answers.

    A callback ends them, for there is a case, and so do words that tell where to turn; a voicemail, unless they say nothing
    there either. `ways` are unattended.
    """
    out = list(ways)
    for at, node in enumerate(links.graph.nodes):
        kind = node.__class__
        if kind is MenuNode or kind is AskNode:
            out[at] = tuple(e for e in links.nothing_done(at) if e[0] == exit)
        elif kind is SurveyNode:
            out[at] = tuple(links.ways[at])
        elif kind is CaseNode:
            out[at] = tuple(
                e for e in links.ways[at] if exit and e[0] == ("no_input" if exit == "no_input" else "unknown")
            )
        elif kind is VoicemailNode and exit == "no_input":
            out[at] = tuple(e for e in links.ways[at] if e[0] == exit)
        elif kind is SayNode and links.told(at):
            out[at] = ()
    return out


def failing(links: Links, at: int) -> tuple[Exit, ...]:
    """The exits of a transfer or queue by which the call comes back without anybody having spoken to the caller."""
    node = links.graph.nodes[at]
    plain = isinstance(node, TransferNode) and node.team < 0  # a number without opening hours is never closed
    passed = {"when_done", "offer_after", "closed" if plain else ""}
    return tuple(e for e in links.ways[at] if e[0] not in passed)


def _report_part(links: Links, ways: Ways, part: set[int], exit: str, report: Report) -> set[int]:
    """Report questions that go round, else those that go round by way of lines where nobody answers: their nodes."""
    nodes = links.graph.nodes
    lines = {at for at in part if nodes[at].__class__ in PERSONS}
    asking = {at for at in part if nodes[at].__class__ in ASKING}
    if _report_each(links, ways, part - lines, exit, report, asking) or not asking:
        return set()
    return _report_each(links, ways, part, exit + " ring", report, lines)


def _within(ways: Ways, within: set[int]) -> dict[int, list[int]]:
    return {at: [to for _, to in ways[at] if to in within] for at in within}


def _report_each(links: Links, ways: Ways, within: set[int], what: str, report: Report, through: set[int]) -> set[int]:
    """Report one loop in each cyclic component of the nodes `within`, through one of `through`; the nodes of them."""
    found: set[int] = set()
    if not within & through:
        return found
    for part in cyclic(_within(ways, within), within):
        loop = _loop(links, ways, set(part), [at for at in part if at in through])
        if loop:
            _report_loop(links, loop, what, report)
            found.update(at for at, _ in loop)
    return found


Loop = list[tuple[int, str]]
"""(node, exit taken) in order."""


def _loop(links: Links, ways: Ways, part: set[int], starts: list[int]) -> Loop:
    """A loop through one of the starts whose conditions can all hold in one call; [] when there is none."""
    edges = _within(ways, part)
    tries = MAX_TRIES
    for start in starts:
        short = shortest_cycle(edges, start, part)
        if not short:
            continue
        tries -= len(short)
        loop = [
            (at, next(n for n, t in ways[at] if t == to)) for at, to in zip(short, [*short[1:], start], strict=True)
        ]
        if _possible(links, loop):
            return loop
        other, tries = _search(links, ways, part, start, tries)
        if other is not None:
            return other
        if tries <= 0:
            return loop
    return []


def _search(links: Links, ways: Ways, part: set[int], start: int, tries: int) -> tuple[Loop | None, int]:
    """Look for a possible loop from a start, step by step with what each step asks of the call."""
    stack: list[tuple[Loop, int, dict[str, int]]] = [([], start, {})]
    while stack and tries > 0:
        way, at, held = stack.pop()
        tries -= 1
        for name, to in ways[at]:
            if to not in part:
                continue
            now = _with(held, _conditions(links, at, name, to))
            if now is None:
                continue
            if to == start:
                return [*way, (at, name)], tries
            if all(to != passed for passed, _ in way) and to != at:
                stack.append(([*way, (at, name)], to, now))
    return None, tries


def _possible(links: Links, loop: Loop) -> bool:
    held: dict[str, int] | None = {}
    for (at, name), (to, _) in zip(loop, [*loop[1:], loop[0]], strict=True):
        if held is not None:
            held = _with(held, _conditions(links, at, name, to))
    return held is not None


def _with(held: dict[str, int], conditions: Iterator[tuple[str, int]]) -> dict[str, int] | None:
    """What a call must be like, with further conditions; None when nothing can be like that. Bits are values."""
    out = dict(held)
    for subject, values in conditions:
        out[subject] = out.get(subject, -1) & values
        if not out[subject]:
            return None
    return out


def _conditions(links: Links, at: int, name: str, to: int) -> Iterator[tuple[str, int]]:
    """What an exit asks of the call: hours, phases, facts, shares and variables do not change in such a loop."""
    match links.graph.nodes[at]:
        case HoursNode(calendar=calendar, exits=exits) if calendar >= 0:
            yield f"calendar {calendar}", sum(1 << state for state, target in enumerate(exits) if target == to)
        case BranchNode(subject=subject, index=index, exits=exits):
            if name == "otherwise":
                taken = sum(1 << value for value, target in enumerate(exits) if target != NO_CASE)
                yield f"{subject} {index}", ~taken
            else:
                yield f"{subject} {index}", 1 << int(name[1:])
        case SplitNode(names=names):
            yield f"split {at}", 1 << names.index(name)


def _report_loop(links: Links, loop: Loop, what: str, report: Report) -> None:
    """Report a loop at the exit that is to blame: of the node that is written first among those that may be."""
    nodes = links.graph.nodes
    kinds = PERSONS if what.endswith("ring") else (ASKING if what else SELF_ACTING | {CaseNode})
    blamed = [i for i, (at, _) in enumerate(loop) if nodes[at].__class__ in kinds and links.source_map.nodes[at]]
    if not blamed:
        return
    first = min(blamed, key=lambda i: links.at_exit(*loop[i]))
    loop = loop[first:] + loop[:first]
    names = [f"'{links.name(at)}'" for at, _ in loop if links.source_map.nodes[at] is not None]
    shown = " → ".join([*names[:MAX_SHOWN], *(["…"] if len(names) > MAX_SHOWN else []), names[0]])
    labels = [
        Label(links.at_exit(at, exit), f"from '{links.name(at)}' it goes on")
        for at, exit in loop[1:MAX_SHOWN]
        if links.source_map.nodes[at] is not None
    ]
    code, message, help = _words(what, shown)
    report.add(code, links.at_exit(*loop[0]), message, help, labels)


def _words(what: str, shown: str) -> tuple[str, str, str]:
    if not what:
        return "IVR303", f"a loop that needs no caller: {shown}", "lead it to a node where somebody acts"
    if what == "ring":
        message = f"while nobody answers, the caller is rung round for ever: {shown}"
        return "IVR316", message, "lead it to a callback, a voicemail, or words that tell where to turn"
    exit, _, ring = what.partition(" ")
    code, who = NOTHING_DONE[exit]
    if ring:
        message = f"while nobody answers, a caller {who} goes round for ever: {shown}"
        return "IVR316", message, "lead it to a callback, a voicemail, or words that tell where to turn"
    return code, f"a caller {who} goes round and never comes to a person or a case: {shown}", "lead it to a person"
