"""The turn that is measured: a caller of the main number, in office hours, whose key leads from one menu to another."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ivr.calendars.moment import LiveMoment
from ivr.engine import begin, step
from ivr.model.actions import Listen
from ivr.model.events import Begin, Keys
from ivr.model.moment import OPEN
from ivr.model.nodes import MenuNode
from ivr.model.state import Arrival, State
from ivr.model.words import as_text
from ivr.tables.arrivals import arrive
from ivr.tables.ready import Table
from ivr.web.seal import Envelope, Keyring
from ivr.web.turn import context

NOON = 1_796_727_600
"""Monday 7 December 2026, 12:00 in Amsterdam."""


class MenuTurn(Struct, frozen=True):
    """Where the call is, which key is pressed, and the menu that answers it."""

    table: Table
    arrival: Arrival
    state: State
    key: str
    answer: Listen
    token: str

    def paths(self, calls: int) -> Iterator[str]:
        """The path and query of the turn, for each call its own."""
        envelope = Envelope(self.arrival, self.state, 1)
        return (path_of(self.table, self.token, envelope, f"CA{n:032x}") for n in range(calls))

    def words(self) -> dict[str, object]:
        """What the answer says, for a rival that is to say the same."""
        graph = self.table.graph
        language = graph.languages[self.answer.language]
        return {
            "says": [as_text(graph.prompts[prompt]) for prompt in self.answer.prompts],
            "voice": language.voice,
            "locale": language.locale,
            "wait": self.answer.wait,
            "input": "dtmf speech" if self.answer.speech else "dtmf",
        }


def path_of(table: Table, token: str, envelope: Envelope, call: str) -> str:
    """The path and query with which a call goes on where it stands."""
    keys = Keyring((("t", token),))
    held = context("step", table.version.encode(), keys.current, call)
    return f"/voice/{table.graph.id}/step?v={table.version}&k={keys.current}&s={keys.seal(envelope, held)}"


def find_menu_turn(table: Table, token: str) -> MenuTurn:
    """The first key of the first menu that leads to another menu; else one that is not bound, and asked again."""
    graph = table.graph
    arrival = arrive(graph, NOON, -1, graph.main_number, "+31612345678", {})
    moment = LiveMoment(table.almanac, arrival)
    state, _ = step(graph, begin(graph), Begin(), moment)
    node = graph.nodes[state.at]
    if not isinstance(node, MenuNode):
        states = [calendar.at(NOON) == OPEN for calendar in table.almanac.calendars]
        raise SystemExit(f"at noon a caller of the main number hears no menu first ({sum(states)} calendars are open)")
    free = [key for key in "78945" if key not in node.keys]
    for key in (*node.keys, *free):
        after, actions = step(graph, state, Keys(key), moment)
        last = actions[-1]
        if isinstance(last, Listen) and isinstance(graph.nodes[after.at], MenuNode) and key != graph.repeat_key:
            return MenuTurn(table, arrival, state, key, last, token)
    raise SystemExit("no key of the first menu leads to a menu")
