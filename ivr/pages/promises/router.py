"""All routes and topics of the board of promises. Fixed paths stand before those that name a case."""

from __future__ import annotations

from fastapi import APIRouter

from ivr.pages.context import Context
from ivr.pages.promises import acting, adding, line, moving, recording, routes

router = APIRouter()
for part in (adding, moving, line, acting, recording, routes):
    router.include_router(part.router)


def topics(context: Context) -> None:
    """What changes on these pages by itself."""
    routes.topics(context)
    line.topics(context)
