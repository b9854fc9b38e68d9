"""The legs that we ring ourselves: an agent who is asked to ring a citizen back, or to take the head of a queue.

    agent?a=…    an agent answered: the case in a sentence, and a key    ring?r=…   the same for a queue
    accept?a=…   the key: whoever wins dials the citizen                 take?r=…   the key: the head of the queue
    spoken?a=…   the conversation is over: how it went, by key           rung?r=…   what became of the agent's leg
    outcome?a=…  that key
    attempt?a=…  what became of the agent's leg, of the citizen's (l=citizen), and who answered it (l=machine)

The right to dial is won in the database. With the database gone nobody is dialled, and the agent hears so. All that we are
told goes to the journal, and from there into the database, so none of it is lost meanwhile. Answers may be asked for again.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.calendars.speech import say_instant
from ivr.desk.attempt import ACCEPTED, NO_AGENT
from ivr.desk.case import CALLING, TEXT_RELAY, Case
from ivr.desk.legs import KEYS, STATUSES, Heard, who_answered
from ivr.desk.schedule import may_ring, policy_of
from ivr.dialects import agent
from ivr.model.events import MarkKept
from ivr.model.graph import Language, Team
from ivr.model.numbers import dialable
from ivr.store import attempts, waits
from ivr.store.books import Decided, Decision
from ivr.store.database.connect import reading, writing
from ivr.store.journal import Entry
from ivr.web.owed import GroupCommit
from ivr.web.refusal import Refusal
from ivr.web.request import Request
from ivr.web.served import Served

PATIENCE = 6.0
"""Seconds that a leg waits for the database; the provider gives up at 15, retries included."""
THREADS = 4
RETRIES = "#rc=2&rp=all"
_ID = re.compile(r"(?:^|&)[ar]=([0-9a-f]{32})(?:&|$)")
_LEG = re.compile(r"(?:^|&)l=(citizen|machine)(?:&|$)")
T = TypeVar("T")
Route = Callable[[Request], Awaitable[bytes]]
BROKEN = dict.fromkeys(("agent", "accept", "spoken", "outcome", "attempt", "ring", "take", "rung"), agent.hang_up())
"""What a document that cannot be made is replaced by: the agent's leg ends, and nobody is dialled."""
_SORRY = {"busy": "busy", "failed": "failed", "no-answer": "no_answer", "canceled": "no_answer"}


class AttemptLegs:
    """Answers for these legs. `base` is the public address; a simulation dials nobody."""

    def __init__(self, engine: Engine | None, commit: GroupCommit, public_url: str, simulation: bool) -> None:
        self._engine = engine
        self._commit = commit
        self._public_url = public_url
        self._simulation = simulation
        self._pool = ThreadPoolExecutor(THREADS, "attempts")
        self.routes: dict[str, Route] = {
            "agent": self._agent,
            "accept": self._accept,
            "spoken": self._spoken,
            "outcome": self._outcome,
            "attempt": self._told,
            "ring": self._ring,
            "take": self._take,
            "rung": self._rung,
        }

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    # --- an agent who rings a citizen back

    async def _agent(self, request: Request) -> bytes:
        id = _id(request)
        await self._heard(request, id, Heard(agents={request.call: "in-progress"}), "agent", lenient=True)
        try:
            found = await self.ask(lambda connection: attempts.look(connection, id), write=False)
        except (SQLAlchemyError, TimeoutError):
            return agent.hang_up(_language(request, None), "broken")
        if found is None or found[0].table != request.shelf.id:
            return agent.hang_up(_language(request, None), "taken")
        case, held = found
        language = _language(request, case.team)
        mine = held.state in attempts.OPEN or (held.state == ACCEPTED and held.agent_call == request.call)
        if case.state != CALLING or not mine:
            return agent.hang_up(language, "taken")
        return agent.whisper(
            language, _whisper(request.shelf.live, case, language), self._url(request, "accept", f"a={id}")
        )

    async def _accept(self, request: Request) -> bytes:
        id = _id(request)
        if request.fields.get("Digits") != "1":
            return agent.hang_up()
        now = int(time.time())
        try:
            if await self._cancelled(id):
                return agent.hang_up(_language(request, None), "taken")
            case, refused = await self.ask(lambda connection: self._won(connection, id, request, now), write=True)
        except (SQLAlchemyError, TimeoutError):
            return agent.hang_up(_language(request, None), "broken")
        caller_id = dialable(request.shelf.live.graph.caller_id)
        number = dialable(case.caller) if case is not None else ""
        if case is None or not number or not caller_id:
            return agent.hang_up(_language(request, case.team if case is not None else None), refused or "taken")
        return agent.dial_citizen(
            number,
            caller_id,
            self._url(request, "spoken", f"a={id}"),
            self._url(request, "attempt", f"a={id}&l=citizen"),
            self._url(request, "attempt", f"a={id}&l=machine"),
        )

    async def _cancelled(self, id: str) -> bool:
        """Whether the caller cancelled the case in a call whose journal is not drained yet."""
        found = await self.ask(lambda connection: attempts.look(connection, id), write=False)
        if found is None:
            return False
        return await self._commit.is_cancelled(found[0].number)

    def _won(self, connection: Connection, id: str, request: Request, now: int) -> tuple[Case | None, str]:
        """The case, when this leg may dial, else the word for why not: asked only where its document could be made.

        The hour is asked here because the team may have rung for long, or the provider have kept its legs: outside the
        hours the attempt ends, and the policy says when the next one begins.
        """
        found = attempts.look(connection, id)
        graph = request.shelf.live.graph
        if (
            found is None
            or found[0].table != graph.id
            or not dialable(found[0].caller)
            or not dialable(graph.caller_id)
        ):
            return None, "taken"
        case, held = found
        if held.state in attempts.OPEN and not _may_ring(request.shelf.live, case.team, now):
            ended = attempts.over(connection, id, NO_AGENT, now)
            return None, "late" if ended else "taken"
        return attempts.accept(connection, id, request.call, now, request.fields.get("To", "")), "taken"

    async def _spoken(self, request: Request) -> bytes:
        id, fields = _id(request), request.fields
        status = fields.get("DialCallStatus", "")
        status = "completed" if status == "answered" else status  # it is asked for when the conversation is over
        bridged = fields.get("DialBridged", "").lower()
        heard = Heard(
            citizen=status if status in STATUSES else "",
            sid=_sid(fields.get("DialCallSid", "")),
            bridged=bridged == "true" or (not bridged and status in ("completed", "answered")),
            seconds=request.whole("DialCallDuration"),
        )
        await self._heard(request, id, heard, "spoken")
        language = _language(request, None)
        if status in _SORRY:
            return agent.hang_up(language, _SORRY[status])
        return agent.ask(language, self._url(request, "outcome", f"a={id}"))

    async def _outcome(self, request: Request) -> bytes:
        key = request.fields.get("Digits", "")
        if key in KEYS:
            await self._heard(request, _id(request), Heard(key=key), "outcome")
        return agent.hang_up(_language(request, None), "thanks" if key in KEYS else "")

    async def _told(self, request: Request) -> bytes:
        id, fields = _id(request), request.fields
        of = _LEG.search(request.query.decode("latin-1"))
        status = fields.get("CallStatus", "")
        if of is None:
            heard = Heard(agents={request.call: status} if status in STATUSES else {})
            await self._heard(request, id, heard, f"agent-{status}")
            return b""
        if of[1] == "machine":
            heard = Heard(sid=_sid(request.call), machine=who_answered(fields.get("AnsweredBy", "")))
        else:
            seconds = request.whole("CallDuration")
            heard = Heard(citizen=status if status in STATUSES else "", sid=_sid(request.call), seconds=seconds)
        await self._heard(request, id, heard, f"{of[1]}-{status}")
        return b""

    # --- an agent who takes the head of a queue

    async def _ring(self, request: Request) -> bytes:
        id = _id(request)
        await self._rang(request, id, "in-progress", lenient=True)
        try:
            ring = await self.ask(lambda connection: waits.look(connection, id), write=False)
        except (SQLAlchemyError, TimeoutError):
            return agent.hang_up(_language(request, None), "gone")
        language = _language(request, ring.team if ring is not None else None)
        if ring is None or ring.table != request.shelf.id or ring.state not in waits.LIVE:
            return agent.hang_up(language, "gone")
        return agent.queue_whisper(
            language, _title(request.shelf.live, ring.team, language), self._url(request, "take", f"r={id}")
        )

    async def _take(self, request: Request) -> bytes:
        id = _id(request)
        if request.fields.get("Digits") != "1":
            return agent.hang_up()
        now = int(time.time())
        try:
            queue = await self.ask(lambda connection: waits.take(connection, id, request.call, now), write=True)
        except (SQLAlchemyError, TimeoutError):
            queue = ""
        if not queue:
            return agent.hang_up(_language(request, None), "gone")
        return agent.dial_queue(queue, self._url(request, "rung", f"r={id}"))

    async def _rung(self, request: Request) -> bytes:
        """The agent's leg changed, or its conversation is over: then it ends too."""
        if "DialCallStatus" in request.fields:
            met = request.fields.get("DialBridged", "true").lower() == "true"
            return agent.hang_up() if met else agent.hang_up(_language(request, None), "gone")
        await self._rang(request, _id(request), request.fields.get("CallStatus", ""))
        return b""

    # --- what they share

    async def ask(self, question: Callable[[Connection], T], write: bool) -> T:
        """Ask the database, within PATIENCE. In a simulation, and without a database, there is none.

        One that is given up may still be carried out: then the right to dial was won by a leg that was told otherwise, and
        recovering finds that nobody was dialled.
        """
        engine = self._engine
        if engine is None or self._simulation:
            raise TimeoutError("there is no database")

        def ask() -> T:
            with (writing if write else reading)(engine) as connection:
                return question(connection)

        return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(self._pool, ask), PATIENCE)

    async def _heard(self, request: Request, id: str, heard: Heard, what: str, lenient: bool = False) -> None:
        entry = {"kind": "leg", "attempt": id, "heard": msgspec.to_builtins(heard), "what": what}
        await self._keep(request, entry, lenient)

    async def _rang(self, request: Request, id: str, status: str, lenient: bool = False) -> None:
        if status in STATUSES:
            await self._keep(request, {"kind": "leg", "ring": id, "status": status}, lenient)

    async def _keep(self, request: Request, entry: Entry, lenient: bool) -> None:
        """Put what was told into the journal; a disk that refuses is asked again by the provider, unless `lenient`."""
        whole = entry | {
            "at": int(time.time()),
            "call": request.call,
            "sequence": request.whole("SequenceNumber"),
            "table": request.shelf.id,
        }
        if self._simulation:
            return
        try:
            await self._commit.decide(Decision(lambda _: Decided(MarkKept(), whole)))
        except OSError:
            if not lenient:
                raise Refusal(503, "the disk refuses; ask again") from None

    def _url(self, request: Request, route: str, query: str) -> str:
        return f"{self._public_url}/voice/{request.shelf.id}/{route}?{query}{RETRIES}"


def _id(request: Request) -> str:
    """The id of an attempt or a ring in the address. Raises Refusal when there is none."""
    found = _ID.search(request.query.decode("latin-1"))
    if found is None:
        raise Refusal(400, "the address names no attempt of ours")
    return found[1]


def _sid(text: str) -> str:
    return text if text.isascii() and text.isalnum() and len(text) <= 64 else ""


def _team(served: Served, name: str | None) -> Team | None:
    return next((team for team in served.graph.teams if team.name == name), None)


def _may_ring(served: Served, name: str, now: int) -> bool:
    """Whether a team's citizens may be rung now; nobody is for a team that the table does not have any more."""
    team = _team(served, name)
    if team is None or team.calendar < 0:
        return False
    return may_ring(served.table.almanac.calendars[team.calendar], policy_of(team), now)


def _language(request: Request, team: str | None) -> Language:
    """The team's first language; the table's without a team."""
    graph = request.shelf.live.graph
    held = _team(request.shelf.live, team)
    return graph.languages[held.speaks[0] if held is not None and held.speaks else 0]


def _title(served: Served, team: str, language: Language) -> str:
    held = _team(served, team)
    if held is None:
        return team
    index = served.graph.languages.index(language)
    return held.titles[index] if index < len(held.titles) else held.name


def _whisper(served: Served, case: Case, language: Language) -> agent.Whisper:
    now = int(time.time())
    due = say_instant(case.due, now, served.table.almanac.zone, language.code) if case.due else ""
    topic = ", ".join(value.replace("_", " ").replace("-", " ") for value in case.topic.values())
    return agent.Whisper(case.number, topic, due, case.reach == TEXT_RELAY)
