"""Passing lines made straight: each takes the height of where it comes from, when nothing else is level with that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.pictures.order import Links

if TYPE_CHECKING:
    from ivr.pictures.place import Item

APART, FAR, ROOM = 4, 14, 8
"""Pixels: between lines of two nets; how far a line may be moved; between a line and what stands in its column."""


def straighten(columns: list[list[Item]], links: Links) -> None:
    """Move passing places, from left to right. They stay between their neighbours in the column."""
    sources: dict[int, list[float]] = {}
    for at, column in enumerate(columns):
        before, after = links[at - 1] if at else [], links[at]
        for source, target in before:
            if target.item.net:
                sources.setdefault(id(target.item), []).append(source.item.y + source.y)
        taken = [(p.item.y + p.y, s.item.net or t.item.net) for s, t in before + after for p in (s, t)]
        for position, item in enumerate(column):
            wanted = sources.get(id(item), [])
            if not item.net or len(set(wanted)) != 1 or wanted[0] == item.y or abs(wanted[0] - item.y) > FAR:
                continue
            y = wanted[0]
            above = column[position - 1] if position else None
            below = column[position + 1] if position + 1 < len(column) else None
            if above is not None and above.y + above.height + ROOM > y:
                continue
            if below is not None and y + ROOM > below.y:
                continue
            if any(abs(other - y) < APART for other, net in taken if net != item.net):
                continue
            taken.append((y, item.net))
            item.y = y
