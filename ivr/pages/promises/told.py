"""What cannot be done with a case, in the words of the pages."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.pages.look.faults import Told
from ivr.pages.look.words import has_word
from ivr.store.database.connect import reading, writing
from ivr.store.desk.board import NotDone
from ivr.store.desk.seeking import people_of

GONE = ("no_case",)


@contextlib.contextmanager
def plainly(engine: Engine) -> Iterator[None]:
    """What the desk refuses is told in the visitor's language; a colleague by name."""
    try:
        yield
    except NotDone as error:
        key = f"promises.not_{error.key}"
        if not error.key or not has_word(key):
            raise Told("promises.not_done", 409, text=str(error)) from None
        raise Told(key, 404 if error.key in GONE else 409, "", **_named(engine, error.holes)) from None


def _named(engine: Engine, holes: dict[str, object]) -> dict[str, object]:
    login = holes.get("by")
    if not isinstance(login, str):
        return holes
    with reading(engine) as connection:
        return {**holes, "by": people_of(connection, [login]).get(login, ("", login))[1]}


@contextlib.contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """A transaction to change something in; what cannot be is told, and then nothing was changed."""
    try:
        with plainly(engine), writing(engine) as connection:
            yield connection
    except SQLAlchemyError:
        raise Told("home.database_gone", 503) from None


@contextlib.contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """A transaction to look in."""
    try:
        with plainly(engine), reading(engine) as connection:
            yield connection
    except SQLAlchemyError:
        raise Told("home.database_gone", 503) from None
