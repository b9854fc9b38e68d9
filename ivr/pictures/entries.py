"""The numbers as boxes: those that go to the same place together, each with its phase today and those to come."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from msgspec import Struct

from ivr.calendars.moment import phase_at
from ivr.model.graph import Number
from ivr.model.moment import PHASES, REDIRECT, RETURNED
from ivr.pictures.part import number_targets
from ivr.pictures.scene import BYE, Box, Reading, Row, target_id
from ivr.pictures.text import cleaned

MOST = 60
"""Numbers that one box lists; how many more there are is said."""


class Group(Struct, frozen=True):
    """Numbers (-1: the main number) that go to the same places: `to`, and `then` outside a campaign's days, or -1."""

    letter: str
    to: int
    then: int
    numbers: tuple[int, ...]


def groups(reading: Reading) -> list[Group]:
    """The main number, then the legacy numbers by where they go, in the order of the table."""
    graph, part = reading.graph, reading.part
    together: dict[tuple[int, int], list[int]] = {}
    for index in part.numbers:
        targets = number_targets(graph, index)
        together.setdefault((targets["to"], targets.get("then", -1)), []).append(index)
    main = [] if part.begins and part.numbers else [Group(_letter(0), graph.start, -1, (-1,))]
    return main + [
        Group(_letter(i), to, then, tuple(numbers))
        for i, ((to, then), numbers) in enumerate(together.items(), start=len(main))
    ]


def _letter(index: int) -> str:
    """A, B, …, Z, AA, AB, …"""
    out = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        out = chr(65 + digit) + out
    return out


def entry_box(reading: Reading, group: Group, first: str, now: int) -> Box:
    """The box of a group. `first` is the id of the box through which every call comes in; `now` in epoch seconds."""
    graph, words = reading.graph, reading.words
    leads = Row("", ("to",), target_id(group.to), stub=True)
    if group.numbers == (-1,):
        name = cleaned(graph.main_number)
        row = Row(name, ("number",), tag=words["main"], note=cleaned(graph.from_abroad))
        return Box("e-1", "entry", group.letter, "", (leads, row), name, lead=first)
    rows = [number_row(reading, graph.numbers[i], now) for i in group.numbers[:MOST]]
    if len(group.numbers) > MOST:
        rows.append(Row(words["more"].format(n=len(group.numbers) - MOST)))
    where = [
        reading.source_map.sources.path_line(reading.source_map.numbers[i].name.span) for i in group.numbers[:MOST]
    ]
    tip = "\n".join(f"{cleaned(graph.numbers[i].name)} {at}" for i, at in zip(group.numbers, where, strict=False))
    return Box(f"e{group.numbers[0]}", "entry", group.letter, "", (leads, *rows), tip, lead=first)


def number_row(reading: Reading, number: Number, now: int) -> Row:
    """A number, what it was, its phase today, and the phases to come with their days."""
    zone = ZoneInfo(reading.graph.timezone)
    label = " ".join(part for part in (cleaned(number.name), cleaned(number.formerly)) if part)
    coming = [
        f"{reading.exits[PHASES[phase]]} {dt.datetime.fromtimestamp(start, zone):%d-%m-%Y}"
        for start, phase in number.phases
        if start > now
    ]
    return Row(label, ("number",), tag=reading.exits[PHASES[phase_at(number, now)]], note=" · ".join(coming))


def number_box(reading: Reading, held: list[Group]) -> Box:
    """The box after the entry chain, from which each group goes where its numbers lead."""
    graph, words = reading.graph, reading.words
    rows = [Row(_named(reading, group), ("to",), target_id(group.to), group.letter) for group in held]
    rows += [
        Row(words["campaign over"], ("then",), target_id(group.then), group.letter) for group in held if group.then >= 0
    ]
    for text, phase, to in (
        ("redirected key", REDIRECT, target_id(graph.operator)),
        ("redirected", REDIRECT, BYE),
        ("returned", RETURNED, target_id(graph.start)),
    ):
        if any(phase in (p for _, p in graph.numbers[i].phases) for i in reading.part.numbers):
            rows.append(Row(words[text], (text,), to))
    return Box(f"n{graph.number_node}", "number", words["number"], words["number words"], tuple(rows), words["number"])


def _named(reading: Reading, group: Group) -> str:
    """A group by what its numbers were."""
    if group.numbers == (-1,):
        return cleaned(reading.graph.main_number)
    names = dict.fromkeys(
        cleaned(reading.graph.numbers[i].formerly or reading.graph.numbers[i].name) for i in group.numbers
    )
    held = list(names)
    more = len(held) - 3
    return ", ".join(held[:3]) + (" " + reading.words["more"].format(n=more) if more > 0 else "")
