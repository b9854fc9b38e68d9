"""Opening hours: what is refused, what is warned of, and the characters that the caret stands under."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.calendars.hours import MAX_LENGTH, english, read_hours

REFUSED = [
    # text, what the carets stand under
    ("Mo-Fr 09:00-17:00; PH off", ["PH"]),
    ("SH 10:00-12:00", ["SH"]),
    ("Mo-Fr sunrise-17:00", ["sunrise"]),
    ("(sunset-01:00)-22:00", ["sunset"]),
    ("Mo-Fr dusk-dawn", ["dusk", "dawn"]),
    ("easter -2 days off", ["easter"]),
    ("Mo-Fr 09:00-17:00 unknown", ["unknown"]),
    ("Mo-Fr 17:00+", ["+"]),
    ("Mo-Fr 17:00-20:00+", ["+"]),
    ("Mo 10:00-10:00", ["10:00-10:00"]),
    ("Mo-Su 00:00-00:00", ["00:00-00:00"]),
    ("Mo 08:00-25:00", ["25:00"]),
    ("Mo 25:00-26:00", ["25:00", "26:00"]),
    ("Mo 08:60-09:00", ["08:60"]),
    ("Mo 08:00-24:01", ["24:01"]),
    ("Fr 22:00-26:00", ["26:00"]),
    ('Mo 09:00-17:00 "op afspraak"', ['"op afspraak"']),
    ("Mo 09:00-17:00 || Sa 10:00-12:00", ["||"]),
    ("do 18:00-20:00 gesloten", ["gesloten"]),
    ("maandag 09:00-17:00", ["maandag"]),
    ("Mo-Fr 08:30-17:00; Xx 10:00-11:00", ["Xx"]),
    ("Mo-Fr 9-17", ["9"]),
    ("Mo-Fr 09.00-17.00", ["09.00"]),
    ("Mo 9:00-17:0", ["17:0"]),
    ("Mo-Fr 09:00-17:00; za 10:00", ["10:00"]),
    ("Mo-Fr 08:30-17:00;", [";"]),
    ("", [""]),
    ("  ", ["  "]),
]


@pytest.mark.parametrize(("text", "carets"), REFUSED)
def test_what_would_have_to_be_guessed_is_refused_under_its_own_characters(text: str, carets: list[str]) -> None:
    hours, faults = read_hours(text)
    assert hours is None
    assert [text[f.start : f.end] for f in faults] == carets
    assert not any(f.warning for f in faults)


WARNED = [
    ("Mo-Fr 08:30-17:00; Th 18:00-20:00", "Th 18:00-20:00", "replaces the hours of Th"),
    ("ma-vr 08:30-17:00;do 18:00-20:00", "do 18:00-20:00", "replaces the hours of Th"),
    ("Mo 09:00-12:00; Mo 13:00-17:00", "Mo 13:00-17:00", "replaces the hours of Mo"),
    ("Mo-Su 22:00-02:00; Tu off", "Tu off", "cuts off the night of Mo"),
    ("Mo-Fr 22:00-03:00; Sa 10:00-12:00", "Sa 10:00-12:00", "cuts off the night of Fr"),
]


@pytest.mark.parametrize(("text", "caret", "message"), WARNED)
def test_a_later_rule_that_takes_hours_away_unasked_is_warned_of(text: str, caret: str, message: str) -> None:
    hours, faults = read_hours(text)
    assert hours is not None
    assert [(text[f.start : f.end], f.warning) for f in faults] == [(caret, True)]
    assert message in faults[0].message


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Fr 08:30-17:00",
        "Mo-Fr 08:30-17:00; Th 08:30-19:00",
        "Mo-Fr 08:30-17:00, Th 18:00-20:00",
        "ma-vr 08:30-17:00; do 08:30-19:00",
        "Mo-Fr 08:30-17:00; Fr 08:30-12:00; Sa 10:00-12:00",
        "Mo-Fr 09:00-12:00,13:00-17:00; We off",
        "24/7; Su off",
        "Mo-Fr 22:00-02:00",
        "Mo,We-Su 22:00-02:00",
        "Mo-Fr 09:00-24:00; Sa off",
        "24/7",
        "off",
    ],
)
def test_hours_that_mean_what_they_say_have_no_finding(text: str) -> None:
    hours, faults = read_hours(text)
    assert hours is not None
    assert faults == []


def test_dutch_days_become_english_ones_at_the_same_place() -> None:
    assert english("ma-vr 08:30-17:00; DO,za off") == "Mo-Fr 08:30-17:00; Th,Sa off"


def test_a_text_that_is_too_long_is_not_parsed() -> None:
    assert read_hours("Mo" + " " * MAX_LENGTH)[0] is None


PIECES = [
    "Mo",
    "Th",
    "-",
    ",",
    ";",
    " ",
    "08:30",
    "17:00",
    "24:00",
    "22:00-02:00",
    "off",
    "week",
    "Dec",
    "2026",
    "/",
    "+",
]


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map("".join)))
def test_any_text_gives_hours_or_faults_within_it(text: str) -> None:
    hours, faults = read_hours(text)
    assert hours is not None or faults
    for fault in faults:
        assert 0 <= fault.start <= fault.end <= len(text)
        assert fault.start < fault.end or not text
