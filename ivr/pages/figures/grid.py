"""A table of the page, made from a sheet of a report: the same rows that its CSV has, in words that people read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import Struct

from ivr.desk.staff import LEAST
from ivr.pages.figures.saying import OFF, Say, upper_first
from ivr.pages.look.words import has_word
from ivr.store.reports.rows import ALL
from ivr.store.reports.sheet import COUNT, DECIMAL, SECONDS, SHARE, TEXT, Column, Sheet
from ivr.store.reports.sheet import Cell as Value


class Cell(Struct, frozen=True):
    """What stands in one place. `value` is what a chart draws of it, `bar` how long its bar is (hundredths, -1 for none),
    `spark` the points of a small line, `kind` how it looks: num, mono or ''. `sub` stands under it, `node` leads to the
    map, `short` stands under a chart."""

    text: str
    value: float | None = None
    sub: str = ""
    bar: int = -1
    spark: str = ""
    kind: str = ""
    node: str = ""
    badge: str = ""
    short: str = ""


class Head(Struct, frozen=True):
    """The head of a column; `series` says that a chart draws it."""

    name: str
    text: str
    num: bool
    series: bool = False


class Chart(Struct, frozen=True):
    """How a table is drawn: `kind` is kept, stack, share, mean, curve or count; `says` is what it shows, in words; `ref` a
    value that a line marks, named `ref_name`."""

    kind: str
    title: str
    says: str
    ref: float | None = None
    ref_name: str = ""
    share_title: str = ""
    """Of kept alone, which is drawn twice: as a share, and as a stack."""


class Grid(Struct, frozen=True):
    """A table: its rows' first cell is their head. `sheet` is what its CSV holds."""

    name: str
    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sheet: Sheet
    notes: tuple[str, ...] = ()
    chart: Chart | None = None
    folded: bool = False
    last: str = ""
    """`total`: the last row is of all together."""


Write = Callable[[Mapping[str, Value]], Cell]
"""How a column is written, from the row by its columns' names."""


def grid_of(
    sheet: Sheet,
    say: Say,
    title: str,
    *,
    name: str = "",
    hidden: Sequence[str] = (),
    series: Sequence[str] = (),
    bar: str = "",
    notes: Sequence[str] = (),
    chart: Chart | None = None,
    writes: Mapping[str, Write] | None = None,
    heads: Mapping[str, str] | None = None,
    folded: bool = False,
) -> Grid:
    """The table of a sheet. `writes` has a way of its own for some columns, `heads` a head of its own."""
    columns = [column for column in sheet.columns if column.name not in hidden]
    most = max((_number(row, sheet, bar) for row in sheet.rows if row[0] != ALL), default=0.0)
    rows = []
    for row in sheet.rows:
        record = {column.name: value for column, value in zip(sheet.columns, row, strict=True)}
        cells = [(writes or {}).get(column.name, _writer(column, say))(record) for column in columns]
        if bar and row[0] != ALL:
            at = [column.name for column in columns].index(bar)
            whole = (
                1.0 if columns[at].kind == SHARE else most
            )  # a share's bar ends at all of it, a count's at the largest
            length = round(100 * _number(row, sheet, bar) / whole) if whole else 0
            cells[at] = msgspec.structs.replace(cells[at], bar=length)
        rows.append(tuple(cells))
    partly = any(record_of(sheet, row).get("whole") == "no" for row in sheet.rows)
    return Grid(
        name or sheet.name, title,
        tuple(
            Head(c.name, (heads or {}).get(c.name) or head_of(sheet, c, say), c.kind != TEXT, c.name in series)
            for c in columns
        ),
        tuple(rows), sheet, (*notes, *((say.t("a_part"),) if partly else ())), chart, folded,
        "total" if sheet.rows and sheet.rows[-1][0] == ALL else "",
    )  # fmt: skip


def empty(sheet: Sheet, names: Sequence[str]) -> tuple[str, ...]:
    """Those of some columns that hold nothing in any row: they need not be shown. Their CSV has them."""
    places = {column.name: at for at, column in enumerate(sheet.columns)}
    return tuple(name for name in names if not any(row[places[name]] for row in sheet.rows))


def record_of(sheet: Sheet, row: Sequence[Value]) -> dict[str, Value]:
    """A row by the names of its columns."""
    return {column.name: value for column, value in zip(sheet.columns, row, strict=True)}


def head_of(sheet: Sheet, column: Column, say: Say) -> str:
    """The head of a column: of this sheet where it has its own."""
    own = f"col_{sheet.name}_{column.name}"
    return say.t(own) if has_word(f"figures.{own}") else say.or_raw("col", column.name)


def _number(row: Sequence[Value], sheet: Sheet, name: str) -> float:
    value = record_of(sheet, row).get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _writer(column: Column, say: Say) -> Write:
    """The usual way to write a column."""
    name = column.name
    if name in ("team", "number"):
        said = say.team if name == "team" else say.number
        return lambda row: Cell(
            said(str(row[name] or "")), sub=say.formerly(str(row[name])) if name == "number" else ""
        )
    if name == "stretch":
        return lambda row: Cell(
            upper_first(say.stretch(str(row[name]))) + part(row), short=say.short(str(row[name])) + part(row)
        )
    if name in ("node", "call"):
        return lambda row: (
            Cell(say.node(str(row[name])), sub=str(row[name]), node=str(row[name]))
            if name == "node"
            else Cell(str(row[name]), kind="mono")
        )
    if name == "ending":
        return lambda row: Cell(upper_first(say.or_raw("ending", str(row[name]))))
    if column.kind == TEXT:
        return lambda row: Cell(str(row[name] or ""))
    return lambda row: figure(row[name], column.kind, say)


def part(row: Mapping[str, Value]) -> str:
    """The mark of a week or month that the period holds a part of."""
    return "*" if row["whole"] == "no" else ""


def figure(value: Value, kind: str, say: Say) -> Cell:
    """A figure as it is written, with its value for a chart."""
    if not isinstance(value, int | float):
        return Cell(OFF, kind="num")
    writers: Mapping[str, Callable[[float], str]] = {
        COUNT: say.whole, SHARE: say.percent, SECONDS: say.span, DECIMAL: say.decimal,
    }  # fmt: skip
    return Cell(writers[kind](value), round(float(value), 4), kind="num")


def hiding(say: Say) -> str:
    """What is said under a table whose small groups are not shown."""
    return say.t("note_few", n=LEAST)
