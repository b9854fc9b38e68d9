"""The lines in which a node is written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.diagnostics import NOWHERE, Source, Sources, Span
from ivr.pages.map.yaml import MOST_LINES, snippet
from tests.pages.browser import groningen

TEXT = """\
nodes:
  # one
  first: {kind: end}

  # about the second
  # in two lines
  second:
    kind: say

    # inside
    to: first
  # of the third
  third: {kind: end}
"""
SOURCES = Sources((Source("a.yaml", TEXT),))


def of(line: int, column: int = 2) -> tuple[int, tuple[str, ...]]:
    held = snippet(SOURCES, Span(0, line, column, line, column + 1))
    assert held is not None
    return held.first, held.lines


def test_a_block_ends_before_the_next_key_and_has_its_comment() -> None:
    first, lines = of(6)
    assert first == 5
    assert lines == (
        "# about the second", "# in two lines", "second:", "  kind: say", "", "  # inside", "  to: first",
    )  # fmt: skip


def test_a_node_on_one_line_is_that_line() -> None:
    assert of(2) == (2, ("# one", "first: {kind: end}"))
    assert of(12)[1] == ("# of the third", "third: {kind: end}")


def test_what_is_written_nowhere_has_no_lines() -> None:
    assert snippet(SOURCES, NOWHERE) is None
    assert snippet(SOURCES, Span(0, 99, 0, 99, 1)) is None


def test_a_block_of_many_lines_is_cut() -> None:
    text = "first:\n" + "  a: 1\n" * 500
    held = snippet(Sources((Source("a.yaml", text),)), Span(0, 0, 0, 0, 5))
    assert held is not None
    assert (len(held.lines), held.cut) == (MOST_LINES, True)


@given(st.text(max_size=300), st.integers(0, 12), st.integers(0, 12))
def test_no_text_breaks_it(text: str, line: int, column: int) -> None:
    held = snippet(Sources((Source("a.yaml", text),)), Span(0, line, column, line, column + 1))
    assert held is None or held.first <= held.line <= held.first + len(held.lines)


def test_the_lines_of_each_node_begin_with_its_name() -> None:
    source_map = groningen().source_map
    for declared in source_map.nodes:
        if declared is not None:
            held = snippet(source_map.sources, declared.name.span)
            assert held is not None
            assert declared.name.text in held.lines[held.line - held.first]
