"""A report as people read it on a terminal, and in the forms that a program reads."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Mapping, Sequence

from ivr.cli.common import coloured
from ivr.store.reports.sheet import DECIMAL, SECONDS, SHARE, TEXT, Cell, Sheet, as_csv, as_json

FORMATS = ("table", "csv", "json")


def render(about: Mapping[str, Cell], sheets: Sequence[Sheet], form: str, nothing: str) -> str:
    """A report in one of FORMATS. `about` says of what and when; `nothing` is said in place of tables without rows."""
    if form == "json":
        return as_json(about, sheets)
    if form == "csv":
        return as_csv(sheets)
    full = [sheet for sheet in sheets if sheet.rows]
    if not full:
        return nothing + "\n"
    return "\n".join(_table(sheet) for sheet in full)


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
