"""Facts about `transfer` and `queue`."""

from __future__ import annotations

import pytest

from ivr.model.actions import Dial, Enqueue
from ivr.model.events import DIAL_OUTCOMES, QUEUE_OUTCOMES, Dialled, Queued, Silence
from tests.engine.calls import Call


@pytest.mark.parametrize(
    ("outcome", "node"),
    [("bridged", "mark"), ("busy", "promise"), ("no_answer", "promise"), ("closed", "promise"), ("failed", "note")],
)
def test_each_outcome_of_a_dial_takes_its_exit(outcome: str, node: str) -> None:
    assert outcome in DIAL_OUTCOMES
    assert Call().press("2").then(Dialled(outcome)).node == node


def test_what_is_no_outcome_counts_as_a_failure() -> None:
    assert Call().press("2").then(Silence()).node == "note"


def test_a_dial_is_announced_and_whispers() -> None:
    call = Call().press("2")
    assert "Ik verbind u door." in call.heard
    assert isinstance(call.last, Dial)
    assert call.last.whisper >= 0


def test_a_team_is_never_dialled_while_it_is_closed() -> None:
    call = Call(at="2026-12-24 15:30", dial="14 050")
    assert call.node == "closed"


def test_targets_in_order_are_dialled_one_after_another() -> None:
    call = Call().press("7")
    assert isinstance(call.last, Dial)
    assert call.last.targets == ("sip:a@kcc.example",)
    call.then(Dialled("no_answer"))
    assert isinstance(call.last, Dial)
    assert call.last.targets == ("sip:b@kcc.example",)
    assert call.then(Dialled("busy")).node == "promise"


def test_the_first_target_that_bridges_ends_the_order() -> None:
    assert Call().press("7").then(Dialled("bridged")).node == "thanks"


@pytest.mark.parametrize(
    ("outcome", "node"),
    [
        ("bridged", "thanks"),
        ("left", "promise"),
        ("timeout", "note"),
        ("full", "promise"),
        ("closed", "note"),
        ("failed", "note"),
    ],
)
def test_each_outcome_of_a_wait_takes_its_exit(outcome: str, node: str) -> None:
    assert outcome in QUEUE_OUTCOMES
    call = Call().press("5")
    assert isinstance(call.last, Enqueue)
    assert call.then(Queued(outcome)).node == node
