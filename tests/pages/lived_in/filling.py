"""Fills a database with a town's calls: when people ring which number, what came of it, and who waited how long."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Engine, Table, insert

from ivr.calendars.moment import phase_at
from ivr.desk.endings import HUNG_UP, ending
from ivr.desk.pseudonym import number_key
from ivr.dialects.twiml import queue_name
from ivr.model.graph import Number
from ivr.model.moment import ANNOUNCE, BEFORE, OPEN, OVER, PARALLEL, REDIRECT, RETURNED
from ivr.store.database import schema
from ivr.store.database.connect import writing
from ivr.store.database.meta import metadata
from ivr.tables.arrivals import arrive
from ivr.tables.ready import Table as Routing
from tests.pages.lived_in.played import Turn, Way, Ways, made_up_number
from tests.pages.lived_in.promised import Promised

DAY, WEEK = 86_400, 7 * 86_400
KEY = b"lived in"
EVENTS_DAYS, NUMBER_DAYS = 90, 7
"""Days for which events, and the numbers of callers without a case, are still there: what retention would have left."""
BUSY = (1.25, 1.05, 0.95, 1.0, 0.8, 0.06, 0.03)
"""A day of the week against an average working day."""
HOURS = (0, 0, 0, 0, 0, 0, 1, 4, 30, 88, 100, 84, 62, 74, 80, 70, 52, 20, 12, 8, 4, 3, 1, 0)
SPEED = {"kcc": 21, "belastingen": 34, "burgerzaken": 13}
"""How many seconds half of a team's callers wait; 9 for the others."""
BATCH = 4_000


class Lived(Struct, frozen=True):
    """What is in the database now."""

    calls: int
    cases: int
    marks: int
    events: int
    now: int


class Filling:
    """The rows of a town, put away in batches."""

    def __init__(self, engine: Engine, table: Routing, days: int, seed: int, a_day: int, now: int) -> None:
        self.engine, self.table, self.days, self.a_day, self.now = engine, table, days, a_day, now
        self.chance = random.Random(seed)
        self.ways = Ways(table, self.chance)
        self.promised = Promised(self)
        self.counts: dict[str, int] = {}
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        self._callers: list[str] = []
        self._serial = 0

    def put(self, table: Table, row: dict[str, Any]) -> None:
        """A row of a table."""
        self._rows.setdefault(table, []).append(row)
        self.counts[table.name] = self.counts.get(table.name, 0) + 1

    def flush(self, all_: bool = True) -> None:
        """Put the rows away that are held, parents first."""
        if not all_ and sum(map(len, self._rows.values())) < BATCH:
            return
        with writing(self.engine) as connection:
            for table in metadata.sorted_tables:
                if rows := self._rows.pop(table, None):
                    connection.execute(insert(table), rows)

    def run(self) -> None:
        """Every day from the first to now."""
        zone = self.table.almanac.zone
        today = dt.datetime.fromtimestamp(self.now, zone).date()
        for ago in range(self.days, -1, -1):
            date = today - dt.timedelta(days=ago)
            midnight = int(dt.datetime.combine(date, dt.time(), zone).timestamp())
            for began in self._moments(date, midnight):
                if began < self.now:
                    self.call(began)
                    self.flush(False)
        self._going_on()
        self.flush()

    def _going_on(self) -> None:
        """Some calls that are in progress now, as there are in working hours, whatever the hour."""
        zone = self.table.almanac.zone
        for ago in range(1, 8):
            date = dt.datetime.fromtimestamp(self.now - ago * DAY, zone).date()
            eleven = int(dt.datetime.combine(date, dt.time(11), zone).timestamp())
            if self.table.almanac.calendars[0].at(eleven) == OPEN:
                for _ in range(max(6, self.a_day // 12)):
                    self.call(self.now - round(self.chance.triangular(2, 400, 30)), eleven)
                return

    def _moments(self, date: dt.date, midnight: int) -> list[int]:
        """When calls come in on a day: few on a holiday, many after a storm."""
        there = self.table.almanac.calendars[0].at(midnight + 11 * 3600) == OPEN
        storm = 2.1 if date.toordinal() % 97 == 0 else 1.0
        usual = BUSY[date.weekday()] if there or date.weekday() > 4 else 0.05
        count = round(self.a_day * usual * storm * self.chance.uniform(0.88, 1.12))
        hours = self.chance.choices(range(24), HOURS, k=count)
        return sorted(midnight + hour * 3600 + self.chance.randrange(3600) for hour in hours)

    def _number(self, began: int) -> int:
        """Which number somebody rings: the old ones less and less."""
        numbers = self.table.graph.numbers
        weights = [weight(number, place, began) for place, number in enumerate(numbers)]
        drawn = self.chance.uniform(0, sum(weights) + 0.8 * (len(numbers) or 1) * 0.5)
        for place, one in enumerate(weights):
            drawn -= one
            if drawn < 0:
                return place
        return -1

    def _caller(self) -> str:
        """Mostly somebody new; now and then one who rang before, or nobody who shows a number."""
        drawn = self.chance.random()
        if drawn < 0.06:
            return ""
        if drawn < 0.25 and self._callers:
            return self.chance.choice(self._callers[-200:])
        self._callers.append(made_up_number(self.chance))
        return self._callers[-1]

    def call(self, began: int, like: int = 0) -> None:
        """One call, and all that it leaves; with `like` it goes as at that instant."""
        graph, chance = self.table.graph, self.chance
        index = self._number(began)
        dialled = graph.numbers[index].name if index >= 0 else graph.main_number
        caller = self._caller()
        known = {"caller": chance.choices(("known", "anonymous" if not caller else "other"), (1, 3))[0]}
        arrival = arrive(
            graph, like or began, index, dialled.replace("x", "2"), caller, known, chance.randrange(10_000)
        )
        way = self.ways.take(arrival, (self.now - began) // WEEK)
        self._serial += 1
        id = f"CA{chance.getrandbits(96):024x}{self._serial:08x}"
        lived = self._live(way, began)
        held = began > self.now - NUMBER_DAYS * DAY or bool(way.opened)
        row = {
            "id": id, "table_id": graph.id, "version": self.table.version, "zone": graph.timezone,
            "number": graph.numbers[index].name if index >= 0 else "", "dialled": dialled, "caller": caller if held else "",
            "caller_key": number_key(KEY, caller), "began": began, **lived.row,
        }  # fmt: skip
        if lived.ends > self.now:  # it is still going on
            row |= {"ended": None, "ending": "", "seconds": 0, "over": 0}
            turn = [turn for turn, at in lived.turns if began + at <= self.now][-1]
            row |= {"node": turn.node, "team": turn.team, "person_at": None, "waited": None, "outcome": ""}
        self.put(schema.calls, row)
        if began > self.now - EVENTS_DAYS * DAY:
            self._events(id, row, lived, began)
        if lived.ends > self.now:
            return
        if row["ending"] == HUNG_UP and row["team"] and caller and chance.random() < 0.6:
            self.promised.missed(row, row["ended"])
        for sequence, mark in way.marks if lived.whole else ():
            self.put(schema.marks, {
                "call": id, "sequence": sequence, "at": lived.ends, "zone": graph.timezone, "table_id": graph.id,
                "number": row["number"], "team": row["team"], "language": row["language"], "node": row["node"], "mark": mark,
            })  # fmt: skip
        for sequence, effect in way.opened if lived.whole else ():
            self.promised.open(row, way, sequence, effect, began + round(dict(enumerate(lived.at))[sequence]))

    def _events(self, id: str, row: dict[str, Any], lived: Living, began: int) -> None:
        """What the recorder would have written."""
        told = False
        for sequence, (turn, at) in enumerate(lived.turns):
            if began + at > self.now:
                return
            data: dict[str, Any] = {"told": 1} if turn.told and not told else {}
            told = turn.told
            data |= {"number": row["number"], "zone": row["zone"]} if not sequence else {}
            data |= {"team": turn.team} if turn.team else {}
            data |= {"outcome": turn.outcome} if turn.outcome else {}
            data |= {"over": 1} if turn.over else {}
            data |= {"topic": turn.topic} if turn.topic else {}
            self.put(schema.events, {
                "call": id, "sequence": sequence, "kind": "turn", "at": began + round(at), "node": turn.node,
                "event": turn.event, "language": turn.language, "data": data,
            })  # fmt: skip
            if turn.queue:
                self._wait(id, row, sequence, turn, lived, began + round(at))
        if row["ended"]:
            self.put(schema.events, {
                "call": id, "sequence": 0, "kind": "status", "at": row["ended"], "node": "", "event": "completed",
                "language": "", "data": {"seconds": row["seconds"]},
            })  # fmt: skip

    def _wait(self, id: str, row: dict[str, Any], sequence: int, turn: Turn, lived: Living, joined: int) -> None:
        """Who joined a queue, and when they left it."""
        after = lived.turns[sequence + 1] if sequence + 1 < len(lived.turns) else None
        left = row["began"] + round(after[1]) if after else round(lived.ends)
        if left > self.now and not row["person_at"]:
            left = 0
        graph = self.table.graph
        team = [one.name for one in graph.teams].index(turn.team)
        self.put(schema.waits, {
            "call": id, "sequence": sequence, "table_id": row["table_id"], "team": turn.team,
            "queue": queue_name(graph, team), "caller_key": row["caller_key"], "joined": joined, "since": joined,
            "left": min(left, row["person_at"] or left) or None,
            "outcome": (after[0].outcome if after else "hung_up") if left else "",
        })  # fmt: skip

    def _live(self, way: Way, began: int) -> Living:
        """A way with waits and talks of its own: the clock of a played call stands still while people talk."""
        chance = self.chance
        local = dt.datetime.fromtimestamp(began, self.table.almanac.zone)
        rush = 1.6 if local.hour in (10, 11) else 1.0
        rush *= 1.3 if local.weekday() == 0 else 1.0
        return Living(way, began, chance, rush)


class Living:
    """A way lived through at a time: `turns` with the seconds at which they come, `row` what the call's row says of it,
    `ends` when it was over. `whole`: the caller did not give up while waiting."""

    def __init__(self, way: Way, began: int, chance: random.Random, rush: float) -> None:
        self.turns: list[tuple[Turn, float]] = []
        self.whole = True
        wait = 0.0
        later, put, put_at, person_at, waited, team, outcome = 0.0, 0.0, None, None, None, "", ""
        for turn in way.turns:
            if turn.outcome:
                wait = chance.expovariate(0.69 / (SPEED.get(team, 9) * rush)) + 2
                if turn.outcome == "bridged":
                    if wait > chance.expovariate(1 / 700) + 20:
                        self.whole = False
                        outcome = "hung_up"
                        break
                    person_at, waited = began + round(put + wait), round(wait)
                    talk = min(2_400, chance.lognormvariate(5.2, 0.7))
                    later = put + wait + talk - turn.at
                else:
                    later = max(later, put + min(wait, 60) - turn.at)
                outcome = turn.outcome
            at = turn.at + later
            self.turns.append((turn, at))
            if turn.team:
                put, team, put_at = at, turn.team, began + round(at)
        last, end = self.turns[-1]
        end = end + chance.uniform(3, 12) if self.whole else put + wait
        self.at: Sequence[float] = [at for _, at in self.turns]
        self.ends = began + end
        how = ending(person_at is not None, bool(way.opened) and self.whole, last.told, last.over)
        self.row: dict[str, Any] = {
            "language": last.language, "ended": round(self.ends), "seconds": round(end), "put_at": put_at,
            "person_at": person_at, "waited": waited, "team": team, "outcome": outcome, "told": int(last.told),
            "over": int(last.over), "ending": how, "node": last.node, "turns": len(self.turns) - 1,
            "topic": last.topic or None,
        }  # fmt: skip


def weight(number: Number, place: int, at: int) -> float:
    """How many ring a number, against the others: what is announced dies out, what is redirected or returned hardly rings."""
    usual = 0.25 + (place * 37 % 17) / 17
    phase = phase_at(number, at)
    since = max((start for start, _ in number.phases if start <= at), default=at)
    weeks = max(0, at - since) / WEEK
    stays = 0.985 - 0.01 * (place % 3)
    share: dict[int, float] = {
        BEFORE: 0.0, OVER: 0.0, PARALLEL: stays ** min(weeks, 40), ANNOUNCE: 0.7 * (stays - 0.05) ** weeks,
        REDIRECT: 0.12 * (stays - 0.08) ** weeks, RETURNED: 0.004,
    }  # fmt: skip
    return usual * share[phase]


def fill(
    engine: Engine, table: Routing, days: int = 365, seed: int = 14_050, a_day: int = 110, now: int | None = None
) -> Lived:
    """Fill a database that has our tables and no calls. `days` before `now` (epoch seconds; this moment by default), about
    `a_day` calls on a working day, the ways of their callers played through the table's engine; a year of them takes some
    fifteen seconds. Calls in progress, people who wait and cases of every state stand at `now`."""
    filling = Filling(engine, table, days, seed, a_day, int(time.time()) if now is None else now)
    filling.run()
    counts = filling.counts
    return Lived(
        counts.get("calls", 0), counts.get("cases", 0), counts.get("marks", 0), counts.get("events", 0), filling.now
    )  # fmt: skip
