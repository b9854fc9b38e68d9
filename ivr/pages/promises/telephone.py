"""The telephone of whoever is at work: what rings first when they call a citizen. Kept by their browser for a shift.

What somebody types here is rung and paid for: only addresses of the table's own switchboards, and Dutch numbers that are
no premium rate, no emergency number, and none of the table's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fastapi import Request, Response

from ivr.model.graph import Graph
from ivr.model.numbers import NumberFault, dialable, read_number
from ivr.pages.context import Context
from ivr.pages.look.faults import Told
from ivr.worker.targets import rung

COOKIE = "telephone"
SECONDS = 12 * 3600
"""A long shift; then one is asked again."""
MOST = 200
_HOST = re.compile(r"sips?:(?:[^@\s]+@)?([A-Za-z0-9.\-]+)", re.IGNORECASE)


def telephone_of(request: Request, context: Context) -> str:
    """The telephone that this browser's user chose, judged again; '' for none."""
    held = context.cookies.read(request, COOKIE)
    if not isinstance(held, str) or not held:
        return ""
    try:
        return address_of(held, graphs_of(context))
    except Told:
        return ""


def remember(answer: Response, context: Context, address: str) -> None:
    """Let the browser keep it."""
    context.cookies.set(answer, COOKIE, address, SECONDS)


def graphs_of(context: Context) -> tuple[Graph, ...]:
    """The tables that are live."""
    return tuple(shelf.live.table.graph for shelf in context.shelves.values())


def targets_of(graphs: Iterable[Graph]) -> dict[str, str]:
    """The telephones that tables know → the name of the team, to choose from."""
    return {target: team.name for graph in graphs for team in graph.teams for target in team.dial}


def address_of(text: str, graphs: Iterable[Graph]) -> str:
    """What is rung for a text that somebody typed: an address of SIP, or a number in E.164. Raises Told."""
    graphs = tuple(graphs)
    clean = text.strip()[:MOST]
    if "@" in clean or clean.lower().startswith(("sip:", "sips:")):
        address = clean if clean.lower().startswith(("sip:", "sips:")) else f"sip:{clean}"
        found = _HOST.match(address)
        if found is None or found[1].lower() not in _hosts(graphs) or not isinstance(rung(address), str):
            raise Told("promises.not_telephone_sip", 400)
        return address
    number = read_number(clean) if clean else NumberFault("")
    e164 = dialable(clean) if clean else ""
    if isinstance(number, NumberFault) or not e164 or not number.dutch:
        raise Told("promises.not_telephone_number", 400)
    if any(_own(graph, e164) for graph in graphs):
        raise Told("promises.not_telephone_own", 400)
    return e164


def _hosts(graphs: Iterable[Graph]) -> set[str]:
    return {found[1].lower() for target in targets_of(graphs) if (found := _HOST.match(target)) is not None}


def _own(graph: Graph, e164: str) -> bool:
    """Whether a number leads to the table itself: we would ring ourselves."""
    return graph.book.find(int(e164[1:])) >= 0 or e164 in (dialable(graph.caller_id), dialable(graph.from_abroad))
