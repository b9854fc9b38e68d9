"""A lead moves promises at once: what they are shown beforehand is what happens, and it can be undone."""

from __future__ import annotations

import datetime as dt
import re
import time

from sqlalchemy import func, select

from ivr.store.database.connect import reading
from ivr.store.database.schema import outbox
from tests.pages.browser import Desk
from tests.pages.promises.town import audited, case_of, put, table

DAY = 86_400


def day(desk: Desk, ahead: int) -> str:
    today = dt.datetime.fromtimestamp(desk.context.clock(), table().almanac.zone).date()
    return (today + dt.timedelta(days=ahead)).isoformat()


def test_a_lead_moves_three_hundred_promises_sees_it_beforehand_and_moves_them_back(town: Desk) -> None:
    numbers = [str(100_000 + n) for n in range(300)]
    was = {number: put(town, number, DAY, team="desk" if int(number) % 2 else "several").due for number in numbers}
    lead = town.client("approver", login="lead@example.nl")
    began = time.monotonic()
    told = lead.post("/desk/promises/move/preview", data={"to": day(town, 3), "every": "table=kinds"})
    assert told.status_code == 200
    assert "300 beloften krijgen een andere tijd" in told.text
    assert all(case_of(town.database, number).due == was[number] for number in numbers[:3])
    ids = re.findall(r'name="id" value="([^"]+)"', told.text)
    assert len(ids) == 300
    done = lead.post("/desk/promises/move", data={"to": day(town, 3), "id": ids, "why": "storm"})
    assert time.monotonic() - began < 10
    assert "300 beloften hebben een andere tijd" in done.text
    assert all(case_of(town.database, number).due > was[number] for number in numbers)
    with reading(town.database) as connection:
        assert connection.scalar(select(func.count()).select_from(outbox)) == 300
    teams = re.findall(r'name="team" value="([^"]+)"', done.text)
    assert sorted(teams) == ["desk", "several"]
    back = lead.post("/desk/promises/move/undo", data={"team": teams})
    assert back.status_code == 200
    assert {number: case_of(town.database, number).due for number in numbers} == was
    assert {who for who, _ in audited(town)} == {"lead@example.nl"}


def test_those_who_cannot_be_moved_are_named_with_the_reason(town: Desk) -> None:
    put(town, "100001", 0)
    put(town, "100002", DAY, state="reached")
    put(town, "100003", DAY)
    ids = [f"CA{number}:3" for number in ("100001", "100002", "100003")]
    text = town.client("approver").post("/desk/promises/move/preview", data={"to": day(town, 2), "id": ids}).text
    assert "2 blijven zoals ze zijn" in text
    assert "er is geen tijd beloofd" in text
    assert "hoeft niet meer" in text
    assert "100003" in text


def test_a_day_that_has_passed_or_is_none_and_nothing_picked_are_told(town: Desk) -> None:
    put(town)
    lead = town.client("approver")

    def fault(**given: str) -> str:
        answer = lead.post("/desk/promises/move/preview", data=given, headers={"Accept": "application/json"})
        assert answer.status_code in (409, 422)
        return str(answer.json()["fault"])

    assert fault(to=day(town, -2), id="CA123456:3") == "Die dag is voorbij."
    assert fault(to="morgen", id="CA123456:3") == "Kies een dag."
    assert fault(to=day(town, 1)) == "Kies eerst zaken."
    assert "te ver weg" in fault(to="2999-01-01", id="CA123456:3")


def test_nobody_moves_back_what_another_moved(town: Desk) -> None:
    put(town, due=DAY)
    town.client("approver", login="a@x.nl").post("/desk/promises/move", data={"to": day(town, 2), "id": "CA123456:3"})
    other = town.client("approver", login="b@x.nl")
    refused = other.post("/desk/promises/move/undo", data={"team": "several"}, headers={"Accept": "application/json"})
    assert refused.status_code == 409
    assert refused.json()["fault"] == "U hebt niets verplaatst dat nog terug kan."
