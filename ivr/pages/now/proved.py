"""What was proved beforehand of everything that can be switched: proofs take each of it as possible at any moment."""

from __future__ import annotations

import contextlib
import datetime as dt

from msgspec import Struct

from ivr.pages.context import Context
from ivr.pages.workshop.workshop import TooLong
from ivr.simulator import judging
from ivr.tables.archive import NotKept
from ivr.tables.ready import Table

SECONDS = 20.0


class Judged(Struct, frozen=True):
    """How many guarantees hold, and the claims of those that do not; `known` is False when nobody could say so in time."""

    known: bool
    hold: int = 0
    broken: tuple[str, ...] = ()


async def proved(context: Context, table: Table) -> Judged:
    """What holds of a table, whatever is switched. Worked out in the workshop, which remembers it."""
    with contextlib.suppress(TooLong, NotKept, OSError):
        files = context.shelf(table.graph.id).archive.texts(table.version)
        day = dt.datetime.fromtimestamp(context.clock(), table.almanac.zone).date()
        found = await context.workshop.run(judging.proofs, dict(files), day, seconds=SECONDS)
        if not found.why_not:
            broken = tuple(proof.claim for proof in found.proofs if not proof.holds)
            return Judged(True, len(found.proofs) - len(broken), broken)
    return Judged(False)
