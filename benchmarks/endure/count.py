"""What came of the calls: the callers' books held against the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, func, select

from benchmarks.endure.caller import Book
from ivr.desk.case import CALLING, CANCELLED, REACHED
from ivr.store.database.schema import attempts, case_calls, cases, marks


class Kept(Struct, frozen=True):
    """What the database holds of what is owed, as far as callers were told of it."""

    cases: dict[str, list[tuple[str, str]]]
    """call → (case number, kind)"""
    states: dict[str, str]
    """case number → state"""
    accepted: dict[str, int]
    """case number → when somebody of the team last took it to ring the citizen"""
    followed: Counter[tuple[str, str, str]]
    """(call, case number, joined or cancelled) → how often"""
    marks: dict[str, list[int]]
    days: dict[tuple[str, str], int]
    """(team, local day) → promises made while the database was there; a case that is cancelled gives its place back"""


class Tally(Struct, frozen=True):
    """The figures of the row, each with what it consists of: 0, 0, 0 is wanted."""

    unanswered: tuple[str, ...]
    lost: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether there is none of them."""
        return not (self.unanswered or self.lost or self.doubled)


def read_kept(connection: Connection) -> Kept:
    """Read it."""
    held: dict[str, list[tuple[str, str]]] = {}
    states: dict[str, str] = {}
    for call, number, kind, state in connection.execute(
        select(cases.c.call, cases.c.number, cases.c.kind, cases.c.state)
    ):
        held.setdefault(call, []).append((number, kind))
        states[number] = state
    joined = select(case_calls.c.call, cases.c.number, case_calls.c.what).join(
        cases, cases.c.id == case_calls.c.case_id
    )
    given: dict[str, list[int]] = {}
    for call, mark in connection.execute(select(marks.c.call, marks.c.mark)):
        given.setdefault(call, []).append(mark)
    promised = (
        select(cases.c.team, cases.c.due_day, func.count())
        .where(cases.c.due_day != "", cases.c.cautious == 0, cases.c.state != CANCELLED)
        .group_by(cases.c.team, cases.c.due_day)
    )
    days = {(team, day): count for team, day, count in connection.execute(promised)}
    taken = (
        select(cases.c.number, func.max(attempts.c.accepted))
        .join(cases, cases.c.id == attempts.c.case_id)
        .where(attempts.c.accepted.is_not(None))
        .group_by(cases.c.number)
    )
    accepted = {row[0]: row[1] for row in connection.execute(taken)}
    return Kept(held, states, accepted, Counter(tuple(row) for row in connection.execute(joined)), given, days)


def tally(books: Sequence[Book], kept: Kept, per_day: int, dialled: Mapping[str, int] | None = None) -> Tally:
    """Count. `dialled` is how often the provider rang each number. A run is shorter than the time between two attempts, so
    nobody who is called back is rung more than once in it."""
    return Tally(
        tuple(f"{book.call}: {book.unanswered}" for book in books if book.unanswered),
        tuple(_lost(books, kept)),
        (*_doubled(books, kept, per_day), *_rung(books, dialled or {})),
    )


def _lost(books: Sequence[Book], kept: Kept) -> Iterable[str]:
    for book in books:
        if book.case and (book.case, book.case_kind) not in kept.cases.get(book.call, []):
            yield f"{book.call}: {book.case_kind} {book.case} was promised and is not kept"
        if book.mark and book.mark not in kept.marks.get(book.call, []):
            yield f"{book.call}: the mark {book.mark} is not kept"
        if book.joined and not kept.followed[book.call, book.joined, "joined"]:
            yield f"{book.call}: joined case {book.joined}, which does not know it"
        if book.cancelled and not kept.followed[book.call, book.cancelled, "cancelled"]:
            yield f"{book.call}: cancelled case {book.cancelled}, which does not know it"
        elif book.cancelled and kept.states[book.cancelled] != CANCELLED:
            yield from _not_cancelled(book, kept)


def _not_cancelled(book: Book, kept: Kept) -> Iterable[str]:
    """A case that was cancelled while its citizen was being rung may have come to its end; one that was taken afterwards may
    not."""
    state, after = kept.states[book.cancelled], kept.accepted.get(book.cancelled, 0) - book.at
    if state not in (REACHED, CALLING):
        yield f"{book.call}: cancelled case {book.cancelled}, which is '{state}'"
    elif after > 1:
        yield f"{book.call}: cancelled case {book.cancelled}, which was taken to be rung back {after:.0f} s afterwards"


def _rung(books: Sequence[Book], dialled: Mapping[str, int]) -> Iterable[str]:
    for book in books:
        if dialled.get(book.caller, 0) > 1:
            yield f"{book.call}: this caller was rung {dialled[book.caller]} times"


def _doubled(books: Sequence[Book], kept: Kept, per_day: int) -> Iterable[str]:
    for book in books:
        held = [number for number, kind in kept.cases.get(book.call, []) if kind in ("callback", "voicemail")]
        if len(held) > 1:
            yield f"{book.call}: has the cases {', '.join(held)}"
        if len(kept.marks.get(book.call, [])) > 1:
            yield f"{book.call}: has {len(kept.marks[book.call])} marks"
    for number, count in Counter(book.case for book in books if book.case).items():
        if count > 1:
            yield f"case number {number} was given to {count} callers"
    in_use = Counter(number for held in kept.cases.values() for number, _ in held)
    yield from (f"case number {number} is that of {count} cases" for number, count in in_use.items() if count > 1)
    yield from (f"{key} stands there {count} times" for key, count in kept.followed.items() if count > 1)
    for (team, day), count in kept.days.items():
        if count > per_day:
            yield f"{team} has {count} promises for {day}, of {per_day} places"
