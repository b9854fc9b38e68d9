"""Seconds between two instants, worked out where the rows are, on every database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Seconds(FunctionElement[int]):
    type = BigInteger()
    inherit_cache = True


def seconds_between(earlier: ColumnElement[Any], later: ColumnElement[Any]) -> ColumnElement[int]:
    """Whole seconds from one instant to a later one; null where either is."""
    return _Seconds(earlier, later)


@compiles(_Seconds)
def _postgresql(element: _Seconds, compiler: Any, **more: Any) -> str:  # SQLAlchemy's own compiler, which has no stubs
    earlier, later = (compiler.process(clause, **more) for clause in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({later} - {earlier})) AS BIGINT)"


@compiles(_Seconds, "sqlite")
def _sqlite(element: _Seconds, compiler: Any, **more: Any) -> str:
    """`unixepoch` is as old as 2022 only."""
    earlier, later = (compiler.process(clause, **more) for clause in element.clauses)
    return f"(CAST(strftime('%s', {later}) AS INTEGER) - CAST(strftime('%s', {earlier}) AS INTEGER))"
