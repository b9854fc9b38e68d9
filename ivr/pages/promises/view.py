"""What the board shows, as values for its templates: cases in groups by due time, in the words of a language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import groupby
from zoneinfo import ZoneInfo

import phonenumbers
from msgspec import Struct

from ivr.desk.case import CALLING, Case
from ivr.model.graph import Graph
from ivr.model.numbers import mask
from ivr.store.desk.board import Line
from ivr.store.desk.seeking import OWED, PAGE, Found

MINUTE, HOUR, DAY = 60, 3600, 86_400
SHOWN_FIELD = 60
"""Characters of what a caller typed or said that a row shows."""
People = Mapping[str, tuple[str, str]]
"""Login → id and name."""
BADGES = {"calling": "accent", "not_reached": "warn", "unsure": "bad", "reached": "good"}


class Left(Struct, frozen=True):
    """How long until something, or how long ago: a word of the page and its number. `late`: ago."""

    key: str
    n: int
    late: bool


class Row(Struct, frozen=True):
    """A case on the board. `case` holds its facts; `who` has it (name, and id to be compared with the visitor's)."""

    case: Case
    left: Left | None
    team: str
    caller: str
    chosen: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    who: str
    who_id: str
    badge: str
    kept: str
    moved: bool
    rings: str


class Group(Struct, frozen=True):
    """Cases under one heading. `kind`: late, hour, day or none; `at` is the end of that hour or day."""

    kind: str
    at: int
    rows: tuple[Row, ...]


class Board(Struct, frozen=True):
    """A page of the board. `teams` are (name, title, how many cases it owes)."""

    groups: tuple[Group, ...]
    total: int
    overdue: int
    page: int
    pages: int
    teams: tuple[tuple[str, str, int], ...]


def board_of(found: Found, graph: Graph, people: People, page: int, now: int, language: str) -> Board:
    """The board at an instant."""
    titles = team_titles(graph, language)
    rows = [row_of(line, titles, people, now, found.rung.get(line.case.id, "")) for line in found.lines]
    zone = ZoneInfo(graph.timezone)
    groups = tuple(
        Group(kind, at, tuple(held)) for (kind, at), held in groupby(rows, lambda row: _heading(row.case, now, zone))
    )
    pages = max(1, -(-found.total // PAGE))
    teams = tuple((name, title, found.teams.get(name, 0)) for name, title in titles.items())
    return Board(groups, found.total, found.overdue, min(page, pages - 1), pages, teams)


def row_of(line: Line, titles: Mapping[str, str], people: People, now: int, rings: str = "") -> Row:
    """A case as its row shows it."""
    case = line.case
    taken = case.taken_by if case.taken_until > now or case.state == CALLING else ""
    who_id, who = people.get(taken, ("", taken))
    owed = case.state in OWED
    return Row(
        case=case,
        left=left_of(case.due, now) if case.due and owed else None,
        team=titles.get(case.team, case.team),
        caller=written(case.caller),
        chosen=tuple(plain(value) for value in case.topic.values()),
        fields=tuple((plain(name), value[:SHOWN_FIELD]) for name, value in case.fields.items()),
        who=who,
        who_id=who_id,
        badge=BADGES.get(case.state, ""),
        kept=line.kept,
        moved=bool(case.due) and case.due != case.first_due,
        rings=shown_telephone(rings) if case.state == CALLING else "",
    )


def left_of(due: int, now: int) -> Left:
    """How long until an instant, in the largest unit that says enough: minutes, hours from an hour on, days from two days
    on."""
    seconds = due - now
    late = seconds < 0
    length = -seconds if late else seconds
    if length < HOUR:
        unit, n = "min", length // MINUTE
    elif length < 2 * DAY:
        unit, n = "hour", length // HOUR
    else:
        unit, n = "day", length // DAY
    return Left(f"{'late' if late else 'left'}_{unit}", n, late)


def _heading(case: Case, now: int, zone: ZoneInfo) -> tuple[str, int]:
    """Under which heading a case stands: an hour of today, else its day."""
    if not case.due:
        return "none", 0
    if case.due < now and case.state in OWED:
        return "late", 0
    at = dt.datetime.fromtimestamp(case.due, zone)
    if at.date() == dt.datetime.fromtimestamp(now, zone).date() and case.due >= now:
        return "hour", -(-case.due // HOUR) * HOUR
    noon = dt.datetime.combine((at - dt.timedelta(seconds=1)).date(), dt.time(12), zone)
    return "day", int(noon.timestamp())


def team_titles(graph: Graph, language: str) -> dict[str, str]:
    """Name of a team → its title in a language of the table, else in its first one; in the order of the titles."""
    codes = [one.code for one in graph.languages]
    index = codes.index(language) if language in codes else 0
    held = {team.name: _capital(team.titles[index]) for team in graph.teams}
    return dict(sorted(held.items(), key=lambda pair: pair[1].casefold()))


def _capital(title: str) -> str:
    """`het klantcontactcentrum` stands in a sentence of the telephone; in a list it begins with a capital, without `het`."""
    for article in ("het ", "de ", "the "):
        title = title.removeprefix(article)
    return title[:1].upper() + title[1:]


def written(e164: str) -> str:
    """A number as people write it: a Dutch one as it is dialled here, another one with its country; '' for none."""
    if not e164:
        return ""
    try:
        parsed = phonenumbers.parse(e164, "NL")
    except phonenumbers.NumberParseException:
        return e164
    form = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(parsed, form.NATIONAL if parsed.country_code == 31 else form.INTERNATIONAL))


def shown_telephone(targets: str) -> str:
    """Telephones of colleagues as others see them: a number of somebody's own is masked."""
    return ", ".join(target if target.startswith("sip") else mask(target) for target in targets.split())


def plain(word: str) -> str:
    """A name of the table as words."""
    return word.replace("_", " ").replace("-", " ")


def logins(rows: Iterable[Line]) -> set[str]:
    """Who has taken any of some cases."""
    return {line.case.taken_by for line in rows if line.case.taken_by}
