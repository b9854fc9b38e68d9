"""A stream ends with the session that it belongs to, also while there is news all the time."""

from __future__ import annotations

import itertools
import time

import pytest

from ivr.pages.live import hub
from ivr.store.database.connect import writing
from ivr.store.people import people
from tests.pages.browser import Desk


def test_who_is_shut_out_sees_nothing_more_though_there_is_news_all_the_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "BEAT", 1.2)
    count = itertools.count()
    desk.context.hub.topic("test.count", lambda ask: str(next(count)), every=0.05)
    client = desk.client("reader", login="anna")
    with client.stream("GET", "/desk/live?t=test.count") as answer:
        lines = answer.iter_lines()
        assert any("test.count" in next(lines) for _ in range(20))
        with writing(desk.database) as connection:
            anna = people.by_login(connection, "anna")
            assert anna is not None
            people.disable(connection, anna.id, "root", desk.context.clock())
        began = time.monotonic()
        for _ in lines:
            assert time.monotonic() - began < 20, "it goes on"
    assert next(count) > 3
