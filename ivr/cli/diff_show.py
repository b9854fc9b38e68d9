"""What `ivr diff` found, as text, as Markdown for a pull request, and as JSON."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from ivr.cli.common import count
from ivr.diagnostics import NOWHERE
from ivr.proofs.diff.groups import Difference, Group
from ivr.proofs.diff.rows import Row
from ivr.proofs.diff.words import doing, ways
from ivr.simulator.replay import command
from ivr.tables.ready import Table
from ivr.tables.revision import is_revision

FEW = 5
"""Rows of a group that are shown unless all are asked for."""
SHORT_WHEN = 60
"""Characters of a time that are shown where an edit gets one line."""
MOST_MARKDOWN = 60_000
"""Characters of a comment; GitHub takes 65,536."""


class Shown(Struct, frozen=True):
    """A difference with the tables that it is of, as they were named on the command line."""

    found: Difference
    before: Table
    after: Table
    old: str
    new: str
    date: dt.date
    days: int


def as_text(shown: Shown, every: bool, colour: bool) -> str:
    """For a terminal."""
    out: list[str] = []
    for group in shown.found.groups:
        title = click.style(group.title, bold=True) if colour else group.title
        out.append(f"{title}{'  (wording)' if group.words else ''}  {_place(shown, group)}".rstrip())
        rows = group.rows if every else group.rows[:FEW]
        out += [f"  {_who(shown, row)}: was {row.was} → now {row.now}".replace("  : was", "  was") for row in rows]
        more = len(group.rows) - len(rows)
        if more:
            out.append(f"  and {count(more, 'row')} more (--all)")
        replay = _replay(shown, group.rows[0])
        if replay:
            out.append(f"  try it: {replay}")
        out.append("")
    return "\n".join([*out, _summary(shown)])


def as_lines(shown: Shown, most: int) -> list[str]:
    """One line for each edit, by its first row; at most so many, and how many more there are."""
    out: list[str] = []
    for group in shown.found.groups[:most]:
        row, more = group.rows[0], len(group.rows) - 1
        when = row.when if len(row.when) <= SHORT_WHEN else row.when[: SHORT_WHEN - 1].rstrip(" ,;:") + "…"
        who = _who(shown, replace(row, when=when))
        head = f"{group.title}{' (wording)' if group.words else ''}  {_place(shown, group)}".rstrip()
        rest = f" (and {count(more, 'row')} more)" if more else ""
        out.append(f"{head}: {who + ': ' if who else ''}was {row.was} → now {row.now}{rest}")
    more = len(shown.found.groups) - most
    return [*out, f"and {count(more, 'edit')} more"] if more > 0 else out


def edits(found: Difference) -> str:
    """`1 edit that callers meet and 2 edits of wording`, '' for none."""
    words = sum(group.words for group in found.groups)
    behaviour = len(found.groups) - words
    parts = [count(behaviour, "edit") + " that callers meet"] if behaviour else []
    parts += [count(words, "edit") + " of wording"] if words else []
    return " and ".join(parts)


def _summary(shown: Shown) -> str:
    found = shown.found
    callers = f"{count(len(found.numbers), 'number')} and the main line, from {shown.date} for {shown.days} days"
    if not found.groups:
        return f"no difference for any caller: {callers}"
    return f"{edits(found)}; compared: {callers}"


def _place(shown: Shown, group: Group) -> str:
    """`file:line` of the edit, in the new table, else in the old one."""
    if group.new is not NOWHERE and group.new.file >= 0:
        return shown.after.sources.path_line(group.new)
    return shown.before.sources.path_line(group.old) if group.old.file >= 0 else ""


def _number(shown: Shown, caller: int) -> str:
    return shown.found.numbers[caller] if caller >= 0 else shown.found.main_number


def _who(shown: Shown, row: Row) -> str:
    """`050 367 1000 and 3 more numbers, Thu 17:00-19:00, presses 2`."""
    return ", ".join(part for part in (_numbers(shown, row), _fact(shown, row), row.when, _does(row)) if part)


def _numbers(shown: Shown, row: Row) -> str:
    if not row.callers:
        return ""
    more = len(row.callers) - 1
    times = ", in their own times" if row.own_times else ""
    some = f" and {more} more{times}" if more else ""
    return f"{_number(shown, row.callers[0])}{some}"


def _fact(shown: Shown, row: Row) -> str:
    """What must be known of callers, where it is not so for all: `caller other or anonymous`."""
    out = []
    for index, (name, values) in enumerate(shown.found.facts):
        held = sorted({facts[index] for facts in row.whom if index < len(facts)})
        if held and held[0] >= 0 and (len(held) < len(values) or len(row.whom) == 1):
            out.append(f"{name} {' or '.join(values[value] for value in held)}")
    return ", ".join(out)


def _facts(shown: Shown, row: Row) -> dict[str, str]:
    """What is known of the caller of the example."""
    if row.script is None:
        return {}
    return _named(shown, row.script.facts)


def _named(shown: Shown, facts: tuple[int, ...]) -> dict[str, str]:
    pairs = zip(shown.found.facts, facts, strict=False)
    return {name: values[value] for (name, values), value in pairs if value >= 0}


def _switch(row: Row) -> str | None:
    """The route of the calamity switch, "on" when it has none, None when the switch is off."""
    return (row.script.route or "on") if row.script is not None and row.script.calamity else None


def _does(row: Row) -> str:
    if row.script is None:
        return ""
    switch = ["the calamity switch is on" + (f" ({row.script.route})" if row.script.route else "")]
    if row.others:
        return f"in other ways, such as: {ways(list(row.events)) or 'on arrival'}"
    parts = [
        *(switch if row.script.calamity else []),
        *([row.share] if row.share else []),
        ways(list(row.events)) or "on arrival",
    ]
    return ", ".join(parts)


def _replay(shown: Shown, row: Row) -> str:
    """The command that plays the example on the new table, '' when it cannot be played there."""
    if row.script is None or is_revision(shown.new):
        return ""
    dial = row.script.dial
    if dial >= 0:
        name = shown.found.numbers[dial]
        names = [number.name for number in shown.after.graph.numbers]
        if name not in names:
            return ""
        dial = names.index(name)
    facts = _facts_of(shown, row.script.facts)
    return command(shown.after, replace(row.script, dial=dial, facts=facts), str(Path(shown.new)))


def _facts_of(shown: Shown, facts: tuple[int, ...]) -> tuple[int, ...]:
    """The facts as the new table counts them; a value that it lacks is its first."""
    held = {name: values[value] for (name, values), value in zip(shown.found.facts, facts, strict=False)}
    return tuple(
        values.index(held[name]) if held.get(name) in values else 0 for name, values in shown.after.graph.facts
    )


def as_markdown(shown: Shown, every: bool) -> str:
    """For a comment on a pull request."""
    out = ["## What callers will notice", ""]
    if not shown.found.groups:
        return "\n".join([*out, _summary(shown) + "."])
    out += [_summary(shown) + ".", ""]
    for group in shown.found.groups:
        rows = group.rows if every else group.rows[:FEW]
        place = _place(shown, group)
        out += [f"### {_plain(group.title)}{' (wording)' if group.words else ''}", ""]
        out += [_code(place), ""] if place else []
        out += ["| who | when | does | was | now |", "|---|---|---|---|---|"]
        out += ["| " + " | ".join(map(_plain, _cells(shown, row))) + " |" for row in rows]
        more = len(group.rows) - len(rows)
        out += [*([f"\nand {count(more, 'row')} more"] if more else []), ""]
    text = "\n".join(out)
    if len(text) > MOST_MARKDOWN:
        text = text[:MOST_MARKDOWN].rsplit("\n", 1)[0] + "\n\n(cut: run `ivr diff` to see the rest)"
    return text


def _cells(shown: Shown, row: Row) -> Iterator[str]:
    yield ", ".join(part for part in (_numbers(shown, row), _fact(shown, row)) if part) or "all"
    yield row.when or "always"
    yield _does(row)
    yield row.was
    yield row.now


def _plain(text: str) -> str:
    """Text that Markdown shows as it is: names and prompts come from the table."""
    for sign in "\\`*_[]<>|#~&$":
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.split()).replace("@", "@\u200b")


def _code(text: str) -> str:
    """Text as code, whatever signs it holds: fenced by more backticks than stand in a row in it."""
    text = " ".join(text.split())
    longest = max(map(len, re.findall("`+", text)), default=0)
    return f"`{text}`" if not longest else f"{'`' * (longest + 1)} {text} {'`' * (longest + 1)}"


def as_dict(shown: Shown) -> dict[str, object]:
    """For programs."""
    return {
        "old": {"table": shown.old, "version": shown.before.version},
        "new": {"table": shown.new, "version": shown.after.version},
        "from": shown.date.isoformat(),
        "days": shown.days,
        "groups": [_group_dict(shown, group) for group in shown.found.groups],
    }


def _group_dict(shown: Shown, group: Group) -> dict[str, object]:
    places = (("old", shown.before, group.old), ("new", shown.after, group.new))
    return {
        "kind": group.kind,
        "title": group.title,
        "wording": group.words,
        **{f"{name}_place": table.sources.path_line(span) for name, table, span in places if span.file >= 0},
        "rows": [
            {
                "numbers": [_number(shown, caller) for caller in row.callers],
                "languages": [shown.found.languages[i] for i in row.languages],
                "when": row.when or "always",
                "does": [word for word in map(doing, row.events) if word],
                "was": row.was,
                "now": row.now,
                "facts": _facts(shown, row),
                "callers": [_named(shown, facts) for facts in row.whom] or "all",
                "share": row.share or None,
                "calamity": _switch(row),
                "other_ways": row.others,
                "same_times": not row.own_times,
                "worlds": row.worlds,
                "replay": _replay(shown, row) or None,
            }
            for row in group.rows
        ],
    }
