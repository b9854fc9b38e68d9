"""Facts about what is kept of each turn: on disk soon, once, without the answer waiting for it."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from ivr.store.journal import read_journals
from ivr.web import recorder
from ivr.web.recorder import Recorder
from tests.web.server import Provider, serving


def happened(var: Path) -> list[dict[str, Any]]:
    return list(read_journals(var / "events"))


def ends(provider: Provider, call: str = "CA1") -> None:
    provider.post("/voice/kinds/status", {"CallSid": call, "CallStatus": "completed", "CallDuration": "61"})


def test_a_call_leaves_its_turns_in_order_and_its_end(tmp_path: Path) -> None:
    with serving(tmp_path) as provider:
        begun = provider.start(To="+31503671000")
        provider.go_on(begun, Digits="1")
        ends(provider)
    first, second, end = happened(tmp_path)
    assert (first["event"], first["sequence"], first["node"]) == ("begin", 0, first["node"])
    assert (
        first["data"] | {"number": "050 367 1000", "dialled": "+31503671000", "caller": "+31612345678"} == first["data"]
    )
    assert first["data"]["zone"] == "Europe/Amsterdam"
    assert (second["event"], second["sequence"]) == ("keys", 1)
    assert (end["kind"], end["event"], end["data"]) == ("status", "completed", {"seconds": 61})


def test_putting_through_says_to_whom_and_its_outcome_how_long_was_talked(tmp_path: Path) -> None:
    with serving(tmp_path) as provider:
        dialled = provider.go_on(provider.start(), Digits="2")
        told = {"DialCallStatus": "completed", "DialBridged": "true", "DialCallDuration": "42"}
        provider.go_on(dialled, **told)
    _, through, after = happened(tmp_path)
    assert through["data"] == {"team": "desk"}
    assert after["data"] == {"outcome": "bridged", "talked": 42}


def test_a_wait_in_a_queue_says_which_and_how_it_ended(tmp_path: Path) -> None:
    with serving(tmp_path) as provider:
        waiting = provider.go_on(provider.start(), Digits="5")
        provider.go_on(waiting, QueueResult="hangup", QueueTime="130")
    _, joined, left = happened(tmp_path)
    assert joined["data"] == {"team": "line", "queue": "kinds-line", "old": 0}
    assert left["data"] == {"outcome": "hung_up", "waited": 130}


def test_what_was_chosen_and_told_is_kept(tmp_path: Path) -> None:
    with serving(tmp_path) as provider:
        provider.go_on(provider.start(), Digits="1")
    _, chosen = happened(tmp_path)
    assert chosen["data"] == {"topic": {"topic": "waste"}, "told": 1, "over": 1}


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
def test_that_a_caller_was_put_through_in_vain_is_on_disk_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    monkeypatch.setattr(recorder, "FLUSH_SECONDS", 60)
    with serving(tmp_path) as provider:
        through = provider.go_on(provider.start(), Digits="2")
        provider.go_on(through, DialCallStatus=status)
        assert [event["event"] for event in happened(tmp_path)] == ["begin", "keys", "dialled"]
        ends(provider)
        assert happened(tmp_path)[-1]["kind"] == "status"


def test_that_a_caller_does_not_want_to_be_rung_is_kept(tmp_path: Path) -> None:
    with serving(tmp_path) as provider:
        offered = provider.go_on(provider.start(), Digits="8")
        provider.go_on(offered, Digits="3")
    assert happened(tmp_path)[-1]["data"]["refused"] == 1


def test_what_a_caller_typed_is_in_no_event(tmp_path: Path) -> None:
    with serving(tmp_path) as provider:
        provider.go_on(provider.go_on(provider.start(), Digits="3"), Digits="9123")
    assert "9123" not in "".join(path.read_text() for path in (tmp_path / "events").iterdir())


def test_events_wait_while_the_disk_refuses_and_the_oldest_go_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "MOST", 3)
    held = Recorder(tmp_path / "events")
    with monkeypatch.context() as patched:
        patched.setattr(held._journal, "write", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
        for n in range(5):
            held.other(f"CA{n}", 0, "kinds", "status", "completed", {})
            held.flush()
    assert held.dropped == 2
    held.close()
    assert [event["call"] for event in read_journals(tmp_path / "events")] == ["CA2", "CA3", "CA4"]


def test_a_full_disk_costs_no_call(tmp_path: Path) -> None:
    (tmp_path / "events").write_text("")
    with serving(tmp_path) as provider:
        assert provider.go_on(provider.start(), Digits="2").status_code == 200
