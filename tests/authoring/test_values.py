"""Values know where they are written, to the character, and can be named in a message whatever they hold."""

from __future__ import annotations

import pytest

from ivr.authoring.reader import read_yaml
from ivr.authoring.values import Lost, Mapping, Scalar, Sequence, Value, describe, shorten
from ivr.diagnostics import Report, Source, Sources
from tests.minimal import text_at


def value_of(text: str) -> Value:
    """The value of the key `a`."""
    root = read_yaml(Source("t", text), 0, Report()).value
    assert isinstance(root, Mapping)
    value = root.get("a")
    assert value is not None
    return value


@pytest.mark.parametrize(
    ("text", "start", "end", "under"),
    [
        ("a: Mo-Fr 08:30\n", 6, 11, "08:30"),
        ('a: "Mo-Fr 08:30"\n', 6, 11, "08:30"),
        ("a: 'Mo-Fr 08:30'\n", 0, 2, "Mo"),
        ("a: één {x} twee\n", 4, 7, "{x}"),
        ("a: 日本 {x}\n", 3, 6, "{x}"),
        ("a: abc\n", 1, 1, "b"),
        ('a: "tab\\t{x}"\n', 4, 7, '"tab\\t{x}"'),  # an escape is longer than what it stands for: the whole text then
        ("a: 'it''s {x}'\n", 5, 8, "'it''s {x}'"),
        ("a: |\n  one {x}\n", 4, 7, "|"),
        ("a: one\n  two {x}\n", 8, 11, "one"),
    ],
)
def test_a_part_of_a_text_is_found_where_it_is_written(text: str, start: int, end: int, under: str) -> None:
    value = value_of(text)
    assert isinstance(value, Scalar)
    assert text_at(value.inside(start, end), Sources((Source("t", text),))) == under


@pytest.mark.parametrize(
    ("text", "under"),
    [
        ("a: {b: 1, c: 2}\n", "b"),
        ("a: {}\n", "{}"),
        ("a:\n  b: 1\n", "b"),
        ("a: [b, c]\n", "[b, c]"),
        ("a:\n  - b\n  - c\n", "-"),
        ("a: [b,\n c]\n", "["),
    ],
)
def test_a_container_is_pointed_at_by_its_beginning(text: str, under: str) -> None:
    assert text_at(value_of(text).span, Sources((Source("t", text),))) == under


@pytest.mark.parametrize(
    ("text", "words"),
    [("a: b\n", "'b'"), ("a:\n", "nothing"), ("a: ''\n", "''"), ("a: {}\n", "a mapping"), ("a: []\n", "a list")],
)
def test_a_value_is_named_in_a_message(text: str, words: str) -> None:
    assert describe(value_of(text)) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("short", "short"),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "…"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202e\ufeff", "\\u202e\\ufeff"),
        ("\x00" * 1000, "\\x00" * 9 + "\\x0…"),
    ],
)
def test_a_text_in_a_message_is_one_short_line_of_visible_characters(text: str, shown: str) -> None:
    assert shorten(text) == shown
    assert shorten(text).isprintable()
    assert len(shorten(text)) <= 40


def test_values_are_alike_only_to_themselves() -> None:
    """Two values with the same words at different places must never be taken for one."""
    for make in (lambda: Scalar("x", 0, 0, 0, 0, 1), lambda: Mapping(0, 0, 0), lambda: Sequence(0, 0, 0)):
        assert make() != make()
        assert len({make(), make()}) == 2
    assert isinstance(Lost("", 0, 0, 0, 0, 0), Scalar)
