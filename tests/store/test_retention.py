"""What goes when its time is over, and what does not."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select, update

from ivr.desk.case import CLOSED, OPEN, OVER, STATES
from ivr.desk.period import Period
from ivr.desk.pseudonym import number_key
from ivr.desk.retention import DAY, KINDS, TERMS, Periods
from ivr.store import retention
from ivr.store.audit import open_horizon
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import (
    Table,
    attempts,
    audit,
    audit_horizon,
    calls,
    case_calls,
    cases,
    events,
    marks,
    metadata,
    notes,
    outbox,
    recordings,
    rings,
    waits,
)  # fmt: skip
from ivr.store.database.schema_desk import (
    drafts,
    passes,
    people,
    publications,
    refused_sign_ins,
    sessions,
    switches,
    tickets,
    versions,
)
from ivr.store.holdings import HOLDINGS, KEPT, columns
from ivr.store.reports.callbacks import count_promises
from ivr.store.reports.calls import count_calls
from ivr.store.reports.marks import count_marks
from ivr.store.reports.numbers import count_numbers
from ivr.store.retention import due, old_cases, retain
from ivr.store.retention_rules import RULES, Cut
from tests.store.rows import Y2100, fill, held

NOW = 1_800_000_000
KEY = b"a key of the hash"
PERIODS = Periods()
NUMBER = "+31612345678"
EMPTY: tuple[Any, ...] = ("", {}, None, "-", 0)


def lived_in(connection: Any, seed: int, until: int = NOW) -> None:
    """Calls and cases as they are found after two years."""
    fill(connection, seed)
    chance = random.Random(seed)
    outcomes = ("reached", "voicemail", "no_answer", "busy", "no_agent")
    for table in (calls, cases, events, marks, waits, rings, passes, attempts, recordings):
        for key in [tuple(row) for row in connection.execute(select(*table.primary_key))]:
            where = [column == value for column, value in zip(table.primary_key, key, strict=True)]
            at = until - chance.randrange(730 * DAY)
            instants = {c.name: at + n * 300 for n, c in enumerate(table.columns) if str(c.type) == "DATETIME"}
            if table is cases:
                state = chance.choice(STATES)
                instants |= {
                    "closed_at": at + DAY if state in OVER else None,
                    "state": state,
                    "zone": "Europe/Amsterdam",
                }
                instants |= {"call": chance.choice(connection.scalars(select(calls.c.id)).all())}
                instants |= {"closed_by": chance.choice(("caller", "anna"))}
            if table is recordings:
                instants |= {"deleted": None, "delete_at": None, "url": chance.choice(("", "https://api.example/RE1"))}
            if table is attempts:
                instants |= {"outcome": chance.choice(outcomes), "half_day": f"2026-0{chance.randrange(1, 9)}-01 am"}
            connection.execute(update(table).where(*where).values(**instants))
    connection.execute(update(calls).values(zone="Europe/Amsterdam", caller=NUMBER))
    connection.execute(update(marks).values(zone="Europe/Amsterdam"))
    trail = [{**row, "at": until - chance.randrange(730 * DAY)} for row in connection.execute(select(audit)).mappings()]
    connection.execute(delete(audit_horizon))
    open_horizon(connection, Y2100 + 1)  # nothing of the trail is changed in any other way
    connection.execute(delete(audit))
    connection.execute(insert(audit), trail)
    connection.execute(delete(audit_horizon))


def run(engine: Engine, now: int = NOW, periods: Periods = PERIODS) -> Counter[str]:
    gone: Counter[str] = Counter()
    for name, rows in retain(engine, Cut(periods, now), KEY):
        gone[name] += rows
    return gone


def all_of(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    with reading(engine) as connection:
        return held(connection)


def one(engine: Engine, table: Table) -> Any:
    with reading(engine) as connection:
        return connection.execute(select(table)).mappings().one_or_none()


def test_every_column_of_every_table_is_declared_and_has_a_known_kind_and_term() -> None:
    there = {(table.name, column.name) for table in metadata.sorted_tables for column in table.columns}
    assert set(columns()) == there
    assert sum(len(names.split()) for parts in HOLDINGS.values() for names in parts) == len(there)  # none twice
    assert {kind for kind, _ in columns().values()} == set(KINDS)
    assert {term for _, term in columns().values()} == {KEPT, *TERMS}


def test_every_term_has_a_rule_and_every_kind_that_points_at_a_person_has_a_term() -> None:
    assert {rule.term for rule in RULES} == set(TERMS)
    pointing = ("number", "key", "voice", "words", "staff")
    assert [at for at, (kind, term) in columns().items() if kind in pointing and term == KEPT] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_a_dry_run_changes_nothing_and_the_real_run_does_exactly_what_it_told(database: Engine, seed: int) -> None:
    with writing(database) as connection:
        lived_in(connection, seed)
    before = all_of(database)
    told = due(database, Cut(PERIODS, NOW))
    assert all_of(database) == before
    assert {d.name: d.rows for d in told if d.rows} == dict(run(database))
    assert sum(d.rows for d in told) > 50
    assert all(d.oldest <= d.newest < NOW for d in told)
    assert [d.rows for d in due(database, Cut(PERIODS, NOW)) if d.rows] == []
    assert not run(database)


def test_in_the_end_nothing_points_at_anybody_and_all_else_is_as_it_was(database: Engine) -> None:
    with writing(database) as connection:
        lived_in(connection, 3)
        connection.execute(update(cases).values(state=CLOSED, closed_at=NOW))
        connection.execute(update(people).values(disabled=NOW))
        for table, column in ((sessions, "ends"), (tickets, "ends"), (refused_sign_ins, "at")):
            connection.execute(update(table).values({column: NOW}))
        for table, column in ((drafts, "changed"), (versions, "made"), (publications, "ended"),
                              (switches, "ended")):  # fmt: skip
            connection.execute(update(table).values({column: NOW}))
        named = connection.execute(select(versions.c.table_id, versions.c.version)).all()
        for id, (table_id, version) in zip(connection.scalars(select(publications.c.id)).all(), named, strict=True):
            of = update(publications).where(publications.c.id == id)  # what was published stays
            connection.execute(of.values(table_id=table_id, version=version))
        before = {t.name: connection.execute(select(t)).mappings().all() for t in metadata.sorted_tables}
    run(database, NOW + 20 * 365 * DAY)
    with reading(database) as connection:
        after = {t.name: connection.execute(select(t)).mappings().all() for t in metadata.sorted_tables}
    for (table, column), (_, term) in columns().items():
        values = [row[column] for row in after[table]]
        if table == "audit_horizon":
            continue  # retention itself moved it
        if term == KEPT and (table, column) not in {("recordings", "deleted"), ("recordings", "delete_at")}:
            assert sorted(map(repr, values)) == sorted(repr(row[column]) for row in before[table]), (table, column)
        elif (table, column) == ("recordings", "url"):
            assert all(row["delete_at"] or row["deleted"] for row in after[table])
        elif table != "audit" and column not in ("delete_at", "deleted"):  # it holds what retention itself did
            nobody = (*EMPTY, "caller") if (table, column) == ("cases", "closed_by") else EMPTY
            assert [value for value in values if value not in nobody] == [], (table, column)


def test_every_figure_of_an_old_period_is_the_same_afterwards(database: Engine) -> None:
    with writing(database) as connection:
        lived_in(connection, 4)
    day = dt.datetime.fromtimestamp(NOW, dt.UTC).date()
    period = Period(day - dt.timedelta(days=730), day)

    def figures() -> list[object]:
        with reading(database) as connection:
            counted = [f(connection, period) for f in (count_calls, count_numbers)]
            return [*counted, count_promises(connection, period, NOW), count_marks(connection, period, "month")]

    before = figures()
    assert all(before)
    run(database, NOW + 20 * 365 * DAY)
    assert figures() == before


CALL = {"id": "CA1", "began": NOW - 60, "ended": NOW, "caller": NUMBER, "caller_key": ""}
CASE = {
    "id": "CA1:1",
    "call": "CA1",
    "opened": NOW,
    "closed_at": NOW,
    "state": CLOSED,
    "caller": NUMBER,
    "address": "a@b.nl",
}


def at_day(engine: Engine, days: int, late: int) -> Counter[str]:
    """Retention `days` after NOW, or `late` seconds later: what is counted from NOW goes when that is longer ago."""
    return run(engine, NOW + days * DAY + late)


def test_the_number_of_a_call_without_a_case_goes_after_a_week_and_its_code_a_year_later(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(insert(calls), CALL)
    assert not at_day(database, 7, 0)
    assert at_day(database, 7, 1) == {"numbers of calls": 1}
    row = one(database, calls)
    assert (row["caller"], row["caller_key"]) == ("", number_key(KEY, NUMBER))
    assert not at_day(database, 7 + 365, 0)
    assert at_day(database, 7 + 365, 1) == {"codes of calls": 1}
    assert one(database, calls)["caller_key"] == ""


@pytest.mark.parametrize("joined", [False, True])
def test_the_number_of_a_call_with_a_case_goes_with_the_case(database: Engine, joined: bool) -> None:
    call = {"call": "CA1", "sequence": 4, "case_id": "CA1:1", "at": NOW, "what": "joined"}
    with writing(database) as connection:
        connection.execute(insert(calls), CALL)
        connection.execute(insert(cases), {**CASE, "call": "CA0" if joined else "CA1"})
        connection.execute(insert(case_calls), call if joined else {**call, "what": "opened"})
    assert not at_day(database, 30, 0)
    assert at_day(database, 30, 1) == {"numbers of calls": 1, "numbers and addresses of cases": 1}
    case = one(database, cases)
    assert (case["caller"], case["address"], case["caller_key"]) == ("", "", number_key(KEY, NUMBER))
    assert not at_day(database, 30 + 365, 0)
    assert at_day(database, 30 + 365, 1) == {"codes of calls": 1, "codes of cases": 1}


@pytest.mark.parametrize("state", [state for state in STATES if state not in OVER])
def test_nothing_of_a_case_goes_while_it_is_not_closed(database: Engine, state: str) -> None:
    with writing(database) as connection:
        connection.execute(insert(calls), CALL)
        connection.execute(insert(cases), {**CASE, "state": state, "fields": {"bsn": "1"}})
        connection.execute(insert(notes), {"case_id": "CA1:1", "at": NOW, "text": "x"})
        connection.execute(insert(recordings), {"id": "CA1:1", "case_id": "CA1:1", "made": NOW, "url": "u"})
        connection.execute(insert(attempts), {"id": "a", "case_id": "CA1:1", "ordinal": 1, "began": NOW, "by": "anna"})
    assert not at_day(database, 5000, 1)
    assert old_cases(database, NOW + 365 * DAY) == 0
    assert old_cases(database, NOW + 365 * DAY + 1) == 1


def test_what_was_typed_and_noted_goes_and_that_a_promise_was_moved_stays(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(
            insert(cases), {**CASE, "caller": "", "address": "", "fields": {"street": "Oude"}, "moved": "storm"}
        )
        connection.execute(insert(notes), [{"case_id": "CA1:1", "at": NOW, "text": t, "by": "anna"} for t in "ab"])
    assert not at_day(database, 30, 0)
    assert at_day(database, 30, 1) == {"what was typed or said in cases": 1, "notes": 2}
    case = one(database, cases)
    assert (case["fields"], case["moved"], case["revision"]) == ({}, "-", 0)


def test_a_recording_is_asked_to_be_deleted_and_its_transcript_goes_at_once(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(insert(cases), [{**CASE, "caller": "", "address": "", "id": i} for i in ("1", "2")])
        connection.execute(insert(recordings), [
            {"id": i, "case_id": i, "made": NOW, "url": url, "transcript": "hallo", "seconds": 9} for i, url in (("1", "u"), ("2", ""))
        ])  # fmt: skip
    assert not at_day(database, 14, 0)
    at = NOW + 14 * DAY + 1
    assert run(database, at) == {"recordings and transcripts": 2}
    with reading(database) as connection:
        rows = connection.execute(select(recordings).order_by(recordings.c.id)).mappings().all()
    assert [(r["transcript"], r["delete_at"], r["deleted"], r["seconds"]) for r in rows] == [
        ("", at, None, 9),
        ("", None, at, 9),
    ]


def test_without_a_key_of_the_hash_a_number_goes_without_a_trace(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(insert(calls), CALL)
    assert list(retain(database, Cut(PERIODS, NOW + 8 * DAY), b"")) == [("numbers of calls", 1)]
    row = one(database, calls)
    assert (row["caller"], row["caller_key"]) == ("", "")


def test_what_was_overdue_for_years_gets_no_code_any_more(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(insert(calls), CALL)
    assert at_day(database, 4000, 0) == {"numbers of calls": 1}
    assert one(database, calls)["caller_key"] == ""


def test_a_run_that_stops_between_batches_goes_on_where_it_stopped(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    with writing(database) as connection:
        connection.execute(insert(calls), [{**CALL, "id": f"CA{n}"} for n in range(10)])
    cut = Cut(PERIODS, NOW + 8 * DAY)
    assert next(retain(database, cut, KEY)) == ("numbers of calls", 3)
    assert sum(d.rows for d in due(database, cut)) == 7
    assert list(retain(database, cut, KEY)) == [
        ("numbers of calls", 3),
        ("numbers of calls", 3),
        ("numbers of calls", 1),
    ]
    with reading(database) as connection:
        lines = connection.execute(select(audit.c.who, audit.c.what, audit.c.subject, audit.c.data)).all()
    assert [tuple(line) for line in lines] == [
        ("retention", "retain", "numbers of calls", {"rows": n}) for n in (3, 3, 3, 1)
    ]


def test_two_runs_at_once_take_each_row_away_once(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 7)
    with writing(database) as connection:
        connection.execute(insert(calls), [{**CALL, "id": f"CA{n}"} for n in range(100)])
    gone: list[Counter[str]] = []
    both = [threading.Thread(target=lambda: gone.append(run(database, NOW + 8 * DAY))) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sum(counted["numbers of calls"] for counted in gone) == 100
    with reading(database) as connection:
        assert connection.scalars(select(calls.c.caller).distinct()).all() == [""]


def test_a_case_that_is_open_stays_whatever_the_periods(database: Engine) -> None:
    @settings(max_examples=10)
    @given(st.builds(Periods, *[st.integers(1, 400)] * 7), st.integers(0, 5000))
    def check(periods: Periods, days: int) -> None:
        with writing(database) as connection:
            for table in (case_calls, cases, calls, outbox):
                connection.execute(table.delete())
            connection.execute(insert(calls), CALL)
            connection.execute(insert(cases), {**CASE, "state": OPEN, "closed_at": None})
        assert not run(database, NOW + days * DAY, periods)

    check()
