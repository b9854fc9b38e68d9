"""How near a person is, as a picture: a row for each number, a column for each hour of a week, a colour for the seconds."""

from __future__ import annotations

from html import escape

from msgspec import Struct

from ivr.pictures.text import shortened, width

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOUR, ROW, TOP, EDGE = 7, 20, 96, 24
STEPS = ((15, "#fef3c7"), (30, "#fcd34d"), (45, "#f59e0b"), (60, "#dc6803"), (90, "#b42318"))
"""Up to so many seconds, and the colour: darker is longer. Told apart in grey, too."""
LONGER, NOBODY = "#5f1310", "#e5e7eb"


class Cell(Struct, frozen=True):
    """A stretch of one day: minutes since midnight, seconds to a person (None for no way), and what is said of it."""

    day: int
    start: int
    end: int
    seconds: float | None
    text: str


class HeatRow(Struct, frozen=True):
    """A number: its name, whose it was, and its week."""

    name: str
    formerly: str
    cells: tuple[Cell, ...]


def draw_heat(title: str, description: str, rows: list[HeatRow]) -> str:
    """The picture as SVG. What is under the pointer is said, and read aloud, by a title of its own."""
    labels = [shortened(f"{row.name}  {row.formerly}", 12, 300) for row in rows]
    left = EDGE + max((width(label, 12) for label in labels), default=0) + 12
    wide = left + 7 * 24 * HOUR + EDGE
    high = TOP + len(rows) * ROW + 72
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high}" '
        f'viewBox="0 0 {wide:.0f} {high}" role="img" aria-labelledby="title desc" font-family="sans-serif" font-size="12">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(description)}</desc>',
        f'<rect width="{wide:.0f}" height="{high}" fill="#ffffff"/>',
        f'<text x="{EDGE}" y="30" font-size="17" font-weight="bold" fill="#111827">{escape(title)}</text>',
        f'<text x="{EDGE}" y="50" fill="#4b5563">{escape(description)}</text>',
        *_hours(left),
    ]
    for index, (row, label) in enumerate(zip(rows, labels, strict=True)):
        out += _row(row, label, left, TOP + index * ROW)
    out += _rules(left, len(rows))
    out += _legend(left, TOP + len(rows) * ROW + 30)
    return "\n".join([*out, "</svg>", ""])


def colour(seconds: float | None) -> str:
    """The colour of so many seconds."""
    if seconds is None:
        return NOBODY
    return next((held for most, held in STEPS if seconds <= most), LONGER)


def _row(row: HeatRow, label: str, left: float, top: int) -> list[str]:
    out = [
        f"<g><title>{escape(f'{row.name} ({row.formerly})')}</title>"
        f'<text x="{EDGE}" y="{top + 14}" fill="#111827">{escape(label)}</text>'
    ]
    for cell in row.cells:
        x = left + (cell.day * 24 + cell.start / 60) * HOUR
        wide = (cell.end - cell.start) / 60 * HOUR
        out.append(
            f'<rect x="{x:.1f}" y="{top + 1}" width="{wide:.1f}" height="{ROW - 2}" fill="{colour(cell.seconds)}">'
            f"<title>{escape(cell.text)}</title></rect>"
        )
    return [*out, "</g>"]


def _hours(left: float) -> list[str]:
    """The names of the days, and every sixth hour."""
    out = []
    for day, name in enumerate(DAYS):
        x = left + day * 24 * HOUR
        out.append(f'<text x="{x + 4:.1f}" y="{TOP - 22}" font-weight="bold" fill="#111827">{name}</text>')
        out += [
            f'<text x="{x + hour * HOUR:.1f}" y="{TOP - 6}" font-size="10" fill="#4b5563" text-anchor="middle">{hour}</text>'
            for hour in (6, 12, 18)
        ]
    return out


def _rules(left: float, rows: int) -> list[str]:
    """A line between days, a fainter one every six hours."""
    bottom = TOP + rows * ROW
    out = []
    for hour in range(0, 7 * 24 + 1, 6):
        x = left + hour * HOUR
        stroke = "#111827" if hour % 24 == 0 else "#9ca3af"
        top = TOP - (34 if hour % 24 == 0 else 2)
        dash = "" if hour % 24 == 0 else ' stroke-dasharray="1 3"'
        out.append(f'<path d="M{x:.1f} {top}V{bottom}" stroke="{stroke}" stroke-width="1"{dash}/>')
    return out


def _legend(left: float, top: int) -> list[str]:
    """Each colour with what it stands for."""
    out = [f'<text x="{EDGE}" y="{top + 13}" fill="#111827">seconds to a person</text>']
    x = left
    words = [(held, f"up to {most} s") for most, held in STEPS]
    words += [(LONGER, f"over {STEPS[-1][0]} s"), (NOBODY, "no way to a person")]
    for held, text in words:
        out.append(f'<rect x="{x:.1f}" y="{top}" width="18" height="18" fill="{held}" stroke="#6b7280"/>')
        out.append(f'<text x="{x + 24:.1f}" y="{top + 13}" fill="#111827">{text}</text>')
        x += 24 + width(text, 12) + 22
    return out
