"""Audio at the provider is asked to be deleted until it confirms, and retention goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from ivr.desk.case import CLOSED
from ivr.desk.retention import DAY, Periods
from ivr.store import retention
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit, calls, cases, recordings
from ivr.store.recordings import FIRST_WAIT, LEASE, unconfirmed
from ivr.worker import retaining
from ivr.worker.context import Context, Tables
from ivr.worker.provider import NoProvider, Provider
from ivr.worker.retaining import Retaining, delete_audio
from ivr.worker.settings import WorkerSettings
from ivr.worker.twilio_rest import provider_of
from tests.twilio_double.double import ACCOUNT, TOKEN, Double, twilio_double

NOW = 1_800_000_000
SID = "RE" + "a1" * 16
URL = f"https://api.example/2010-04-01/Accounts/{ACCOUNT}/Recordings/{SID}"


@pytest.fixture(scope="module")
def double() -> Iterator[Double]:
    with twilio_double() as running:
        yield running


@pytest.fixture
def provider(double: Double) -> Provider:
    return provider_of(WorkerSettings(twilio_account=ACCOUNT, twilio_token=TOKEN, twilio_api=double.url))  # type: ignore[arg-type]


@pytest.fixture
def context(database: Engine, tmp_path: Path) -> Context:
    return Context("worker-1", database, Tables(tmp_path), b"key")


def recorded(engine: Engine, url: str = URL, delete_at: int | None = NOW) -> None:
    with writing(engine) as connection:
        connection.execute(
            insert(cases), {"id": "CA1:1", "opened": NOW - 20 * DAY, "state": CLOSED, "closed_at": NOW - 15 * DAY}
        )
        row = {
            "id": "CA1:1",
            "case_id": "CA1:1",
            "url": url,
            "made": NOW,
            "transcript": "hallo",
            "delete_at": delete_at,
        }
        connection.execute(insert(recordings), row)


def row(engine: Engine) -> Any:
    with reading(engine) as connection:
        return connection.execute(select(recordings)).mappings().one()


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("ending", ["", ".mp3"])
def test_a_recording_is_deleted_once_the_provider_says_so_or_does_not_know_it(
    context: Context, provider: Provider, double: Double, there: bool, ending: str
) -> None:
    if there:
        double.books.recordings.add(SID)
    recorded(context.engine, URL + ending)
    assert delete_audio(context, provider, NOW) == 1
    assert SID not in double.books.recordings
    held = row(context.engine)
    assert (held["deleted"], held["url"]) == (NOW, "")
    with reading(context.engine) as connection:
        assert tuple(connection.execute(select(audit.c.what, audit.c.subject)).one()) == ("recording.delete", "CA1:1")
    assert delete_audio(context, provider, NOW + DAY) == 0


def test_a_provider_that_does_not_answer_is_asked_again_each_time_later(
    context: Context, provider: Provider, double: Double
) -> None:
    double.books.recordings.add(SID)
    recorded(context.engine)
    double.faults.then("recordings.delete", *["500"] * 20)
    at, waits = NOW, []
    for _ in range(3):
        assert delete_audio(context, NoProvider(), at) == 0
        waits.append(row(context.engine)["delete_at"] - at)
        at += waits[-1]
    assert waits == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert row(context.engine)["deleted"] is None
    with reading(context.engine) as connection:
        assert unconfirmed(connection) == 1
    double.faults._next.clear()
    assert delete_audio(context, provider, at - 1) == 0
    assert delete_audio(context, provider, at) == 1


def test_a_deletion_that_was_done_but_not_answered_ends_well(
    context: Context, provider: Provider, double: Double
) -> None:
    double.books.recordings.add(SID)
    recorded(context.engine)
    double.faults.then("recordings.delete", "500 after")
    at = NOW
    while not row(context.engine)["deleted"]:
        delete_audio(context, provider, at)
        at = row(context.engine)["delete_at"] + 1
    assert SID not in double.books.recordings


def test_an_address_that_names_no_recording_is_never_taken_for_deleted(context: Context, provider: Provider) -> None:
    recorded(context.engine, "https://api.example/nothing")
    assert delete_audio(context, provider, NOW) == 0
    assert row(context.engine)["deleted"] is None
    assert row(context.engine)["delete_at"] == NOW + FIRST_WAIT


def test_a_worker_that_dies_while_asking_leaves_the_recording_to_another(
    context: Context, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dies(NoProvider):
        def delete_recording(self, sid: str) -> Any:
            raise KeyboardInterrupt

    recorded(context.engine)
    with pytest.raises(KeyboardInterrupt):
        delete_audio(context, Dies(), NOW)
    assert delete_audio(context, provider, NOW + LEASE - 1) == 0
    assert delete_audio(context, provider, NOW + LEASE) == 1


def test_the_task_takes_what_is_due_bit_by_bit_and_then_looks_once_an_hour(
    context: Context, provider: Provider, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retaining, "BATCHES", 2)
    double.books.recordings.add(SID)
    recorded(context.engine, delete_at=None)
    old = {"began": NOW - 9 * DAY, "ended": NOW - 9 * DAY, "caller": "+31612345678"}
    with writing(context.engine) as connection:
        connection.execute(insert(calls), [{"id": f"CA{n}", **old} for n in range(5)])
    task = Retaining(context, provider, Periods())
    done = [task.run(NOW + n) for n in range(5)]
    assert done == [4, 3, 0, 0, 0]  # 4 calls; 1 call, 1 recording and its audio
    assert row(context.engine)["deleted"]
    with writing(context.engine) as connection:
        connection.execute(insert(calls), {"id": "CAx", **old})
    assert task.run(NOW + 3000) == 0
    assert task.run(NOW + 3000 + retaining.LOOK_SECONDS) == 1
