"""One YAML file read: every fault at its place, in words that say how to mend it, and one finding for each."""

from __future__ import annotations

import pytest

from ivr.authoring import reader
from ivr.authoring.reader import MAX_DEPTH, read_yaml
from ivr.authoring.values import Lost, Mapping, Scalar, Sequence, Value
from ivr.diagnostics import Finding, Report, Source, Sources
from tests.minimal import text_at


def read(text: str) -> tuple[Value | None, bool, tuple[Finding, ...]]:
    report = Report()
    got = read_yaml(Source("t.yaml", text), 0, report)
    return got.value, got.whole, report.sorted()


BROKEN = [
    ("a brace left open", "a: {b: 1\nc: 2\n", "1:4", "{", "this '{' is not closed"),
    ("a brace left open at the end", "a: {b: 1\n", "1:4", "{", "this '{' is not closed"),
    ("a bracket left open", "a: [b, c\nd: 2\n", "1:4", "[", "this '[' is not closed"),
    ("nothing but a brace", "{", "1:1", "{", "the file ends in the middle of a value"),
    ("a comma forgotten", 'a: {b: "x" c: 2}\n', "1:12", "c", "a ',' or '}' is missing before this"),
    ("a comma forgotten in a list", 'a: ["x" "y"]\n', "1:9", '"', "a ',' or ']' is missing before this"),
    ("a brace too many", "a: {b: 1}}\n", "1:10", "}", "a '}' that closes nothing"),
    ("a bracket too many", "a: [b]]\n", "1:7", "]", "a ']' that closes nothing"),
    ("a double quote left open", 'a: "b\nc: 2\n', "1:4", '"', "this quote is never closed"),
    ("a single quote left open", "a: 'b\nc: 2\n", "1:4", "'", "this quote is never closed"),
    ("a quote left open before another", 'a: "b\nc: "d"\n', "2:4", '"', "this closes a quote that a line above opened, and words follow"),
    ("a quote within a word", "a: 'foto's'\n", "1:10", "s'", "words after a closing quote"),
    ("a backslash in double quotes", 'a: "\\q"\n', "1:5", "\\", "a backslash in double quotes begins an escape, and this is none"),
    ("a tab as indentation", "a:\n\tb: 1\n", "2:1", "\t", "a tab stands where a line is indented"),
    ("a tab after words", "a:\n  b: 1\n\tc: 1\n", "3:1", "\t", "a tab stands where a line is indented"),
    ("a line too deep", "a:\n  b: 1\n    c: 2\n", "3:5", "c", "no key can stand here"),
    ("a line at no column", "a:\n    b: 1\n  c: 2\n", "3:3", "c: 2", "this line stands at the column of no key above it"),
    ("a colon forgotten above", "a:\n  b 1\n  c: 2\n", "3:3", "c", "no key can stand here"),
    ("a colon forgotten at the end", "a: 1\nb\n", "2:1", "b", "a ':' is missing after this key"),
    ("a colon within a text", "a: Let op: dit\n", "1:10", ":", "a second ': ' on the same line"),
    ("a colon within a text in braces", "a: {b: Let op: dit}\n", "1:14", ":", "a second ': ' in one entry"),
    ("a value without a key", ": a\n", "1:1", ":", "a ':' without a key before it"),
    ("an item among keys", "a:\n  b: 1\n  - c\n", "3:3", "- c", "an item of a list stands among keys"),
    ("a key among items", "a:\n  - b\n  c: 1\n", "3:3", "c: 1", "this stands among the items of a list and is none"),
    ("an at sign", "a: @b\n", "1:4", "@", "a value cannot begin with '@'"),
    ("a star without a quote", "repeat_key: *\n", "1:13", "*", "a value cannot begin with '*'"),
    ("a comma in front", "a: , b\n", "1:4", ",", "a value cannot begin with ','"),
    ("words after a block mark", "a: | b\n", "1:6", "b", "words after '|' or '>'"),
    ("a directive", "%YAML 3.0\n---\na: 1\n", "1:1", "%YAML 3.0", "a directive, which a routing table does not have"),
    ("words after the end", "a: 1\n... b\n", "2:5", "b", "words after the end of the document"),
    ("a NUL byte", "a: 1\nb: x\0y\n", "2:5", "\0", "the character U+0000 cannot stand in it"),
    ("a control character after wide ones", "a: 日本\x1b\n", "1:6", "\x1b", "the character U+001B cannot stand in it"),
    ("a control character after other line ends", "a: 1\r\nb: 2\rc: \x07\n", "3:4", "\x07", "the character U+0007 cannot stand in it"),
    ("half a character", "a: 1\nb: \ud800\n", "2:4", "\ud800", "the character U+D800 cannot stand in it"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "under", "message"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_broken_yaml_is_one_finding_at_the_fault(text: str, where: str, under: str, message: str) -> None:
    value, whole, (finding,) = read(text)
    sources = Sources((Source("t", text),))
    assert (value, whole) == (None, False)
    assert finding.code == "IVR101"
    assert finding.message == f"this is not YAML: {message}"
    assert sources.where(finding.span) == f"t:{where}"
    assert text_at(finding.span, sources) == under
    assert finding.help


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: {b: 1\nc: 2\n", "2:2", "reading stopped here"),
        ('a: {b: "x" c: 2}\n', "1:4", "this '{' is still open"),
        ("a:\n    b: 1\n  c: 2\n", "1:1", "the mapping begins here"),
        ("a:\n  - b\n  c: 1\n", "2:3", "the list begins here"),
        ("a:\n  b 1\n  c: 2\n", "2:3", "the line above goes on here"),
        ("a: 1\nb: 2\na: 3\n", "1:1", "first written here"),
    ],
)
def test_a_second_place_shows_where_it_began(text: str, place: str, words: str) -> None:
    (label,) = read(text)[2][0].labels
    assert (Sources((Source("t", text),)).where(label.span), label.text) == (f"t:{place}", words)


@pytest.mark.parametrize(
    ("text", "under", "message"),
    [
        ("a: &x 1\n", "&x", "an anchor '&x' is not part of the language"),
        ("a: &x {b: 1}\n", "&x", "an anchor '&x' is not part of the language"),
        ("&x a: 1\n", "&x", "an anchor '&x' is not part of the language"),
        ("a: !!str &x 1\n", "&x", "an anchor '&x' is not part of the language"),
        ("a: *x\n", "*x", "an alias '*x' is not part of the language"),
        ("a: [b, *x]\n", "*x", "an alias '*x' is not part of the language"),
        ("a: !!int 1\n", "!!int", "a tag '!!int' is not part of the language"),
        ("a: !mine {b: 1}\n", "!mine", "a tag '!mine' is not part of the language"),
        ("a: ! b\n", "!", "a tag '!' is not part of the language"),
        ("a: [!x b]\n", "!x", "a tag '!x' is not part of the language"),
        ("a: !x!b c\n", "!x!b", "a tag is not part of the language"),
        ("a: {<<: {b: 1}}\n", "<<", "a merge key '<<' is not part of the language"),
    ],
)
def test_shorthand_of_yaml_is_pointed_at_to_the_letter(text: str, under: str, message: str) -> None:
    _, _, (finding,) = read(text)
    assert (finding.code, finding.message) == ("IVR103", message)
    assert text_at(finding.span, Sources((Source("t", text),))) == under


def test_several_anchors_and_aliases_are_each_told() -> None:
    value, whole, found = read("a: &x 1\nb: *x\nc: [*x, *x]\n")
    assert [f.span.line for f in found] == [0, 1, 2, 2]
    assert not whole
    assert isinstance(value, Mapping)
    assert isinstance(value.get("b"), Lost)


def test_a_value_with_an_anchor_or_a_tag_still_counts() -> None:
    value, whole, _ = read("a: &x {b: !!str 1}\n")
    assert whole
    assert isinstance(value, Mapping)
    inner = value.get("a")
    assert isinstance(inner, Mapping)
    assert isinstance(inner.get("b"), Scalar)


def test_a_merge_key_is_no_key() -> None:
    value, whole, _ = read("a: {<<: {b: 1}, c: 2}\n")
    assert isinstance(value, Mapping)
    inner = value.get("a")
    assert isinstance(inner, Mapping)
    assert (list(inner.entries), inner.partial, whole) == (["c"], True, False)


def test_a_quoted_merge_key_is_a_word_like_any_other() -> None:
    assert read('a: {"<<": 1}\n')[2] == ()


def test_of_a_duplicate_key_the_first_stands_and_both_are_shown() -> None:
    value, whole, (finding,) = read("a: 1\nb: 2\n'a': 3\n")
    assert isinstance(value, Mapping)
    first = value.get("a")
    assert isinstance(first, Scalar)
    assert first.text == "1"
    assert (finding.code, finding.span.line, finding.labels[0].span.line) == ("IVR102", 2, 0)
    assert whole, "nothing has a name in it"


def test_a_mapping_under_a_duplicate_key_may_hold_names_that_are_lost() -> None:
    assert read("a: {x: 1}\na: {y: 1}\n")[1] is False


def test_a_key_that_is_no_word_is_told() -> None:
    for text in ("? [a]\n: b\n", "{{a}: b}\n", "a: {{team}}\n"):
        _, whole, (finding,) = read(text)
        assert (finding.code, whole) == ("IVR106", False)
        assert finding.message == "a mapping or list stands where a key is needed"


def test_a_second_document_is_told_and_the_first_counts() -> None:
    value, whole, (finding,) = read("a: 1\n---\nb: 2\n---\nc: 3\n")
    assert isinstance(value, Mapping)
    assert list(value.entries) == ["a"]
    assert (finding.code, finding.span.line, finding.message) == ("IVR101", 1, "a second document begins here")
    assert not whole


def test_one_document_may_begin_and_end_with_its_marks() -> None:
    assert read("---\na: 1\n...\n")[1:] == (True, ())


@pytest.mark.parametrize("text", ["", "\n\n", "# only words aside\n", "---\n", "\ufeff"])
def test_an_empty_file_is_no_fault(text: str) -> None:
    value, whole, found = read(text)
    assert (whole, found) == (True, ())
    assert value is None or (isinstance(value, Scalar) and value.text == "")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_values_nest_so_deep_and_no_deeper(opening: str) -> None:
    _, whole, found = read(opening * 100_000)
    assert [f.code for f in found] in (["IVR112"], ["IVR106"])
    assert not whole


def test_the_deepest_value_allowed_is_read() -> None:
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH)[1:] == (True, ())
    assert read("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))[2][0].code == "IVR112"


@pytest.mark.parametrize("text", ["[a,b,c,d]", "{a: b, c: d}", "[[],[],[],[]]", "- a\n- b\n- c\n- d\n"])
def test_a_file_of_endless_values_is_not_read_to_its_end(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_VALUES", 3)
    _, whole, (finding,) = read(text)
    assert (whole, finding.code) == (False, "IVR112")


def test_every_scalar_keeps_its_source_text() -> None:
    text = "a: no\nb: 0503671000\nc: 14050\nd: 2026-12-25\ne: 8:30\nf: ~\ng: 'it''s'\nh: \"a\\tb\"\ni: 1_000\n"
    value, _, found = read(text)
    assert isinstance(value, Mapping)
    got = [held.text for _, held in value.entries.values() if isinstance(held, Scalar)]
    assert got == ["no", "0503671000", "14050", "2026-12-25", "8:30", "~", "it's", "a\tb", "1_000"]
    assert found == ()


def test_every_value_knows_where_it_is_written() -> None:
    text = "a: {b: [één, \"twee\"], 日本: 'drie'}\nc: |\n  x\n"
    value, _, _ = read(text)
    sources = Sources((Source("t", text),))
    assert isinstance(value, Mapping)
    inner = value.get("a")
    assert isinstance(inner, Mapping)
    assert text_at(inner.named, sources) == "a"
    assert [text_at(key.span, sources) for key, _ in inner.entries.values()] == ["b", "日本"]
    items = inner.get("b")
    assert isinstance(items, Sequence)
    assert text_at(items.span, sources) == '[één, "twee"]'
    assert [text_at(item.span, sources) for item in items.items] == ["één", '"twee"']
    last = inner.get("日本")
    assert isinstance(last, Scalar)
    assert text_at(last.span, sources) == "'drie'"
    assert text_at(last.inside(1, 3), sources) == "ri"
