"""What the page of the table works out by itself: text compared, a code's page, the newest edit, times, calls to play."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.diagnostics import CODES
from ivr.pages.look.faults import Told
from ivr.pages.phone.setting import pairs_of, read_setting
from ivr.pages.phone.tell import call_of
from ivr.pages.table.codes import code_page
from ivr.pages.table.compared import compare_texts
from ivr.pages.table.judging import MOST_TABS, Newest, overlaid, read_ask
from ivr.pages.table.played import read_call, setting_of, written_call
from ivr.pages.table.view import instant_of
from ivr.simulator import judging
from ivr.tables.judged import Call
from ivr.tables.ready import check_sources, ready
from ivr.tables.texts import sources_of
from tests.minimal import TODAY
from tests.pages.table.small import FILES

ZONE = ZoneInfo("Europe/Amsterdam")
TEXTS = st.dictionaries(st.sampled_from(["a.yaml", "b.yaml", "m/c.yaml"]), st.text("ab\n", max_size=30), max_size=3)


@given(TEXTS, TEXTS)
def test_what_differs_is_told_and_nothing_else(old: dict[str, str], new: dict[str, str]) -> None:
    held = compare_texts(old, new)
    assert {file.path for file in held.files} == {path for path in {*old, *new} if old.get(path) != new.get(path)}
    for file in held.files:
        before, after = (old.get(file.path) or "").splitlines(), (new.get(file.path) or "").splitlines()
        assert [line.text for line in file.lines if line.kind == "new"] == [
            after[line.new - 1] for line in file.lines if line.kind == "new"
        ]
        assert [line.text for line in file.lines if line.kind == "old"] == [
            before[line.old - 1] for line in file.lines if line.kind == "old"
        ]
        assert len(before) - file.removed + file.added == len(after)


def test_a_comparison_that_would_fill_the_page_is_cut() -> None:
    old = {"a.yaml": "x\n" * 5000, "b.yaml": "1\n"}
    held = compare_texts(old, {"a.yaml": "".join(f"{n}\n" for n in range(5000)), "b.yaml": "2\n"})
    assert held.cut
    assert sum(len(file.lines) for file in held.files) <= 2000
    assert [file.path for file in held.files] == ["a.yaml", "b.yaml"]
    assert compare_texts({"a.yaml": "x\n" * 30_000}, {"a.yaml": "y\n" * 30_000}).files[0].kind == "large"


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_page_with_its_example(code: str) -> None:
    held = code_page(code)
    assert held is not None
    assert held.title == CODES[code].title
    assert [block.kind for block in held.blocks].count("example") >= 2
    assert not any("`" in span.text for block in held.blocks for span in block.spans if block.kind == "text")


@pytest.mark.parametrize("code", ["IVR999", "ivr201", "../IVR201", "IVR201.md", ""])
def test_what_is_no_code_has_no_page(code: str) -> None:
    assert code_page(code) is None


def test_only_the_newest_edit_of_a_tab_is_judged_to_its_end() -> None:
    newest = Newest()
    newest.note("one", 1)
    newest.note("other", 1)
    newest.note("one", 2)
    assert [newest.is_newest("one", n) for n in (1, 2)] == [False, True]
    assert newest.is_newest("other", 1)
    newest.note("one", 1)  # a request that was overtaken on its way
    assert not newest.is_newest("one", 1)
    for n in range(2 * MOST_TABS):
        newest.note(f"tab {n}", 1)
    assert newest.is_newest("one", 1)  # it is forgotten, not kept for ever


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"of": 7}', b'{"of": "x", "files": {"a": 7}}', b"\xff"])
def test_what_is_asked_otherwise_is_refused(raw: bytes) -> None:
    with pytest.raises(Told):
        read_ask(raw)


def test_unsaved_files_stand_in_the_place_of_those_that_are_kept() -> None:
    assert overlaid(FILES, {"table.yaml": "x", "guarantees.yaml": None}) == {
        "table.yaml": "x", "menus/main.yaml": FILES["menus/main.yaml"],
    }  # fmt: skip
    with pytest.raises(Told):
        overlaid(FILES, {"../x.yaml": ""})


@pytest.mark.parametrize(
    ("text", "at"),
    [("2026-12-01T08:00", dt.datetime(2026, 12, 1, 8, tzinfo=ZONE)), ("2026-07-01T08:00", dt.datetime(2026, 7, 1, 8, tzinfo=ZONE)),
     ("2026-10-25T02:30", dt.datetime(2026, 10, 25, 2, 30, tzinfo=ZONE))],
)  # fmt: skip
def test_a_time_is_one_at_the_table(text: str, at: dt.datetime) -> None:
    assert instant_of(text, ZONE) == at.timestamp()
    assert instant_of("  ", ZONE) is None


@pytest.mark.parametrize(
    "text",
    ["morgen", "2026-13-01T08:00", "2027-03-28T02:30", "2026-12-01T08:00+05:00", "99999-01-01", "0001-01-01T00:00"],
)
def test_a_time_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(Told):
        instant_of(text, ZONE)


def test_a_call_that_breaks_a_guarantee_goes_the_same_way_on_the_phone_page() -> None:
    far = {**FILES, "guarantees.yaml": FILES["guarantees.yaml"].replace("seconds: 60", "seconds: 1")}
    table = ready(check_sources(sources_of(far), TODAY))
    found = next(proof for proof in judging.proofs(far, TODAY).proofs if not proof.holds)
    assert found.call is not None
    call = read_call(written_call(found.call))
    assert call == found.call
    setting = setting_of(table, call, "small", "live", call.at)
    assert read_setting(pairs_of(setting)) == setting
    played = call_of(table, setting, call.at)
    assert played.used == len(setting.does)
    assert [word for word in setting.does if not word.startswith("!")] == list(call.does)


@pytest.mark.parametrize(
    "call",
    [Call("14 050", 4_200_000_000), Call("14 050", -1), Call("14 050", 0, does=("x" * 8000,))],
)
def test_a_call_that_cannot_be_played_is_refused(call: Call) -> None:
    with pytest.raises(Told):
        read_call(written_call(call))
