"""A version judged: its findings, each guarantee with the call that breaks it, and who fares differently than on the live
one. Functions of plain values, so that a child process does it; what it worked out of the same texts it keeps."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter, OrderedDict
from typing import TypeVar

from ivr.calendars.moment import Almanac
from ivr.diagnostics import CODES, Finding, Severity, Sources, Span
from ivr.diagnostics.show import as_text
from ivr.proofs.classes import HORIZON_DAYS
from ivr.proofs.diff.groups import Group, compare_tables
from ivr.proofs.diff.walk import TooFarApart
from ivr.proofs.prover import explore, verdicts
from ivr.proofs.space import Space
from ivr.proofs.verdict import Verdict
from ivr.proofs.ways import Script, opening, script
from ivr.simulator.replay import dialled_text, facts_of, replay
from ivr.simulator.show import show_transcript
from ivr.tables.differences import Shown, does, numbers_of, place_of, playable, summary
from ivr.tables.differences import fact_of as known_of
from ivr.tables.judged import (
    Call,
    Changes,
    Edit,
    Fault,
    Findings,
    Judged,
    Place,
    Proof,
    Proofs,
    Related,
    Row,
)
from ivr.tables.ready import Checked, Table, check_sources, ready, version_of
from ivr.tables.texts import Texts, digest, sources_of

LARGE = 20_000
"""Nodes beyond which nothing is proved or compared here: that is for a command, which may take its time."""
MOST_FAULTS = 200
"""Findings that are put into words; those beyond are counted."""
MOST_EDITS, MOST_ROWS = 100, 20
MOST_HELD = 4
"""Versions whose tables are kept: the draft at hand, the one before, the live one."""
T = TypeVar("T")


def judge(texts: Texts, today: dt.date, live: Texts | None) -> Judged:
    """All three. `live` are the files of the version that is live, None for none."""
    found = findings(texts, today, live)
    return Judged(found.version, today.isoformat(), found, proofs(texts, today), changes(texts, today, live))


def findings(texts: Texts, today: dt.date, live: Texts | None = None) -> Findings:
    """What checks say of it. A warning is fresh when the live version, judged for the same day, has none of the same words
    about the same thing."""
    began = time.perf_counter()
    checked = _checked(texts, today)
    old = Counter(map(_named, _checked(live, today).findings)) if live is not None else None
    told: list[Fault] = []
    fresh = 0
    for finding in checked.findings:
        new = False
        if finding.severity is Severity.WARNING and old is not None:
            old[_named(finding)] -= 1
            new = old[_named(finding)] < 0
            fresh += new
        if len(told) < MOST_FAULTS:
            told.append(_fault(finding, checked.sources, new))
    dropped = checked.dropped + len(checked.findings) - len(told)
    return Findings(
        version_of(checked.sources), checked.errors, checked.warnings, fresh, dropped, tuple(told), _since(began)
    )  # fmt: skip


def proofs(texts: Texts, today: dt.date) -> Proofs:
    """What is true of each of its guarantees, for calls from that day on."""
    began = time.perf_counter()
    checked = _checked(texts, today)
    version = version_of(checked.sources)
    if checked.errors or checked.graph is None:
        return Proofs(version, 0, (), "errors", _since(began))
    if len(checked.graph.nodes) > LARGE:
        return Proofs(version, 0, (), "large", _since(began))
    held = _PROVED.get((digest(texts), today))
    if held is None:
        table = ready(checked)
        space, found = prove_table(table, today)
        held = tuple(_proof(table, space, verdict) for verdict in found)
        _PROVED.put((digest(texts), today), held)
    return Proofs(version, sum(not p.holds for p in held), held, "", _since(began))


def changes(texts: Texts, today: dt.date, live: Texts | None) -> Changes:
    """Who fares differently than on the live version, in behaviour or in words, from that day on."""
    began = time.perf_counter()
    checked = _checked(texts, today)
    version = version_of(checked.sources)

    def none(why: str, against: str = "") -> Changes:
        return Changes(version, against, (), 0, 0, 0, "", why, _since(began))

    if checked.errors or checked.graph is None:
        return none("errors")
    if live is None:
        return none("first")
    before = _checked(live, today)
    against = version_of(before.sources)
    if before.graph is None or before.source_map is None:
        return none("apart", against)
    if max(len(checked.graph.nodes), len(before.graph.nodes)) > LARGE:
        return none("large", against)
    now, was = ready(checked), _as_served(before)
    start = midnight(now, today)
    try:
        found = compare_tables((was.graph, was.source_map), (now.graph, now.source_map), start, words=True)
    except TooFarApart:
        return none("apart", against)
    shown = Shown(found, was, now, against, version, today, HORIZON_DAYS)
    edits = tuple(_edit(shown, group) for group in found.groups[:MOST_EDITS])
    wording = sum(group.words for group in found.groups)
    return Changes(
        version, against, edits, len(found.groups) - wording, wording, len(found.groups) - len(edits), summary(shown), "",
        _since(began),
    )  # fmt: skip


def fault_of(texts: Texts) -> str:
    """Why a version that was accepted once can no longer be served by this program, '' when it can."""
    checked = _checked(texts, dt.date(2000, 1, 1))
    if checked.graph is not None:
        return ""
    return next((f.message for f in checked.findings if f.severity is Severity.ERROR), "it cannot be read")


def prove_table(table: Table, today: dt.date, days: int = HORIZON_DAYS) -> tuple[Space, list[Verdict]]:
    """Every caller of a table from a day on, and what of each guarantee is true of them."""
    space = explore(table.almanac, midnight(table, today), days)
    return space, list(verdicts(space))


def midnight(table: Table, day: dt.date) -> int:
    """When a day begins where the table is (epoch seconds)."""
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=table.almanac.zone).timestamp())


def call_of(table: Table, held: Script) -> Call:
    """A way that a proof found, with the names that the table gives."""
    return Call(
        dialled_text(table, held), held.at, held.does, tuple(facts_of(table, held).items()), held.dials, held.queues,
        held.disk, held.anonymous, held.calamity, held.route, held.seed, held.cases,
    )  # fmt: skip


class _Held(OrderedDict[tuple[bytes, dt.date], T]):
    """The last few things that were worked out."""

    def put(self, key: tuple[bytes, dt.date], value: T) -> None:
        self[key] = value
        if len(self) > MOST_HELD:
            self.popitem(last=False)


_CHECKED: _Held[Checked] = _Held()
_PROVED: _Held[tuple[Proof, ...]] = _Held()


def _checked(texts: Texts, today: dt.date) -> Checked:
    key = (digest(texts), today)
    held = _CHECKED.get(key)
    if held is None:
        held = check_sources(sources_of(texts), today)
        _CHECKED.put(key, held)
    else:
        _CHECKED.move_to_end(key)
    return held


def _as_served(checked: Checked) -> Table:
    """A version that is live, whatever is found in it today."""
    assert checked.graph is not None
    assert checked.source_map is not None
    return Table(
        checked.graph, checked.source_map, Almanac(checked.graph), version_of(checked.sources), checked.sources
    )


def _named(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.message


def _fault(finding: Finding, sources: Sources, fresh: bool) -> Fault:
    return Fault(
        finding.code, CODES[finding.code].title, finding.severity.value, finding.message, finding.help,
        _place(finding.span, sources), tuple(Related(_place(la.span, sources), la.text) for la in finding.labels),
        as_text(finding, sources), fresh,
    )  # fmt: skip


def _place(span: Span, sources: Sources) -> Place:
    file = span.file if 0 <= span.file < len(sources.files) else 0
    path = sources.files[file].path if sources.files else "."
    return Place(path, span.line + 1, span.column + 1, span.end_line + 1, span.end_column + 1)


def _proof(table: Table, space: Space, verdict: Verdict) -> Proof:
    call, heard = None, ""
    if not verdict.holds and verdict.way is not None:
        held = script(space, verdict.way)
        call, heard = call_of(table, held), show_transcript(table, replay(table, held))
    elif not verdict.holds and verdict.example is not None:
        call = call_of(table, opening(space, verdict.example))
    return Proof(
        verdict.name, verdict.claim, verdict.built_in, verdict.holds, verdict.vacuous, verdict.worlds, verdict.broken,
        verdict.why, verdict.choices, None if verdict.seconds is None else round(verdict.seconds, 1), call, heard,
    )  # fmt: skip


def _edit(shown: Shown, group: Group) -> Edit:
    rows = []
    for row in group.rows[:MOST_ROWS]:
        held = playable(shown, row)
        who = ", ".join(part for part in (numbers_of(shown, row), known_of(shown, row)) if part)
        call = None if held is None else call_of(shown.after, held)
        rows.append(Row(who, row.when, does(row), row.was, row.now, call))
    return Edit(
        group.kind, group.title, group.words, place_of(shown, group), tuple(rows), len(group.rows) - len(rows)
    )  # fmt: skip


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
