"""Facts about how an `ask` is read: a pattern that cannot be met, or that could run away, is told at its place."""

from __future__ import annotations

import pytest

from tests.minimal import TABLE, findings

ASK = """\
  code: {kind: ask, field: code, digits: DIGITS, pattern: "PATTERN", say: {nl: "Wat is uw code?"}, to: operator}
  bye:"""


def found(digits: str, pattern: str) -> list[tuple[str, str, str]]:
    text = TABLE.replace("1: {label: {nl: afval}, to: operator}", "1: {label: {nl: afval}, to: code}")
    return findings(text.replace("  bye:", ASK.replace("DIGITS", digits).replace("PATTERN", pattern)))


def told(digits: str, pattern: str) -> list[tuple[str, str]]:
    return [(code, under) for code, under, _ in found(digits, pattern)]


def messages(digits: str, pattern: str) -> list[str]:
    return [message for _, _, message in found(digits, pattern)]


@pytest.mark.parametrize(
    ("digits", "pattern"),
    [("4", "[0-9]{4}"), ("4-6", "[1-9][0-9]{3,5}"), ("4-6", "(12|34)[0-9]{2}"), ("1-9", "[0-9*]{1,9}")],
)
def test_a_pattern_that_answers_of_the_asked_length_can_fit_is_fine(digits: str, pattern: str) -> None:
    assert told(digits, pattern) == []


@pytest.mark.parametrize(
    ("pattern", "at"),
    [("[0-9]*", "*"), ("(12", "("), ("[0-9]{2,1}", "{"), ("(([0-9]{1,30}){1,30}){1,30}", "("), ("^1", "^")],
)
def test_what_is_no_pattern_is_told_under_its_character(pattern: str, at: str) -> None:
    assert told("4", pattern) == [("IVR106", at)]


@pytest.mark.parametrize("pattern", ["[A-Z]{6}", "[0-9]{5}[a-z]", "A[0-9]{5}|-[0-9]{5}"])
def test_a_pattern_whose_answers_cannot_be_typed_is_told_unless_they_may_be_spoken(pattern: str) -> None:
    what = "no answer that fits this pattern can be typed: a telephone has the keys 0 to 9 and *"
    assert messages("6", pattern) == [what]
    assert messages("6, speech: true", pattern) == []
    assert told("6", pattern.replace("A-Z", "A-Z0-9").replace("[a-z]", "[a-z]?[0-9]").replace("-[0-9]", "1[0-9]")) == []


@pytest.mark.parametrize(
    ("digits", "pattern"), [("4", "[0-9]{5}"), ("6-8", "[0-9]{2,3}"), ("2", "1|2"), ("5", "[0-9]{3}|[0-9]{8}")]
)
def test_a_pattern_that_no_answer_of_the_asked_length_fits_is_told(digits: str, pattern: str) -> None:
    assert told(digits, pattern) == [("IVR106", f'"{pattern}"')]
