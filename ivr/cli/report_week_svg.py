"""Small pictures within the page of a week: bars with their counts, and the hours of a week."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ivr.cli.report_nl import DAYS, whole
from ivr.pictures.text import shortened

WIDE, NAMES, ROW = 640, 250, 24
"""A picture's width, the room of its names, and the height of a row; it is scaled to the page."""
CELL, LEFT, TOP = 24, 34, 20


def bars(rows: Sequence[tuple[str, int]], title: str) -> str:
    """A bar for each name, with its count beside it."""
    most = max((count for _, count in rows), default=0) or 1
    room = WIDE - NAMES - 70
    out = [f'<svg viewBox="0 0 {WIDE} {len(rows) * ROW + 4}" role="img" aria-label="{escape(title)}">']
    for index, (name, count) in enumerate(rows):
        y = index * ROW
        wide = room * count / most
        out.append(
            f'<text x="{NAMES - 10}" y="{y + 17}" text-anchor="end"><title>{escape(name)}</title>'
            f"{escape(shortened(name, 13, NAMES - 14))}</text>"
            f'<rect class="bar" x="{NAMES}" y="{y + 4}" width="{wide:.1f}" height="{ROW - 8}"/>'
            f'<text x="{NAMES + wide + 6:.1f}" y="{y + 17}">{whole(count)}</text>'
        )
    return "\n".join([*out, "</svg>"])


def hour_grid(hours: Sequence[Sequence[int]]) -> str:
    """A field for each hour of a week, darker for more calls, with the count in it; hours in which nobody ever called at
    the day's edges are left out."""
    used = [hour for row in hours for hour, count in enumerate(row) if count]
    first, after = (min(used), max(used) + 1) if used else (8, 18)
    most = max((max(row) for row in hours), default=0) or 1
    wide = LEFT + (after - first) * CELL * 1.5
    out = [
        f'<svg viewBox="0 0 {max(wide, WIDE):.0f} {TOP + len(hours) * CELL + 4}" role="img" '
        'aria-label="Telefoontjes per uur van de week">'
    ]
    for hour in range(first, after):
        x = LEFT + (hour - first + 0.5) * CELL * 1.5
        out.append(f'<text class="faint" x="{x:.1f}" y="{TOP - 6}" text-anchor="middle">{hour}</text>')
    for day, row in enumerate(hours):
        y = TOP + day * CELL
        out.append(f'<text x="0" y="{y + 17}">{DAYS[day][:2]}</text>')
        out += [
            _field(day, hour, row[hour], most, LEFT + (hour - first) * CELL * 1.5, y) for hour in range(first, after)
        ]
    return "\n".join([*out, "</svg>"])


def _field(day: int, hour: int, count: int, most: int, x: float, y: float) -> str:
    """Never darker than half: the count is then read on it, in light and dark."""
    said = f"{DAYS[day]} {hour} tot {hour + 1} uur: {whole(count)}"
    wide = CELL * 1.5 - 2
    text = f'<text x="{x + wide / 2:.1f}" y="{y + 16}" text-anchor="middle">{whole(count)}</text>' if count else ""
    return (
        f'<g><title>{said}</title><rect class="bar" x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{CELL - 2}" '
        f'fill-opacity="{0.05 + 0.45 * count / most if count else 0.03:.2f}"/>{text}</g>'
    )
