"""What is switched, for who looks: what holds, what is to come, what ended since some instant."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection

from ivr.desk.switches import Switch
from ivr.store.live.switches import past, standing


class Live(Struct, frozen=True):
    """The switches of a table: those that hold, those that are to come by when they begin, those that ended, last first."""

    holds: tuple[Switch, ...]
    coming: tuple[Switch, ...]
    ended: tuple[Switch, ...]


def live(connection: Connection, table: str, now: int, since: int) -> Live:
    """All that holds or is to come, and what ended since an instant (such as midnight)."""
    rows = standing(connection, (table,), now)
    coming = sorted((one for one in rows if not one.holds(now)), key=lambda one: (one.begins, one.id))
    return Live(tuple(one for one in rows if one.holds(now)), tuple(coming), past(connection, table, since, now))
