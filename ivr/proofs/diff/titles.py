"""What an edit is called, and where it stands in the files of both tables."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.diagnostics import NOWHERE, Located, SourceMap, Span
from ivr.proofs.diff.align import Pair
from ivr.proofs.diff.parting import CALENDAR, FLOW, NODE, NUMBER, PROMPT, TABLE, TEAM, VISIT, Blame


class Titles:
    """Titles and places for the edits of two tables."""

    def __init__(self, pair: Pair, old: SourceMap, new: SourceMap, renumbered: dict[int, int]) -> None:
        self.pair = pair
        self._before = {now: was for was, now in renumbered.items()}
        self.maps = old, new

    def of(self, blame: Blame) -> tuple[str, Span, Span]:
        """The title of a group, and where its edit stands in both tables."""
        pair = self.pair
        old, new = self.maps
        if blame.kind == NODE:
            before, after = pair.old_nodes[blame.index], pair.new_nodes[blame.index]
            return self._node(blame.index), _span(old.nodes, before), _span(new.nodes, after)
        if blame.kind == NUMBER:
            name = pair.common.numbers[blame.index]
            if blame.index in self._before:
                was = self._before[blame.index]
                title = f"number {name}, formerly {pair.common.numbers[was]}"
                return (
                    title,
                    _span(old.numbers, pair.old_numbers[was]),
                    _span(new.numbers, pair.new_numbers[blame.index]),
                )
            before, after = pair.old_numbers[blame.index], pair.new_numbers[blame.index]
            return f"number {name}{_life(before, after)}", _span(old.numbers, before), _span(new.numbers, after)
        if blame.kind == TEAM:
            before, after = pair.old_teams[blame.index], pair.new_teams[blame.index]
            spans = [held.teams[i].span if i >= 0 else NOWHERE for held, i in ((old, before), (new, after))]
            return f"team {pair.common.teams[blame.index]}", spans[0], spans[1]
        if blame.kind == TABLE:
            return f"table: {blame.name}", setting_place(old, blame.name), setting_place(new, blame.name)
        if blame.kind == FLOW:
            visits = [held.visit(blame.name) for held in self.maps]
            named = next((held.flow.text for held in visits[::-1] if held is not None), blame.name)
            return f"flow {named}: start", *_two([None if held is None else held.flow for held in visits])
        if blame.kind == VISIT:
            places = [held.expansion(blame.name) for held in self.maps]
            return f"node {self._short(blame.name)}", *_two([None if held is None else held.name for held in places])
        if blame.kind == CALENDAR:
            spans = [
                next((d.name.span for d in held.calendars if d.name.text == blame.name), NOWHERE) for held in self.maps
            ]
            return f"calendar {blame.name}", spans[0], spans[1]
        if blame.kind == PROMPT:
            keys = [held.prompts.get(blame.name) for held in self.maps]
            return f"prompt {blame.name}", *_two(keys)
        code = pair.common.languages[blame.index].code
        keys = [held.phrases.get(code) for held in self.maps]
        return f"phrases ({code})", *_two(keys)

    def _node(self, index: int) -> str:
        """`node a`; `node a, formerly b`; `new node a`; `node a, which is gone`."""
        pair = self.pair
        was, now = pair.old.names[index], pair.new.names[index]
        if not was:
            return f"new node {self._short(now)}"
        if not now:
            return f"node {self._short(was)}, which is gone"
        return f"node {self._short(now)}" if was == now else f"node {self._short(now)}, formerly {self._short(was)}"

    def _short(self, name: str) -> str:
        """`ring of flow reach` for a node within a flow: it is written once, whichever visit it is met in."""
        visit, _, inner = name.rpartition("/")
        held = next((v for m in self.maps[::-1] if visit and (v := m.visit(visit)) is not None), None)
        return name if held is None else f"{inner} of flow {held.flow.text}"


def _two(keys: Sequence[Located | None]) -> tuple[Span, Span]:
    """The spans of two keys."""
    old, new = (NOWHERE if key is None else key.span for key in keys)
    return old, new


def _life(before: int, after: int) -> str:
    return ", new" if before < 0 else ", which is gone" if after < 0 else ""


def setting_place(held: SourceMap, name: str) -> Span:
    """Where a setting of the table stands; where the section begins when it does not."""
    return held.table.place(*name.split("/")).span if held.table is not None else NOWHERE


def _span(rows: list, index: int) -> Span:  # type: ignore[type-arg]  # declarations of nodes or numbers
    if not 0 <= index < len(rows) or rows[index] is None:
        return NOWHERE
    span: Span = rows[index].name.span
    return span
