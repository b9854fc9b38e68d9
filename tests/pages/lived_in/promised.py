"""What became of the promises of a town: attempts in the team's hours, some late, some forgotten, each state at the end."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import msgspec

from ivr.calendars.calendar import Calendar
from ivr.desk import case as states
from ivr.desk.attempt import NO_AGENT, NO_ANSWER, OVER, RANG, REACHED, RINGING, UNKNOWN, UNSURE, Attempt
from ivr.desk.case import AFTERNOON, BY_CALLER, MORNING, Case
from ivr.desk.kept import half_day
from ivr.desk.promises import case_number, due_day, promise
from ivr.desk.schedule import escalate_at, next_attempt, policy_of
from ivr.model.actions import OpenCase
from ivr.model.graph import Team
from ivr.store.database import schema

if TYPE_CHECKING:
    from tests.pages.lived_in.filling import Filling
    from tests.pages.lived_in.played import Way

Call = dict[str, Any]
"""A row of `calls`."""
WHO = ("anna", "bram", "chantal", "dewi", "emre", "fleur", "gerrit", "hanneke")
OUTCOMES = ("reached", "no_answer", "voicemail", "busy", "no_agent", "failed")
HOW_OFTEN = (62, 17, 9, 5, 5, 2)
SAID = (
    "Mevrouw had de brief al gevonden.", "Belt liever na 16.00 uur.", "Wacht op antwoord van de vergunningverlener.",
    "Collega zoekt het uit, daarna terugbellen.", "Spreekt Engels.", "Is slechthorend: rustig praten.",
    "Nam op, kon niet praten. Morgen opnieuw.",
)  # fmt: skip
MOST_TRIES = 12
RECENT = 4 * 86_400
"""Seconds before the end in which a case may still be open for no other reason than that it is new."""


class Promised:
    """The cases of a town."""

    def __init__(self, filling: Filling) -> None:
        self._filling = filling
        self._numbers: set[str] = set()
        self._new = 0

    @property
    def _chance(self) -> random.Random:
        return self._filling.chance

    def open(self, call: Call, way: Way, sequence: int, effect: OpenCase, at: int) -> None:
        """A case that a call opened (`at`: epoch seconds), and its life until now."""
        table = self._filling.table
        team = table.graph.teams[effect.team]
        due = promise(table.almanac, effect, at, {}) or 0
        number = self._number(call["id"], way.turns[sequence].turns)
        case = msgspec.structs.replace(
            self._case(call, effect.kind, team.name, number, at), id=f"{call['id']}:{sequence}", first_due=due, due=due,
            fields=way.fields, reach=effect.reach or states.TELEPHONE,
            part=effect.part or self._chance.choice(("", "", "", MORNING, AFTERNOON)),
        )  # fmt: skip
        self._keep(case, call, sequence)
        if due:
            day = due_day(due, table.almanac.zone).isoformat()
            self._filling.put(schema.places, {
                "call": call["id"], "sequence": sequence, "table_id": case.table, "team": team.name, "day": day,
                "number": number, "due": due, "reserved": at, "case_id": case.id,
            })  # fmt: skip
        if effect.recording:
            self._recording(case, effect)

    def missed(self, call: Call, at: int) -> None:
        """A case for who was put through, and left with nothing."""
        case = self._case(call, states.TRANSFER, call["team"], self._number(call["id"], 0), at)
        self._keep(msgspec.structs.replace(case, id=f"{call['id']}:missed"), call, call["turns"])

    def _case(self, call: Call, kind: str, team: str, number: str, at: int) -> Case:
        return Case(
            id="", number=number, kind=kind, table=call["table_id"], zone=call["zone"], team=team,
            language=call["language"], caller=call["caller"], opened=at, version=call["version"], call=call["id"],
            dialled=call["dialled"], topic=call["topic"] or {},
        )  # fmt: skip

    def _keep(self, case: Case, call: Call, sequence: int) -> None:
        table = self._filling.table
        team = next(team for team in table.graph.teams if team.name == case.team)
        calendar = table.almanac.calendars[team.calendar] if team.calendar >= 0 else None
        self._live(case, team, calendar, call["caller_key"])
        what = {"case_id": case.id, "call": call["id"], "sequence": sequence, "at": case.opened, "what": "opened"}
        self._filling.put(schema.case_calls, what)

    def _number(self, call: str, turns: int) -> str:
        for salt in range(100):
            number = case_number(call, turns + 100 * salt)
            if number not in self._numbers:
                self._numbers.add(number)
                return number
        raise AssertionError("case numbers ran out")

    def _recording(self, case: Case, effect: OpenCase) -> None:
        self._filling.put(schema.recordings, {
            "id": case.id, "case_id": case.id, "url": effect.recording, "seconds": effect.seconds, "made": case.opened,
            "transcript": self._chance.choice(("", "Ik bel over mijn vergunning, kunt u mij terugbellen?", "")),
        })  # fmt: skip

    def _live(self, case: Case, team: Team, calendar: Calendar | None, key: str) -> None:
        """Its attempts up to now, and how it stands then."""
        chance, now = self._chance, self._filling.now
        recent = case.opened > now - RECENT
        tried: list[Attempt] = []
        forgotten, slow = chance.random() < (0.25 if recent else 0.02), chance.random() < 0.08
        at = case.opened
        policy = policy_of(team)
        seen = msgspec.structs.replace(case, state=states.OPEN)
        next_at = 0
        withdrawn = chance.random() < 0.025 and case.opened < now - 3_600
        while calendar is not None and not withdrawn and len(tried) < MOST_TRIES:
            after = at + (86_400 if slow and not tried else 0)
            if case.kind == states.VOICEMAIL:
                seen = msgspec.structs.replace(seen, kind=states.CALLBACK)  # by hand, at such moments as these
            next_at = next_attempt(calendar, seen, tried, policy, after)
            begins = next_at + chance.randrange(30, 2_400)
            if not next_at or forgotten or begins > now:
                break
            tried.append(self._attempt(begins, now))
            at = tried[-1].ended or now
            if tried[-1].outcome == REACHED or not tried[-1].outcome:
                break
        if recent and not withdrawn and (not tried or tried[-1].outcome not in ("", REACHED)):
            odd = self._just_now(case)
            tried += [odd] if odd is not None else []
        self._write(case, calendar, tried, -1 if withdrawn else next_at, key)

    def _just_now(self, case: Case) -> Attempt | None:
        """Of every few cases that are open and new, one that somebody is busy with, or that went oddly."""
        now = self._filling.now
        self._new += 1
        ago = min(now - case.opened, self._chance.randrange(600, 5_000))
        if self._new % 6 == 1:
            return Attempt(began=now - ago, ended=now - ago + 40, outcome=NO_ANSWER, dialled=now - ago + 9, by="emre")
        if self._new % 6 == 3:
            return Attempt(began=now - min(ago, 45), state=RINGING)
        if self._new % 6 == 5:
            return Attempt(began=now - ago, ended=now - ago + 60, outcome=UNSURE, state=UNKNOWN)
        return None

    def _attempt(self, begins: int, now: int) -> Attempt:
        outcome = self._chance.choices(OUTCOMES, HOW_OFTEN)[0]
        dialled = begins + self._chance.randrange(8, 25) if outcome in RANG else 0
        talked = self._chance.randrange(60, 600) if outcome == REACHED else self._chance.randrange(20, 40)
        ended = begins + talked
        by = "" if outcome == NO_AGENT else self._chance.choice(WHO)
        if ended > now:
            return Attempt(began=begins, dialled=dialled, state=RINGING, by=by)
        return Attempt(began=begins, dialled=dialled, ended=ended, outcome=outcome, state=OVER, by=by)

    def _write(
        self, case: Case, calendar: Calendar | None, tried: list[Attempt], next_at: int, key: str
    ) -> None:  # fmt: skip
        chance, now = self._chance, self._filling.now
        last = tried[-1] if tried else None
        more: dict[str, Any] = {"state": states.OPEN, "next_at": None, "reached_at": None}
        if last is not None and last.outcome == REACHED:
            more |= {"state": states.REACHED, "reached_at": last.ended}
        elif last is not None and not last.outcome:
            more |= {"state": states.CALLING}
        elif last is not None and last.outcome == UNSURE:
            more |= {"state": states.UNSURE}
        elif last is not None and next_at:
            more |= {"state": states.PLANNED if next_at > now else states.NOT_REACHED, "next_at": next_at}
        elif last is not None:
            more |= {"state": states.NOT_REACHED}
        elif next_at:
            more |= {"state": states.PLANNED, "next_at": max(next_at, now + 60)}
        more |= self._closing(case, last, more["state"], next_at < 0)
        if more["state"] in states.WAITING and chance.random() < 0.12:
            more |= {"taken_by": chance.choice(WHO), "taken_until": now + 900}
        old = 0 < (more.get("closed_at") or 0) < now - 30 * 86_400
        self._filling.put(schema.cases, self._row(case, calendar, tried, more, old, key))
        for ordinal, attempt in enumerate(tried, 1):
            self._filling.put(schema.attempts, self._attempt_row(case, ordinal, attempt))
        if chance.random() < 0.15 and not old:
            at = min(now, case.opened + chance.randrange(600, 20_000))
            note = {"case_id": case.id, "at": at, "by": chance.choice(WHO), "text": chance.choice(SAID)}
            self._filling.put(schema.notes, note)

    def _closing(self, case: Case, last: Attempt | None, state: str, withdrawn: bool) -> dict[str, Any]:
        """Who closed it, and when; what is new is mostly still open, and few old ones are."""
        chance, now = self._chance, self._filling.now
        if withdrawn:
            closed_at = case.opened + min(now - case.opened, chance.randrange(1_800, 20_000))
            return {"state": states.CANCELLED, "closed_at": closed_at, "closed_by": BY_CALLER, "next_at": None}
        begins = last.ended if last is not None and last.ended else case.opened + 3 * 86_400
        closed_at = begins + chance.randrange(120, 30_000)
        if case.opened > now - RECENT and state == states.REACHED and chance.random() < 0.3:
            return {}
        left = chance.random() < (0.004 if state == states.REACHED else 0.02)
        if closed_at > now or left or state in (states.CALLING, states.UNSURE):
            return {}
        return {"state": states.CLOSED, "closed_at": closed_at, "closed_by": chance.choice(WHO), "next_at": None}

    def _row(
        self, case: Case, calendar: Calendar | None, tried: list[Attempt], more: dict[str, Any], old: bool, key: str
    ) -> dict[str, Any]:
        warned = escalate_at(calendar, case)
        over = more["state"] in states.OVER
        zone = self._filling.table.almanac.zone
        return {
            "id": case.id, "number": case.number, "kind": case.kind, "table_id": case.table, "version": case.version,
            "zone": case.zone, "call": case.call, "dialled": case.dialled, "team": case.team, "language": case.language,
            "topic": dict(case.topic), "fields": {} if old else dict(case.fields), "caller": "" if old else case.caller,
            "caller_key": key, "reach": case.reach, "part": case.part, "opened": case.opened,
            "first_due": case.first_due or None, "due": case.due or None,
            "due_day": due_day(case.due, zone).isoformat() if case.due else "", "revision": 1 + 2 * len(tried),
            "tries": sum(attempt.outcome in RANG for attempt in tried),
            "escalate_at": warned if warned > self._filling.now and not over else None,
            "escalated": warned if 0 < warned <= self._filling.now and not more["reached_at"] and not over else None,
            "closed_at": None, "closed_by": "", "taken_by": "", "taken_until": None, **more,
        }  # fmt: skip

    def _attempt_row(self, case: Case, ordinal: int, attempt: Attempt) -> dict[str, Any]:
        zone = self._filling.table.almanac.zone
        rang = attempt.outcome in RANG
        return {
            "id": f"{case.id}:{ordinal}", "case_id": case.id, "ordinal": ordinal,
            "state": attempt.state, "began": attempt.began, "accepted": attempt.dialled or None, "dialled": attempt.dialled or None, "ended": attempt.ended or None,
            "outcome": attempt.outcome, "half_day": half_day(attempt.dialled or attempt.began, zone) if rang else "",
            "by": attempt.by, "seconds": attempt.ended - attempt.dialled if attempt.outcome == REACHED else 0,
            "lease": None if attempt.ended else self._filling.now + 60,
        }  # fmt: skip
