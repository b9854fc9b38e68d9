"""Rows as the drainer leaves them, a line a row, for reports whose figures are worked out by hand; and a made town."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, insert

from ivr.desk.attempt import RANG
from ivr.desk.kept import half_day
from ivr.store.database.connect import writing
from ivr.store.database.schema import attempts, calls, cases, events, marks

AMSTERDAM = "Europe/Amsterdam"
KRALENDIJK = "America/Kralendijk"


def at(text: str, zone: str = AMSTERDAM, fold: int = 0) -> int:
    """A local time as epoch seconds; `fold` 1 is the second of an hour that comes twice."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp())


class Rows:
    """Rows in a database, each with an id of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._held: dict[Any, list[dict[str, Any]]] = {calls: [], cases: [], attempts: [], marks: [], events: []}
        self._next = 0

    def _id(self, what: str) -> str:
        self._next += 1
        return f"{what}{self._next:06d}"

    def call(self, began: int, ending: str = "ended", *, put: int | None = None, waited: int | None = None,
             seconds: int = 60, **more: Any) -> str:  # fmt: skip
        """A call; `put`: seconds from its begin to being put through, `waited` from there to a person, if any came."""
        put_at = None if put is None else began + put
        id = self._id("CA")
        self._held[calls].append(
            {
                "id": id, "table_id": "groningen", "zone": AMSTERDAM, "began": began, "number": "", "language": "nl",
                "ended": began + seconds if ending else None, "ending": ending, "put_at": put_at, "waited": waited,
                "person_at": put_at + waited if put_at is not None and waited is not None else None, "seconds": seconds,
                "team": "", "outcome": "bridged" if waited is not None else "", "node": "", "topic": None, **more,
            }
        )  # fmt: skip
        return id

    def case(self, first_due: int | None, opened: int, team: str = "burgerzaken", **more: Any) -> str:
        """A case, with a promise or without."""
        id = self._id("CA") + ":3"
        self._held[cases].append(
            {
                "id": id, "number": id[2:8], "kind": "callback", "table_id": "groningen", "zone": AMSTERDAM, "team": team,
                "opened": opened, "first_due": first_due, "due": first_due, "state": "open", "reached_at": None,
                "closed_at": None, "closed_by": "", **more,
            }
        )  # fmt: skip
        return id

    def attempt(self, case: str, began: int, outcome: str, ended: int | None = None, by: str = "") -> None:
        """An attempt that is over, ten seconds after it began unless said otherwise."""
        ended = began + 10 if ended is None else ended
        rang = half_day(began, ZoneInfo(AMSTERDAM)) if outcome in RANG else ""
        ordinal = sum(row["case_id"] == case for row in self._held[attempts]) + 1
        self._held[attempts].append(
            {
                "id": self._id("AT"), "case_id": case, "ordinal": ordinal, "state": "over", "began": began, "ended": ended,
                "dialled": began if rang else None, "outcome": outcome, "half_day": rang, "by": by,
            }
        )  # fmt: skip

    def mark(self, when: int, mark: int, **more: Any) -> None:
        """A mark."""
        self._held[marks].append(
            {
                "call": self._id("CA"), "sequence": 9, "at": when, "zone": AMSTERDAM, "table_id": "groningen", "number": "",
                "team": "burgerzaken", "language": "nl", "mark": mark, **more,
            }
        )  # fmt: skip

    def event(self, call: str, sequence: int, event: str, node: str, when: int) -> None:
        """A turn of a call."""
        self._held[events].append(
            {"call": call, "sequence": sequence, "kind": "turn", "at": when, "event": event, "node": node}
        )

    def put(self) -> None:
        """Put them there."""
        with writing(self.engine) as connection:
            self._put(connection)

    def _put(self, connection: Connection) -> None:
        for table, rows in self._held.items():
            if rows:
                connection.execute(insert(table), rows)
            rows.clear()


TEAMS: Mapping[str, int] = {"burgerzaken": 20, "belastingen": 45, "stadsbeheer": 12}
"""Teams of the made town, and how many seconds half of their callers wait."""
NUMBERS = (("050 367 7010", 30, 0.85), ("050 367 7020", 12, 1.0), ("050 367 7040", 6, 0.7), ("", 60, 1.05))
"""Its numbers: calls on a working day of the first week, and what is left of them each next week."""
NODES = ("main", "taxes", "waste", "operator", "note")


def town(engine: Engine, monday: dt.date, weeks: int, seed: int = 14_050) -> None:
    """A town that calls on working days, week after week, from a Monday on."""
    chance = random.Random(seed)
    rows = Rows(engine)
    for day in range(7 * weeks):
        date = monday + dt.timedelta(days=day)
        if date.weekday() < 5:
            for number, calls_a_day, stays in NUMBERS:
                for _ in range(round(calls_a_day * stays ** (day // 7) * chance.uniform(0.8, 1.2))):
                    _town_call(rows, date, number, chance)
    rows.put()


def _town_call(rows: Rows, date: dt.date, number: str, chance: random.Random) -> None:
    minute = min(1439, max(0, round(chance.gauss(11.5, 2.5) * 60)))
    began = at(f"{date} {minute // 60:02d}:{minute % 60:02d}") + chance.randrange(60)
    team = chance.choice(list(TEAMS))
    how = chance.choices(("person", "case", "told", "hung_up", "ended"), (60, 14, 8, 12, 6))[0]
    wait = round(chance.expovariate(0.69 / TEAMS[team]))
    more: dict[str, Any] = {"number": number, "node": chance.choice(NODES)}
    if how == "person":
        call = rows.call(began, how, put=25, waited=wait, seconds=wait + 240, team=team, **more)
        if chance.random() < 0.3:
            rows.mark(began + 300, min(10, max(1, round(chance.gauss(7.4, 1.5)))), team=team, number=number)
    elif how == "hung_up":
        call = rows.call(began, how, put=20, seconds=20 + 3 * wait, team=team, **more)
    else:
        call = rows.call(began, how, **more)
    if how == "case":
        _town_case(rows, began, team, chance)
    rows.event(call, 0, "begin", "main", began)
    rows.event(call, 1, "keys", chance.choice(NODES), began + 15)


def _town_case(rows: Rows, opened: int, team: str, chance: random.Random) -> None:
    due = opened + 86_400
    tries = (3, 20, 30)[: chance.choice((0, 1, 1, 2, 3))]
    outcomes = [chance.choice(("reached", "reached", "no_answer")) for _ in tries]
    closed = chance.random() < 0.9
    state = "reached" if "reached" in outcomes else "closed" if closed else "not_reached"
    case = rows.case(due, opened, team, state=state)
    for hours, outcome in zip(tries, outcomes, strict=True):
        rows.attempt(case, opened + hours * 3600, outcome, by=chance.choice(("anna", "bram", "chantal")))
        if outcome == "reached":
            break
