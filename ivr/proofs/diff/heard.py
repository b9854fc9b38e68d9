"""What a caller meets in one step: what is said, and who or what acts next; and how two of them differ."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ivr.engine import move
from ivr.engine.step import MAX_MOVES, give_up
from ivr.engine.way import Outcome
from ivr.model.actions import (
    Action,
    CancelCase,
    Dial,
    Enqueue,
    FindCase,
    Hangup,
    JoinCase,
    KeepMark,
    Listen,
    OpenCase,
    Record,
    Say,
)
from ivr.model.events import Begin
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import Actions, AskNode, QueueNode
from ivr.model.pattern_apart import tell_apart
from ivr.model.state import State
from ivr.model.words import Audio, Hole, Prompt

FITS, HOURS = "fits", "hours"
GOES_ON: tuple[object, ...] = ("on",)
"""The answer of a step that was cut where both tables are in the same place again."""
SAME, WORDS, DETAIL, OTHER = range(4)
"""How two steps differ: not at all; in wording; in a detail, after which the call goes on alike; in what happens."""


class Trail(Struct, frozen=True):
    """One step of a table: the state after it, and each node that it went through with what was done there. `entered` are
    the states in which the second node and those after it were entered."""

    after: State
    nodes: tuple[int, ...]
    done: tuple[Actions, ...]
    entered: tuple[State, ...] = ()

    def until(self, count: int) -> Trail:
        """The step until its node `count` is about to be entered, counted from 0."""
        return Trail(self.entered[count - 1], self.nodes[:count], self.done[:count], self.entered[: count - 1])


def take(graph: Graph, at: int, moved: Outcome, moment: Moment) -> Trail:
    """Go on until somebody else must act, as `engine.step` does, after a first move out of node `at`."""
    state, actions = moved
    nodes, done, entered = [at], [actions], []
    while not state.part:
        if len(nodes) > MAX_MOVES:
            ended, actions = give_up(graph, state)
            return Trail(ended, (nodes[0],), (actions,))
        nodes.append(state.at)
        entered.append(state)
        state, actions = move(graph, state, _BEGIN, moment)
        done.append(actions)
    return Trail(state, tuple(nodes), tuple(done), tuple(entered))


_BEGIN = Begin()


class Heard(Struct, frozen=True):
    """What a caller meets: `said` are (node, prompt); `answer` is who or what acts next; `details` are named values."""

    said: tuple[tuple[int, int], ...]
    answer: tuple[object, ...]
    details: tuple[tuple[str, object], ...]
    words: tuple[int, ...] = ()
    """Prompts that are heard later on: a whisper, or while waiting in a queue."""


def heard(graph: Graph, trail: Trail) -> Heard:
    """What a step lets the caller meet."""
    said: list[tuple[int, int]] = []
    last: Action | None = None
    for node, actions in zip(trail.nodes, trail.done, strict=True):
        for action in actions:
            if isinstance(action, Say):
                said.append((node, action.prompt))
                continue
            if isinstance(action, Listen):
                said += [(node, prompt) for prompt in action.prompts]
            last = action
    answer, details, words = _answer(graph, last, trail.after) if trail.after.part else (GOES_ON, (), ())
    return Heard(tuple(said), answer, details, words)


Details = tuple[tuple[str, object], ...]


def _answer(graph: Graph, action: Action | None, after: State) -> tuple[tuple[object, ...], Details, tuple[int, ...]]:
    details: Details
    if isinstance(action, Listen):
        node = graph.nodes[after.at]
        pattern = node.pattern if isinstance(node, AskNode) else ""
        keys = f"{action.digits or 'any number of'} key{'' if action.digits == 1 else 's'}"
        return ("listen",), (
            ("waits", f"{action.wait} s"), ("takes", keys),
            ("ends at", action.finish), (FITS, pattern), ("speech", action.speech),
        ), ()  # fmt: skip
    if isinstance(action, Dial):
        whom = action.team if action.team >= 0 else action.targets
        told = action.whisper >= 0
        details = (("dials", ", ".join(action.targets)), ("rings", f"{action.ring} s"), ("whisper", told))
        return ("dial", whom), details, (action.whisper,) if told else ()
    if isinstance(action, Enqueue):
        queue = graph.nodes[action.node]
        assert isinstance(queue, QueueNode)
        details = (
            ("way out by key", queue.offer_key), ("offered after", f"{queue.offer_after} s"),
            ("waits at most", f"{queue.timeout} s"), ("music", queue.music), ("old place", action.old_place),
        )  # fmt: skip
        return ("queue", action.team), details, queue.wait_prompts[after.language]
    if isinstance(action, Record):
        return ("record",), (("records", f"{action.seconds} s"),), ()
    if isinstance(action, OpenCase):
        amount, unit = action.within
        calendar = graph.teams[action.team].calendar if amount and action.team >= 0 else -1
        hours = (calendar, graph.calendars[calendar].name if calendar >= 0 else "")
        promised = f"{amount} {unit.replace('_', ' ').removesuffix('s' if amount == 1 else '-')}" if amount else ""
        details = (
            ("promised", promised), ("a day", action.per_day), (HOURS, hours), ("reached by", action.reach),
            ("part of the day", action.part),
        )  # fmt: skip
        return ("case", action.kind, action.team), details, ()
    if isinstance(action, KeepMark):
        return ("mark",), (), ()
    if isinstance(action, FindCase | JoinCase | CancelCase):
        return (_BY_NUMBER[type(action)],), (), ()
    return ("end",) if isinstance(action, Hangup) or action is None else ("other",), (), ()


_BY_NUMBER: dict[type, str] = {FindCase: "find", JoinCase: "join", CancelCase: "cancel"}


def compare(prompts: tuple[Prompt, ...], old: Heard, new: Heard) -> int:
    """How two steps differ."""
    if old == new:
        return SAME
    if old.answer != new.answer:
        return OTHER
    told = _told(prompts, old, new)
    if told == OTHER or not same_details(old, new):
        return DETAIL
    return told if told or old.words == new.words else WORDS


def same_details(old: Heard, new: Heard) -> bool:
    """Whether the details are the same; a pattern may be written in another way."""
    return all(a == b or (a[0] == b[0] == FITS and _same_pattern(str(a[1]), str(b[1])))
               for a, b in zip(old.details, new.details, strict=True))  # fmt: skip


def _same_pattern(old: str, new: str) -> bool:
    """A difference that an answer shows is met when that answer is given; only one that is too large to show is a detail."""
    return bool(old) and bool(new) and tell_apart(old, new) != ""


def _told(prompts: tuple[Prompt, ...], old: Heard, new: Heard) -> int:
    """How what is said differs: another wording of the same place is words; more, less or another message is not."""
    if [prompt for _, prompt in old.said] == [prompt for _, prompt in new.said]:
        return SAME
    if _text(prompts, old) == _text(prompts, new):
        return SAME
    if len(old.said) != len(new.said):
        return OTHER
    same = all(p == q or a == b for (a, p), (b, q) in zip(old.said, new.said, strict=True))
    return WORDS if same else OTHER


def _text(prompts: tuple[Prompt, ...], held: Heard) -> list[object]:
    """All that is said, as one row of words and holes, however it is cut into prompts."""
    out: list[object] = []
    for _, prompt in held.said:
        for piece in prompts[prompt].pieces:
            if isinstance(piece, Audio):
                out.append(piece)
                continue
            out.append(piece.language)
            for part in piece.parts:
                out += [part] if isinstance(part, Hole) else part.split()
    return _less_repeats(out)


def _less_repeats(rows: list[object]) -> list[object]:
    """The row, a language named only where it changes."""
    out: list[object] = []
    language: object = None
    for row in rows:
        if isinstance(row, int):
            if row == language:
                continue
            language = row
        out.append(row)
    return out


def changed_prompts(old: Heard, new: Heard) -> Iterator[tuple[int, int]]:
    """The prompts that were put in the place of others."""
    pairs = zip([p for _, p in old.said], [p for _, p in new.said], strict=False)
    yield from ((p, q) for p, q in pairs if p != q)
    yield from ((p, q) for p, q in zip(old.words, new.words, strict=False) if p != q)
