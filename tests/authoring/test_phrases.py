"""Facts about what the engine says by itself: it knows no municipality."""

from __future__ import annotations

import pytest

from ivr.diagnostics import Source, Sources
from ivr.model.nodes import TransferNode
from ivr.model.phrases import PHRASES
from ivr.model.words import as_text
from ivr.tables.ready import check_sources, ready
from tests.minimal import TABLE, TODAY, findings


def whisper(text: str) -> str:
    """What who answers hears."""
    graph = ready(check_sources(Sources((Source("t.yaml", text),)), TODAY)).graph
    node = graph.nodes[graph.operator]
    assert isinstance(node, TransferNode)
    return as_text(graph.prompts[node.dials[0][0].whisper])


WHISPERED = TABLE.replace("kind: transfer, team: desk,", "kind: transfer, team: desk, whisper: true,")
ENGLISH = WHISPERED.replace("nl:", "en:").replace(
    "voice: Polly.Laura-Neural, locale: nl-NL", "voice: Polly.Amy-Neural, locale: en-GB"
)


@pytest.mark.parametrize(
    ("text", "number", "words"),
    [
        (WHISPERED, "14 050", "Oproep via 14 0 50 voor de balie. Toets 1 om aan te nemen."),
        (WHISPERED, "+31 14 030", "Oproep via 14 0 30 voor de balie. Toets 1 om aan te nemen."),
        (WHISPERED, "030 286 0000", "Oproep via 0 3 0, 2 8 6, 0 0 0 0 voor de balie. Toets 1 om aan te nemen."),
        (ENGLISH, "14 030", "A call through 14 0 30 for de balie. Press 1 to accept."),
    ],
)
def test_a_whisper_names_the_number_of_its_own_table(text: str, number: str, words: str) -> None:
    assert whisper(text.replace("14 050", number)) == words


def test_a_table_may_place_its_number_in_a_whisper_of_its_own() -> None:
    text = WHISPERED + 'phrases: {nl: {whisper: "Lijn {main}, {team}. Toets 1."}}\n'
    assert whisper(text) == "Lijn 14 0 50, de balie. Toets 1."
    assert findings(text) == []
    wrong = text.replace("{main}", "{mian}")
    assert [(code, under) for code, under, _ in findings(wrong)] == [("IVR504", "{mian}")]


def test_no_phrase_names_a_municipality_or_its_number() -> None:
    for held in PHRASES.values():
        assert not any("14 0" in text or "14050" in text or "Groningen" in text for text in held.values())
