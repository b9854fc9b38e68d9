"""One fault, one finding: each value and key of a wide table is broken in turn, and nothing else is ever reported."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ivr.authoring.reader import read_yaml
from ivr.authoring.values import Mapping, Scalar, Sequence, Value
from ivr.diagnostics import Finding, Report, Source, Sources, Span
from ivr.tables.ready import check_sources
from tests.authoring.wide import WIDE
from tests.minimal import TODAY

LINES = WIDE.splitlines(keepends=True)


def found(text: str) -> tuple[Finding, ...]:
    return check_sources(Sources((Source("table.yaml", text),)), TODAY).findings


def told(text: str) -> list[str]:
    return [f"{f.span.line + 1}: {f.code} {f.message}" for f in found(text)]


def walk(value: Value, path: str = "") -> Iterator[tuple[str, Value]]:
    yield path, value
    if isinstance(value, Mapping):
        for name, (_, part) in value.entries.items():
            yield from walk(part, f"{path}/{name}")
    elif isinstance(value, Sequence):
        for at, item in enumerate(value.items):
            yield from walk(item, f"{path}/{at}")


def root() -> Value:
    value = read_yaml(Source("table.yaml", WIDE), 0, Report()).value
    assert value is not None
    return value


def values() -> list[tuple[str, Value]]:
    """All values that stand on one line."""
    every = [(path, value) for path, value in walk(root()) if value.line == value.end_line]
    return [(p, v) for p, v in every if not isinstance(v, Mapping) or LINES[v.line][v.column] == "{"]


def written(value: Value) -> Span:
    return Span(0, value.line, value.column, value.end_line, value.end_column)


def put(span: Span, new: str) -> str:
    """The wide table with one stretch replaced."""
    lines = list(LINES)
    lines[span.line] = lines[span.line][: span.column] + new + lines[span.line][span.end_column :]
    return "".join(lines)


def test_the_wide_table_has_nothing_wrong_and_everything_in_it() -> None:
    assert told(WIDE) == []
    assert len(values()) > 250


@pytest.mark.parametrize("wrong", ["[[[]]]", "{", '"', "*x", "!t", "@"])
def test_a_broken_value_is_one_finding(wrong: str) -> None:
    several = {}
    for path, value in values():
        got = told(put(written(value), wrong))
        if len(got) != 1:
            several[path] = got
    assert several == {}


@pytest.mark.parametrize("empty", ["{}", "[]", ""])
def test_an_empty_value_is_compiled_or_told(empty: str) -> None:
    for path, value in values():
        checked = check_sources(Sources((Source("table.yaml", put(written(value), f" {empty}")),)), TODAY)
        assert checked.findings or checked.graph is not None, path


def test_an_anchor_or_tag_before_a_value_changes_nothing_but_itself() -> None:
    several = {}
    for path, value in values():
        for mark in ("&x ", "!t "):
            span = Span(0, value.line, value.column, value.line, value.column)
            got = found(put(span, mark))
            if [f.code for f in got] != ["IVR103"]:
                several[path] = got
    assert several == {}


def test_an_unknown_name_or_word_is_one_finding_at_most_where_it_stands() -> None:
    several = {}
    for path, value in values():
        if isinstance(value, Scalar) and not path.startswith(("/variables", "/facts")):
            got = found(put(written(value), '"zz zz"'))
            if len(got) > 1 or any(f.span.line != value.line for f in got):
                several[path] = got
    assert several == {}


def test_a_misspelt_key_is_one_finding_that_names_what_was_meant() -> None:
    """Keys of the language, that is; a misspelt name is a new name, and what uses the old one is told."""
    keys = {}
    for path, value in walk(root()):
        for name, (key, _) in value.entries.items() if isinstance(value, Mapping) else ():
            got = found(put(key.span, f"{name}q"))
            if any(f.code == "IVR104" for f in got):
                keys[f"{path}/{name}"] = [(f.code, f.help) for f in got]
    assert len(keys) > 120
    for path, got in keys.items():
        assert got == [("IVR104", f"did you mean '{path.rpartition('/')[2]}'?")]


def test_a_merge_key_is_one_finding_however_much_it_should_have_brought() -> None:
    several = {}
    for path, value in values():
        if isinstance(value, Mapping):
            got = told(put(written(value), "{<<: {x: 1}}"))
            if len(got) != 1:
                several[path] = got
    assert several == {}
