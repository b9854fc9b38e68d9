"""The topics of these pages, and who looks at them told at once that something changed."""

from __future__ import annotations

from ivr.pages.context import Context

BOARD, CASE, LINE = "promises.board", "promises.case", "promises.line"


def changed(context: Context) -> None:
    """Something of a case, or of who is on the line, changed."""
    for name in (BOARD, CASE, LINE):
        context.hub.nudge(name)
