"""A promise that somebody of the desk puts on the board: checked, with a place of the team's day, like those of callers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, update

from ivr.calendars.calendar import Calendar
from ivr.desk.case import DESK, EMAIL, OPEN, PARTS, PLANNED, TELEPHONE, WAYS, Case
from ivr.desk.promises import HORIZON, case_number, due_day, due_days
from ivr.desk.pseudonym import number_key
from ivr.desk.schedule import escalate_at, next_attempt, policy_of
from ivr.diagnostics import did_you_mean
from ivr.model.graph import Graph, Team
from ivr.model.numbers import dialable
from ivr.store import audit
from ivr.store import cases as cases_
from ivr.store.database.schema import places
from ivr.store.desk.board import NotDone
from ivr.store.places import Asked, Places
from ivr.tables.ready import Table

MAX_EMAIL = 254
MOST_WITHIN = {"working_days": 20, "working_hours": 160}
"""What is promised at most: a month's work."""
MOST_TRIES = 100
NO_BOUND = 1_000_000
"""Places of a day of a team that has no bound."""
_EMAIL = re.compile(r"[^@\s<>\x00-\x1f]+@[^@\s<>\x00-\x1f]+\.[^@\s<>\x00-\x1f]+")


class Wish(Struct, frozen=True):
    """What is asked for. `within` as in OpenCase: (amount, unit), amount 0 for no promise. `number` in any notation.
    `call`: the call in which it was promised, when its caller was on the line."""

    team: str
    number: str = ""
    within: tuple[int, str] = (1, "working_days")
    reach: str = TELEPHONE
    address: str = ""
    part: str = ""
    topic: Mapping[str, str] = {}
    language: str = ""
    call: str = ""


def add(connection: Connection, table: Table, wish: Wish, by: str, now: int, hash_key: bytes) -> Case:
    """Put a case on the board. Raises NotDone when something of it cannot be so, or when no day has a place left."""
    team = team_of(table.graph, wish.team)
    caller = _checked(table.graph, wish)
    calendar = calendar_of(table, team)
    key = (f"desk{uuid.uuid4().hex}", 1)
    slot = (table.graph.id, team.name)
    numbers = tuple(_numbers(key))
    places_ = Places(connection, [Asked(key, slot, numbers)], now)
    number = next((n for n in numbers if not places_.taken(n)), "")
    if not number:
        raise NotDone("no case number is free: too many cases are kept", "no_case_number")
    due = 0
    if wish.within[0]:
        if calendar is None:
            raise NotDone(
                f"team '{team.name}' has no calendar, so nothing can be promised; use --within none",
                "no_calendar",
                team=team.name,
            )
        held = places_.take(key, slot, team.per_day or NO_BOUND, due_days(calendar, wish.within, now), number)
        if held is None:
            raise NotDone(
                f"team '{team.name}' has no place left on the next {HORIZON} open days", "full", team=team.name
            )
        places_.write()
        connection.execute(update(places).where(places.c.call == key[0]).values(case_id=f"{key[0]}:{key[1]}"))
        due = held.due
    case = Case(
        id=f"{key[0]}:{key[1]}", number=number, kind=DESK, table=table.graph.id, version=table.version, call=wish.call,
        zone=table.graph.timezone, team=team.name, language=wish.language or table.graph.languages[0].code, caller=caller,
        opened=now, topic=dict(wish.topic), reach=wish.reach, address=wish.address, part=wish.part, first_due=due, due=due,
    )  # fmt: skip
    if calendar is not None:
        next_at = next_attempt(calendar, case, (), policy_of(team), now)
        case = replace(
            case, next_at=next_at, state=PLANNED if next_at else OPEN, escalate_at=escalate_at(calendar, case)
        )
    day = due_day(due, table.almanac.zone).isoformat() if due else ""
    cases_.add(connection, case, caller_key=number_key(hash_key, caller), due_day=day)
    audit.record(connection, now, by, "case.add", case.id, {"team": team.name, "due": due})
    return case


def _numbers(key: tuple[str, int]) -> Iterator[str]:
    """Case numbers to try, the first that is free is taken."""
    for salt in range(MOST_TRIES):
        yield case_number(f"{key[0]}/{salt}", key[1])


def _checked(graph: Graph, wish: Wish) -> str:
    """The number in E.164, '' where none is needed; what else is wished for is one of what there is."""
    languages = [language.code for language in graph.languages]
    amount, unit = wish.within
    if amount > MOST_WITHIN.get(unit, 1):
        bounds = " or ".join(f"{most} {of.replace('_', ' ')}" for of, most in MOST_WITHIN.items())
        raise NotDone(f"a promise is for at most {bounds}")
    _one_of(wish.reach, WAYS, "way to reach somebody")
    _one_of(wish.part, PARTS, "part of the day")
    _one_of(wish.language or languages[0], languages, "language of this table")
    variables = dict(graph.variables)
    for name, value in wish.topic.items():
        _one_of(name, list(variables), "variable of this table")
        _one_of(value, variables[name], f"value of '{name}'")
    if wish.reach == EMAIL and (len(wish.address) > MAX_EMAIL or not _EMAIL.fullmatch(wish.address)):
        raise NotDone("the address is no e-mail address; write such as name@example.org", "email_bad")
    if wish.reach != EMAIL and wish.address:
        raise NotDone("an address is for those who are reached by e-mail")
    caller = dialable(wish.number) if wish.number else ""
    if wish.number and not caller:
        raise NotDone(
            "the number cannot be rung from here; write all of it, with its area code or its country (+31 …)",
            "number_bad",
        )
    if wish.reach != EMAIL and not caller:
        raise NotDone("without a number nobody can be rung back", "number_none")
    return caller


def _one_of(value: str, values: Collection[str], what: str) -> None:
    if value not in values:
        near = did_you_mean(value, values)
        listed = ", ".join(v for v in values if v) or "none"
        raise NotDone(f"'{value[:100]}' is no {what}; {near or f'there are: {listed}'}")


def team_of(graph: Graph, name: str) -> Team:
    """The team of a name; raises NotDone."""
    _one_of(name, [team.name for team in graph.teams], "team of this table")
    return next(team for team in graph.teams if team.name == name)


def calendar_of(table: Table, team: Team) -> Calendar | None:
    """The calendar of a team, None when it has none."""
    return table.almanac.calendars[team.calendar] if team.calendar >= 0 else None
