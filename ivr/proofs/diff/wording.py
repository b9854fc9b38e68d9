"""Which edit another wording comes from."""

from __future__ import annotations

from collections.abc import Callable

from ivr.diagnostics import SourceMap
from ivr.model.words import Hole, Prompt, Words
from ivr.proofs.diff.align import Pair
from ivr.proofs.diff.changes import Changes
from ivr.proofs.diff.parting import CALENDAR, NUMBER, PHRASES, PROMPT, TABLE, TEAM, Blame, Parting


class Wording:
    """Finds the edits of what is said. `teams` are those that differ; `edit` finds what was edited about a node."""

    def __init__(
        self,
        pair: Pair,
        changes: Changes,
        maps: tuple[SourceMap, SourceMap],
        teams: set[int],
        edit: Callable[[int], Blame],
    ) -> None:
        self.pair = pair
        self.changes = changes
        self._teams = teams
        self._edit = edit
        self._phrases = _phrases(*maps)

    def of(self, was: int, now: int, parting: Parting) -> Blame:
        """What another wording comes from."""
        prompts = self.pair.common.prompts
        old, new = prompts[was], prompts[now]
        calendars = self._calendars_in(old, new)
        if calendars is not None and calendars[0] == calendars[1]:
            return Blame(CALENDAR, calendars[0])
        if calendars is not None:
            team = self._moved_to(*calendars)
            if team >= 0:
                return Blame(TEAM, str(team))
        shared = [name for name in old.names if name in new.names]
        if shared:
            return Blame(PROMPT, shared[0])
        for code, (gone, come) in self._phrases.items():
            if any(part in _plain(old) for part in gone) and any(part in _plain(new) for part in come):
                return Blame(PHRASES, code)
        for before, after in zip(parting.met[0].said, parting.met[1].said, strict=False):
            if (before[1], after[1]) == (was, now):
                team = self._titled(after[0], old, new)
                if team >= 0:
                    return Blame(TEAM, str(team))
                if after[0] == self.pair.new.number_node and parting.caller in self.changes.numbers:
                    return Blame(NUMBER, str(parting.caller))
                return self._keyed(old, new) or self._edit(after[0])
        at = parting.trails[1].after.at
        team = self._titled(at, old, new)
        return Blame(TEAM, str(team)) if team >= 0 else self._edit(at)

    def _titled(self, at: int, old: Prompt, new: Prompt) -> int:
        """The team of a node, when nothing but its title differs; else -1."""
        team = getattr(self.pair.new.nodes[at], "team", -1)
        if team not in self._teams or team != getattr(self.pair.old.nodes[at], "team", -1):
            return -1
        titles = zip(self.pair.old.teams[team].titles, self.pair.new.teams[team].titles, strict=True)
        return team if any(was and _plain(old).replace(was, now) == _plain(new) for was, now in titles) else -1

    def _keyed(self, old: Prompt, new: Prompt) -> Blame | None:
        """The setting of a key, when nothing but that key differs in what is said."""
        words = _plain(old).split(), _plain(new).split()
        if len(words[0]) != len(words[1]):
            return None
        differing = {(a, b) for a, b in zip(*words, strict=True) if a != b}
        rows = (("operator", self.pair.old.operator_key, self.pair.new.operator_key),
                ("repeat_key", self.pair.old.repeat_key, self.pair.new.repeat_key))  # fmt: skip
        for setting, was, now in rows:
            if was != now and len(differing) == 1 and all(_names(a, was) and _names(b, now) for a, b in differing):
                return Blame(TABLE, setting)
        return None

    def _moved_to(self, was: str, now: str) -> int:
        """The team whose calendar was one and is another, -1 for none."""
        graphs = self.pair.old, self.pair.new
        for team in self._teams:
            held = [graph.teams[team].calendar for graph in graphs]
            if min(held) >= 0 and [g.calendars[c].name for g, c in zip(graphs, held, strict=True)] == [was, now]:
                return team
        return -1

    def _calendars_in(self, old: Prompt, new: Prompt) -> tuple[str, str] | None:
        """The calendars whose hours are spoken, before and now, when nothing else differs."""
        rows = [[p for piece in held.pieces for p in _parts(piece)] for held in (old, new)]
        if len(rows[0]) != len(rows[1]):
            return None
        found: tuple[str, str] | None = None
        for a, b in zip(*rows, strict=True):
            if a == b:
                continue
            if not (isinstance(a, Hole) and isinstance(b, Hole) and a.kind == b.kind == "opens"):
                return None
            names = [self.pair.common.calendars[hole.argument].name for hole in (a, b)]
            found = names[0], names[1]
        return found


def _names(word: str, key: str) -> bool:
    """Whether a word names a key: the digit itself, or any word for star and hash."""
    return word.strip(".,;:!?") == key if key.isdigit() else word[:1].isalpha()


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
