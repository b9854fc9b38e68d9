"""How a new case is planned."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.worker.draining import planner
from tests.desk.schedules import case
from tests.engine.calls import instant
from tests.worker.attempt_world import Live


@pytest.mark.parametrize(("table", "team"), [("elsewhere", "desk"), ("kinds", "gone")])
def test_a_case_whose_hours_are_not_known_here_is_due_at_once_and_warned_of_before_its_promise_breaks(
    table: str, team: str
) -> None:
    live: Any = Live()
    held = case("2026-12-01 14:00", opened="2026-12-01 10:00", table=table, team=team)
    assert planner(live)(held) == (instant("2026-12-01 10:00"), instant("2026-12-01 13:00"))
