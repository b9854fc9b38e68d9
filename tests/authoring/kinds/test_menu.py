"""Facts about the words of a menu: each key is named once."""

from __future__ import annotations

import pytest

from ivr.diagnostics import Source, Sources
from ivr.model.actions import Listen
from ivr.model.nodes import MenuNode
from ivr.model.words import as_text
from ivr.tables.ready import check_sources, ready
from tests.minimal import TABLE, TODAY

OPTION = "      2: {label"


def asked(option: str) -> str:
    """What the minimal menu says with one more option."""
    text = TABLE.replace(OPTION, f"      {option}\n{OPTION}")
    graph = ready(check_sources(Sources((Source("table.yaml", text),)), TODAY)).graph
    node = next(node for node in graph.nodes if isinstance(node, MenuNode))
    (listen,) = node.asks[0]
    assert isinstance(listen, Listen)
    return as_text(graph.prompts[listen.prompts[0]])


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("0: {label: {nl: een mens}, to: operator}", "Voor een mens, toets 0."),
        ("0: {label: {nl: een mens}, silent: true, to: operator}", "Voor een medewerker, toets 0."),
    ],
)
def test_the_operator_is_offered_once_in_the_words_of_the_menu_if_it_has_some(option: str, words: str) -> None:
    said = asked(option)
    assert words in said
    assert said.count("toets 0") == 1
