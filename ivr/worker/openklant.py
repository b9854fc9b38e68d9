"""Registering a case in Open Klant: step by step, each looked up before it is made, so that any step may be repeated."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine

from ivr.desk import openklant as mapping
from ivr.desk.attempt import OVER, RANG, Attempt
from ivr.desk.case import Case
from ivr.desk.openklant import Body
from ivr.store import cases, outbox
from ivr.store.database.connect import reading, writing
from ivr.store.outbox import OPENKLANT, Item
from ivr.worker.circuit import Circuit
from ivr.worker.context import Context
from ivr.worker.destination import Answer, Destination
from ivr.worker.outbox import Later, Never, Progress

log = logging.getLogger(__name__)

API = "/klantinteracties/api/v1"
"""Where the API is on a server whose address has no path."""
ANYBODY = "*"
"""Stands for every team that no actor was named for."""
ACTOR = "actor:"
"""What the subject of an item begins with that makes a team's actor."""


def connect(url: str, token: str, circuit: Circuit, connect: float, total: float) -> Destination:
    """The API at an address, with our token."""
    base = url if url.count("/") > 2 else url + API
    headers = {"Authorization": f"Token {token}", "Accept": "application/json"}
    return Destination("Open Klant", base, headers, circuit, connect, total, frozenset((400, 404, 409)))


class Api:
    """The few things that are asked of the API."""

    def __init__(self, destination: Destination) -> None:
        self.destination = destination

    def find(self, path: str, **params: str) -> list[dict[str, Any]]:
        """The objects that answer to a question, of the first page."""
        answer = self.destination.send("GET", path, params=params)
        held = answer.body.get("results") if isinstance(answer.body, dict) else None
        if answer.status != 200 or not isinstance(held, list):
            raise Later(f"Open Klant has no {path} as it was written for ({answer.status})", 300, counted=False)
        return [each for each in held if isinstance(each, dict)]

    def make(self, path: str, body: Body) -> Answer:
        """Ask for an object to be made."""
        return self.destination.send("POST", path, body=json.dumps(body, ensure_ascii=False).encode())

    def alter(self, path: str, body: Body) -> Answer:
        """Ask for an object to be changed."""
        return self.destination.send("PATCH", path, body=json.dumps(body, ensure_ascii=False).encode())


class OpenKlant:
    """The handler of kind `openklant`: what Open Klant holds of a case is made to be what we hold.

    `actors` is team → uuid of the actor that its tasks are given to; for a team without one an actor is made, once.
    """

    most = 100
    longest = 3600

    def __init__(self, context: Context, api: Api, channel: str, actors: Mapping[str, str]) -> None:
        self._engine: Engine = context.engine
        self._tables = context.tables
        self._api = api
        self._channel = channel
        self._actors = dict(actors)

    def ready(self) -> bool:
        """Whether Open Klant may be asked now."""
        return self._api.destination.ready()

    def __call__(self, item: Item, progress: Progress, now: int) -> None:
        """Register what is not registered yet. Raises Later or Never."""
        if item.subject.startswith(ACTOR):
            self._make_actor(item, progress)
            return
        with reading(self._engine) as connection:
            case = cases.load(connection, item.subject)
            tried = cases.tried(connection, [item.subject])[item.subject]
        if case is None:
            raise Never("there is no such case")
        first = self._contact(case, progress)
        self._address(case, progress)
        self._task(case, progress, first, now)
        for ordinal, attempt in enumerate(tried, start=1):
            if attempt.state == OVER and attempt.outcome in RANG:
                self._follow_up(case, ordinal, attempt, progress, first)
        self._status(case, progress)

    def _contact(self, case: Case, progress: Progress) -> str:
        held = progress.get("contact")
        if not held:
            body = mapping.contact(case, self._channel, self._title(case.table, case.team))
            made, person = self._make_contact(case, 0, body)
            held = _uuid(made)
            progress.note(contact=held, person=person)
        return str(held)

    def _make_contact(self, case: Case, ordinal: int, body: Body) -> tuple[Body, str]:
        """A contact as it is there and its betrokkene's uuid ('' for none), whether made now or there already."""
        for number in mapping.numbers(case, ordinal):
            body["klantcontact"]["nummer"] = number
            for _ in range(2):  # once more when somebody made it between the question and the request
                there = self._api.find("/klantcontacten", nummer=number)
                if there:
                    if mapping.is_ours(case, ordinal, body, there[0]):
                        people = there[0].get("hadBetrokkenen") or [{}]
                        return there[0], str(people[0].get("uuid", ""))
                    break
                answer = self._api.make("/maak-klantcontact", body)
                if not _number_is_taken(answer):
                    made = _made(answer)
                    contact = made.get("klantcontact")
                    return contact if isinstance(contact, dict) else {}, _uuid(made.get("betrokkene"))
        raise Never("every number that the contact could bear is taken in Open Klant")

    def _address(self, case: Case, progress: Progress) -> None:
        body = mapping.address(case)
        person = progress.get("person")
        if progress.get("address") is not None or body is None or not person:
            return
        there = self._api.find("/digitaleadressen", verstrektDoorBetrokkene__uuid=person)
        same = [each for each in there if each.get("adres") == body["adres"]]
        if not same:
            owner = {"verstrektDoorBetrokkene": {"uuid": person}, "verstrektDoorPartij": None}
            same = [_made(self._api.make("/digitaleadressen", body | owner))]
        progress.note(address=_uuid(same[0]))

    def _task(self, case: Case, progress: Progress, first: str, now: int) -> None:
        if progress.get("task"):
            return
        body = mapping.task(case, first, self._assigned(case, now))
        there = self._api.find("/internetaken", aanleidinggevendKlantcontact__uuid=first)
        if there:
            progress.note(task=_uuid(there[0]), told=None)
            return
        for number in mapping.numbers(case, 0):
            answer = self._api.make("/internetaken", body | {"nummer": number})
            if not _number_is_taken(answer):
                progress.note(task=_uuid(_made(answer)), told=mapping.changing(body))
                return
        raise Never("every number that the task could bear is taken in Open Klant")

    def _follow_up(self, case: Case, ordinal: int, attempt: Attempt, progress: Progress, first: str) -> None:
        """What was heard late may change an outcome that was told: which one was told is noted beside the contact."""
        held = progress.get("tried") or {}
        uuid, told = held.get(str(ordinal)) or ("", "")
        if told == attempt.outcome:
            return
        body = mapping.follow_up(case, ordinal, attempt, self._channel, first)
        wanted = mapping.outcome(body)
        there: Body = {}
        if not uuid:
            there, _ = self._make_contact(case, ordinal, body)
            uuid = _uuid(there)
            progress.note(tried={**held, str(ordinal): (uuid, "")})
        if any(there.get(name) != value for name, value in wanted.items()):
            answer = self._api.alter(f"/klantcontacten/{uuid}", wanted)
            if answer.status == 404:
                log.warning("a contact of case %s is no longer in Open Klant: somebody removed it there", case.id)
            else:
                _made(answer)
        progress.note(tried={**held, str(ordinal): (uuid, attempt.outcome)})

    def _status(self, case: Case, progress: Progress) -> None:
        wanted = mapping.changing(mapping.task(case, "", ()))
        if progress.get("told") == wanted:
            return
        answer = self._api.alter(f"/internetaken/{progress.get('task')}", wanted)
        if answer.status == 404:
            log.warning("the task of case %s is no longer in Open Klant: somebody removed it there", case.id)
        else:
            _made(answer)
        progress.note(told=wanted)

    def _assigned(self, case: Case, now: int) -> tuple[str, ...]:
        """The actors that a task of a case is given to. Raises Later while one is being made."""
        uuid = self._actors.get(case.team) or self._actors.get(ANYBODY)
        if uuid or not case.team:
            return (uuid,) if uuid else ()
        key = f"openklant:{ACTOR}{case.table}/{case.team}"
        with writing(self._engine) as connection:  # an item of its own, so that two workers make one actor
            outbox.put(connection, key, OPENKLANT, ACTOR + case.team, {"table": case.table, "team": case.team}, now)
            there = outbox.one(connection, key)
        if there is None or there.state == outbox.WAITING:
            raise Later("the actor of the team is not there yet", 2.0, counted=False)
        return (str(there.answer["actor"]),) if there.answer.get("actor") else ()

    def _make_actor(self, item: Item, progress: Progress) -> None:
        table, team = str(item.payload["table"]), str(item.payload["team"])
        body = mapping.actor(table, team, self._title(table, team))
        known = body["actoridentificator"]
        there = self._api.find(
            "/actoren",
            actoridentificatorObjectId=known["objectId"],
            actoridentificatorCodeRegister=known["codeRegister"],
        )
        progress.note(actor=_uuid(there[0] if there else _made(self._api.make("/actoren", body))))

    def _title(self, table: str, team: str) -> str:
        live = self._tables.live(table)
        titles = [each.titles[0] for each in live.graph.teams if each.name == team] if live is not None else []
        return titles[0] if titles else team


def _uuid(held: object) -> str:
    return str(held.get("uuid", "")) if isinstance(held, dict) else ""


def _made(answer: Answer) -> dict[str, Any]:
    """What was made or changed. Raises Never when it was refused, Later when something stood in the way (409)."""
    if answer.status == 409:
        raise Later("Open Klant says that something stands in the way (409)")
    if answer.status >= 400:
        raise Never(f"Open Klant refuses it ({answer.status}): {_wrong(answer)}")
    return answer.body if isinstance(answer.body, dict) else {}


def _invalid(answer: Answer) -> list[Mapping[str, Any]]:
    held = answer.body.get("invalidParams") if isinstance(answer.body, dict) else None
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def _wrong(answer: Answer) -> str:
    """The names of what was refused and why, without the values."""
    named = [f"{each.get('name')} ({each.get('code')})" for each in _invalid(answer)[:5]]
    return ", ".join(named) or "it does not say what is wrong"


def _number_is_taken(answer: Answer) -> bool:
    return answer.status == 409 or any(
        str(each.get("name", "")).endswith("nummer") and each.get("code") == "unique" for each in _invalid(answer)
    )
