"""Facts about the legs that we ring ourselves: one leg wins the right to dial, and nobody else ever dials that citizen."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

from ivr.diagnostics import Source, Sources
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import attempts, cases, rings, waits
from ivr.store.journal import Journal, read_journals
from ivr.tables.ready import Table, check_sources, ready
from tests.engine import calls
from tests.web.server import Provider, serving
from tests.worker.attempt_world import TEXT

CITIZEN = "+31612345678"
ID, OTHER = "a" * 32, "b" * 32


def table_at(hour: int) -> Table:
    """The table of every kind, in a zone in which it is that hour now."""
    west = (dt.datetime.now(dt.UTC).hour - hour + 12) % 24 - 12
    text = TEXT.replace("  id: kinds\n", f"  id: kinds\n  timezone: Etc/GMT{west:+d}\n")
    return ready(check_sources(Sources((Source("kinds.yaml", text),)), calls.TODAY))


def ring(database: Engine) -> None:
    """The team of a case is being rung."""
    now = int(time.time())
    with writing(database) as connection:
        connection.execute(
            insert(cases),
            {"id": "CA1:3", "number": "123456", "kind": "callback", "table_id": "kinds", "zone": "Europe/Amsterdam",
             "team": "several", "language": "nl", "topic": {"topic": "waste"}, "caller": CITIZEN, "opened": now - 600,
             "first_due": now + 86_400, "due": now + 86_400, "state": "calling", "reach": "telephone"},
        )  # fmt: skip
        common = {"case_id": "CA1:3", "state": "ringing", "worker": "w", "lease": now + 60, "began": now,
                  "target": "sip:desk@kcc.example", "agent_call": "CAagent"}  # fmt: skip
        connection.execute(insert(attempts), common | {"id": ID, "ordinal": 1})


@pytest.fixture
def provider(tmp_path: Path, database: Engine) -> Iterator[Provider]:
    """A server with a database, in which the team of a case is being rung at noon."""
    ring(database)
    with serving(tmp_path, table_at(12), simulation=False, database=database) as held:
        yield held


def post(provider: Provider, route: str, call: str, query: str = f"a={ID}", **fields: str) -> str:
    answer = provider.post(f"/voice/kinds/{route}?{query}", {"CallSid": call, **fields})
    assert answer.status_code in (200, 204)
    return answer.text


def column(database: Engine, name: str) -> object:
    with reading(database) as connection:
        return connection.scalar(select(attempts.c[name]).where(attempts.c.id == ID))


def test_an_agent_hears_the_case_and_not_the_number(provider: Provider) -> None:
    said = post(provider, "agent", "CAagent")
    assert "Terugbellen. Zaak 1 2 3 4 5 6" in said or "Terugbellen. Zaak 1 2 3, 4 5 6" in said
    assert "waste" in said
    assert "<Dial" not in said
    assert CITIZEN[3:] not in said


def test_the_leg_that_accepts_is_given_the_citizen_however_often_it_asks(provider: Provider, database: Engine) -> None:
    first, again = (post(provider, "accept", "CAagent", Digits="1") for _ in range(2))
    assert f">{CITIZEN}</Number>" in first
    assert first == again
    assert column(database, "state") == "accepted"


def test_no_other_leg_is_given_the_citizen_then(provider: Provider) -> None:
    post(provider, "accept", "CAagent", Digits="1")
    for call in ("CAother", "CAthird"):
        said = post(provider, "accept", call, Digits="1")
        assert "Dit hoeft niet meer." in said
        assert CITIZEN not in said


@pytest.mark.parametrize(("hour", "team"), [(22, "several"), (5, "several"), (18, "desk"), (12, "gone")])
def test_at_an_hour_at_which_nobody_is_rung_the_agent_hears_so_and_the_attempt_is_over(
    tmp_path: Path, database: Engine, hour: int, team: str
) -> None:
    ring(database)
    with writing(database) as connection:
        connection.execute(update(cases).values(team=team))
    with serving(tmp_path, table_at(hour), simulation=False, database=database) as provider:
        said = post(provider, "accept", "CAagent", Digits="1")
        assert "Op dit uur bellen wij niemand meer. De inwoner is niet gebeld." in said
        assert "<Dial" not in said
        assert "<Dial" not in post(provider, "accept", "CAagent", Digits="1")
    assert (column(database, "state"), column(database, "outcome")) == ("over", "no_agent")
    with reading(database) as connection:
        assert connection.scalar(select(cases.c.state)) == "planned"


@pytest.mark.parametrize("key", ["", "2", "*", "11"])
def test_without_the_key_nobody_is_dialled(provider: Provider, database: Engine, key: str) -> None:
    assert "<Dial" not in post(provider, "accept", "CAagent", Digits=key)
    assert column(database, "state") == "ringing"


@pytest.mark.parametrize("state", ["cancelled", "closed", "reached"])
def test_a_case_that_is_settled_meanwhile_is_not_dialled(provider: Provider, database: Engine, state: str) -> None:
    with writing(database) as connection:
        connection.execute(update(cases).values(state=state))
    assert CITIZEN not in post(provider, "accept", "CAagent", Digits="1")


def test_a_case_that_its_caller_just_cancelled_is_not_dialled_though_nobody_drained_that(
    provider: Provider, tmp_path: Path
) -> None:
    Journal(tmp_path / "journal").write(
        [{"kind": "cancel", "at": int(time.time()), "call": "CA9", "sequence": 4, "table": "kinds", "case": "123456"}]
    )
    assert "Dit hoeft niet meer." in post(provider, "accept", "CAagent", Digits="1")


def test_with_the_database_gone_the_agent_hears_so_and_the_citizen_is_not_dialled(tmp_path: Path) -> None:
    with serving(tmp_path, simulation=False) as provider:
        said = post(provider, "accept", "CAagent", Digits="1")
    assert "De inwoner is niet gebeld." in said
    assert "<Dial" not in said


def test_a_simulation_dials_nobody(tmp_path: Path, database: Engine) -> None:
    with serving(tmp_path, simulation=True, database=database) as provider:
        assert "<Dial" not in post(provider, "accept", "CAagent", Digits="1")


def test_what_is_told_of_a_leg_stands_in_the_journal_before_it_is_answered(provider: Provider, tmp_path: Path) -> None:
    post(provider, "attempt", "CAagent", CallStatus="no-answer")
    post(provider, "spoken", "CAagent", DialCallStatus="completed", DialBridged="true", DialCallDuration="40")
    post(provider, "outcome", "CAagent", Digits="2")
    told = [entry["heard"] for entry in read_journals(tmp_path / "journal") if entry["kind"] == "leg"]
    assert [(t.get("agents"), t.get("citizen"), t.get("seconds"), t.get("key")) for t in told] == [
        ({"CAagent": "no-answer"}, None, None, None), (None, "completed", 40, None), (None, None, None, "2"),
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["b=1", "a=", "a=../../x", "a=" + "z" * 500, "r=" + ID + "%00"])
@pytest.mark.parametrize("route", ["agent", "accept", "attempt", "ring", "take"])
def test_an_address_that_names_nothing_of_ours_dials_nobody(provider: Provider, route: str, query: str) -> None:
    answer = provider.post(f"/voice/kinds/{route}?{query}", {"CallSid": "CAagent", "Digits": "1"})
    assert answer.status_code in (200, 204, 400)
    assert "<Dial" not in answer.text


@pytest.mark.parametrize("route", ["agent", "accept", "spoken", "outcome", "attempt", "ring", "take", "rung"])
def test_a_request_that_the_provider_did_not_sign_is_refused(provider: Provider, route: str) -> None:
    answer = provider.client.post(f"/voice/kinds/{route}?a={ID}", data={"CallSid": "CAagent", "Digits": "1"})
    assert answer.status_code == 403


def test_an_agent_is_given_the_queue_whose_head_has_waited_longest(provider: Provider, database: Engine) -> None:
    now = int(time.time())
    with writing(database) as connection:
        for call, queue, since in (("CA1", "kinds-line", now - 50), ("CA2", "kinds-line-back", now - 300)):
            connection.execute(
                insert(waits),
                {"call": call, "sequence": 1, "table_id": "kinds", "team": "line", "queue": queue, "joined": now - 40, "since": since},
            )  # fmt: skip
        ring = {"id": OTHER, "table_id": "kinds", "team": "line", "target": "sip:a@kcc.example", "state": "ringing"}
        connection.execute(insert(rings), ring | {"agent_call": "CAq", "worker": "w", "began": now, "lease": now + 60})
    assert "Er wacht een beller voor" in post(provider, "ring", "CAq", f"r={OTHER}")
    assert ">kinds-line-back</Queue>" in post(provider, "take", "CAq", f"r={OTHER}", Digits="1")
    assert "<Dial" not in post(provider, "take", "CAelse", f"r={OTHER}", Digits="1")
