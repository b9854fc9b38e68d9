"""The words and figures of reports that Dutch people read: pages and plots."""

from __future__ import annotations

import datetime as dt

from ivr.desk import endings
from ivr.desk.kept import KEPT, NONE
from ivr.model.graph import Graph
from ivr.model.nodes import EndNode, Node, QueueNode, TransferNode
from ivr.pages.look.words import has_word, word


def _nl(key: str) -> str:
    """As the page of the figures says it: both tell one story."""
    return word("nl", f"figures.{key}")


DAYS = tuple(_nl(f"day_{n}") for n in range(7))
MONTHS = tuple(_nl(f"month_{n}") for n in range(1, 13))
ENDINGS = {name: _nl(f"ending_{name}") for name in endings.ENDINGS}
KEPT_NL = {name: _nl(f"col_{name}") for name in KEPT if name != NONE}


def node_name(name: str, node: Node, graph: Graph) -> str:
    """What a node is to people: the team that is rung, or its kind and name; '' for the end of a call."""
    if isinstance(node, EndNode):
        return ""
    if isinstance(node, TransferNode | QueueNode) and node.team >= 0:
        return graph.teams[node.team].titles[0]
    tag = str(node.__struct_config__.tag)
    kind = f"kind_{tag}"
    return f"{_nl(kind) if has_word(f'figures.{kind}') else tag} {name}"


def date(day: dt.date) -> str:
    """`16 november 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def whole(count: int) -> str:
    """`1.234`."""
    return f"{count:,}".replace(",", ".")


def decimal(value: float) -> str:
    """`7,2`."""
    return f"{value:.1f}".replace(".", ",")


def percent(part: float | None) -> str:
    """`83 %`; `-` for what cannot be said."""
    return "-" if part is None else f"{part:.0%}".replace("%", " %")


def span(seconds: float | None) -> str:
    """`25 seconden`, `3 minuten`, `2 uur`; `-` for what cannot be said."""
    if seconds is None:
        return "-"
    for size, unit in ((86_400, "dagen"), (3_600, "uur"), (60, "minuten")):
        if seconds >= 1.5 * size:
            return f"{round(seconds / size)} {unit}"
    count = round(seconds)
    return f"{count} {'seconde' if count == 1 else 'seconden'}"
