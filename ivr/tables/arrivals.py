"""How a call arrives at a table: the dialled number found, facts given, the caller's number taken only if it is one."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from ivr.model.facts import default_fact
from ivr.model.graph import Graph
from ivr.model.numbers import NumberFault, read_number
from ivr.model.state import Arrival

UNKNOWN = -2
"""What `find_number` answers for a number that is neither one of the main line nor in the table."""
SEEDS = 10_000
"""How many seeds there are to draw shares from."""
WITHHELD = frozenset({"", "anonymous", "restricted", "unknown", "unavailable", "private", "266696687", "+266696687"})
"""What providers write for a caller who withholds the number (266696687 spells ANONYMOUS)."""


def find_number(graph: Graph, dialled: str) -> int:
    """The index of a legacy number, -1 for the main line, UNKNOWN for any other. SIP addresses give their user.

    The main line is the main number, the one for callers abroad, and the one that those whom we rang call back.
    """
    text = dialled.strip()
    if text.startswith(("sip:", "sips:")):
        text = text.partition(":")[2].partition("@")[0].partition(";")[0]
    number = read_number(text) if text else NumberFault("is empty")
    if isinstance(number, NumberFault):
        return UNKNOWN
    digits = int(number.digits)
    if digits == graph.main_digits:
        return -1
    found = graph.book.find(digits)
    if found >= 0:
        return found
    return -1 if number.e164 in (graph.from_abroad, graph.caller_id) else UNKNOWN


def caller_number(text: str) -> str:
    """The caller's number in E.164, '' when withheld or malformed."""
    bare = text.strip()
    if bare.lower() in WITHHELD:
        return ""
    if bare.startswith(("sip:", "sips:")):
        bare = bare.partition(":")[2].partition("@")[0].partition(";")[0]
    number = read_number(bare)
    return "" if isinstance(number, NumberFault) else number.e164


def arrive(
    graph: Graph, time: int, number: int, dialled: str, caller: str, known: Mapping[str, str], seed: int | None = None
) -> Arrival:
    """The arrival of a call. `known` gives facts by name; the rest take their default (`default_fact`).

    Without `seed` it is made from the caller's number, so that the same caller falls into the same share each time.
    """
    facts = tuple(
        values.index(known[name]) if known.get(name) in values else default_fact(name, values, caller)
        for name, values in graph.facts
    )
    drawn = zlib.crc32((caller or str(time)).encode()) % SEEDS if seed is None else seed
    return Arrival(time, max(number, -1), dialled[:32], caller, facts, drawn)
