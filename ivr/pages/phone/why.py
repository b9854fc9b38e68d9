"""Why a call went the way it did: what the node looked at, as it stood when the call arrived."""

from __future__ import annotations

import datetime as dt

from ivr.calendars.calendar import Calendar
from ivr.calendars.moment import Almanac, LiveMoment
from ivr.model.moment import HOLIDAY, OPEN, PHASES
from ivr.model.nodes import (
    BranchNode,
    CalamityNode,
    HoursNode,
    MenuNode,
    NoticeNode,
    NumberNode,
    QueueNode,
    SplitNode,
    TransferNode,
)
from ivr.pages.phone.asked import label_of
from ivr.pages.phone.call import Why
from ivr.tables.ready import Table

DAYS_BACK = 14
"""How far back it is looked when a calendar closed."""


def why(table: Table, moment: LiveMoment, node: int, exit: str) -> Why | None:
    """Why a node took an exit; None where the name of the exit says it all, or none was taken."""
    graph = table.graph
    held = graph.nodes[node]
    if not exit:
        return None
    if isinstance(held, HoursNode):
        return calendar_stands(table.almanac, held.calendar, moment.arrival.time)
    if isinstance(held, TransferNode | QueueNode) and exit == "closed" and held.team >= 0:
        if moment.closed(held.team):
            return Why("by_hand", name=graph.teams[held.team].name, until=moment.switched.closed[held.team])
        if moment.calendar(held.calendar) == OPEN:
            return None  # whoever was rung said so
        return calendar_stands(table.almanac, held.calendar, moment.arrival.time)
    if isinstance(held, BranchNode):
        return _branch(table, moment, held)
    if isinstance(held, SplitNode):
        share = held.shares[held.names.index(exit)] if exit in held.names else 0
        return Why("split", name=exit, n=share)
    if isinstance(held, MenuNode):
        label = label_of(table, node, exit, 0) if exit in held.keys else ""
        return Why("menu", name=label) if label else None
    if isinstance(held, NumberNode):
        return _number(table, moment)
    if isinstance(held, CalamityNode):
        return Why("calamity_off" if moment.calamity() is None else "calamity_on", name=exit)
    if isinstance(held, NoticeNode):
        return Why("notice_off" if moment.notice(node) is None else "notice_on")
    return None


def calendar_stands(almanac: Almanac, index: int, at: int) -> Why:
    """How a calendar stands at an instant: open until when, closed since when and until when, or which holiday it is."""
    calendar = almanac.calendars[index]
    name = almanac.graph.calendars[index].name
    stands = calendar.at(at)
    opens = calendar.opens(at)
    if stands == OPEN:
        return Why("open", name=name, until=_closes(calendar, at))
    if stands == HOLIDAY:
        day = calendar.day(dt.datetime.fromtimestamp(at, calendar.zone).toordinal())
        return Why("holiday" if opens else "holiday_ever", name=f"{name}: {day.holiday}", until=opens)
    since = _closed_since(calendar, at)
    key = "closed" if since and opens else "closed_until" if opens else "closed_ever"
    return Why(key, name=name, at=since, until=opens)


def _closes(calendar: Calendar, at: int) -> int:
    """When a calendar that is open closes; stretches that touch are one."""
    end = at
    for begin, until in calendar.openings(at):
        if begin > end:
            break
        end = until
    return end


def _closed_since(calendar: Calendar, at: int) -> int:
    """When a calendar that is closed was open last; 0 when that is longer ago than anybody asks."""
    ordinal = dt.datetime.fromtimestamp(at, calendar.zone).toordinal()
    for day in range(ordinal, ordinal - DAYS_BACK, -1):
        ends = [end for _, last in calendar.day(day).stretches if (end := calendar.instant(day, last)) <= at]
        if ends:
            return max(ends)
    return 0


def _branch(table: Table, moment: LiveMoment, node: BranchNode) -> Why | None:
    """What a branch looked at, and what that was; of a variable only its name: it may have been set since."""
    graph = table.graph
    match node.subject:
        case "fact":
            name, values = graph.facts[node.index]
            return Why("fact", name=f"{name} = {values[moment.fact(node.index)]}")
        case "number":
            return _dialled(table, moment)
        case "phase":
            return _number(table, moment)
        case "variable":
            return Why("variable", name=graph.variables[node.index][0])
        case _:
            return Why("language")


def _dialled(table: Table, moment: LiveMoment) -> Why:
    index = moment.number()
    return Why("main") if index < 0 else Why("number", name=table.graph.numbers[index].name)


def _number(table: Table, moment: LiveMoment) -> Why:
    """Which number was dialled, in which phase it is, and since when."""
    index = moment.number()
    if index < 0:
        return Why("main")
    number = table.graph.numbers[index]
    since = max((start for start, _ in number.phases if start <= moment.arrival.time), default=0)
    phase = PHASES[moment.phase()]
    known = since > 0
    return Why(f"phase_{phase}" if known else "number", name=f"{number.name} ({number.formerly})", at=since)
