"""The topics of these pages: who looks at them is told at once what changed here, and asked for the rest once a second."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from ivr.pages.context import Context
from ivr.store.desk.seeking import stamp

BOARD, CASE, LINE = "promises.board", "promises.case", "promises.line"
Stamp = tuple[object, ...]
_KEPT: WeakKeyDictionary[Context, tuple[int, Stamp]] = WeakKeyDictionary()


def changed(context: Context) -> None:
    """Something of a case, or of who is on the line, changed."""
    _KEPT.pop(context, None)
    for name in (BOARD, CASE, LINE):
        context.hub.nudge(name)


def stamp_of(context: Context, connection: Connection) -> Stamp:
    """What the board's state is told by, asked once a second for however many look at it in however many ways."""
    now = context.clock()
    held = _KEPT.get(context)
    if held is None or held[0] != now:
        held = _KEPT[context] = (now, stamp(connection))
    return held[1]
