"""A provider's first request → the arrival of a call: which number was dialled, and what is known of the caller."""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Mapping

from ivr.model.events import CASE_STATES
from ivr.model.graph import Graph
from ivr.model.moment import NOTHING, Calamity, Switched
from ivr.model.state import Arrival
from ivr.tables.arrivals import SEEDS, UNKNOWN, arrive, caller_number, find_number

Fields = Mapping[str, str]
_SIP = re.compile(r"<?(?:sips?|tel):([^@;>]{1,64})")
_SOURCES = (
    ("to", "To"),
    ("to", "Called"),
    ("forwarded_from", "ForwardedFrom"),
    ("diversion", "SipHeader_Diversion"),
    ("diversion", "SipHeader_X-Diversion"),
)


def dialled_number(graph: Graph, fields: Fields) -> tuple[int, str]:
    """(index, what was dialled). A forwarded old number arrives as another: the delivered number comes first, then
    `ForwardedFrom`, then the SIP `Diversion` header (RFC 5806); each number may say by which of them it is known.

    The index is -1 for the main number and UNKNOWN when none of them is known.
    """
    best, shown = UNKNOWN, fields.get("To", "")
    for via, name in _SOURCES:
        text = fields.get(name)
        if not text:
            continue
        for candidate in _candidates(text) if via == "diversion" else (text,):
            index = find_number(graph, candidate)
            if index >= 0 and (not graph.numbers[index].via or via in graph.numbers[index].via):
                return index, candidate
            if index == -1 and best == UNKNOWN:
                best, shown = -1, candidate
    return best, shown


def _candidates(header: str) -> list[str]:
    """The numbers in a Diversion header, the last one to divert first."""
    return _SIP.findall(header[:1000])[:5]


def arrival(
    graph: Graph, fields: Fields, known: Mapping[str, str], index: int, dialled: str, simulated: bool
) -> Arrival:
    """The arrival of a call. In a simulation the request itself says when it is and what is known.

    It is told to the minute, and a caller without a number is drawn into a share by the call's id: so a first request
    that comes again, at another process, gets the same answer. No calendar changes within a minute.
    """
    caller = caller_number(fields.get("From", ""))
    now = int(time.time()) // 60 * 60
    seed = None if caller else zlib.crc32(fields.get("CallSid", "").encode()) % SEEDS
    if simulated:
        now = _whole(fields.get("IvrAt"), now)
        seed = _whole(fields["IvrSeed"], 0) % SEEDS if "IvrSeed" in fields else None
        known = {**known, **_facts(fields.get("IvrFacts", ""))}
    return arrive(graph, now, index, dialled, caller, known, seed)


def simulated_switches(graph: Graph, fields: Fields) -> Switched:
    """What a simulation says that is switched: the calamity, notices by node, teams that are closed until an instant."""
    notices, closed = _mapping(fields.get("IvrNotices")), _mapping(fields.get("IvrClosed"))
    calamity = _calamity(graph, _mapping(fields.get("IvrCalamity")))
    if calamity is None and not notices and not closed:
        return NOTHING
    teams = ((index, closed.get(team.name)) for index, team in enumerate(graph.teams))
    names = ((index, notices[name]) for index, name in enumerate(graph.names) if name in notices)
    return Switched(
        calamity,
        {index: _said(graph, texts) for index, texts in names},
        {index: until for index, until in teams if isinstance(until, int)},
    )


def _calamity(graph: Graph, held: Mapping[str, object]) -> Calamity | None:
    return Calamity(_said(graph, held.get("texts")), str(held.get("route", ""))) if held else None


def _said(graph: Graph, texts: object) -> tuple[str, ...]:
    rows = texts if isinstance(texts, list) else []
    return tuple(str(text)[:1000] for text in rows[: len(graph.languages)])


def _mapping(text: str | None) -> Mapping[str, object]:
    try:
        held = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) else {}


def simulated_cases(fields: Fields) -> dict[str, str]:
    """What a simulation says that case numbers find: number → promised, open or over."""
    return {number: state for number, state in _facts(fields.get("IvrCases", "")).items() if state in CASE_STATES}


def _facts(text: str) -> dict[str, str]:
    try:
        held = json.loads(text) if text else {}
        return {str(name): str(value) for name, value in held.items()}
    except (ValueError, AttributeError):
        return {}


def _whole(text: str | None, other: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 10 else other
