"""Plausible slips of an admin's hand: each a small edit of the YAML that leaves a table which still looks right."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable, Collection, Iterator
from itertools import pairwise

from msgspec import Struct

from ivr.authoring.reader import read_yaml
from ivr.authoring.values import Mapping, Scalar, Value
from ivr.diagnostics import Report, Sources
from ivr.simulator.edits import Edit, Editor, words

FALLBACKS = ("busy", "no_answer", "closed", "failed", "full", "timeout", "no_input", "no_match", "offer_after", "then")
"""Exits that a node can do without, because the table states a default, or because nobody notices."""
MONTH = 30
TIME = re.compile(r"\b(\d\d):(\d\d)\b")


class Slip(Struct, frozen=True):
    """A slip: its kind, what was done, and the edits that make it."""

    kind: str
    what: str
    edits: tuple[Edit, ...]


class Tables:
    """The raw values of a table, by section, with what slips choose from."""

    def __init__(self, sources: Sources) -> None:
        self.editor = Editor(sources)
        roots = [read_yaml(source, file, Report()).value for file, source in enumerate(sources.files)]
        self._roots = [root for root in roots if isinstance(root, Mapping)]
        self.calendars = list(self.section("calendars"))
        self.teams = list(self.section("teams"))
        self.prompts = list(self.section("prompts"))
        table = next((root.get("table") for root in self._roots if root.get("table") is not None), None)
        languages = table.get("languages") if isinstance(table, Mapping) else None
        self.languages = list(languages.entries) if isinstance(languages, Mapping) else []

    def section(self, name: str) -> dict[str, Mapping]:
        """The entries of a section, from all files."""
        out: dict[str, Mapping] = {}
        for root in self._roots:
            held = root.get(name)
            if isinstance(held, Mapping):
                out |= {key: value for key, (_, value) in held.entries.items() if isinstance(value, Mapping)}
        return out

    def nodes(self) -> dict[str, Mapping]:
        """All nodes, those of flows as `flow/node`."""
        out = self.section("nodes")
        for flow, held in self.section("flows").items():
            inner = held.get("nodes")
            for name, (_, value) in inner.entries.items() if isinstance(inner, Mapping) else ():
                if isinstance(value, Mapping):
                    out[f"{flow}/{name}"] = value
        return out

    def maps(self) -> Iterator[tuple[tuple[str, ...], Mapping]]:
        """Every mapping of every file, with the keys that lead to it."""
        todo: list[tuple[tuple[str, ...], Value]] = [((), root) for root in self._roots]
        for path, value in todo:
            if isinstance(value, Mapping):
                yield path, value
                todo += [((*path, key), held) for key, (_, held) in value.entries.items()]
            elif not isinstance(value, Scalar):
                todo += [(path, held) for held in value.items]


def possible(sources: Sources, kinds: Collection[str] = ()) -> dict[str, list[Slip]]:
    """Every slip that can be made in a table, by kind; of all kinds when none is named."""
    table = Tables(sources)
    return {
        kind: [Slip(kind, what, edits) for what, edits in rule(table)]
        for kind, rule in KINDS.items()
        if not kinds or kind in kinds
    }


def draw(slips: dict[str, list[Slip]], most: int, seed: int) -> list[Slip]:
    """Up to `most` of them, each kind in its turn, drawn by a seed: the same each time. In the order of the files."""
    chance = random.Random(seed)
    rows = [chance.sample(held, len(held)) for held in slips.values()]
    out: list[Slip] = []
    while len(out) < most and any(rows):
        for row in rows:
            if row and len(out) < most:
                out.append(row.pop())
    return sorted(out, key=lambda slip: (slip.edits[0], slip.kind))


Found = Iterator[tuple[str, tuple[Edit, ...]]]


def _options(table: Tables) -> Iterator[tuple[str, Mapping]]:
    for name, node in table.nodes().items():
        options = node.get("options")
        if isinstance(options, Mapping):
            yield name, options


def _swapped(table: Tables) -> Found:
    for name, options in _options(table):
        rows = [(key, held.get("to")) for key, (_, held) in options.entries.items() if isinstance(held, Mapping)]
        kept = [(key, to) for key, to in rows if isinstance(to, Scalar)]
        for (one, a), (other, b) in pairwise(kept):
            if a.text != b.text:
                yield f"options {one} and {other} of '{name}' lead where the other should", table.editor.swap(a, b)


def _lost(table: Tables) -> Found:
    for name, options in _options(table):
        for key in options.entries:
            edit = table.editor.drop(options, key)
            if edit is not None:
                yield f"option {key} of '{name}' is lost", (edit,)


def _calendar(table: Tables) -> Found:
    for name, held in [*table.nodes().items(), *table.section("teams").items()]:
        yield from _another(table, held.get("calendar"), table.calendars, f"the calendar of '{name}'")


def _team(table: Tables) -> Found:
    for name, node in table.nodes().items():
        given = node.get("with")
        for value in (node.get("team"), given.get("team") if isinstance(given, Mapping) else None):
            yield from _another(table, value, table.teams, f"the team of '{name}'")


def _prompt(table: Tables) -> Found:
    holders = [*table.nodes().items(), *table.section("numbers").items()]
    for name, held in holders:
        for key in ("say", "again", "announce"):
            for word in words(held.get(key)):
                yield from _another(table, word, table.prompts, f"what '{name}' says")


def _another(table: Tables, value: Value | None, names: list[str], what: str) -> Found:
    """The next name of a list in place of the one that is written."""
    if isinstance(value, Scalar) and value.text in names and len(names) > 1:
        other = names[(names.index(value.text) + 1) % len(names)]
        yield f"{what} is {other} in place of {value.text}", (table.editor.put(value, other),)


def _hours(table: Tables) -> Found:
    for name, calendar in table.section("calendars").items():
        hours = calendar.get("hours")
        rows = [hours] if isinstance(hours, Scalar) else []
        for key in ("closed_on", "open_on"):
            held = calendar.get(key)
            rows += [at for at, _ in held.entries.values()] if isinstance(held, Mapping) else words(held)
        for row in rows:
            written = table.editor.written(row)
            for found in TIME.finditer(written):
                hour = int(found[1])
                for other in (hour - 1, hour + 1):
                    if 0 < hour < 24 and 0 <= other < 24:
                        text = f"{written[: found.start()]}{other:02d}:{found[2]}{written[found.end() :]}"
                        yield (
                            f"{found[0]} of calendar '{name}' is {other:02d}:{found[2]}",
                            (table.editor.put(row, text),),
                        )


def _language(table: Tables) -> Found:
    codes = set(table.languages)
    for path, box in table.maps():
        if len(box.entries) > 1 and set(box.entries) <= codes and path[-1:] != ("languages",):
            for code in list(box.entries)[1:]:
                edit = table.editor.drop(box, code)
                if edit is not None:
                    yield f"'{' '.join(path[1:])}' lacks the language {code}", (edit,)


def _fallback(table: Tables) -> Found:
    for name, node in table.nodes().items():
        for key in FALLBACKS:
            edit = table.editor.drop(node, key) if key in node.entries else None
            if edit is not None:
                yield f"'{name}' lacks its exit {key}", (edit,)


def _phase(table: Tables) -> Found:
    for name, number in table.section("numbers").items():
        phases = number.get("phases")
        held = [(key, value) for key, (_, value) in phases.entries.items()] if isinstance(phases, Mapping) else []
        held += [(key, value) for key in ("from", "until") if (value := number.get(key)) is not None]
        for key, value in held:
            if isinstance(value, Scalar):
                try:
                    date = dt.date.fromisoformat(value.text) + dt.timedelta(days=MONTH)
                except ValueError:
                    continue
                what = f"{key} of {name} is {MONTH} days later"
                yield what, (table.editor.put(value, date.isoformat()),)


def _number(table: Tables) -> Found:
    rows = [(name, number.get("to")) for name, number in table.section("numbers").items()]
    kept = [(name, to) for name, to in rows if isinstance(to, Scalar)]
    for (one, a), (other, b) in pairwise(kept):
        if a.text != b.text:
            yield f"{one} goes where {other} should", (table.editor.put(a, table.editor.written(b)),)


def _exits(table: Tables) -> Found:
    pairs = (
        ("open", "closed"),
        ("closed", "holiday"),
        ("taken", "refused"),
        ("busy", "closed"),
        ("to", "no_input"),
        ("joined", "cancelled"),
        ("over", "unknown"),
    )
    for name, node in table.nodes().items():
        for one, other in pairs:
            a, b = node.get(one), node.get(other)
            if isinstance(a, Scalar) and isinstance(b, Scalar) and a.text != b.text:
                yield f"{one} and {other} of '{name}' lead where the other should", table.editor.swap(a, b)


KINDS: dict[str, Callable[[Tables], Found]] = {
    "swapped-options": _swapped,
    "lost-option": _lost,
    "wrong-calendar": _calendar,
    "hours-off-by-one": _hours,
    "missing-language": _language,
    "dropped-fallback": _fallback,
    "wrong-team": _team,
    "phase-moved": _phase,
    "wrong-prompt": _prompt,
    "wrong-number": _number,
    "swapped-exits": _exits,
}
"""Every kind of slip, in the order in which they are reported."""
