"""The guarantees that every table gets without asking."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.calendars.worktime import due, ringing
from ivr.model.actions import Dial
from ivr.model.moment import OPEN
from ivr.model.nodes import CallbackNode, QueueNode, TransferNode
from ivr.model.numbers import NumberFault, read_number
from ivr.model.state import ENDED, ENTERING
from ivr.model.words import Hole, Words
from ivr.proofs.guarantees import reached_badly
from ivr.proofs.reach import reached
from ivr.proofs.search import Way, shortest
from ivr.proofs.space import CASE, PERSON, SWITCH, TOLD, Space
from ivr.proofs.still import still_reached
from ivr.proofs.verdict import Verdict, bits


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
    all_ = bits(space.worlds.all)
    round_, where = _rounds(space, found)
    if round_:
        names = [space.graph.names[space.node(s)] for s in round_]
        why = "it goes round: " + " → ".join(names)
        at = round_[0]
    else:
        at, where = _stuck(space, found)
        why = f"there is no way on from '{space.graph.names[space.node(at)]}'"
    if not where:
        return Verdict(name, claim, True, True, worlds=all_)
    way = shortest(space, where, lambda _, edge: space.targets[edge] == at)
    return Verdict(name, claim, True, False, worlds=all_, broken=bits(where), why=why, way=way)


def _stuck(space: Space, found: list[int]) -> tuple[int, int]:
    """A state that is not the end and has no way on, and the worlds in which it has none; (0, 0) for none."""
    known: dict[tuple[int, ...], int] = {}
    for at, state in enumerate(space.states):
        if found[at] and state.part != ENDED:
            guards = tuple(sorted({space.guard_of[edge] for edge in space.out(at)}))
            if 0 in guards:  # guard 0 is every world
                continue
            onward = known.get(guards)
            if onward is None:
                onward = 0
                for guard in guards:
                    onward |= space.guards[guard]
                known[guards] = onward
            if found[at] & ~onward:
                return at, found[at] & ~onward
    return 0, 0


def _rounds(space: Space, found: list[int]) -> tuple[list[int], int]:
    """A round of states that all move by themselves, and the worlds in which they do; ([], 0) for none.

    Only states in one strongly connected part can form a round; a sound table has no such part with two states, so the
    search through worlds is seldom needed.
    """
    for part in _parts(space, found):
        members = set(part)
        for root in part:
            way, where = _round_from(space, root, found[root], members)
            if way:
                return way, where
    return [], 0


def _selves(space: Space, found: list[int], at: int) -> list[int]:
    """Where a state moves by itself, if it does."""
    if not found[at] or space.states[at].part != ENTERING:
        return []
    return [to for to in (space.targets[e] for e in space.out(at)) if space.states[to].part == ENTERING]


def _parts(space: Space, found: list[int]) -> Iterator[list[int]]:
    """Strongly connected parts of more than one state, or of one that leads to itself, among those that move alone."""
    size = len(space.states)
    order, low, closed = [0] * size, [0] * size, bytearray(size)
    stack: list[int] = []
    count = 0
    for root in range(size):
        if order[root] or not found[root] or space.states[root].part != ENTERING:
            continue
        count += 1
        order[root] = low[root] = count
        stack.append(root)
        work = [(root, iter(_selves(space, found, root)))]
        while work:
            at, ways = work[-1]
            for to in ways:
                if not order[to]:
                    count += 1
                    order[to] = low[to] = count
                    stack.append(to)
                    work.append((to, iter(_selves(space, found, to))))
                    break
                if not closed[to]:
                    low[at] = min(low[at], order[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[at])
                if low[at] == order[at]:
                    part = stack[stack.index(at) :] if stack[-1] != at else [at]
                    del stack[-len(part) :]
                    for member in part:
                        closed[member] = 1
                    if len(part) > 1 or at in _selves(space, found, at):
                        yield part


def _round_from(space: Space, root: int, worlds: int, members: set[int]) -> tuple[list[int], int]:
    """A way from a state back to itself within a part, and the worlds that can go all of it; ([], 0) for none."""
    seen: dict[int, int] = {root: worlds}
    stack: list[tuple[int, int, list[int]]] = [(root, worlds, [root])]
    while stack:
        at, mask, way = stack.pop()
        for edge in space.out(at):
            to = space.targets[edge]
            here = mask & space.guard(edge)
            if not here or to not in members:
                continue
            if to == root:
                return way, here
            if here & ~seen.get(to, 0):
                seen[to] = seen.get(to, 0) | here
                stack.append((to, here, [*way, to]))
    return [], 0


def nobody_is_stranded(space: Space) -> Verdict:
    """Whoever stays on, the silent too, is bridged to a person, leaves a case, or is told where to turn."""
    name = "nobody-is-stranded"
    claim = "whoever stays on reaches a person, leaves a case, or is told where to turn"
    good = PERSON | CASE | TOLD

    def bad(at: int, edge: int) -> bool:
        return space.states[space.targets[edge]].part == ENDED

    broken = reached_badly(space, space.worlds.all, bad, good, None)
    way = shortest(space, broken, bad, good) if broken else None
    if way is None:
        return Verdict(name, claim, True, True, worlds=bits(space.worlds.all))
    why = "the call ends with none of these"
    return Verdict(name, claim, True, False, worlds=bits(space.worlds.all), broken=bits(broken), why=why, way=way)


def never_while_closed(space: Space, found: list[int]) -> Verdict:
    """No team is dialled, and nobody waits for it, while its calendar was closed at arrival, or it is closed by hand."""
    broken, first, where = 0, -1, 0
    for at, state in enumerate(space.states):
        node = space.graph.nodes[state.at]
        if isinstance(node, TransferNode | QueueNode) and node.calendar >= 0 and state.part not in (ENTERING, ENDED):
            wrong = found[at] & ~space.worlds.calendar(node.calendar, OPEN)
            if wrong and not broken:
                first, where = at, wrong
            broken |= wrong
    by_hand, way = _rung_though_shut(space, found)
    claim = "no team is dialled while it is closed"
    if where:
        way = shortest(space, where, lambda _, edge: space.targets[edge] == first)
    broken |= by_hand
    return Verdict(
        "never-while-closed", claim, True, not broken, worlds=bits(space.worlds.all), broken=bits(broken), way=way
    )


def _rung_though_shut(space: Space, found: list[int]) -> tuple[int, Way | None]:
    """The worlds in which a team is rung or waited for though it was told that somebody had closed it, and a way there."""
    broken, edges = 0, set()
    for at, state in enumerate(space.states):
        if found[at] and state.part == ENTERING and isinstance(space.graph.nodes[state.at], TransferNode | QueueNode):
            for edge in space.out(at):
                if space.flags[edge] & SWITCH and space.states[space.targets[edge]].part != ENTERING:
                    broken |= found[at] & space.guard(edge)
                    edges.add(edge)
    return broken, shortest(space, broken, lambda _, edge: edge in edges) if broken else None


def no_way_back(space: Space) -> Verdict:
    """No call is dialled into one of the table's own lines."""
    graph = space.graph
    back: dict[int, str] = {}
    for index, node in enumerate(graph.nodes):
        rows: tuple[tuple[Dial, ...], ...] = node.dials if isinstance(node, TransferNode) else ()
        for target in {t for row in rows for dial in row for t in dial.targets if t.startswith("+")}:
            number = read_number(target)
            if not isinstance(number, NumberFault):
                digits = int(number.digits)
                if digits == graph.main_digits or graph.book.find(digits) >= 0:
                    back[index] = f"{graph.names[index]} dials {target}"
    why = "; ".join(list(back.values())[:5])
    claim, all_ = "no call comes back into its own lines", space.worlds.all
    way = shortest(space, all_, lambda at, _: _waits(space, at) in back) if back else None
    return Verdict("no-way-back", claim, True, not back, worlds=bits(all_), why=why, way=way)


def _waits(space: Space, at: int) -> int:
    """The node in which a state waits, -1 when it does not."""
    state = space.states[at]
    return -1 if state.part in (ENTERING, ENDED) else state.at


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
        if calendar < 0 or not due(ringing(calendars[calendar]), space.worlds.classes.start, node.within):
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
