"""The application under /desk: its routes, how its faults are shown, and what it starts and ends."""

from __future__ import annotations

import json
from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

from ivr.pages.context import Context
from ivr.pages.door import Door
from ivr.pages.figures.routes import router as figures
from ivr.pages.guard import NotIn, language_of
from ivr.pages.home.routes import router as home
from ivr.pages.look.faults import Told
from ivr.pages.look.page import theme_of
from ivr.pages.look.words import all_words, word
from ivr.pages.map.routes import router as map_
from ivr.pages.now import routes as now
from ivr.pages.people.own import router as own
from ivr.pages.people.routes import router as people
from ivr.pages.people.trail import router as trail
from ivr.pages.phone.routes import router as phone
from ivr.pages.promises import router as promises
from ivr.pages.signin.links import router as links
from ivr.pages.signin.oidc_routes import router as oidc
from ivr.pages.signin.routes import router as signin
from ivr.pages.table import acting, editing
from ivr.pages.table import routes as table

ROUTERS = (
    home, signin, links, oidc, own, trail, people,
    now.router, map_, phone, table.router, editing.router, acting.router,
    promises.router, figures,
)  # fmt: skip
"""The pages; each file of routes also tells its topics, if it has any."""
TOPICS = (now.topics, table.topics, promises.topics)


def desk_app(context: Context) -> Door:
    """The pages, to be mounted at /desk. What checks every request stands before all else, what answers faults included."""
    return Door(routes_app(context), context.settings, context.cookies)


def routes_app(context: Context) -> FastAPI:
    """All routes of the pages, and how faults are shown."""
    app = FastAPI(title="desk", docs_url=None, redoc_url=None, openapi_url=None)
    all_words()  # a page without its words is found at the start, not by a visitor
    app.state.context = context
    for router in ROUTERS:
        app.include_router(router)
    for topics in TOPICS:
        topics(context)
    app.add_exception_handler(Told, _told)
    app.add_exception_handler(NotIn, _not_in)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _broken)
    return app


def _told(request: Request, error: Exception) -> Response:
    fault = cast(Told, error)
    language = language_of(request)
    text = fault.text or word(language, fault.key, **fault.holes)
    return _shown(request, language, text, fault.status)


def _shown(request: Request, language: str, text: str, status: int) -> Response:
    """A fault in the form in which it was asked: in the page's live region, as JSON, or as a page."""
    if request.headers.get("hx-request"):
        return Response("", status, {"HX-Trigger": json.dumps({"fault": text}), "HX-Reswap": "none"})
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"fault": text}, status)
    look = request.app.state.context.look
    nonce = getattr(request.state, "nonce", "")
    html = look.text("fault.html", language, text=text, status=status, theme=theme_of(request), nonce=nonce)
    return HTMLResponse(html, status)


def _not_in(request: Request, error: Exception) -> Response:
    """To the sign-in, and from there back."""
    look = request.app.state.context.look
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    back = path if request.method == "GET" and not request.headers.get("hx-request") else ""
    back += f"?{request.url.query}" if back and request.url.query else ""
    target = look.url("/sign-in", back=back, ended="1" if cast(NotIn, error).ended else "")
    if request.headers.get("hx-request"):
        return Response("", 401, {"HX-Redirect": target})
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(target, 303)
    return JSONResponse({"fault": word(language_of(request), "home.not_in")}, 401)


def _http(request: Request, error: Exception) -> Response:
    status = cast(HTTPException, error).status_code
    language = language_of(request)
    key = {404: "home.nothing_here", 405: "home.wrong_method"}.get(status, "home.cannot_be_read")
    return _shown(request, language, word(language, key), status)


def _invalid(request: Request, error: Exception) -> Response:
    """A form that lacks something or holds something else than it should."""
    first = cast(RequestValidationError, error).errors()[0]
    language = language_of(request)
    name = str(first["loc"][-1])[:40] if first.get("loc") else ""
    return _shown(request, language, word(language, "home.field_wrong", name=name), 422)


def _broken(request: Request, error: Exception) -> Response:
    language = language_of(request)
    return _shown(request, language, word(language, "home.broken"), 500)
