"""Facts about the answer for the day that something breaks: it rings somebody without our help, or says where to turn."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import cache

import pytest

from ivr.diagnostics import Source, Sources
from ivr.tables.ready import Table, check_sources, ready
from ivr.web.apology import Apology, apology_document, apology_targets
from tests.engine.calls import TEXT, TODAY, instant

TRANSFER = "  operator: {kind: transfer, team: desk, whisper: true, when_done: mark, busy: promise, no_answer: promise, closed: promise, failed: note}"
QUEUE = "  operator: {kind: queue, team: line, timeout: {wait: 2m, to: note}, when_done: thanks, full: promise, closed: note, failed: note}"
DIALS = {
    "transfer": ("", TRANSFER, ["sip:desk@kcc.example"]),
    "in order": ("", TRANSFER.replace("desk", "order"), ["sip:a@kcc.example", "sip:b@kcc.example"]),
    "queue that can be dialled": (', dial: ["sip:line@kcc.example", "050 367 9999"]', QUEUE, ["sip:line@kcc.example", "+31503679999"]),
    "queue": ("", QUEUE, []),
}  # fmt: skip
"""Name → what the team `line` has besides, the operator, what is rung."""


@cache
def operated(name: str) -> Table:
    """The table with every kind, with another operator."""
    more, operator, _ = DIALS[name]
    assert TRANSFER in TEXT
    text = TEXT.replace(TRANSFER, operator).replace("via: twilio}", f"via: twilio{more}}}")
    return ready(check_sources(Sources((Source("kinds.yaml", text),)), TODAY))


def rung(document: bytes) -> list[str]:
    return ["".join(target.itertext()) for dial in ET.fromstring(document).iter("Dial") for target in dial]


@pytest.mark.parametrize("name", DIALS)
def test_the_operator_is_rung_and_never_queued_where_nobody_would_look(name: str) -> None:
    graph = operated(name).graph
    document = apology_document(graph)
    assert rung(document) == list(apology_targets(graph)) == DIALS[name][2]
    assert b"<Enqueue" not in document


@pytest.mark.parametrize("name", DIALS)
def test_nobody_is_promised_a_person_when_nobody_is_rung(name: str) -> None:
    spoken = "".join(ET.fromstring(apology_document(operated(name).graph)).itertext())
    assert ("Ik verbind u door" in spoken) == bool(DIALS[name][2])
    assert "Het lukt nu niet." in spoken


@pytest.mark.parametrize("name", DIALS)
def test_the_operator_is_not_rung_while_it_is_closed(name: str) -> None:
    table = operated(name)
    apology = Apology(table.graph, table.almanac)
    assert rung(apology.now(instant("2026-12-01 10:00"))) == DIALS[name][2]
    if name == "transfer":
        assert rung(apology.now(instant("2026-12-01 20:00"))) == []
