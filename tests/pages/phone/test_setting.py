"""A call is wholly held by its words: they are read back as they were written, and what cannot be meant is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.pages.look.faults import Told
from ivr.pages.phone.setting import MOST_DONE, MOST_QUERY, Setting, pairs_of, read_setting

_TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"), max_size=60
).map(str.strip)
_NAMED = st.lists(st.tuples(_TEXT, _TEXT.filter(bool)), max_size=4, unique_by=lambda pair: pair[0]).map(tuple)
_DONE = st.sampled_from(
    ("1", "*", "0612345678", "silence", "hangup", "leave", "stay", "record 10", "!busy", "!timeout", ":afval = 1&2")
)
SETTINGS = st.builds(
    Setting,
    source=st.sampled_from(("live", "version:0123456789ab", "draft:ab12")),
    dial=_TEXT,
    at=_TEXT,
    caller=_TEXT,
    language=_TEXT,
    facts=_NAMED,
    calamity=st.booleans(),
    says=_NAMED,
    route=_TEXT,
    notices=_NAMED,
    closed=st.lists(_TEXT.filter(bool), max_size=3, unique=True).map(tuple),
    rings=st.sampled_from(("ask", "bridged", "busy")),
    waits=st.sampled_from(("ask", "timeout")),
    disk=st.sampled_from(("well", "failed")),
    seed=st.none() | st.integers(0, 9999),
    begun=st.just(True),
    does=st.lists(_DONE, max_size=20).map(tuple),
)


@given(SETTINGS)
def test_a_link_holds_the_whole_call(setting: Setting) -> None:
    assert read_setting(pairs_of(setting)) == setting


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("do", "at", "from", "seed", "of", "rings", "fact.x", "say.nl", "x")), st.text(max_size=300)
        ),
        max_size=30,
    )
)
def test_whatever_is_given_is_read_or_told_in_words(pairs: list[tuple[str, str]]) -> None:
    held = _read(pairs)
    if isinstance(held, Told):
        assert held.key.startswith("phone.wrong_")
        assert 400 <= held.status < 500
    else:
        assert read_setting(pairs_of(held)) == held


def _read(pairs: list[tuple[str, str]]) -> Setting | Told:
    try:
        return read_setting(pairs)
    except Told as told:
        return told


@pytest.mark.parametrize(
    ("pairs", "key"),
    [
        ([("do", "1")] * (MOST_DONE + 1), "phone.wrong_much"),
        ([("dial", "0" * 201)], "phone.wrong_word"),
        ([("say.nl", "x" * 601)], "phone.wrong_word"),
        ([(f"fact.{n}", "x") for n in range(61)], "phone.wrong_much"),
        ([("junk", "x" * MOST_QUERY)], "phone.wrong_long"),
        ([("do", "!exploded")], "phone.wrong_input"),
        ([("do", "1; rm")], "phone.wrong_input"),
        ([("do", ":a\nb")], "phone.wrong_signs"),
        ([("dial", "1\u202805")], "phone.wrong_signs"),
        ([("of", "version:../../etc")], "phone.wrong_source"),
        ([("of", "folder:x")], "phone.wrong_source"),
        ([("seed", "10000")], "phone.wrong_seed"),
        ([("seed", "²")], "phone.wrong_seed"),
        ([("rings", "explode")], "phone.wrong_input"),
    ],
)
def test_what_is_too_much_or_cannot_be_meant_is_told(pairs: list[tuple[str, str]], key: str) -> None:
    with pytest.raises(Told) as told:
        read_setting(pairs)
    assert told.value.key == key


def test_nothing_given_is_a_call_of_somebody_unknown_that_has_not_begun() -> None:
    assert read_setting([]) == Setting()
    assert read_setting([("withheld", "1"), ("from", "+31612345678")]).caller == ""
