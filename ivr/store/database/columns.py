"""The types of our columns: an instant is epoch seconds in code and a UTC timestamp in the database; maps are JSON text."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from sqlalchemy import Column, DateTime, Dialect, Index, Integer, Text, TypeDecorator, text

_encode = msgspec.json.Encoder(order="sorted").encode
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Instant(TypeDecorator[int]):
    """Epoch seconds in code, a UTC timestamp in the database. SQLite keeps it as text without a zone, which is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        at = _EPOCH + dt.timedelta(seconds=value)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        at = value if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)
        return int(at.timestamp())


class Json(TypeDecorator[Any]):  # whatever JSON can hold
    """A JSON value, kept as text so that both databases give back what was written."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        return None if value is None else _encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(value)


def words(name: str, **more: Any) -> Column[str]:
    """Text, '' when there is none."""
    return Column(name, Text, nullable=False, server_default="", **more)


def whole(name: str) -> Column[int]:
    """A whole number, 0 when there is none."""
    return Column(name, Integer, nullable=False, server_default="0")


def few(name: str, column: str, where: str) -> Index:
    """An index over the few rows that answer to a condition."""
    return Index(name, column, sqlite_where=text(where), postgresql_where=text(where))


def one(name: str, column: str, where: str) -> Index:
    """Of the rows that answer to a condition, at most one for each value of a column."""
    return Index(name, column, unique=True, sqlite_where=text(where), postgresql_where=text(where))
