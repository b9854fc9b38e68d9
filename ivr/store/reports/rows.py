"""What the reports counted, as sheets: shares, medians, trends, advice, and small groups hidden."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from ivr.calendars.zones import read_zone
from ivr.desk.figures import LONG_WAIT_SECONDS, median, ninetieth, share
from ivr.desk.kept import KEPT, NONE, REACHED_IN_TIME, TRIED, WAITING, WITHDRAWN
from ivr.desk.marks import summarise
from ivr.desk.period import Stretch
from ivr.desk.residual import RECENT, advise, left, trend
from ivr.desk.staff import LEAST, hide_small
from ivr.store.reports.callbacks import Promises, Rung
from ivr.store.reports.calls import Calls, Dropped, Waiting
from ivr.store.reports.sheet import DECIMAL, SECONDS, SHARE, TEXT, Cell, Column, Sheet

ALL, FEW, MAIN, NO_TEAM = "(all)", "(too few each)", "(main number)", "(no team)"
JUDGED = tuple(name for name in KEPT if name not in (WAITING, WITHDRAWN, NONE))
"""What a promise can come to that fell due and was not taken back."""
FIRST_MARK = 7.2
"""The mark that the city got first, in 2016; every mark since is held against it."""


def callback_sheets(found: Sequence[Promises]) -> tuple[Sheet, ...]:
    """Promises by team, and together."""
    names = [name for name in KEPT if name != NONE]
    rows = [_promises(one.team or NO_TEAM, one.kept, one.took) for one in found]
    if len(found) > 1:
        together = sum((Counter(one.kept) for one in found), Counter[str]())
        rows.append(_promises(ALL, together, [took for one in found for took in one.took]))
    columns = (
        Column("team", "team", TEXT),
        Column("promises", "promises"),
        *(Column(name, name.replace("_", " ")) for name in names),
        Column("share_kept", "kept", SHARE),
        Column("median_seconds", "median time to reached", SECONDS),
    )
    note = (
        "kept: reached in time, or tried in two different half-days; of the promises that fell due and were not "
        "cancelled. Measured against the first promise."
    )
    return (Sheet("teams", "Promises that fell due, by team", columns, rows, (note,)),)


def _promises(team: str, kept: Mapping[str, int], took: Sequence[int]) -> tuple[Cell, ...]:
    counts = [kept.get(name, 0) for name in KEPT if name != NONE]
    return (team, sum(counts), *counts, share_kept(kept), median(took))


def share_kept(kept: Mapping[str, int]) -> float | None:
    """The share of promises kept, of those that can be judged."""
    return share(kept.get(REACHED_IN_TIME, 0) + kept.get(TRIED, 0), sum(kept.get(name, 0) for name in JUDGED))


def employee_sheets(found: Sequence[Rung]) -> tuple[Sheet, ...]:
    """Who rang how many citizens; those with too few are shown together."""
    hidden = hide_small({one.by: one.rung for one in found})
    rows: list[tuple[Cell, ...]] = [_rung(one.by, [one]) for one in found if one.by not in hidden]
    few = [one for one in found if one.by in hidden]
    if few:
        rows.append(_rung(FEW, few) if sum(one.rung for one in few) >= LEAST else (FEW, None, None, None))
    columns = (
        Column("employee", "employee", TEXT),
        Column("rung", "citizens rung"),
        Column("reached", "reached"),
        Column("share_reached", "share", SHARE),
    )
    return (Sheet("employees", "Citizens rung, by employee", columns, rows, (_hiding(),)),)


def _rung(name: str, found: Sequence[Rung]) -> tuple[Cell, ...]:
    rung, reached = sum(one.rung for one in found), sum(one.reached for one in found)
    return (name, rung, reached, share(reached, rung))


def _hiding() -> str:
    return f"Groups of fewer than {LEAST} are shown together, or not at all."


def mark_rows(by: str, groups: Mapping[str, Counter[int]]) -> list[tuple[Cell, ...]]:
    """One row a group, and one for those too small to be shown by themselves: (by, group, marks, mean, low, high)."""
    hidden = hide_small({name: counts.total() for name, counts in groups.items()})
    empty = {"number": MAIN, "team": NO_TEAM}.get(by, "-")
    rows = [_mark(by, name or empty, counts) for name, counts in groups.items() if name not in hidden]
    few = sum((groups[name] for name in hidden), Counter[int]())
    return [*rows, _mark(by, FEW, few)] if few else rows


def mark_sheets(found: Mapping[str, Mapping[str, Counter[int]]]) -> tuple[Sheet, ...]:
    """Marks together, and by what they are grouped by."""
    every = sum(next(iter(found.values()), {}).values(), Counter[int]())
    rows = [_mark("all", ALL, every)] if every else []
    for by, groups in found.items():
        rows += mark_rows(by, groups)
    columns = (
        Column("by", "by", TEXT),
        Column("group", "group", TEXT),
        Column("marks", "marks"),
        Column("mean", "mean", DECIMAL),
        Column("low", "95 % from", DECIMAL),
        Column("high", "to", DECIMAL),
    )
    notes = (f"{_hiding()} The city's first mark was {FIRST_MARK}.",)
    return (Sheet("marks", "Marks from 1 to 10", columns, rows, notes),)


def _mark(by: str, group: str, counts: Counter[int]) -> tuple[Cell, ...]:
    told = summarise(counts) if counts.total() >= LEAST else None
    if told is None:
        return (by, group, None, None, None, None)
    return (by, group, told.count, told.mean, told.low, told.high)


class NumberCalls(Struct, frozen=True):
    """A number's weeks: `weeks` all of the period, `whole` those that can be compared, `phase` now, '' for no dates or no
    table."""

    table: str
    number: str
    formerly: str
    phase: str
    weeks: tuple[int, ...]
    whole: tuple[int, ...]
    known: bool


def number_sheets(found: Sequence[NumberCalls], weeks: Sequence[Stretch], wide: bool) -> tuple[Sheet, ...]:
    """What is left of each number and what may be done with it; and its weeks, side by side or one a row."""
    columns = (
        Column("table", "table", TEXT),
        Column("number", "number", TEXT),
        Column("formerly", "formerly", TEXT),
        Column("phase", "phase", TEXT),
        Column("calls", "calls"),
        Column("recent", f"last {RECENT} weeks"),
        Column("left", "left", SHARE),
        Column("slope", "a week", DECIMAL),
        Column("low", "95 % from", DECIMAL),
        Column("high", "to", DECIMAL),
        Column("trend", "trend", TEXT),
        Column("advice", "advice", TEXT),
        Column("why", "why", TEXT),
    )
    notes = (
        f"last {RECENT} weeks: whole weeks. left: these against the first {RECENT}. a week: by how many calls a week it "
        "changes each week (Theil-Sen). unclear: chance alone could give it.",
    )
    first = 1 if wide and len({one.table for one in found}) == 1 else 0  # one table need not be named in each row
    held = [_number(one)[first:] for one in found]
    out = [Sheet("numbers", "Calls by legacy number", columns[first:], held, notes)]
    if wide:
        heads = tuple(Column(week.name, week.name[5:] + ("" if week.whole else "*")) for week in weeks)
        rows: list[tuple[Cell, ...]] = [(one.number or MAIN, *one.weeks) for one in found if any(one.weeks)]
        part = ("*: a part of a week.",) if not all(week.whole for week in weeks) else ()
        return (*out, Sheet("weeks", "Calls a week", (Column("number", "number", TEXT), *heads), rows, part))
    tall = (
        Column("table", "table", TEXT), Column("number", "number", TEXT), Column("week", "week", TEXT),
        Column("whole", "whole", TEXT), Column("calls", "calls"),
    )  # fmt: skip
    each = [
        (one.table, one.number or MAIN, week.name, "yes" if week.whole else "no", calls)
        for one in found
        for week, calls in zip(weeks, one.weeks, strict=True)
    ]
    return (*out, Sheet("weeks", "Calls a week", tall, each))


def _number(one: NumberCalls) -> tuple[Cell, ...]:
    found, advice = trend(one.whole), advise(one.phase, one.whole) if one.known else None
    recent = sum(one.whole[-RECENT:]) if len(one.whole) >= RECENT else None
    return (
        one.table, one.number or MAIN, one.formerly, one.phase, sum(one.weeks), recent, left(one.whole),
        found.slope if found else None, found.low if found else None, found.high if found else None,
        found.verdict if found else "", advice.what if advice else "", advice.why if advice else "",
    )  # fmt: skip


def call_sheets(found: Calls, norm: int) -> tuple[Sheet, ...]:
    """How calls ended, where callers hung up, how long a person took, and who gave up waiting."""
    gone = sum(count for name, count in found.endings if name == "hung_up")
    running = (f"{found.running} calls had not ended, and are not counted.",) if found.running else ()
    return (
        endings_sheet(found.endings, running),
        hung_up_sheet(found.hung_up, gone),
        to_person_sheet(found.to_person),
        team_sheet(found.teams, norm),
        dropped_sheet(found.dropped),
    )


COUNTED = (Column("calls", "calls"), Column("share", "share", SHARE))


def endings_sheet(endings: Sequence[tuple[str, int]], notes: tuple[str, ...] = ()) -> Sheet:
    """How calls ended."""
    total = sum(count for _, count in endings)
    rows = [(name, count, share(count, total)) for name, count in endings]
    return Sheet("endings", "How calls ended", (Column("ending", "ending", TEXT), *COUNTED), rows, notes)


def hung_up_sheet(hung_up: Sequence[tuple[str, int]], gone: int) -> Sheet:
    """Where callers hung up, of all who did (`gone`)."""
    rows = [(node or "-", count, share(count, gone)) for node, count in hung_up]
    return Sheet("hung_up", "Where callers hung up", (Column("node", "node", TEXT), *COUNTED), rows)


def to_person_sheet(took: Sequence[int]) -> Sheet:
    """How long a person took, of the calls that came to one."""
    person: list[tuple[Cell, ...]] = [("from the first ring", len(took), median(took), ninetieth(took))]
    times = (
        Column("measured", "measured", TEXT), Column("calls", "calls"),
        Column("median_seconds", "median", SECONDS), Column("p90_seconds", "9 in 10 within", SECONDS),
    )  # fmt: skip
    return Sheet("to_person", "How long to a person", times, person if took else [])


def team_sheet(teams: Mapping[str, Waiting], norm: int) -> Sheet:
    """How long the callers of each team waited."""
    rows = [_waiting(name or NO_TEAM, [one], norm) for name, one in teams.items()]
    if len(teams) > 1:
        rows.append(_waiting(ALL, list(teams.values()), norm))
    columns = (
        Column("team", "team", TEXT),
        Column("put_through", "put through"),
        Column("helped", "helped"),
        Column("within_norm", f"within {norm} s"),
        Column("share_within_norm", "share", SHARE),
        Column("median_seconds", "median wait", SECONDS),
        Column("p90_seconds", "9 in 10 within", SECONDS),
        Column("gave_up", f"gave up after {LONG_WAIT_SECONDS // 60} min"),
    )
    notes = ("share: of all who were put through, so that who was not helped counts too.",)
    return Sheet("teams", "Waiting for a team", columns, rows, notes)


def _waiting(name: str, found: Sequence[Waiting], norm: int) -> tuple[Cell, ...]:
    put = sum(one.put_through for one in found)
    waits = [wait for one in found for wait in one.waited]
    within = sum(wait <= norm for wait in waits)
    gave_up = sum(one.gave_up for one in found)
    return (name, put, len(waits), within, share(within, put), median(waits), ninetieth(waits), gave_up)


def dropped_sheet(dropped: Sequence[Dropped]) -> Sheet:
    """Calls that were given up after a long wait."""
    rows = [
        (f"{dt.datetime.fromtimestamp(one.ended, read_zone(one.zone)):%Y-%m-%d %H:%M}", one.team, one.waited, one.call)
        for one in dropped
    ]
    columns = (
        Column("ended", "hung up", TEXT), Column("team", "team", TEXT), Column("waited_seconds", "waited", SECONDS),
        Column("call", "call", TEXT),
    )  # fmt: skip
    return Sheet("dropped", f"Gave up after {LONG_WAIT_SECONDS // 60} minutes or more", columns, rows)
