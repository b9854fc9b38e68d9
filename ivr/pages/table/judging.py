"""What is judged while somebody types: findings first, proofs next, then who fares differently; each part sent when it is
there. All of it is worked out in the workshop's child process, one part after another, and ends when nobody waits for it."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct
from starlette.requests import Request

from ivr.pages.context import Context
from ivr.pages.guard import Visitor
from ivr.pages.look.faults import Told
from ivr.pages.look.words import word
from ivr.pages.table.played import written_call
from ivr.pages.table.work import Work, today_of
from ivr.pages.workshop.workshop import TooLong
from ivr.simulator import judging
from ivr.tables.judged import Changes, Fault, Findings, Place, Proofs
from ivr.tables.texts import Unfit, check_texts, clean

SECONDS = 30.0
"""How long each part may take."""
MOST_TABS = 200
T = TypeVar("T")


class Ask(Struct, frozen=True):
    """What a page asks: of which draft or version (`of`), with which files in the place of the draft's (None: without it),
    from which tab and as its how many-th edit."""

    of: str
    table: str = ""
    files: dict[str, str | None] = {}
    tab: str = ""
    edit: int = 0


_ASK = msgspec.json.Decoder(Ask)


def read_ask(raw: bytes) -> Ask:
    """Raises Told."""
    try:
        return _ASK.decode(raw)
    except (msgspec.DecodeError, UnicodeError):
        raise Told("home.cannot_be_read") from None


def overlaid(files: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """Files with some in the place of others. Raises Told."""
    out = dict(files)
    for path, text in changes.items():
        if text is None:
            out.pop(path, None)
        else:
            out[path] = clean(text)
    try:
        check_texts(out)
    except Unfit as unfit:
        raise unfit_told(unfit) from None
    return out


def unfit_told(unfit: Unfit) -> Told:
    """Why texts cannot be a table's, in words of the page."""
    return Told(f"table.not_{unfit.reason}", 400, "", **unfit.holes)


class Newest:
    """The newest edit of each tab: what is asked for an older one is not worked out to its end."""

    def __init__(self) -> None:
        self._edits: OrderedDict[str, int] = OrderedDict()

    def note(self, tab: str, edit: int) -> None:
        """An edit is judged from now on."""
        if tab:
            self._edits[tab] = max(edit, self._edits.get(tab, 0))
            self._edits.move_to_end(tab)
            while len(self._edits) > MOST_TABS:
                self._edits.popitem(last=False)

    def is_newest(self, tab: str, edit: int) -> bool:
        """Whether no newer edit of that tab came since."""
        return self._edits.get(tab, edit) <= edit


newest = Newest()


async def parts(
    context: Context, request: Request, visitor: Visitor, ask: Ask, work: Work, texts: Mapping[str, str]
) -> AsyncIterator[bytes]:
    """The parts of a judgement as lines of JSON: `findings`, `proofs`, `changes`; each has HTML and how long it took."""
    today = today_of(context, context.shelf(work.table_id))
    live = dict(work.live_files) if work.live_files is not None else None
    for name, make in (("findings", _findings), ("proofs", _proofs), ("changes", _changes)):
        if not newest.is_newest(ask.tab, ask.edit) or await request.is_disconnected():
            return
        began = time.perf_counter()
        try:
            held = await make(context, dict(texts), today, live)
        except TooLong:
            page = context.page(request, visitor, "table/slow.html")
            yield _line({"part": name, "slow": True, "html": bytes(page.body).decode()})
            continue
        took = round((time.perf_counter() - began) * 1000)
        page = context.page(request, visitor, f"table/{name}.html", held=held, work=work, written_call=written_call)
        yield _line({"part": name, "html": bytes(page.body).decode(), "took": took, **_more(held, visitor.language)})


def _line(held: dict[str, object]) -> bytes:
    return json.dumps(held, ensure_ascii=False).encode() + b"\n"


async def _findings(context: Context, texts: dict[str, str], day: dt.date, live: dict[str, str] | None) -> Findings:
    return await context.workshop.run(judging.findings, texts, day, live, seconds=SECONDS)


async def _proofs(context: Context, texts: dict[str, str], day: dt.date, live: dict[str, str] | None) -> Proofs:
    return await context.workshop.run(judging.proofs, texts, day, seconds=SECONDS)


async def _changes(context: Context, texts: dict[str, str], day: dt.date, live: dict[str, str] | None) -> Changes:
    return await context.workshop.run(judging.changes, texts, day, live, seconds=SECONDS)


def _more(held: Findings | Proofs | Changes, language: str) -> dict[str, object]:
    """What the editor itself needs of a part."""
    if isinstance(held, Findings):
        return {"said": _said(held, language), "faults": [_mark(fault) for fault in held.faults]}
    if isinstance(held, Proofs):
        return {"said": _said_of_proofs(held, language)}
    return {}


def _said(held: Findings, language: str) -> str:
    """For who listens: how many there are, and the first one."""
    parts = []
    for name, n in (("error", held.errors), ("warning", held.warnings)):
        if n:
            parts.append(
                word(language, f"table.count_{name}") if n == 1 else word(language, f"table.count_{name}s", n=n)
            )
    if not held.faults:
        return word(language, "table.no_findings")
    return f"{', '.join(parts)}. {word(language, 'table.first', message=held.faults[0].message)}"


def _said_of_proofs(held: Proofs, language: str) -> str:
    """For who listens: whether all hold; '' when none was proved, which the findings tell."""
    n = len(held.proofs)
    if held.why_not:
        return ""
    if held.broken:
        return word(language, "table.some_broken", broken=held.broken, n=n)
    return word(language, "table.all_hold", n=n)


def _mark(fault: Fault) -> dict[str, object]:
    """A finding as the editor marks it; lines and columns count from 1, columns in characters."""
    return {
        "code": fault.code, "title": fault.title, "severity": fault.severity, "message": fault.message, "help": fault.help,
        **_at(fault.place), "related": [{**_at(one.place), "message": one.message} for one in fault.related],
    }  # fmt: skip


def _at(place: Place) -> dict[str, object]:
    return {"path": place.file, "from": [place.line, place.column], "to": [place.end_line, place.end_column]}
