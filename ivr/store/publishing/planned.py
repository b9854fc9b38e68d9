"""Publications whose time comes: judged again for their moment, and made live by whichever process is first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Engine

from ivr.store import audit
from ivr.store.database.connect import reading, writing
from ivr.store.publishing import publications, versions
from ivr.store.publishing.faults import NotDone
from ivr.store.publishing.publications import SCHEDULED, Publication
from ivr.tables.judged import Judged

LEAD_SECONDS = 60
"""How long before its moment a publication is judged again."""


class Ahead(Struct, frozen=True):
    """What is planned soon, and when the next one is, at whatever distance (None: none is)."""

    soon: tuple[Publication, ...]
    next_at: int | None


def ahead(engine: Engine, table_id: str, now: int) -> Ahead:
    """What is planned. Raises SQLAlchemyError."""
    with reading(engine) as connection:
        held = publications.scheduled(connection, table_id)
    return Ahead(tuple(one for one in held if one.at <= now + LEAD_SECONDS), held[0].at if held else None)


def to_judge(engine: Engine, id: int) -> Mapping[str, str] | None:
    """The files of a planned publication that nobody judged for its moment yet; None when there is nothing to do."""
    with reading(engine) as connection:
        held = publications.get(connection, id)
        if held.state != SCHEDULED or held.checked is not None:
            return None
        return versions.get(connection, held.table_id, held.version).files


def settle(engine: Engine, id: int, judged: Judged, now: int) -> str:
    """Note how it was judged for its moment: it may be live, or is refused. Why it is refused, '' when it is not."""
    with writing(engine) as connection:
        held = publications.get(connection, id)
        if held.state != SCHEDULED:
            return ""
        fault = _fault(held, judged)
        if fault:
            publications.refuse(connection, id, fault, now)
        else:
            publications.checked(connection, id, now)
        return fault


def give_up(engine: Engine, id: int, why: str, now: int) -> None:
    """It could not be judged: what nobody has looked at does not go live by itself."""
    with writing(engine) as connection:
        publications.refuse(connection, id, f"it could not be judged for its moment: {why}", now)


def go_live(engine: Engine, id: int, now: int) -> bool:
    """Make a planned publication live whose moment has come; whether it is so by us. What stands against it for good is kept
    with it."""
    try:
        with writing(engine) as connection:
            held = publications.get(connection, id)
            if held.state != SCHEDULED:
                return False
            publications.make_live(connection, id, held.by, now)
            what = {"version": held.version, "share": held.share}
            audit.record(connection, now, "rule", "table.live", f"{held.table_id}:{id}", what)
            return True
    except NotDone as fault:
        if (
            fault.reason == "changed_meanwhile"
        ):  # another process was quicker, or another version: it is looked at again
            return False
        with writing(engine) as connection:
            publications.refuse(connection, id, str(fault), now)
        return False


def day_of(at: int, zone: dt.tzinfo) -> dt.date:
    """The local day of an instant (epoch seconds)."""
    return dt.datetime.fromtimestamp(at, zone).date()


def _fault(held: Publication, judged: Judged) -> str:
    """Why it is not to be live as it was judged now, '' when it may be."""
    if judged.version != held.version:
        return "this program reads it otherwise than the one that accepted it"
    if judged.errors:
        first = next((f"{f.code} {f.message}" for f in judged.findings.faults if f.severity == "error"), "")
        return f"it has errors by now: {first}"
    if judged.fails and not held.override:
        return f"a check or a guarantee fails by now: {', '.join(judged.fails)}"
    return ""
