"""Facts about missed calls: who was rung in vain owes a call, unless the caller was helped."""

from __future__ import annotations

import pytest

from ivr.desk.missed import missed

CALLER = "+31612345678"


@pytest.mark.parametrize(
    ("outcomes", "team"),
    [
        ([], ""),
        ([("desk", "no_answer")], "desk"),
        ([("desk", "busy")], "desk"),
        ([("desk", "failed")], "desk"),
        ([("desk", "closed")], ""),
        ([("desk", "bridged")], ""),
        ([("desk", "busy"), ("tax", "no_answer")], "tax"),
        ([("desk", "busy"), ("tax", "closed")], "desk"),
    ],
)
def test_the_last_team_that_was_rung_in_vain_owes_a_call(outcomes: list[tuple[str, str]], team: str) -> None:
    assert missed(outcomes, person=False, case=False, caller=CALLER) == team


def test_a_caller_who_was_helped_or_holds_a_promise_is_owed_no_other() -> None:
    assert missed([("desk", "busy")], person=True, case=False, caller=CALLER) == ""
    assert missed([("desk", "busy")], person=False, case=True, caller=CALLER) == ""


@pytest.mark.parametrize("caller", ["", "anonymous", "112", "+3114050", "09001234"])
def test_who_cannot_be_rung_back_is_owed_nothing(caller: str) -> None:
    assert missed([("desk", "busy")], person=False, case=False, caller=caller) == ""
