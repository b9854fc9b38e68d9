"""What `ivr diff` found, as text, as Markdown for a pull request, and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
from msgspec.structs import replace

from ivr.cli.common import count
from ivr.proofs.diff.groups import Group
from ivr.proofs.diff.rows import Row
from ivr.proofs.diff.words import doing
from ivr.simulator.replay import command
from ivr.tables.differences import (
    Shown,
    does,
    fact_of,
    facts_of,
    named,
    number_of,
    numbers_of,
    place_of,
    playable,
    summary,
    who_of,
)
from ivr.tables.revision import is_revision

FEW = 5
"""Rows of a group that are shown unless all are asked for."""
SHORT_WHEN = 60
"""Characters of a time that are shown where an edit gets one line."""
MOST_MARKDOWN = 60_000
"""Characters of a comment; GitHub takes 65,536."""


def as_text(shown: Shown, every: bool, colour: bool) -> str:
    """For a terminal."""
    out: list[str] = []
    for group in shown.found.groups:
        title = click.style(group.title, bold=True) if colour else group.title
        out.append(f"{title}{'  (wording)' if group.words else ''}  {place_of(shown, group)}".rstrip())
        rows = group.rows if every else group.rows[:FEW]
        out += [f"  {who_of(shown, row)}: was {row.was} → now {row.now}".replace("  : was", "  was") for row in rows]
        more = len(group.rows) - len(rows)
        if more:
            out.append(f"  and {count(more, 'row')} more (--all)")
        replay = _replay(shown, group.rows[0])
        if replay:
            out.append(f"  try it: {replay}")
        out.append("")
    return "\n".join([*out, summary(shown)])


def as_lines(shown: Shown, most: int) -> list[str]:
    """One line for each edit, by its first row; at most so many, and how many more there are."""
    out: list[str] = []
    for group in shown.found.groups[:most]:
        row, more = group.rows[0], len(group.rows) - 1
        when = row.when if len(row.when) <= SHORT_WHEN else row.when[: SHORT_WHEN - 1].rstrip(" ,;:") + "…"
        who = who_of(shown, replace(row, when=when))
        head = f"{group.title}{' (wording)' if group.words else ''}  {place_of(shown, group)}".rstrip()
        rest = f" (and {count(more, 'row')} more)" if more else ""
        out.append(f"{head}: {who + ': ' if who else ''}was {row.was} → now {row.now}{rest}")
    more = len(shown.found.groups) - most
    return [*out, f"and {count(more, 'edit')} more"] if more > 0 else out


def _switch(row: Row) -> str | None:
    """The route of the calamity switch, "on" when it has none, None when the switch is off."""
    return (row.script.route or "on") if row.script is not None and row.script.calamity else None


def _replay(shown: Shown, row: Row) -> str:
    """The command that plays the example on the new table, '' when it cannot be played there."""
    script = None if is_revision(shown.new) else playable(shown, row)
    return "" if script is None else command(shown.after, script, str(Path(shown.new)))


def as_markdown(shown: Shown, every: bool) -> str:
    """For a comment on a pull request."""
    out = ["## What callers will notice", ""]
    if not shown.found.groups:
        return "\n".join([*out, summary(shown) + "."])
    out += [summary(shown) + ".", ""]
    for group in shown.found.groups:
        rows = group.rows if every else group.rows[:FEW]
        place = place_of(shown, group)
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
    yield ", ".join(part for part in (numbers_of(shown, row), fact_of(shown, row)) if part) or "all"
    yield row.when or "always"
    yield does(row)
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
                "numbers": [number_of(shown, caller) for caller in row.callers],
                "languages": [shown.found.languages[i] for i in row.languages],
                "when": row.when or "always",
                "does": [word for word in map(doing, row.events) if word],
                "was": row.was,
                "now": row.now,
                "facts": facts_of(shown, row),
                "callers": [named(shown, facts) for facts in row.whom] or "all",
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
