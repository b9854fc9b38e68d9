"""A caller whom an agent passes on, on the caller's own leg: a turn outside the table's graph, whose way always ends with a
person, back with the agent, or with a promise.

    pass?p=…       the leg was sent here by a worker: the team rings     passing?p=…   what who answers hears, and their key
    passed?p=…     how that went: over, or back to the agent             (l=back: it is the agent who is rung)
    returned?p=…   how that went: over, or a promise; where nothing can be promised, the apology and the operator

The id is ours, made by chance and of one call: another call's request with it is refused. With the database gone in between,
the apology puts the caller through to the operator (voice.py).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import SQLAlchemyError

from ivr.calendars.speech import say_instant
from ivr.desk.case import Case
from ivr.dialects import passing
from ivr.dialects.agent import hang_up
from ivr.model.graph import Language, Team
from ivr.model.numbers import dialable
from ivr.store import cases as cases_
from ivr.store import passes
from ivr.store.database.schema import calls, case_calls
from ivr.store.desk import adding
from ivr.store.desk.board import NotDone
from ivr.store.passes import Pass
from ivr.tables.arrivals import caller_number
from ivr.web.attempt import AttemptLegs
from ivr.web.recorder import Recorder
from ivr.web.refusal import Refusal
from ivr.web.request import Request

RETRIES = "#rc=2&rp=all"
MOST_TARGETS = 10
WITHIN = (1, "working_days")
"""What is promised to whom nobody answered."""
_ID = re.compile(r"(?:^|&)p=([0-9a-f]{32})(?:&|$)")
_BACK = re.compile(r"(?:^|&)l=back(?:&|$)")
BROKEN = {"passing": hang_up()}
"""What a document for who answers is replaced by when it cannot be made: their telephone is hung up, the caller goes on."""


class PassLegs:
    """Answers for these legs, of all tables of this process."""

    def __init__(self, legs: AttemptLegs, recorder: Recorder | None, public_url: str, hash_key: bytes) -> None:
        self._ask = legs.ask
        self._recorder = recorder
        self._public_url = public_url
        self._hash_key = hash_key
        self.routes: dict[str, Callable[[Request], Awaitable[bytes]]] = {
            "pass": self._onward,
            "passed": self._passed,
            "returned": self._returned,
            "passing": self._passing,
        }

    async def _onward(self, request: Request) -> bytes:
        """The caller is here: the team rings."""
        held, put = await self._ask(lambda connection: _arrived(connection, _id(request), int(time.time())), write=True)
        if held is None or held.call != request.call or held.table != request.shelf.id:
            raise Refusal(404, "nobody is passed on here")
        await self._note(request, put)
        team = _team(request, held.team)
        if team is None or not team.dial:
            return await self._back(request, held)
        language = _language(request, held.language)
        return passing.onward(
            language, "onward", _title(request, team, language), team.dial[:MOST_TARGETS], team.ring,
            self._url(request, "passed", held.id), self._url(request, "passing", held.id),
        )  # fmt: skip

    async def _passed(self, request: Request) -> bytes:
        """The team was rung."""
        if _bridged(request) or _gone(request):
            return await self._over(request, passes.BRIDGED if _bridged(request) else passes.HUNG_UP)
        return await self._back(request, await self._held(request))

    async def _back(self, request: Request, held: Pass) -> bytes:
        if not held.back:
            return await self._promise(request, held)
        language = _language(request, held.language)
        return passing.onward(
            language, "back", "", held.back[:MOST_TARGETS], passing.BACK_SECONDS,
            self._url(request, "returned", held.id), self._url(request, "passing", held.id, "&l=back"),
        )  # fmt: skip

    async def _returned(self, request: Request) -> bytes:
        """Whoever passed them on was rung."""
        if _bridged(request) or _gone(request):
            return await self._over(request, passes.RETURNED if _bridged(request) else passes.HUNG_UP)
        return await self._promise(request, await self._held(request))

    async def _passing(self, request: Request) -> bytes:
        """Who answers hears who it is, and presses 1."""
        if "Digits" in request.fields:
            return passing.taken(request.fields["Digits"] == "1")
        back = _BACK.search(request.query.decode("latin-1")) is not None
        held = await self._ask(lambda connection: passes.look(connection, _id(request)), write=False)
        if held is None or held.table != request.shelf.id:
            return hang_up()
        team = _team(request, held.team)
        language = _speaks(request, team)
        title = _title(request, team, language) if team is not None else held.team
        word = "whisper_back" if back else "whisper_team"
        return passing.whisper(language, word, title, self._url(request, "passing", held.id, "&l=back" if back else ""))

    async def _promise(self, request: Request, held: Pass) -> bytes:
        """Nobody answered: they will be called, or the operator is rung where that cannot be promised."""
        now, table = int(time.time()), request.shelf.live.table
        number = dialable(caller_number(request.fields.get("From", "")))

        def make(connection: Connection) -> Case | None:
            known = passes.look(connection, held.id)
            if known is not None and known.case_id:  # asked for again
                return cases_.load(connection, known.case_id)
            wish = adding.Wish(held.team, number, WITHIN, language=held.language, call=held.call)
            case = adding.add(connection, table, wish, held.by, now, self._hash_key)
            row = {"call": held.call, "sequence": 0, "case_id": case.id, "at": now, "what": "opened"}
            if connection.scalar(select(case_calls.c.call).where(case_calls.c.call == held.call)) is None:
                connection.execute(insert(case_calls).values(**row))
            passes.end(connection, held.id, passes.PROMISED, now, case.id)
            return case

        case: Case | None = None
        with suppress(NotDone):
            case = await self._ask(make, write=True)
        if case is None:
            with suppress(SQLAlchemyError, asyncio.TimeoutError):
                await self._ask(lambda connection: passes.end(connection, held.id, passes.OPERATOR, now), write=True)
            return request.shelf.live.apology.now(now)
        language = _language(request, held.language)
        return passing.promised(language, case.number, say_instant(case.due, now, table.almanac.zone, language.code))

    # --- what they share

    async def _held(self, request: Request) -> Pass:
        held = await self._ask(lambda connection: passes.look(connection, _id(request)), write=False)
        if held is None or held.call != request.call or held.table != request.shelf.id:
            raise Refusal(404, "nobody is passed on here")
        return held

    async def _over(self, request: Request, outcome: str) -> bytes:
        """The end, also when the database cannot be told."""
        id, now = _id(request), int(time.time())
        with suppress(SQLAlchemyError, asyncio.TimeoutError):
            await self._ask(lambda connection: passes.end(connection, id, outcome, now), write=True)
        return hang_up()

    async def _note(self, request: Request, put: int) -> None:
        """That this caller spoke to somebody: of a call that is taken out of its `<Dial>` the provider does not tell."""
        if self._recorder is not None:
            talked = max(0, int(time.time()) - put) if put else 0
            data = {"outcome": "bridged", "talked": talked}
            self._recorder.other(request.call, 0, request.shelf.id, "pass", "passed", data)
            await self._recorder.now()

    def _url(self, request: Request, route: str, id: str, more: str = "") -> str:
        return f"{self._public_url}/voice/{request.shelf.id}/{route}?p={id}{more}{RETRIES}"


def _arrived(connection: Connection, id: str, now: int) -> tuple[Pass | None, int]:
    """The caller is here; and since when they were with the team that passes them on."""
    passes.sent(connection, id, now)
    held = passes.look(connection, id)
    put = connection.scalar(select(calls.c.put_at).where(calls.c.id == held.call)) if held is not None else None
    return held, put or 0


def _id(request: Request) -> str:
    found = _ID.search(request.query.decode("latin-1"))
    if found is None:
        raise Refusal(400, "the address names nobody who is passed on")
    return found[1]


def _bridged(request: Request) -> bool:
    """Only the key connects two people: a declined whisper can still say completed."""
    status, bridged = request.fields.get("DialCallStatus", ""), request.fields.get("DialBridged", "").lower()
    return status in ("completed", "answered") and bridged == "true"


def _gone(request: Request) -> bool:
    """The caller hung up meanwhile: what is answered is heard by nobody."""
    return request.fields.get("CallStatus", "") in ("completed", "canceled", "failed", "busy", "no-answer")


def _team(request: Request, name: str) -> Team | None:
    return next((team for team in request.shelf.live.graph.teams if team.name == name), None)


def _language(request: Request, code: str) -> Language:
    languages = request.shelf.live.graph.languages
    return next((one for one in languages if one.code == code), languages[0])


def _speaks(request: Request, team: Team | None) -> Language:
    """The first language of a team."""
    languages = request.shelf.live.graph.languages
    return languages[team.speaks[0] if team is not None and team.speaks else 0]


def _title(request: Request, team: Team, language: Language) -> str:
    index = request.shelf.live.graph.languages.index(language)
    return team.titles[index] if index < len(team.titles) else team.name
