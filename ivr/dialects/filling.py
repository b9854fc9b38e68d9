"""Holes in prompts → words: numbers in groups, instants as people say them."""

from __future__ import annotations

import re

from ivr.calendars.moment import LiveMoment
from ivr.calendars.speech import say_instant, say_minutes, say_opening
from ivr.model.numbers import spoken
from ivr.model.state import State
from ivr.model.words import Hole


class Filling:
    """What the holes of one answer stand for: the call after its step, and what the queue says.

    `position` and `minutes` are those of a wait document; 0 elsewhere.
    """

    __slots__ = ("minutes", "moment", "position", "state")

    def __init__(self, moment: LiveMoment, state: State, position: int = 0, minutes: int = 0) -> None:
        self.moment = moment
        self.state = state
        self.position = position
        self.minutes = minutes

    def text(self, hole: Hole, language: int) -> str:
        """The words for a hole."""
        return _FILLS[hole.kind](self, hole, language)

    def _code(self, language: int) -> str:
        return self.moment.graph.languages[language].code

    def opens(self, hole: Hole, language: int) -> str:
        """When a calendar opens next, seen from the arrival; now, if it is open."""
        almanac = self.moment.almanac
        now = self.moment.arrival.time
        instant = self.moment.opens(hole.argument) if hole.argument >= 0 else 0
        if not instant:
            return "later"  # as much Dutch as English
        return say_opening(instant, now, almanac.zone, self._code(language))

    def field(self, hole: Hole, language: int) -> str:
        """What was typed or said, digit by digit in groups."""
        return in_groups(self.state.memory.fields[hole.argument])

    def case(self, hole: Hole, language: int) -> str:
        """The number of the case."""
        return in_groups(self.state.memory.case)

    def due(self, hole: Hole, language: int) -> str:
        """When the promise is due."""
        memory, zone = self.state.memory, self.moment.almanac.zone
        return say_instant(memory.due, self.moment.arrival.time, zone, self._code(language)) if memory.due else ""

    def number(self, hole: Hole, language: int) -> str:
        """The number that we ring back."""
        return spoken(self.state.memory.number)

    def shows(self, hole: Hole, language: int) -> str:
        """The number that will show on their telephone."""
        graph = self.moment.graph
        return spoken(graph.caller_id or graph.from_abroad or graph.main_number)

    def place(self, hole: Hole, language: int) -> str:
        """The place in the queue."""
        return str(max(1, self.position))

    def wait(self, hole: Hole, language: int) -> str:
        """The expected wait."""
        return say_minutes(self.minutes, self._code(language))

    def calamity(self, hole: Hole, language: int) -> str:
        """What the calamity switch says."""
        now = self.moment.calamity()
        return "" if now is None else _in(now.texts, language)

    def notice(self, hole: Hole, language: int) -> str:
        """What a notice node says."""
        return _in(self.moment.notice(hole.argument) or (), language)


_FILLS = {
    "opens": Filling.opens,
    "field": Filling.field,
    "case": Filling.case,
    "due": Filling.due,
    "number": Filling.number,
    "shows": Filling.shows,
    "position": Filling.place,
    "minutes": Filling.wait,
    "calamity": Filling.calamity,
    "notice": Filling.notice,
}


def _in(texts: tuple[str, ...], language: int) -> str:
    """The text in a language, else in the first one."""
    return (texts[language] if language < len(texts) else "") or (texts[0] if texts else "")


def in_groups(text: str) -> str:
    """Digits and letters one by one, a comma after every third: `9 7 1, 1 A B`. Words are left as they are."""
    if not re.fullmatch(r"[0-9*]+|(?=.*[0-9])[0-9A-Z]{1,12}", text):
        return text
    return ", ".join(" ".join(text[i : i + 3]) for i in range(0, len(text), 3))
