"""Facts about callers who are passed on: once at a time, by one worker, given up when none does, known whatever came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from ivr.desk.switches import CLOSED, Switch
from ivr.store import passes
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit, calls, events, waits
from ivr.store.desk.board import NotDone
from ivr.store.desk.line import OnLine, on_line, pass_on
from ivr.store.live.switches import begin
from ivr.worker.context import Context
from ivr.worker.passing import Passing
from ivr.worker.provider import Change, Done, Refused, Unreachable
from tests.desk.schedules import ZONE
from tests.store.desk.rows import NOW
from tests.store.desk.tables import table

CALL = "CA1"


def put_through(engine: Engine, call: str = CALL, team: str = "desk", **more: object) -> None:
    """A call that was put through to a team, and of which nothing else is known."""
    row = {
        "id": call, "table_id": "kinds", "zone": ZONE.key, "caller": "+31612345678", "language": "nl", "began": NOW - 60,
        "put_at": NOW - 30, "team": team, "turns": 1, **more,
    }  # fmt: skip
    with writing(engine) as connection:
        connection.execute(insert(calls).values(**row))
        connection.execute(
            insert(events).values(call=call, sequence=row["turns"], kind="turn", at=NOW - 30, data={"team": team})
        )


def ask(engine: Engine, call: str = CALL, team: str = "order", telephone: str = "") -> str:
    with writing(engine) as connection:
        return pass_on(connection, table(), call, team, telephone, "anna", NOW)


def line(engine: Engine, now: int = NOW) -> list[OnLine]:
    with reading(engine) as connection:
        return on_line(connection, "kinds", now)


def test_who_was_put_through_is_on_the_line_until_the_call_goes_on_or_ends(database: Engine) -> None:
    put_through(database)
    put_through(database, "CA2", ended=NOW, ending="person")
    put_through(database, "CA3", turns=2)
    with writing(database) as connection:  # it came back from the team: it stands elsewhere
        connection.execute(
            insert(events).values(call="CA3", sequence=3, kind="turn", at=NOW, data={"outcome": "no_answer"})
        )
        connection.execute(calls.update().where(calls.c.id == "CA3").values(turns=3))
    put_through(database, "CA4")
    with writing(database) as connection:
        given = {"call": "CA4", "sequence": 1, "table_id": "kinds", "team": "line", "queue": "q"}
        connection.execute(insert(waits).values(**given, joined=NOW - 30, since=NOW - 30))
    assert [(one.call, one.team, one.caller) for one in line(database)] == [("CA1", "desk", "+31612345678")]


def test_a_caller_is_passed_on_once_at_a_time_and_it_is_kept_who_did(database: Engine) -> None:
    put_through(database)
    id = ask(database, telephone="sip:anna@kcc.example")
    with pytest.raises(NotDone) as told:
        ask(database)
    assert told.value.key == "passed_already"
    with writing(database) as connection:
        held = passes.look(connection, id)
        assert held is not None
        assert (held.back, held.by, held.state) == (("sip:anna@kcc.example",), "anna", "asked")
        assert [(r.who, r.what) for r in connection.execute(select(audit))] == [("anna", "call.pass")]
        assert passes.end(connection, id, passes.RETURNED, NOW)
        assert not passes.end(connection, id, passes.BRIDGED, NOW)
    assert ask(database)


def test_without_a_telephone_of_ones_own_the_caller_comes_back_to_the_team(database: Engine) -> None:
    put_through(database)
    id = ask(database)
    with reading(database) as connection:
        held = passes.look(connection, id)
    assert held is not None
    assert held.back == ("sip:desk@kcc.example",)


@pytest.mark.parametrize(
    ("more", "team", "key"),
    [
        ({"ended": NOW}, "order", "caller_gone"),
        ({"ending": "lost"}, "order", "caller_gone"),
        ({"put_at": None}, "order", "caller_gone"),
        ({"table_id": "another"}, "order", "caller_gone"),
        ({"began": NOW - 5 * 3600}, "order", "caller_gone"),
        ({}, "line", "team_closed"),  # nobody to ring
    ],
)
def test_who_cannot_be_passed_on_is_not(database: Engine, more: dict[str, object], team: str, key: str) -> None:
    put_through(database, **more)  # type: ignore[arg-type]  # columns
    with pytest.raises(NotDone) as told:
        ask(database, team=team)
    assert told.value.key == key


def test_a_team_that_a_lead_has_closed_gets_nobody(database: Engine) -> None:
    put_through(database)
    with writing(database) as connection:
        begin(connection, table().graph, Switch(0, "kinds", CLOSED, 0, NOW + 600, team="order", by="lead"), NOW)
    with pytest.raises(NotDone) as told:
        ask(database)
    assert told.value.key == "team_closed"


def test_one_that_no_worker_sends_on_is_given_up_but_not_when_the_caller_comes_after_all(database: Engine) -> None:
    put_through(database)
    id = ask(database)
    with writing(database) as connection:
        assert passes.lapse(connection, NOW + passes.WISH - 1) == 0
        assert passes.late(connection, NOW + passes.WISH)
        assert passes.lapse(connection, NOW + passes.WISH) == 1
        assert passes.asked(connection, "w1", NOW + 1, 10) == []
        held = passes.look(connection, id)
        assert held is not None
        assert held.outcome == "failed"
        assert passes.sent(connection, id, NOW + 30)  # the provider did it though it did not say so
        held = passes.look(connection, id)
        assert held is not None
        assert (held.state, held.outcome, held.ended) == ("sent", "", 0)


class Phone:
    """A provider that answers as it is told."""

    def __init__(self, answer: Change) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []

    def redirect(self, sid: str, url: str) -> Change:
        """Send a leg on."""
        self.asked.append((sid, url))
        return self.answer


@pytest.mark.parametrize(
    ("answer", "state", "outcome"),
    [(Done(), "sent", ""), (Refused("gone", 21220), "over", "hung_up"), (Unreachable("away"), "over", "failed")],
)
def test_a_worker_asks_the_provider_once_and_notes_what_came_of_it(
    database: Engine, tmp_path: Path, answer: Change, state: str, outcome: str
) -> None:
    put_through(database)
    id = ask(database)
    phone: Any = Phone(answer)
    workers = [Passing(Context(f"w{n}", database, None, b"k"), phone, "https://ivr.example") for n in range(2)]  # type: ignore[arg-type]
    assert [worker.run(NOW + 1) for worker in workers] == [1, 0]
    assert phone.asked == [(CALL, f"https://ivr.example/voice/kinds/pass?p={id}#rc=2&rp=all")]
    with writing(database) as connection:
        held = passes.look(connection, id)
    assert held is not None
    assert (held.state, held.outcome) == (state, outcome)
