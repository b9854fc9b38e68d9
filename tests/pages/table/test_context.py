"""Where the cursor stands in YAML, as the editor reads it: the same as PyYAML says of the whole text, and nothing that is half
written stops it. The module runs in a browser's empty page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page

from tests.pages.browser import GRONINGEN

SOURCE = Path("ivr/pages/front/table/context.js")


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page that holds the module."""
    held = browser.new_page()
    held.goto("about:blank")
    text = SOURCE.read_text().replace("export function", "function")
    held.add_script_tag(content=f"{text}\nwindow.contextAt = contextAt;", type="module")
    held.wait_for_function("() => window.contextAt")
    yield held
    held.close()


def contexts(page: Page, texts: list[str]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = page.evaluate("(texts) => texts.map((one) => window.contextAt(one))", texts)
    return found


@pytest.mark.parametrize(
    ("text", "role", "path", "word"),
    [
        ("", "key", [], ""),
        ("no", "key", [], "no"),
        ("nodes:", "none", [], ""),
        ("nodes:\n  a:\n    kind: me", "value", ["nodes", "a", "kind"], "me"),
        ("nodes:\n  a:\n    ", "key", ["nodes", "a"], ""),
        ("nodes:\n  a:\n    kind: say\n  ", "key", ["nodes"], ""),
        ("nodes:\n  a:\n    kind: say\n", "key", [], ""),
        ("nodes:\n  a: {kind: menu, options: {1: {to: b}, 2: {to: ", "value", ["nodes", "a", "options", "2", "to"], ""),
        ("nodes:\n  a: {kind: menu,\n    op", "key", ["nodes", "a"], "op"),
        ("table:\n  entry: [one, tw", "value", ["table", "entry", "[]"], "tw"),
        ("table:\n  entry:\n    - one\n    - ", "value", ["table", "entry", "[]"], ""),
        ("table:\n  entry:\n  - one\n  start: m", "value", ["table", "start"], "m"),
        ("nodes:\n  a:\n    say: |\n      een\n      twee", "none", ["nodes", "a"], ""),
        ("nodes:\n  a:\n    say: |\n      een\n    to: m", "value", ["nodes", "a", "to"], "m"),
        ('nodes:\n  a:\n    say: "een: tw', "value", ["nodes", "a", "say"], "een: tw"),
        ("nodes:\n  a:\n    to: b # of ", "none", ["nodes", "a"], ""),
        ('numbers:\n  "050 367 1000":\n    t', "key", ["numbers", "050 367 1000"], "t"),
        ("guarantees:\n  a:\n    can: {reach: an open te", "value", ["guarantees", "a", "can", "reach"], "an open te"),
    ],
)  # fmt: skip
def test_where_the_cursor_stands(page: Page, text: str, role: str, path: list[str], word: str) -> None:
    found = contexts(page, [text])[0]
    assert (found["role"], found["path"], found["word"]) == (role, path, word)


def test_every_value_of_the_table_is_found_at_its_path(page: Page) -> None:
    texts, paths = [], []
    for file in sorted(GRONINGEN.rglob("*.yaml")):
        text = file.read_text()
        for path, node in scalars(yaml.compose(text), []):
            if node.style in ("|", ">"):
                continue
            end = node.end_mark.index - (1 if node.style else 0)
            texts.append(text[:end])
            paths.append(path)
    assert len(texts) > 1000
    found = contexts(page, texts)
    wrong = [
        (texts[i][-60:], got, path)
        for i, (got, path) in enumerate(zip(found, paths, strict=True))
        if got["path"] != path
    ]
    assert wrong == []
    assert {one["role"] for one in found} == {"value"}


def scalars(node: yaml.Node | None, path: list[str]) -> Iterator[tuple[list[str], yaml.ScalarNode]]:
    """The values of a document, with the keys that lead to each."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from scalars(value, [*path, key.value])
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from scalars(value, [*path, "[]"])
    elif isinstance(node, yaml.ScalarNode) and node.value:
        yield path, node


def test_no_text_that_is_half_written_stops_it(page: Page) -> None:
    whole = (GRONINGEN / "menus" / "main.yaml").read_text()
    cuts = [whole[:at] for at in range(0, len(whole), 7)]
    odd = ["{" * 5000, "[" * 5000, "- " * 3000, "a: " * 3000, '"', "'", "a: 'b''", 'a: "\\', "\t\t:", "? a\n: b", "a: |", "a:\n  - - - b: {c",
           "x: }}}]]", "a: {b: ]}", "<<: *a", "\u2028:\u0085", "a: &b [*c, !!d ", "---\n...\n--- a: "]  # fmt: skip
    for found in contexts(page, cuts + odd):
        assert found["role"] in ("key", "value", "none")
        json.dumps(found)
