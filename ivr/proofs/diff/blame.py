"""Which edit a difference comes from: where two tables first do not do the same, led back to what was written."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from ivr.diagnostics import SourceMap
from ivr.model.exits import exits
from ivr.model.nodes import (
    BranchNode,
    CalamityNode,
    CallbackNode,
    HoursNode,
    MenuNode,
    Node,
    QueueNode,
    SplitNode,
    TransferNode,
    VoicemailNode,
)
from ivr.model.words import Hole, Prompt, Words
from ivr.proofs.diff.align import Pair
from ivr.proofs.diff.changes import Changes
from ivr.proofs.diff.heard import WORDS, Trail, changed_prompts, compare, heard
from ivr.proofs.diff.parting import Blame, Parting

NODE, TEAM, CALENDAR, NUMBER, TABLE, PROMPT, PHRASES = (
    "node",
    "team",
    "calendar",
    "number",
    "table",
    "prompt",
    "phrases",
)


class Blaming:
    """Finds edits for one pair of tables."""

    def __init__(self, pair: Pair, changes: Changes, old_map: SourceMap, new_map: SourceMap) -> None:
        self.pair = pair
        self.changes = changes
        self.maps = old_map, new_map
        self._teams = {i for i, team in enumerate(self.pair.old.teams) if team != self.pair.new.teams[i]}
        self._phrases = _phrases(old_map, new_map)

    def of(self, parting: Parting) -> Blame:
        """What a difference in what happens comes from."""
        if parting.origin is not None:
            return parting.origin
        found = self._place(*parting.trails, parting.caller)
        return found if found is not None else Blame(TABLE, "entry")

    def of_words(self, parting: Parting) -> Iterator[tuple[Blame, int, int]]:
        """What each difference in wording comes from, with the prompts before and after."""
        for was, now in dict.fromkeys(changed_prompts(*parting.met)):
            yield self._prompt(was, now, parting), was, now

    def _place(self, before: Trail, after: Trail, caller: int) -> Blame | None:
        """The first node in which two steps do not do the same."""
        last_changed = -1
        for i, (a, b) in enumerate(zip(before.nodes, after.nodes, strict=False)):
            if a != b:
                break
            if a in self.changes.nodes:
                last_changed = a
            following = [t.nodes[i + 1] if i + 1 < len(t.nodes) else t.after.at for t in (before, after)]
            same = self._same_done(before, after, i) and following[0] == following[1]
            if i + 1 == min(len(before.nodes), len(after.nodes)):
                same = same and before.after.memory == after.after.memory
            if not same:
                old, new = self.pair.old, self.pair.new
                if self.changes.operator_differs and following == [old.operator, new.operator]:
                    return Blame(TABLE, "operator")
                at = a if a in self.changes.nodes else last_changed
                return None if at < 0 else self._why(at, following[0], following[1], caller)
        return None if last_changed < 0 else Blame(NODE, str(last_changed))

    def _same_done(self, before: Trail, after: Trail, i: int) -> bool:
        """Whether a node did the same in both, wording aside."""
        if before.done[i] == after.done[i]:
            return True
        pieces = [Trail(t.after, t.nodes[i : i + 1], t.done[i : i + 1]) for t in (before, after)]
        met = [heard(g, t) for g, t in zip((self.pair.old, self.pair.new), pieces, strict=True)]
        return compare(self.pair.common.prompts, met[0], met[1]) <= WORDS

    def _why(self, at: int, to_old: int, to_new: int, caller: int) -> Blame:
        """Why a node does not do the same in both tables."""
        old, new = self.pair.old, self.pair.new
        if at == old.number_node and caller in self.changes.callers:
            return Blame(NUMBER, str(caller)) if caller >= 0 else Blame(TABLE, "start")
        was, now = old.nodes[at], new.nodes[at]
        if to_old != to_new:
            return self._way(at, was, now, to_old, to_new)
        team = getattr(was, "team", -1)
        if team in self._teams and team == getattr(now, "team", -1) and _less_team(was) == _less_team(now):
            return Blame(TEAM, str(team))
        return Blame(NODE, str(at))

    def _way(self, at: int, was: Node, now: Node, to_old: int, to_new: int) -> Blame:
        """Why a node leads elsewhere."""
        old, new = self.pair.old, self.pair.new
        calendars = [getattr(node, "calendar", -1) for node in (was, now)]
        if isinstance(was, HoursNode | TransferNode | QueueNode) and calendars[0] != calendars[1]:
            names = [g.calendars[c].name for g, c in zip((old, new), calendars, strict=True) if c >= 0]
            if len(names) == 2 and names[0] == names[1]:
                return Blame(CALENDAR, names[0])
        default = self._default(at, was, now, to_old, to_new)
        if default:
            return Blame(TABLE, f"defaults/{default}")
        if self.pair.old_nodes[to_new] < 0:
            return Blame(NODE, str(to_new))
        if self.pair.new_nodes[to_old] < 0:
            return Blame(NODE, str(to_old))
        if was == now and old.chain != new.chain:
            return Blame(TABLE, "entry")
        return Blame(NODE, str(at))

    def _default(self, at: int, was: Node, now: Node, to_old: int, to_new: int) -> str:
        """The exit of a node that neither table writes there, so that the default of the table was changed."""
        declared = [
            held.nodes[places[at]] if places[at] >= 0 else None
            for held, places in zip(self.maps, (self.pair.old_nodes, self.pair.new_nodes), strict=True)
        ]
        if None in declared or isinstance(was, BranchNode | SplitNode | CalamityNode):
            return ""  # what these lead to has no default
        ways = dict(exits(now))
        for name, to in exits(was):
            if isinstance(was, MenuNode) and name in was.keys:
                continue  # an option has no default
            if to == to_old and ways.get(name) == to_new:
                spans = [(d.place(name).span, d.name.span) for d in declared if d is not None]
                if all(place == own for place, own in spans):
                    return name
        return ""

    def _prompt(self, was: int, now: int, parting: Parting) -> Blame:
        """What another wording comes from."""
        prompts = self.pair.common.prompts
        old, new = prompts[was], prompts[now]
        calendar = self._calendar_in(old, new)
        if calendar:
            return Blame(CALENDAR, calendar)
        shared = [name for name in old.names if name in new.names]
        if shared:
            return Blame(PROMPT, shared[0])
        for code, (gone, come) in self._phrases.items():
            if any(part in _plain(old) for part in gone) and any(part in _plain(new) for part in come):
                return Blame(PHRASES, code)
        for before, after in zip(parting.met[0].said, parting.met[1].said, strict=False):
            if (before[1], after[1]) == (was, now):
                if after[0] == self.pair.new.number_node and parting.caller in self.changes.callers:
                    return Blame(NUMBER, str(parting.caller))
                return Blame(NODE, str(after[0]))
        return Blame(NODE, str(parting.trails[1].after.at))

    def _calendar_in(self, old: Prompt, new: Prompt) -> str:
        """The calendar whose hours are spoken, when nothing else differs."""
        rows = [[p for piece in held.pieces for p in _parts(piece)] for held in (old, new)]
        if len(rows[0]) != len(rows[1]):
            return ""
        found = ""
        for a, b in zip(*rows, strict=True):
            if a == b:
                continue
            if not (isinstance(a, Hole) and isinstance(b, Hole) and a.kind == b.kind == "opens"):
                return ""
            names = [self.pair.common.calendars[hole.argument].name for hole in (a, b)]
            if names[0] != names[1]:
                return ""
            found = names[0]
        return found


def _parts(piece: object) -> tuple[object, ...]:
    return piece.parts if isinstance(piece, Words) else (piece,)


def _plain(prompt: Prompt) -> str:
    return " ".join(p for piece in prompt.pieces if isinstance(piece, Words) for p in piece.parts if isinstance(p, str))


def _phrases(old: SourceMap, new: SourceMap) -> dict[str, tuple[list[str], list[str]]]:
    """The fixed parts of the phrases that differ, by language: those of the old table and those of the new one."""
    rows = [{(s.language, s.at.text) for s in held.spoken if s.role == "phrase"} for held in (old, new)]
    out: dict[str, tuple[list[str], list[str]]] = {}
    for side, mine, other in ((0, rows[0], rows[1]), (1, rows[1], rows[0])):
        for language, text in mine - other:
            parts = [part.strip() for part in _split(text) if len(part.strip()) > 2]
            out.setdefault(str(language), ([], []))[side].extend(parts)
    return {code: held for code, held in out.items() if held[0] and held[1]}


def _split(text: str) -> list[str]:
    out, rest = [], text
    while "{" in rest:
        before, _, rest = rest.partition("{")
        out.append(before)
        rest = rest.partition("}")[2]
    return [*out, rest]


def _less_team(node: Node) -> Node:
    """A node without what it has from its team."""
    if isinstance(node, TransferNode):
        return replace(node, dials=(), calendar=-1, says=())
    if isinstance(node, QueueNode):
        return replace(node, calendar=-1, says=())
    if isinstance(node, CallbackNode):
        return replace(node, per_day=0, offers=(), promises=())
    return replace(node, says=(), thanks=()) if isinstance(node, VoicemailNode) else node


__all__ = ["CALENDAR", "NODE", "NUMBER", "PHRASES", "PROMPT", "TABLE", "TEAM", "Blame", "Blaming"]
