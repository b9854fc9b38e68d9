"""Rows for every table of the database, made by chance, with the values that are easily lost among them."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import Column, Connection, Integer, SmallInteger, Text, insert, select

from ivr.store.database.columns import Instant, Json
from ivr.store.database.whole import metadata

Y2100 = 4_102_444_799
TEXTS = (
    "", " ", "één – €", "’s-Gravenhage", "漢字 \u202e", "👩‍👧 \ufeff", "\x01\x7f\x85\u2028", "\\u0000 \\0 %00 NULL None", "'; --", '"',
    "a\tb\r\nc", "ÿ" * 2000, "\U0010ffff",
)  # fmt: skip
JSONS = (
    None, {}, [], "", 0, False, {"a": "\0"}, {"é": ["\u2028", None, 1.5, -1]}, {"k" * 300: "v" * 20_000}, list(range(500)),
    {"deep": {"er": {"still": [[[]]]}}}, "null", 2**53 + 1,
)  # fmt: skip
INSTANTS = (0, 1, 1_774_746_000, 1_792_890_000, 2**31 - 1, 2**31, Y2100)
WHOLES = (0, 1, -1, 2**31 - 1, -(2**31))


def value(column: Column[Any], chance: random.Random, n: int) -> Any:
    """A value that a column can hold; unlike any other's where it must be."""
    if column.primary_key or column.unique or column.name == "number" or column.name == "ordinal":
        own = isinstance(column.type, Integer)
        return n if own else f"{chance.choice(TEXTS)}{n}"
    if column.foreign_keys:
        return None
    if column.nullable and chance.random() < 0.3:
        return None
    if isinstance(column.type, Instant):
        return chance.choice((*INSTANTS, chance.randrange(Y2100)))
    if isinstance(column.type, Json):
        return chance.choice(JSONS if column.nullable else JSONS[1:])
    if isinstance(column.type, SmallInteger):
        return chance.choice((1, 10, 32_767))
    if isinstance(column.type, Integer):
        return chance.choice(WHOLES)
    assert isinstance(column.type, Text), column
    return chance.choice(TEXTS)


def fill(connection: Connection, seed: int, rows: int = 20) -> None:
    """Put rows into every table."""
    chance = random.Random(seed)
    ids: dict[str, list[str]] = {}
    for table in metadata.sorted_tables:
        given = [
            column for column in table.columns if column.autoincrement is not True
        ]  # the others count by themselves
        put = [{column.name: value(column, chance, n) for column in given} for n in range(1, rows + 1)]
        for row in put:
            row.update({c.name: chance.choice(ids[k.column.table.name]) for c in table.columns for k in c.foreign_keys})
        if "id" in table.columns and put[0].get("id"):
            ids[table.name] = [row["id"] for row in put]
        connection.execute(insert(table), put)


def held(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All that a database holds, as code sees it."""
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for table in metadata.sorted_tables
    }
