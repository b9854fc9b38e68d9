"""Who fares differently, in words: what a difference between two tables says of callers, for commands and pages alike."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct
from msgspec.structs import replace

from ivr.diagnostics import NOWHERE
from ivr.proofs.diff.groups import Difference, Group
from ivr.proofs.diff.rows import Row
from ivr.proofs.diff.words import ways
from ivr.proofs.ways import Script
from ivr.tables.ready import Table


class Shown(Struct, frozen=True):
    """A difference with the tables that it is of, and what people call them: folders, revisions or versions."""

    found: Difference
    before: Table
    after: Table
    old: str
    new: str
    date: dt.date
    days: int


def edits(found: Difference) -> str:
    """`1 edit that callers meet and 2 edits of wording`, '' for none."""
    words = sum(group.words for group in found.groups)
    behaviour = len(found.groups) - words
    parts = [_count(behaviour, "edit") + " that callers meet"] if behaviour else []
    parts += [_count(words, "edit") + " of wording"] if words else []
    return " and ".join(parts)


def summary(shown: Shown) -> str:
    """What was found among which callers, in a line."""
    found = shown.found
    callers = f"{_count(len(found.numbers), 'number')} and the main line, from {shown.date} for {shown.days} days"
    if not found.groups:
        return f"no difference for any caller: {callers}"
    return f"{edits(found)}; compared: {callers}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def place_of(shown: Shown, group: Group) -> str:
    """`file:line` of the edit, in the new table, else in the old one."""
    if group.new is not NOWHERE and group.new.file >= 0:
        return shown.after.sources.path_line(group.new)
    return shown.before.sources.path_line(group.old) if group.old.file >= 0 else ""


def number_of(shown: Shown, caller: int) -> str:
    """The number that a caller dials."""
    return shown.found.numbers[caller] if caller >= 0 else shown.found.main_number


def who_of(shown: Shown, row: Row) -> str:
    """`050 367 1000 and 3 more numbers, Thu 17:00-19:00, presses 2`."""
    return ", ".join(part for part in (numbers_of(shown, row), fact_of(shown, row), row.when, does(row)) if part)


def numbers_of(shown: Shown, row: Row) -> str:
    """The number of the example, and of how many others it is so."""
    if not row.callers:
        return ""
    more = len(row.callers) - 1
    times = ", in their own times" if row.own_times else ""
    some = f" and {more} more{times}" if more else ""
    return f"{number_of(shown, row.callers[0])}{some}"


def fact_of(shown: Shown, row: Row) -> str:
    """What must be known of callers, where it is not so for all: `caller other or anonymous`."""
    out = []
    for index, (name, values) in enumerate(shown.found.facts):
        held = sorted({facts[index] for facts in row.whom if index < len(facts)})
        if held and held[0] >= 0 and (len(held) < len(values) or len(row.whom) == 1):
            out.append(f"{name} {' or '.join(values[value] for value in held)}")
    return ", ".join(out)


def facts_of(shown: Shown, row: Row) -> dict[str, str]:
    """What is known of the caller of the example."""
    return {} if row.script is None else named(shown, row.script.facts)


def named(shown: Shown, values: tuple[int, ...]) -> dict[str, str]:
    """Facts by name, from the indices of their values."""
    pairs = zip(shown.found.facts, values, strict=False)
    return {name: known[value] for (name, known), value in pairs if value >= 0}


def does(row: Row) -> str:
    """What the caller does, or where it happens: `presses 2, then is silent`, `on arrival`."""
    if row.script is None:
        return ""
    switch = ["the calamity switch is on" + (f" ({row.script.route})" if row.script.route else "")]
    if row.others:
        return f"in other ways, such as: {ways(list(row.events)) or 'on arrival'}"
    parts = [
        *(switch if row.script.calamity else []),
        *(f"a notice is on in '{name}'" for name in row.script.notices),
        *([row.share] if row.share else []),
        ways(list(row.events)) or "on arrival",
    ]
    return ", ".join(parts)


def playable(shown: Shown, row: Row) -> Script | None:
    """The example as a call to the new table, None when it cannot be played there."""
    if row.script is None:
        return None
    dial = row.script.dial
    if dial >= 0:
        name = shown.found.numbers[dial]
        known = [one.name for one in shown.after.graph.numbers]
        if name not in known:
            return None
        dial = known.index(name)
    return replace(row.script, dial=dial, facts=_facts_of(shown, row.script.facts))


def _facts_of(shown: Shown, values: tuple[int, ...]) -> tuple[int, ...]:
    """The facts as the new table counts them; a value that it lacks is its first."""
    held = {name: known[value] for (name, known), value in zip(shown.found.facts, values, strict=False)}
    return tuple(known.index(held[name]) if held.get(name) in known else 0 for name, known in shown.after.graph.facts)
