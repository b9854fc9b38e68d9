"""What somebody does with a case: taken, let go, called, noted, closed, undone. Each answers what it came to, for the page's
live region."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import Connection
from starlette.responses import JSONResponse, RedirectResponse

from ivr.desk.case import Case
from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.look.faults import Told
from ivr.pages.look.times import Times
from ivr.pages.look.words import word
from ivr.pages.promises.nudging import changed
from ivr.pages.promises.routes import tend
from ivr.pages.promises.telephone import address_of, graphs_of, remember, telephone_of
from ivr.pages.promises.told import changing, looking
from ivr.store.desk import asking, handling, undoing
from ivr.store.desk.board import find_case

router = APIRouter()
Does = Callable[[Connection, Case, str, int], object]


def answer(
    request: Request, context: Context, visitor: Visitor, case: Case | None, said: str, **more: object
) -> Response:
    """What came of it: as JSON for the script of the page, else back to the case."""
    changed(context)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"said": said, "case": case.number if case is not None else "", **more})
    return RedirectResponse(context.look.url(f"/promises/{case.number}" if case is not None else "/promises"), 303)


def _do(which: str, request: Request, visitor: Visitor, does: Does, said: str, undo: bool = True) -> Response:
    context = context_of(request)
    now = context.clock()
    with changing(context.database) as connection:
        case = find_case(connection, which)
        does(connection, case, visitor.person.login, now)
    return answer(request, context, visitor, case, word(visitor.language, said, case=case.number), undo=undo)


@router.post("/promises/{which}/take")
def take(which: str, request: Request, visitor: Visitor = Depends(needs(Right.PROMISES))) -> Response:
    """Nobody else rings while one has the case."""
    return _do(which, request, visitor, handling.take, "promises.said_take")


@router.post("/promises/{which}/let-go")
def let_go(which: str, request: Request, visitor: Visitor = Depends(needs(Right.PROMISES))) -> Response:
    """Others may have it again."""
    return _do(which, request, visitor, handling.let_go, "promises.said_let_go")


@router.post("/promises/{which}/close")
def close(which: str, request: Request, visitor: Visitor = Depends(needs(Right.PROMISES))) -> Response:
    """Nothing more is to be done for it."""
    return _do(which, request, visitor, handling.close, "promises.said_close")


@router.post("/promises/{which}/cancel")
def cancel(which: str, request: Request, visitor: Visitor = Depends(needs(Right.PROMISES))) -> Response:
    """Its caller wants no call any more."""
    return _do(which, request, visitor, handling.cancel, "promises.said_cancel")


@router.post("/promises/{which}/note")
def note(
    which: str, request: Request, text: str = Form(""), visitor: Visitor = Depends(needs(Right.PROMISES))
) -> Response:
    """Something that a colleague must know."""
    return _do(
        which, request, visitor, lambda c, case, by, now: handling.note(c, case, text, by, now), "promises.said_note"
    )


@router.post("/promises/{which}/outcome")
def outcome(
    which: str, request: Request, outcome: str = Form(...), visitor: Visitor = Depends(needs(Right.PROMISES))
) -> Response:
    """How a call by hand came out."""
    if outcome not in handling.BY_HAND:
        raise Told("home.field_wrong", 422, name="outcome")
    return _do(
        which, request, visitor, lambda c, case, by, now: handling.outcome(c, case, outcome, by, now),
        f"promises.said_{outcome}",
    )  # fmt: skip


@router.post("/promises/{which}/decide")
def decide(
    which: str, request: Request, found: str = Form(...), visitor: Visitor = Depends(needs(Right.PROMISES))
) -> Response:
    """What somebody found out about an attempt of which nobody knew whether it rang."""
    if found not in handling.DECISIONS:
        raise Told("home.field_wrong", 422, name="found")
    return _do(
        which, request, visitor, lambda c, case, by, now: handling.decide(c, case, found, by, now),
        "promises.said_decide", undo=False,
    )  # fmt: skip


@router.post("/promises/{which}/undo")
def undo(which: str, request: Request, visitor: Visitor = Depends(needs(Right.PROMISES))) -> Response:
    """The last thing that one did with it."""
    return _do(which, request, visitor, undoing.undo, "promises.said_undo", undo=False)


# --- a call through the provider


@router.post("/promises/telephone")
def telephone(
    request: Request, telephone: str = Form(""), visitor: Visitor = Depends(needs(Right.PROMISES))
) -> Response:
    """The telephone that rings first for whoever works at this browser."""
    context = context_of(request)
    address = address_of(telephone, graphs_of(context))
    made = answer(request, context, visitor, None, word(visitor.language, "promises.said_telephone"), telephone=address)
    remember(made, context, address)
    return made


@router.post("/promises/{which}/call")
def call(which: str, request: Request, visitor: Visitor = Depends(needs(Right.PROMISES))) -> Response:
    """Ring the telephone of who asks; who answers and presses 1 is connected to the citizen."""
    context = context_of(request)
    mine, now = telephone_of(request, context), context.clock()
    if not mine:
        raise Told("promises.not_telephone", 428)
    with changing(context.database) as connection:
        case = find_case(connection, which)
        table = context.shelf(case.table).live.table
        attempt = asking.call(connection, table, case, mine, visitor.person.login, now)
    said = word(visitor.language, "promises.said_call", case=case.number)
    return answer(request, context, visitor, case, said, undo=False, attempt=attempt)


@router.post("/promises/{which}/stop")
def stop(which: str, request: Request, visitor: Visitor = Depends(needs(Right.PROMISES))) -> Response:
    """Think better of it before the telephone rings."""
    return _do(which, request, visitor, asking.stop, "promises.said_stop", undo=False)


@router.get("/promises/{which}/call")
def calling(
    which: str, request: Request, attempt: str = "", visitor: Visitor = Depends(needs(Right.PROMISES))
) -> Response:
    """How a call stands that one asked for; asked again by the page while it is under way."""
    context = context_of(request)
    tend(context)
    with looking(context.database) as connection:
        case = find_case(connection, which)
        asked = asking.look(connection, case, attempt[:40])
    phase = "waiting" if asked.waiting else asked.outcome or asked.state or "back"
    until = Times(case.zone, visitor.language, context.clock()).clock(case.taken_until)
    return context.page(
        request, visitor, "promises/call.html", case=case, attempt=attempt[:40], phase=phase, until=until,
        going=phase in ("waiting", "begun", "ringing", "accepted"),
    )  # fmt: skip
