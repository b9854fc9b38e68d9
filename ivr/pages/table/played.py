"""A call that a proof or a comparison found, as a link that plays it on the phone page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from ivr.pages.look.faults import Told
from ivr.pages.phone.moments import EARLIEST, LATEST, written
from ivr.pages.phone.play import CASES, play, prepare
from ivr.pages.phone.setting import MOST_DONE, STAY, Setting, pairs_of
from ivr.simulator.replay import SAYS
from ivr.simulator.run import CALLER
from ivr.simulator.world import DISK_WORDS
from ivr.tables.judged import Call
from ivr.tables.ready import Refused, Table, check_sources, ready
from ivr.tables.texts import Texts, sources_of

MOST_CALL = 6000
"""Characters of a call in a link."""
_CALL = msgspec.json.Decoder(Call)
YEAR = 31_557_600
"""Seconds."""
NO_CASE: Final = "999999"


def written_call(call: Call) -> str:
    """A call as a link carries it."""
    return msgspec.json.encode(call).decode()


def read_call(text: str) -> Call:
    """A call from a link. Raises Told."""
    try:
        if len(text) > MOST_CALL:
            raise Told("table.call_wrong")
        call = _CALL.decode(text.encode())
    except (msgspec.DecodeError, UnicodeError):
        raise Told("table.call_wrong") from None
    if not EARLIEST <= 1970 + call.at // YEAR <= LATEST:
        raise Told("table.call_wrong")
    return call


def query_of(texts: Texts, today: dt.date, call: Call, table_id: str, of: str, now: int) -> str:
    """The query of the phone page that plays a call on these texts. Raises Told when they are no table (any more)."""
    try:
        table = ready(check_sources(sources_of(texts), today))
    except Refused:
        raise Told("table.call_broken", 409) from None
    return urlencode(pairs_of(setting_of(table, call, table_id, of, now)))


def setting_of(table: Table, call: Call, table_id: str, of: str, now: int) -> Setting:
    """A call as the phone page takes it: there, what rings and waits come to stands among what the caller does, so it is
    played from one question to the next."""
    setting = Setting(
        table=table_id, source=of, dial=call.number, at=written(call.at, table.almanac.zone),
        caller="" if call.anonymous else CALLER, facts=call.facts, calamity=call.calamity,
        says=tuple((language.code, SAYS) for language in table.graph.languages) if call.calamity else (),
        route=call.route, disk=call.disk if call.disk in DISK_WORDS else call.disk.partition(",")[0], seed=call.seed,
        begun=True,
    )  # fmt: skip
    if setting.disk not in DISK_WORDS:
        raise Told("table.call_wrong")
    doing = _Doing(call)
    while len(setting.does) < MOST_DONE:
        question = play(prepare(table, setting, now))
        word = doing.next(question.kind, question.team) if question is not None else ""
        if not word:
            break
        setting = replace(setting, does=(*setting.does, word))
    return setting


class _Doing:
    """What is done and what comes of rings and waits, in the order in which it is asked for."""

    def __init__(self, call: Call) -> None:
        numbers = {number: _number_for(state) for number, state in call.cases}
        self._does = [numbers.get(word, word) for word in call.does]
        self._outcomes = {"ring": _rows(call.dials), "wait": _rows(call.queues)}

    def next(self, kind: str, team: str) -> str:
        """The next word, '' when the call says no more."""
        if kind in self._outcomes:
            held = self._outcomes[kind].get(team, [])
            return "!" + held.pop(0) if held else ""
        if kind == "leave":
            return self._does.pop(0) if self._does[:1] == ["leave"] else STAY
        return self._does.pop(0) if self._does else ""


def _rows(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, list[str]]:
    return {team: list(outcomes) for team, outcomes in rows}


def _number_for(state: str) -> str:
    """A case number that is found in such a state on the phone page."""
    return next((number for number, held in CASES.items() if held == state), NO_CASE)
