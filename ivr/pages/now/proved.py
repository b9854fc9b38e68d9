"""What was proved beforehand of what a lead is about to switch: every guarantee, and what becomes of it while that is on."""

from __future__ import annotations

import contextlib
import datetime as dt
import math

from msgspec import Struct

from ivr.desk.switches import CALAMITY, NOTICE, Switch
from ivr.model.speaking import speaking_seconds
from ivr.pages.context import Context
from ivr.pages.workshop.workshop import TooLong
from ivr.proofs.switched import On, Under
from ivr.simulator.switching import switched
from ivr.tables.ready import Table

SECONDS = 60.0
"""How long it may take: nobody waits for it before they switch."""


class Judged(Struct, frozen=True):
    """How many guarantees hold while it is on, and the names of those that do not: `broken` whatever is switched, `while_on`
    perhaps not for everybody as long as this is. `known` is False when nobody could say so in time."""

    known: bool
    hold: int = 0
    broken: tuple[str, ...] = ()
    while_on: tuple[str, ...] = ()


async def proved(context: Context, table: Table, on: On, seconds: float) -> Judged:
    """What holds of a table while something is switched whose text takes so many seconds to speak. Worked out in the
    workshop, which remembers the proofs."""
    texts = {source.path: source.text for source in table.sources.files}
    day = dt.datetime.fromtimestamp(context.clock(), table.almanac.zone).date()
    found = None
    with contextlib.suppress(TooLong):
        found = await context.workshop.run(switched, texts, day, on, seconds=SECONDS)
    if found is None:
        return Judged(False)
    broken = tuple(one.name for one in found if not one.holds)
    less = tuple(one.name for one in found if one.holds and _less(one, seconds))
    return Judged(True, len(found) - len(broken) - len(less), broken, less)


def _less(one: Under, seconds: float) -> bool:
    """Whether a guarantee may hold for fewer callers: what is on keeps some from it, or its text takes longer than there is
    time to spare."""
    slow = bool(one.alone) and one.spare is not None and seconds > one.spare
    return slow or any(alone.broken for alone in one.alone)


def seconds_of(wanted: Switch) -> int:
    """How long its longest text takes, in whole seconds, rounded up."""
    return math.ceil(max((speaking_seconds(text, code) for code, text in wanted.texts.items()), default=0))


def on_of(wanted: Switch) -> On:
    """What a switch is to the proofs."""
    name = wanted.route if wanted.kind == CALAMITY else wanted.node if wanted.kind == NOTICE else wanted.team
    return On(wanted.kind, name)
