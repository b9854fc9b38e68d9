"""A report as sheets of rows, and two of their forms: CSV for a spreadsheet, JSON for a program."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence

from msgspec import Struct

Cell = str | int | float | None
TEXT, COUNT, SHARE, SECONDS, DECIMAL = "text", "count", "share", "seconds", "decimal"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What begins a text that a spreadsheet would run (OWASP, "CSV Injection")."""


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


def as_json(about: Mapping[str, Cell], sheets: Sequence[Sheet]) -> str:
    """A report as JSON. `about` says of what and when."""
    held = {sheet.name: [_record(sheet, row) for row in sheet.rows] for sheet in sheets}
    return json.dumps({**about, **held}, ensure_ascii=False, indent=2) + "\n"


def as_csv(sheets: Sequence[Sheet]) -> str:
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


def _record(sheet: Sheet, row: tuple[Cell, ...]) -> dict[str, Cell]:
    return {column.name: _exact(cell) for column, cell in zip(sheet.columns, row, strict=True)}


def _exact(cell: Cell) -> Cell:
    return round(cell, 4) if isinstance(cell, float) else cell


def _plain(cell: Cell) -> Cell:
    """A text that a spreadsheet would run as a formula stands after an apostrophe; a dash alone is none."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) and cell != "-" else cell
