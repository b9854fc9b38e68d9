"""The heat map of `ivr simulate explore`: how near a person is, at each moment of a week."""

from __future__ import annotations

import datetime as dt

import click

from ivr.pictures.heat import DAYS, Cell, HeatRow, draw_heat
from ivr.proofs.endings import Endings
from ivr.proofs.saying import Saying
from ivr.proofs.spans import Day

MOST_TEAMS = 3
"""Teams that are named for a stretch."""
Near = tuple[int, int]
"""(choices, milliseconds)."""


def heat_map(
    endings: Endings, saying: Saying, numbers: list[int], language: int, fact: int, monday: dt.date
) -> str:  # fmt: skip
    """The picture for a week, for callers with a combination of facts who hear a language."""
    graph = endings.space.graph
    days = [day for day in saying.days if 0 <= day.ordinal - monday.toordinal() < len(DAYS)]
    if len(days) < len(DAYS):
        raise click.UsageError("the week of the heat map lies outside the days that are looked at")
    near = _near(endings, language, fact)
    teams = _teams(endings, language, fact)
    rows = []
    for number in numbers:
        name = graph.main_number if number < 0 else graph.numbers[number].name
        formerly = graph.title if number < 0 else graph.numbers[number].formerly
        cells = _cells(endings, saying, number, near, teams, days, name)
        rows.append(HeatRow(name, formerly, cells))
    code = graph.languages[language].code
    said = (
        f"Week of {monday.day} {monday:%B %Y}, language {code}, callers of whom nothing is known: "
        "the soonest way, until somebody is rung. Agents answer."
    )
    return draw_heat(f"{graph.title}: seconds to a person", said, rows)


def _near(endings: Endings, language: int, fact: int) -> dict[int, Near]:
    """The soonest way of each world with a combination of facts."""
    worlds = endings.space.worlds
    every = worlds.all // ((1 << worlds.width) - 1) << fact
    out: dict[int, Near] = {}
    for choices, millis, mask in endings.soonest[language]:
        mask &= every
        while mask:
            low = mask & -mask
            out[(low.bit_length() - 1) // worlds.width] = (choices, millis)
            mask ^= low
    return out


def _cells(
    endings: Endings, saying: Saying, number: int, near: dict[int, Near], teams: dict[int, tuple[str, ...]],
    days: list[Day], name: str,
) -> tuple[Cell, ...]:  # fmt: skip
    """The week of a number: each stretch in which the soonest way costs the same, and the same teams can be come to."""
    worlds = endings.space.worlds
    mine = {i: world for i, world in enumerate(worlds.list) if world.number == number}
    ways: dict[tuple[Near | None, tuple[str, ...]], int] = {}
    groups = {
        (world.vector, world.phase): ways.setdefault((near.get(i), teams.get(i, ())), len(ways))
        for i, world in mine.items()
    }
    held = list(ways)
    out = []
    for day in days:
        for start, end, group in saying.day_pieces(number, day, groups):
            way, whom = held[group] if group >= 0 else (None, ())
            weekday = (day.ordinal - 1) % 7
            when = f"{DAYS[weekday]} {_clock(start)}-{_clock(end)}"
            what = "no way to a person" if way is None else f"{way[1] / 1000:.0f} s, {_choices(way[0])}, {_named(whom)}"
            out.append(Cell(weekday, start, end, None if way is None else way[1] / 1000, f"{name}, {when}: {what}"))
    return tuple(out)


def _teams(endings: Endings, language: int, fact: int) -> dict[int, tuple[str, ...]]:
    """The teams that the callers of each world can come to, the switch being off."""
    worlds = endings.space.worlds
    every = worlds.all // ((1 << worlds.width) - 1) << fact
    out: dict[int, tuple[str, ...]] = {}
    for ending, reached in endings.found.items():
        mask = reached & every if ending.how == "person" and ending.language == language and not ending.switch else 0
        while mask:
            low = mask & -mask
            world = (low.bit_length() - 1) // worlds.width
            out[world] = (*out.get(world, ()), ending.team)
            mask ^= low
    return out


def _named(teams: tuple[str, ...]) -> str:
    """`kcc or parkeren`; of many the first, and how many more."""
    more = len(teams) - MOST_TEAMS
    return " or ".join(teams[:MOST_TEAMS]) + (f" or {more} more teams" if more > 0 else "")


def _choices(number: int) -> str:
    return f"{number} choice{'' if number == 1 else 's'}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
