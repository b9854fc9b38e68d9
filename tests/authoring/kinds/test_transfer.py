"""Facts about how a `transfer` is read: what the one who answers hears is in the table's first language."""

from __future__ import annotations

import pytest

from ivr.diagnostics import Source, Sources
from ivr.model.nodes import TransferNode
from ivr.model.words import as_text
from ivr.tables.ready import check_sources
from tests.minimal import TABLE, TODAY

BOTH = TABLE.replace("languages: {nl:", "languages: {en: {voice: Polly.Amy-Neural, locale: en-GB}, nl:").replace(
    "title: {nl: de balie}", "title: {nl: de balie, en: the desk}"
)


def whispers(text: str) -> set[str]:
    graph = check_sources(Sources((Source("table.yaml", text),)), TODAY).graph
    assert graph is not None
    node = graph.nodes[graph.names.index("operator")]
    assert isinstance(node, TransferNode)
    return {as_text(graph.prompts[dial.whisper]) for rows in node.dials for dial in rows if dial.whisper >= 0}


def test_who_answers_hears_the_whisper_in_the_first_language_whatever_the_caller_speaks() -> None:
    said = whispers(BOTH.replace("team: desk, when_done", "team: desk, whisper: true, when_done"))
    assert said == {"A call through 14 0 50 for the desk. Press 1 to accept."}


@pytest.mark.parametrize(("number", "heard"), [("050 367 8000", "050 367 8000"), ("sip:balie@kcc.example", "balie")])
def test_at_a_plain_number_the_whisper_names_the_number(number: str, heard: str) -> None:
    said = whispers(TABLE.replace("team: desk, when_done", f'number: "{number}", whisper: true, when_done'))
    assert len(said) == 1
    assert f"voor {heard}." in said.pop()
