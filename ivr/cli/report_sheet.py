"""A report as sheets of rows, and their three forms: a table for people, CSV for a spreadsheet, JSON for a program."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Mapping, Sequence

from msgspec import Struct

from ivr.cli.common import coloured

FORMATS = ("table", "csv", "json")
Cell = str | int | float | None
TEXT, COUNT, SHARE, SECONDS, DECIMAL = "text", "count", "share", "seconds", "decimal"


class Column(Struct, frozen=True):
    """A column: its name in CSV and JSON, its head in a table, and what it holds."""

    name: str
    head: str
    kind: str = COUNT


class Sheet(Struct, frozen=True):
    """Rows of one kind. `name` stands in CSV and JSON, `title` above the table, each note under it. A cell that is None
    cannot be said, or may not be."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()


def render(about: Mapping[str, Cell], sheets: Sequence[Sheet], form: str, nothing: str) -> str:
    """A report in one of FORMATS. `about` says of what and when; `nothing` is said in place of tables without rows."""
    if form == "json":
        held = {sheet.name: [_record(sheet, row) for row in sheet.rows] for sheet in sheets}
        return json.dumps({**about, **held}, ensure_ascii=False, indent=2) + "\n"
    if form == "csv":
        return _csv(sheets)
    full = [sheet for sheet in sheets if sheet.rows]
    if not full:
        return nothing + "\n"
    return "\n".join(_table(sheet) for sheet in full)


def _record(sheet: Sheet, row: tuple[Cell, ...]) -> dict[str, Cell]:
    return {column.name: _exact(cell) for column, cell in zip(sheet.columns, row, strict=True)}


def _exact(cell: Cell) -> Cell:
    return round(cell, 4) if isinstance(cell, float) else cell


def _csv(sheets: Sequence[Sheet]) -> str:
    """One head for all rows; with several sheets the first column says which."""
    names = list(dict.fromkeys(column.name for sheet in sheets for column in sheet.columns))
    which = ["sheet"] if len(sheets) > 1 else []
    out = io.StringIO()
    writer = csv.DictWriter(out, [*which, *names], restval="", lineterminator="\n")
    writer.writeheader()
    for sheet in sheets:
        for row in sheet.rows:
            record = {name: _plain(cell) for name, cell in _record(sheet, row).items()}
            writer.writerow(record | ({"sheet": sheet.name} if which else {}))
    return out.getvalue()


def _plain(cell: Cell) -> Cell:
    """A text that a spreadsheet would run as a formula stands after an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "@", "\t", "\r") else cell


def _table(sheet: Sheet) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, title=Text(sheet.title), title_justify="left", title_style="bold", pad_edge=False)
    for column in sheet.columns:
        table.add_column(Text(column.head), justify="left" if column.kind == TEXT else "right", overflow="fold")
    for row in sheet.rows:
        table.add_row(*(Text(said(cell, column.kind)) for column, cell in zip(sheet.columns, row, strict=True)))
    out = io.StringIO()
    console = Console(file=out, width=_width(), no_color=not coloured(), force_terminal=coloured())
    console.print(table)
    for note in sheet.notes:
        console.print(Text(note))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _width() -> int:
    """As wide as the terminal; in a pipe, as wide as it takes."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 200


def said(cell: Cell, kind: str) -> str:
    """A cell as people read it: `83 %`, `1:05`, `-` for what cannot be said."""
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return cell
    if kind == SHARE:
        return f"{cell:.0%}".replace("%", " %")
    if kind == SECONDS:
        return span(cell)
    return f"{cell:,.1f}" if kind == DECIMAL else f"{cell:,}"


def span(seconds: float) -> str:
    """`25 s`, `3 min 10 s`, `5 h 30 min`, `2 d 4 h`: two units at most."""
    whole = round(seconds)
    if whole < 0:
        return f"-{span(-whole)}"
    parts = [(whole // 86_400, "d"), (whole // 3_600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s")]
    first = next((n for n, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"
