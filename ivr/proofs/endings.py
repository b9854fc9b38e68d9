"""How calls can end and how near a person is, for every caller: what `explore` shows.

Sets of worlds are carried along, so that each answer comes with all callers of whom it is true; the callers of a number
are then parted by what differs, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ivr.model.nodes import QueueNode, TransferNode
from ivr.model.state import ENDED
from ivr.proofs.homeward import Pieces, homeward
from ivr.proofs.limits import given_up
from ivr.proofs.reach import Sets
from ivr.proofs.silence import patience
from ivr.proofs.space import CASE, LIMIT, PERSON, SWITCH, TOLD, Space

ENDING = ("goodbye", "told where to turn", "case", "person")
"""How a call ends, worst first: the best thing that came of it. `goodbye` is an end that helped with nothing."""
GIVEN_UP = "given up"
"""The end of a call that used up all its turns: its caller is told where to turn, too, but nobody should get so far."""


class Ending(Struct, frozen=True):
    """A way in which calls end: how, and with whom (a team, or the number that is dialled; '' for all but `person`).

    `switch` says that it needs something that is switched on, or a team that is closed by hand.
    """

    how: str
    team: str
    language: int
    switch: bool = False


class Near(Struct, frozen=True, order=True):
    """Choices of the caller (keys and words; silence is none) and seconds until a person is rung or waited for, at most,
    of all callers that are meant. Agents answer, and nothing is switched; a dial that fails costs no time."""

    choices: int
    seconds: float


class Row(Struct, frozen=True):
    """Callers of one number (-1 the main line) in one language of whom all is the same, seconds aside.

    `facts` are combinations of facts (indices into `Worlds.facts`), () for all; `worlds` indices into `Worlds.list`.
    `fewest` is the way with the fewest choices to a person, `soonest` the one with the fewest seconds; None where there is
    no way. `silent` is how many seconds the silent wait at worst for a case or a word where to turn: infinite when their
    call may end without either, None when no silent caller hears this language.
    """

    number: int
    language: int
    facts: tuple[int, ...]
    worlds: tuple[int, ...]
    endings: tuple[Ending, ...]
    fewest: Near | None
    soonest: Near | None
    silent: float | None


class Endings:
    """All endings of a table, with the worlds in which they can come."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.found = _endings(space)
        languages = range(len(space.graph.languages))
        self.fewest: list[Pieces] = [homeward(space, _persons(space, lang), hurry=False) for lang in languages]
        self.soonest: list[Pieces] = [homeward(space, _persons(space, lang), hurry=True) for lang in languages]
        self.silent: list[list[tuple[float, int]]] = [patience(space, lang) for lang in languages]

    def rows(self, number: int, language: int) -> Iterator[Row]:
        """The callers of a number, parted by what can come of their calls; nothing where nobody hears the language."""
        endings = {e: mask for e, mask in self.found.items() if e.language == language}
        whole = self.space.worlds.number(number)
        near = [_within(pieces[language], whole) for pieces in (self.fewest, self.soonest)]
        parts = [whole]
        for mask in [*endings.values(), *self._by_choices(language), *self._helped(language)]:
            parts = [part for whole in parts for part in (whole & mask, whole & ~mask) if part]
        for facts, rows in _by_facts(self.space, parts):
            for part, worlds in rows:
                ends = tuple(e for e, mask in endings.items() if mask & part)
                if ends:
                    fewest, soonest = (_most(pieces, part) for pieces in near)
                    waits = [seconds for seconds, mask in self.silent[language] if mask & part]
                    yield Row(number, language, facts, worlds, ends, fewest, soonest, max(waits, default=None))

    def _by_choices(self, language: int) -> list[int]:
        """The worlds of each number of choices that a person takes."""
        held: dict[int, int] = {}
        for choices, _, mask in self.fewest[language]:
            held[choices] = held.get(choices, 0) | mask
        return list(held.values())

    def _helped(self, language: int) -> list[int]:
        """The worlds in which the silent may come away without anything."""
        return [mask for seconds, mask in self.silent[language] if seconds == float("inf")]


def _within(pieces: Pieces, worlds: int) -> Pieces:
    """The pieces within a set of worlds: few, where a number is one of many."""
    cut = ((choices, millis, mask & worlds) for choices, millis, mask in pieces)
    return [piece for piece in cut if piece[2]]


def _most(pieces: Pieces, part: int) -> Near | None:
    """The most that any of the worlds needs."""
    millis, choices = max(((millis, choices) for choices, millis, mask in pieces if mask & part), default=(-1, 0))
    return Near(choices, millis / 1000) if millis >= 0 else None


def _persons(space: Space, language: int) -> list[tuple[int, int]]:
    """(state, edge) where somebody who speaks a language is bridged to a person."""
    states = (at for at, state in enumerate(space.states) if state.language == language)
    return [(at, edge) for at in states for edge in space.out(at) if space.flags[edge] & PERSON]


def _endings(space: Space) -> dict[Ending, int]:
    """The worlds of each ending: those that need nothing first, best first."""
    ordinary = _come_to(space, LIMIT | SWITCH)
    found = {Ending(*key): mask for key, mask in ordinary.items()}
    for key, mask in _come_to(space, LIMIT).items():
        more = mask & ~ordinary.get(key, 0)
        if more:
            found[Ending(*key, switch=True)] = more
    found |= {Ending(GIVEN_UP, "", language): mask for language, mask in given_up(space).items()}
    order = sorted(
        found, key=lambda e: (e.switch, -(ENDING.index(e.how) if e.how in ENDING else -1), e.team, e.language)
    )
    return {ending: found[ending] for ending in order}


def _come_to(space: Space, without: int) -> dict[tuple[str, str, int], int]:
    """The worlds of each ending (how, team, language) that is reached by edges without the flags `without`.

    What came of a call so far goes along as a level: 0 nothing, 1 told where to turn, 2 a case, 3 a person.
    """
    sets = Sets(space.guards)
    found = [[0] * len(space.states) for _ in ENDING]
    found[0][0] = sets.number(space.worlds.all)
    out: dict[tuple[str, str, int], int] = {}
    worth = [max((3 if f & PERSON else 0, 2 if f & CASE else 0, 1 if f & TOLD else 0)) for f in range(128)]
    for level, here in enumerate(found):
        changed = {at for at, held in enumerate(here) if held}
        while changed:
            for at in [s for s in space.order if s in changed]:
                changed.discard(at)
                for edge in space.out(at):
                    if space.flags[edge] & without:
                        continue
                    mask = sets.meet(here[at], space.guard_of[edge])
                    rises = worth[space.flags[edge]]
                    to, after = space.targets[edge], found[max(level, rises)]
                    joined = sets.join(after[to], mask)
                    if mask and rises == 3:
                        key = ("person", _whom(space, at), space.states[at].language)
                        out[key] = out.get(key, 0) | sets.masks[mask]
                    if joined != after[to]:
                        after[to] = joined
                        if after is here:
                            changed.add(to)
    for level, how in enumerate(ENDING[:3]):
        for at, state in enumerate(space.states):
            if state.part == ENDED and found[level][at]:
                key = (how, "", state.language)
                out[key] = out.get(key, 0) | sets.masks[found[level][at]]
    return out


def _whom(space: Space, at: int) -> str:
    """Who is rung or waited for in a state: a team, or a number."""
    state = space.states[at]
    node = space.graph.nodes[state.at]
    assert isinstance(node, TransferNode | QueueNode)
    if node.team >= 0:
        return space.graph.teams[node.team].name
    assert isinstance(node, TransferNode)
    return node.dials[state.language][0].targets[0]


def _by_facts(space: Space, parts: list[int]) -> Iterator[tuple[tuple[int, ...], list[tuple[int, tuple[int, ...]]]]]:
    """Parts, taken apart by facts where facts make a difference: (facts, [(part, its worlds)])."""
    worlds = space.worlds
    width = worlds.width
    every = worlds.all // ((1 << width) - 1)
    alike: dict[tuple[tuple[int, tuple[int, ...]], ...], list[int]] = {}
    for fact in range(width):
        mine = ((part, part & (every << fact)) for part in parts)
        rows = tuple((part, tuple(_bits(here >> fact, width))) for part, here in mine if here)
        alike.setdefault(rows, []).append(fact)
    for rows, facts in alike.items():
        only = sum(every << fact for fact in facts)
        yield (() if len(facts) == width else tuple(facts)), [(part & only, held) for part, held in rows]


def _bits(mask: int, width: int) -> Iterator[int]:
    """The worlds of a set in which only the first fact of each world occurs."""
    while mask:
        low = mask & -mask
        yield (low.bit_length() - 1) // width
        mask ^= low
