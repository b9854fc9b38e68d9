"""Which edit a difference comes from: where two tables first do not do the same, led back to what was written."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from ivr.diagnostics import SourceMap
from ivr.model.events import Keys
from ivr.model.exits import exits
from ivr.model.nodes import (
    BranchNode,
    CalamityNode,
    CallbackNode,
    HoursNode,
    MenuNode,
    Node,
    NoticeNode,
    QueueNode,
    SplitNode,
    TransferNode,
    VoicemailNode,
)
from ivr.proofs.diff.align import Pair
from ivr.proofs.diff.changes import Changes
from ivr.proofs.diff.heard import WORDS, Trail, changed_prompts, compare, heard
from ivr.proofs.diff.parting import CALENDAR, FLOW, NODE, NUMBER, TABLE, TEAM, VISIT, Blame, Parting
from ivr.proofs.diff.wording import Wording
from ivr.proofs.events import INPUTS


class Blaming:
    """Finds edits for one pair of tables."""

    def __init__(self, pair: Pair, changes: Changes, old_map: SourceMap, new_map: SourceMap) -> None:
        self.pair = pair
        self.changes = changes
        self.maps = old_map, new_map
        self._teams = {i for i in range(len(pair.old.teams)) if self._as_written(0, i) != self._as_written(1, i)}
        self._wording = Wording(pair, changes, self.maps, self._teams, self._edit)

    def of(self, parting: Parting) -> Blame:
        """What a difference in what happens comes from."""
        if parting.origin is not None:
            return parting.origin
        found = self._pressed(parting) or self._place(*parting.trails, parting.caller)
        return found if found is not None else Blame(TABLE, "entry")

    def _as_written(self, side: int, team: int) -> tuple[object, ...]:
        """What is written of a team; its calendar by name, since what stands in the calendar is an edit of that."""
        graph = (self.pair.old, self.pair.new)[side]
        held = graph.teams[team]
        return (graph.calendars[held.calendar].name if held.calendar >= 0 else "", replace(held, calendar=-1, name=""))

    def _pressed(self, parting: Parting) -> Blame | None:
        """A key that means another thing in the whole table."""
        old, new, event = self.pair.old, self.pair.new, parting.event
        if not isinstance(event, Keys) or not isinstance(old.nodes[parting.trails[0].nodes[0]], INPUTS):
            return None
        for setting, keys in (
            ("operator", (old.operator_key, new.operator_key)),
            ("repeat_key", (old.repeat_key, new.repeat_key)),
        ):
            if keys[0] != keys[1] and event.digits in keys:
                return Blame(TABLE, setting)
        return None

    def of_words(self, parting: Parting) -> Iterator[tuple[Blame, int, int]]:
        """What each difference in wording comes from, with the prompts before and after."""
        for was, now in dict.fromkeys(changed_prompts(*parting.met)):
            yield self._wording.of(was, now, parting), was, now

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
        return None if last_changed < 0 else self._why(last_changed, before.after.at, after.after.at, caller)

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
        if at == old.number_node:
            if old.start != new.start and (to_old, to_new) == (old.start, new.start):
                return Blame(TABLE, "start")
            held = self.changes.renumbered.get(caller, caller)
            return Blame(NUMBER, str(held)) if caller in self.changes.numbers else Blame(TABLE, "languages")
        was, now = old.nodes[at], new.nodes[at]
        team = getattr(was, "team", -1)
        if team in self._teams and team == getattr(now, "team", -1) and _less_team(was) == _less_team(now):
            return Blame(TEAM, str(team))
        if was == now and team >= 0 and old.teams[team].calendar != new.teams[team].calendar:
            return Blame(CALENDAR, new.calendars[new.teams[team].calendar].name)  # what is promised is counted in it
        if to_old != to_new:
            return self._way(at, was, now, to_old, to_new)
        return self._edit(at)

    def _edit(self, at: int) -> Blame:
        """The node itself; of a node within a flow that is written as it was, the visit that gives it something else."""
        names = self.pair.old.names[at], self.pair.new.names[at]
        places = self.pair.old_nodes[at], self.pair.new_nodes[at]
        if "/" not in names[1] or min(places) < 0:
            return Blame(NODE, str(at))
        declared = [held.nodes[place] for held, place in zip(self.maps, places, strict=True)]
        while declared[0] is not None and declared[1] is not None:
            if declared[0].written() != declared[1].written():
                return Blame(NODE, str(at)) if names[1] == self.pair.new.names[at] else Blame(VISIT, names[1])
            names = names[0].rpartition("/")[0], names[1].rpartition("/")[0]
            if not names[1]:
                break
            declared = [held.expansion(name) for held, name in zip(self.maps, names, strict=True)]
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
        flow = self._begins(at, to_old, to_new)
        if flow is not None:
            return Blame(FLOW, flow)
        if self.pair.old_nodes[to_new] < 0:
            return Blame(NODE, str(to_new))
        if self.pair.new_nodes[to_old] < 0:
            return Blame(NODE, str(to_old))
        if was == now and old.chain != new.chain:
            return Blame(TABLE, "entry")
        return self._edit(at)

    def _begins(self, at: int, to_old: int, to_new: int) -> str | None:
        """The visit of a flow that begins at another of its nodes now, though the visit is written as it was."""
        names = self.pair.old.names[to_old], self.pair.new.names[to_new]
        parts = [name.split("/") for name in names]
        for length in range(1, min(map(len, parts))):
            visits = [held.visit("/".join(row[:length])) for held, row in zip(self.maps, parts, strict=True)]
            if self.pair.new.names[at].split("/")[:length] == parts[1][:length]:
                continue  # the call is within that visit already
            if visits[0] is None or visits[1] is None or visits[0].decl.written() != visits[1].decl.written():
                return None
            if parts[0][length] != parts[1][length]:
                return visits[1].name
        return None

    def _default(self, at: int, was: Node, now: Node, to_old: int, to_new: int) -> str:
        """The exit of a node that neither table writes there, so that the default of the table was changed."""
        declared = [
            held.nodes[places[at]] if places[at] >= 0 else None
            for held, places in zip(self.maps, (self.pair.old_nodes, self.pair.new_nodes), strict=True)
        ]
        if None in declared or isinstance(was, BranchNode | SplitNode | CalamityNode | NoticeNode):
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


def _less_team(node: Node) -> Node:
    """A node without what it has from its team."""
    if isinstance(node, TransferNode):
        return replace(node, dials=(), calendar=-1, says=())
    if isinstance(node, QueueNode):
        return replace(node, calendar=-1, says=())
    if isinstance(node, CallbackNode):
        return replace(node, per_day=0, offers=(), promises=())
    return replace(node, says=(), thanks=()) if isinstance(node, VoicemailNode) else node
