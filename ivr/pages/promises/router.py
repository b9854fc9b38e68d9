"""All routes and topics of the board of promises. Fixed paths stand before those that name a case."""

from __future__ import annotations

from fastapi import APIRouter

from ivr.pages.promises import acting, adding, moving, routes

router = APIRouter()
for part in (adding, moving, acting, routes):
    router.include_router(part.router)
topics = routes.topics
