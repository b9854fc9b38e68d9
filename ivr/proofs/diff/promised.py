"""On which calls a promise falls due at another time, when only the hours of the team that makes it are others."""

from __future__ import annotations

from ivr.calendars.calendar import Calendar
from ivr.calendars.worktime import due, ringing
from ivr.model.actions import OpenCase
from ivr.proofs.classes import Stretch, middle
from ivr.proofs.diff.both import NEW, OLD, BothWorlds
from ivr.proofs.diff.heard import HOURS, SAME, compare
from ivr.proofs.diff.parting import Parting


class Promises:
    """Works out when promises of both tables are due."""

    def __init__(self, worlds: BothWorlds) -> None:
        self._worlds = worlds
        self._held: dict[tuple[int, int, tuple[int, str]], list[Stretch]] = {}

    def moved(self, parting: Parting) -> list[Stretch] | None:
        """The stretches in which calls get another promise; None when more than the hours of a team differs."""
        hours = [dict(held.details).get(HOURS) for held in parting.met]
        if hours[0] == hours[1] or hours[0] is None:
            return None
        alike = parting.met[0].__class__(
            parting.met[1].said, parting.met[0].answer,
            tuple((name, hours[1] if name == HOURS else value) for name, value in parting.met[0].details),
            parting.met[1].words,
        )  # fmt: skip
        if compare(self._worlds.pair.common.prompts, alike, parting.met[1]) != SAME:
            return None
        within = next((a.within for row in parting.trails[NEW].done for a in row if isinstance(a, OpenCase)), (0, ""))
        return self._stretches(hours[0][0], hours[1][0], within)  # type: ignore[index]  # (calendar, name)

    def _stretches(self, old: int, new: int, within: tuple[int, str]) -> list[Stretch]:
        held = self._held.get((old, new, within))
        if held is None:
            calendars: tuple[Calendar, ...] = self._worlds.classes.almanac.calendars
            pair = {OLD: ringing(calendars[old]), NEW: ringing(calendars[new])}
            held = [
                stretch
                for stretch in self._worlds.classes.stretches
                if any(
                    due(pair[OLD], at, within) != due(pair[NEW], at, within)
                    for at in (stretch.start, middle(stretch.start, stretch.end))
                )
            ]
            self._held[old, new, within] = held
        return held
