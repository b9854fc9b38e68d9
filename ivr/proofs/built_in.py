"""The guarantees that every table gets without asking."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.calendars.worktime import due
from ivr.model.actions import Dial
from ivr.model.moment import ANNOUNCE, OPEN, PARALLEL
from ivr.model.nodes import CallbackNode, QueueNode, TransferNode
from ivr.model.numbers import NumberFault, read_number
from ivr.model.state import ENDED, ENTERING
from ivr.model.words import Hole, Words
from ivr.proofs.guarantees import reached_badly
from ivr.proofs.reach import reached
from ivr.proofs.space import CASE, PERSON, SWITCH, TOLD, Space
from ivr.proofs.verdict import Verdict, bits
from ivr.proofs.ways import shortest


def built_in(space: Space) -> Iterator[Verdict]:
    """Judge them all."""
    found = reached(space, space.worlds.all)
    yield ends(space, found)
    yield nobody_is_stranded(space)
    yield from still_reached(space)
    yield never_while_closed(space, found)
    yield no_way_back(space)
    yield promised_by(space, found)


def ends(space: Space, found: list[int]) -> Verdict:
    """Every call ends: each state has a way on in each of its worlds, and none goes round without somebody acting.

    Rounds with a caller in them are ended by the limit of inputs, which is an exit of each input node.
    """
    name, claim = "every-call-ends", "every call ends, whatever the caller does"
    stuck = 0
    for at, state in enumerate(space.states):
        if found[at] and state.part != ENDED:
            onward = 0
            for edge in space.out(at):
                onward |= space.guard(edge)
            stuck |= found[at] & ~onward
    round_ = _rounds(space, found)
    if not stuck and not round_:
        return Verdict(name, claim, True, True, worlds=bits(space.worlds.all))
    at = round_[0] if round_ else -1
    mask = found[at] if round_ else stuck
    way = shortest(space, mask, lambda _, edge: space.targets[edge] == at) if round_ else None
    names = [space.graph.names[space.node(s)] for s in round_]
    why = "it goes round: " + " → ".join(names) if round_ else "there is no way on"
    return Verdict(name, claim, True, False, worlds=bits(space.worlds.all), broken=bits(mask), why=why, way=way)


def _rounds(space: Space, found: list[int]) -> list[int]:
    """A round of states that all move by themselves, in some world; [] for none."""
    colour = bytearray(len(space.states))
    for root, state in enumerate(space.states):
        if state.part != ENTERING or colour[root] or not found[root]:
            continue
        stack: list[tuple[int, int, Iterator[int]]] = [(root, found[root], iter(space.out(root)))]
        colour[root] = 1
        while stack:
            at, mask, edges = stack[-1]
            for edge in edges:
                to = space.targets[edge]
                here = mask & space.guard(edge)
                if not here or space.states[to].part != ENTERING:
                    continue
                if colour[to] == 1:
                    way = [s for s, _, _ in stack]
                    return way[way.index(to) :]
                if not colour[to]:
                    colour[to] = 1
                    stack.append((to, here, iter(space.out(to))))
                    break
            else:
                colour[at] = 2
                stack.pop()
    return []


def nobody_is_stranded(space: Space) -> Verdict:
    """Whoever stays on, the silent too, is bridged to a person, leaves a case, or is told where to turn."""
    name = "nobody-is-stranded"
    claim = "whoever stays on reaches a person, leaves a case, or is told where to turn"
    good = PERSON | CASE | TOLD

    def bad(at: int, edge: int) -> bool:
        return space.states[space.targets[edge]].part == ENDED

    broken = reached_badly(space, space.worlds.all, bad, good, None)
    way = shortest(space, broken, bad, good) if broken else None
    why = "the call ends with none of these" if broken else ""
    return Verdict(name, claim, True, not broken, worlds=bits(space.worlds.all), broken=bits(broken), why=why, way=way)


def still_reached(space: Space) -> Iterator[Verdict]:
    """Each team that a number's callers must still reach is reached, in each phase in which the number routes."""
    graph, worlds = space.graph, space.worlds
    teams = {team for number in graph.numbers for team in number.must_still_reach}
    ends = {team: _persons(space, team) for team in teams}
    claim = "the teams that a number must still reach can be reached"
    count, lost, names = 0, 0, []
    for index, number in enumerate(graph.numbers):
        for team in number.must_still_reach:
            calendar = graph.teams[team].calendar
            open_ = worlds.calendar(calendar, OPEN) if calendar >= 0 else worlds.all
            for phase in (PARALLEL, ANNOUNCE):
                who = worlds.number(index) & worlds.phase(phase) & open_
                if not who:
                    continue
                count += bits(who)
                found = reached(space, who, SWITCH)
                if not any(found[at] & space.guard(edge) for at, edge in ends[team]):
                    lost |= who
                    names.append(f"{number.name}: {graph.teams[team].name}")
    if not teams:
        return
    why = "no way leads there: " + "; ".join(names[:5]) + (" …" if len(names) > 5 else "") if lost else ""
    yield Verdict(
        "must-still-reach", claim, True, not lost, vacuous=not count, worlds=count, broken=bits(lost), why=why
    )


def _persons(space: Space, team: int) -> list[tuple[int, int]]:
    """States and edges in which a team answers, or takes a promise."""
    out = []
    for at, state in enumerate(space.states):
        node = space.graph.nodes[state.at]
        if isinstance(node, TransferNode | QueueNode | CallbackNode) and node.team == team:
            out += [(at, edge) for edge in space.out(at) if space.flags[edge] & (PERSON | CASE)]
    return out


def never_while_closed(space: Space, found: list[int]) -> Verdict:
    """No team is dialled, and nobody waits for it, while its calendar was closed at arrival."""
    broken, at_ = 0, -1
    for at, state in enumerate(space.states):
        node = space.graph.nodes[state.at]
        if isinstance(node, TransferNode | QueueNode) and node.calendar >= 0 and state.part != ENTERING:
            wrong = found[at] & ~space.worlds.calendar(node.calendar, OPEN)
            if wrong and not broken:
                at_ = at
            broken |= wrong
    claim = "no team is dialled while it is closed"
    way = shortest(space, broken, lambda _, edge: space.targets[edge] == at_) if broken else None
    return Verdict(
        "never-while-closed", claim, True, not broken, worlds=bits(space.worlds.all), broken=bits(broken), way=way
    )


def no_way_back(space: Space) -> Verdict:
    """No call is dialled into one of the table's own lines."""
    graph = space.graph
    back = []
    for index, node in enumerate(graph.nodes):
        rows: tuple[tuple[Dial, ...], ...] = node.dials if isinstance(node, TransferNode) else ()
        for target in {t for row in rows for dial in row for t in dial.targets if t.startswith("+")}:
            number = read_number(target)
            if not isinstance(number, NumberFault):
                digits = int(number.digits)
                if digits == graph.main_digits or graph.book.find(digits) >= 0:
                    back.append(f"{graph.names[index]} dials {target}")
    why = "; ".join(back[:5])
    return Verdict(
        "no-way-back", "no call comes back into its own lines", True, not back, worlds=bits(space.worlds.all), why=why
    )


def promised_by(space: Space, found: list[int]) -> Verdict:
    """A promise is spoken with the time by which it is due, and there is such a time whenever it can be made."""
    graph = space.graph
    calendars = space.worlds.classes.almanac.calendars
    faults: list[str] = []
    seen: set[int] = set()
    for at, state in enumerate(space.states):
        node = graph.nodes[state.at]
        if not isinstance(node, CallbackNode) or state.at in seen or not found[at]:
            continue
        seen.add(state.at)
        if not all(_says_due(space, row) for row in node.promises):
            faults.append(f"{graph.names[state.at]} does not say when")
        calendar = graph.teams[node.team].calendar if node.team >= 0 else -1
        if calendar < 0 or not due(calendars[calendar], space.worlds.classes.start, node.within):
            faults.append(f"{graph.names[state.at]}: its team is never there to keep it")
    claim = "every promise is made with the time by which it is due"
    return Verdict("promised-by", claim, True, not faults, worlds=bits(space.worlds.all), why="; ".join(faults[:5]))


def _says_due(space: Space, actions: tuple[object, ...]) -> bool:
    holes = {
        part.kind
        for action in actions
        for piece in space.graph.prompts[getattr(action, "prompt", 0)].pieces
        if isinstance(piece, Words)
        for part in piece.parts
        if isinstance(part, Hole)
    }
    return "due" in holes
