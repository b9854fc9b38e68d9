"""A case as its page tells it: its facts, and all that happened with it, the latest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection

from ivr.desk.case import OVER, REACHED, UNSURE, WAITING, Case
from ivr.model.graph import Graph
from ivr.pages.promises.view import People, Row, row_of, team_titles
from ivr.store import trail
from ivr.store.desk.asking import CALL
from ivr.store.desk.board import Line as BoardLine
from ivr.store.desk.board import Recorded, Sheet, Try, sheet
from ivr.store.desk.seeking import people_of

MOST = 300
TOLD = (
    "case.add", "case.take", "case.let_go", "case.move", "case.close", "case.cancel", "case.decide", "case.undo",
    "case.call_back", "case.pass", "recording.listen",
)  # fmt: skip
"""Entries of the audit trail that a history shows; what else stands there shows itself in another way (notes, attempts)."""


class Happening(Struct, frozen=True):
    """One thing that happened. `what` names its words; `who` is a name, '' for nobody; `text` is what somebody wrote; `was`
    and `due` are epoch seconds, `seconds` those of a conversation. `note`: it is a note."""

    at: int
    what: str
    who: str = ""
    text: str = ""
    was: int = 0
    due: int = 0
    seconds: int = 0
    call: str = ""
    badge: str = ""

    @property
    def note(self) -> bool:
        """Whether somebody wrote it."""
        return self.what == "note"


class Story(Struct, frozen=True):
    """A case, its history, its recordings, and other cases of the same number. `may`: what can be done with it now."""

    row: Row
    happened: tuple[Happening, ...]
    recordings: tuple[Recorded, ...]
    others: tuple[Row, ...]
    moved: str
    may: frozenset[str]
    gone: bool


def story_of(connection: Connection, case: Case, graph: Graph, now: int, language: str) -> Story:
    """All of a case at an instant."""
    held = sheet(connection, case, now)
    done = trail.newest(connection, trail.Filter(subject=case.id), None, MOST)
    people = people_of(connection, _logins(held, done))
    titles = team_titles(graph, language)
    happened = sorted(_all(held, done, people), key=lambda one: one.at, reverse=True)
    others = tuple(row_of(BoardLine(other, ""), titles, people, now) for other in held.others[:50])
    return Story(
        row=row_of(held.line, titles, people, now),
        happened=tuple(happened[:MOST]),
        recordings=held.recordings,
        others=others,
        moved=held.moved,
        may=may(case),
        gone=case.state in OVER and not (case.caller or case.address),
    )


def may(case: Case) -> frozenset[str]:
    """What can be done with a case in its state, whoever asks."""
    out = {"note"}
    if case.state in OVER:
        return frozenset(out)
    out |= {"close"}
    if case.state in WAITING:
        out |= {"take", "outcome", "cancel"}
        out |= {"call"} if case.caller and case.reach in ("telephone", "text_relay") else set()
    elif case.state == UNSURE:
        out |= {"decide", "outcome", "cancel"}
    elif case.state != REACHED:
        out |= {"reached", "cancel"}
    return frozenset(out)


def _logins(held: Sheet, done: Sequence[trail.Line]) -> set[str]:
    case = held.line.case
    some = {case.taken_by, case.closed_by, *(one.who for one in done), *(note.by for note in held.notes)}
    return some | {one.by for one in held.attempts} | {other.taken_by for other in held.others}


def _all(held: Sheet, done: Sequence[trail.Line], people: People) -> Iterator[Happening]:
    case = held.line.case
    asked: Mapping[str, str] = {}
    for entry in done:
        if entry.what == CALL:
            asked = {**asked, str(entry.data.get("attempt", "")): entry.who}
        elif entry.what in TOLD:
            yield _done(entry, people)
    if not any(call.what == "opened" for call in held.calls) and not any(one.what == "case.add" for one in done):
        yield Happening(case.opened, "opened")
    for call in held.calls:
        yield Happening(call.at, f"call_{call.what}", call=call.call)
    for note in held.notes:
        yield Happening(note.at, "note", _name(people, note.by), note.text)
    for attempt in held.attempts:
        yield _attempt(attempt, people, asked.get(attempt.id, ""))


def _attempt(attempt: Try, people: People, asked: str) -> Happening:
    who = _name(people, attempt.by or asked)
    what = f"try_{attempt.outcome or attempt.state}"
    badge = "good" if attempt.outcome == "reached" else "bad" if attempt.outcome == "unsure" else ""
    return Happening(attempt.dialled or attempt.began, what, who, seconds=attempt.seconds, badge=badge)


def _done(entry: trail.Line, people: People) -> Happening:
    data = entry.data
    what = entry.what.replace(".", "_")
    why = str(data.get("why", "")) or str(data.get("found", "")) or str(data.get("what", ""))
    text = why if entry.what == "case.move" else ""
    if entry.what == "case.undo":
        what = "undo_" + why.removeprefix("case.")
    elif entry.what == "case.decide":
        what = f"decide_{why}"
    was, due = data.get("was"), data.get("due")
    return Happening(
        entry.at, what, _name(people, entry.who), text, was if isinstance(was, int) else 0,
        due if isinstance(due, int) else 0,
    )  # fmt: skip


def _name(people: People, login: str) -> str:
    return people.get(login, ("", login))[1]
