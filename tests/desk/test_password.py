"""Long passwords are taken, whatever they are made of; what is guessed first is not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.desk.password import LONGEST, SHORTEST, TOO_EASY, TOO_LONG, TOO_SHORT, fault, folded

OWN = ("anna.devries@groningen.nl", "Anna de Vries")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple", "ik fiets naar mijn werk", "839204718365", "paard batterij", "ééééén lange zin ñ",
        "αβγδ εζηθ ικλμ", "漢字かな交じりの長い文です", "  spaces count too  ", "x9#kQ2!vLm@7",
    ],
)  # fmt: skip
def test_a_long_password_needs_no_kinds_of_characters(password: str) -> None:
    assert fault(password, *OWN) == ""


@pytest.mark.parametrize(
    "password",
    [
        "Welkom2026!!!", "W3lk0mGr0ning3n!", "P@ssw0rd123456", "aaaaaaaaaaaab", "abcabcabcabc", "123456789012", "qwertyuiop12",
        "zomer-zomer-zomer", "annadevries12", "AnnaDeVries2026!", "Groningen14050", "geheim geheim 1", "welkom01welkom02",
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert fault(password, *OWN) == TOO_EASY


def test_it_has_a_least_and_a_most_length_in_characters_as_they_are_seen() -> None:
    assert fault("kort maar 11", *OWN) == ""
    assert fault("kort maar 1", *OWN) == TOO_SHORT
    assert fault("e\u0301" * (SHORTEST - 1), *OWN) == TOO_SHORT
    assert fault("lange zin " * 30, *OWN) == TOO_LONG


@given(st.text(max_size=300))
def test_any_text_is_judged_and_the_same_however_its_letters_are_composed(text: str) -> None:
    assert fault(text, *OWN) in ("", TOO_SHORT, TOO_LONG, TOO_EASY)
    assert fault(unicodedata.normalize("NFD", text), *OWN) == fault(unicodedata.normalize("NFC", text), *OWN)
    assert (fault(text, *OWN) == TOO_SHORT) == (len(folded(text)) < SHORTEST)
    assert (fault(text, *OWN) == TOO_LONG) == (len(folded(text)) > LONGEST)
