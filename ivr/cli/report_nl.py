"""The words and figures of reports that Dutch people read: pages and plots."""

from __future__ import annotations

import datetime as dt

from ivr.model.graph import Graph
from ivr.model.nodes import EndNode, Node, QueueNode, TransferNode

DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
    "december",
)  # fmt: skip
ENDINGS = {
    "person": "een medewerker gesproken", "case": "wij bellen terug", "told": "gehoord waar men moet zijn",
    "hung_up": "opgehangen zonder antwoord", "ended": "alles gehoord", "lost": "onbekend",
}  # fmt: skip
KEPT_NL = {
    "reached_in_time": "Op tijd", "tried": "Geprobeerd", "late": "Te laat", "never_tried": "Nooit gebeld",
    "cancelled": "Ingetrokken", "waiting": "Loopt nog",
}  # fmt: skip
KINDS = {
    "say": "mededeling", "menu": "keuzemenu", "ask": "vraag", "hours": "openingstijden", "branch": "keuze", "split": "keuze",
    "callback": "terugbelverzoek", "voicemail": "bericht inspreken", "message": "bericht", "article": "uitleg",
    "survey": "rapportcijfer", "calamity": "noodbericht", "notice": "mededeling", "case": "zaaknummer",
    "number": "oud nummer",
}  # fmt: skip


def node_name(name: str, node: Node, graph: Graph) -> str:
    """What a node is to people: the team that is rung, or its kind and name; '' for the end of a call."""
    if isinstance(node, EndNode):
        return ""
    if isinstance(node, TransferNode | QueueNode) and node.team >= 0:
        return graph.teams[node.team].titles[0]
    tag = str(node.__struct_config__.tag)
    return f"{KINDS.get(tag, tag)} {name}"


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
    for size, word in ((86_400, "dagen"), (3_600, "uur"), (60, "minuten")):
        if seconds >= 1.5 * size:
            return f"{round(seconds / size)} {word}"
    count = round(seconds)
    return f"{count} {'seconde' if count == 1 else 'seconden'}"
