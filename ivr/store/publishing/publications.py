"""What is live: made so now or at a time, for all callers or for a share of them first; taken back; and its history.

Rows are only ever ended, never changed in what they say. At most one version is live for all and one is tried (unique
indexes): of two who act at the same moment, the second is told so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, RowMapping, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ivr.store import audit
from ivr.store.database.schema_desk import publications as table
from ivr.store.publishing import drafts, versions
from ivr.store.publishing.faults import NotDone, words
from ivr.tables.judged import Judged, kept, read

PUBLISH, ROLLBACK, CANARY = "publish", "rollback", "canary"
SCHEDULED, LIVE, OVER, CANCELLED, REFUSED = "scheduled", "live", "over", "cancelled", "refused"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
ALL = 100
MOST_SHARE = 50
"""Percent of callers on whom a version is tried at most."""
MOST_SCHEDULED = 20
FARTHEST = 366 * 86_400
"""Seconds ahead for which a publication can be planned."""
SLACK = 120
"""Seconds by which a time may have passed and still mean now: it was typed in whole minutes."""


class Publication(Struct, frozen=True):
    """A publication. `share` is in percent; `live` and `ended` are when it became and ceased to be so."""

    id: int
    table_id: str
    version: str
    kind: str
    share: int
    at: int
    live: int | None
    ended: int | None
    state: str
    by: str
    made: int
    why: str
    ended_by: str
    approved_by: str
    judged: Judged | None
    checked: int | None
    override: str
    commit: str
    error: str


class Standing(Struct, frozen=True):
    """What the database says is live: for all, and for a share of callers. `seen` is another text once either changes."""

    full: Publication
    canary: Publication | None

    @property
    def seen(self) -> str:
        """Both publications by number, version and moment: a database that was made anew counts from one again."""
        held = (self.full, *((self.canary,) if self.canary is not None else ()))
        return "/".join(f"{one.id}:{one.version}:{one.live}" for one in held)


class Order(Struct, frozen=True):
    """What somebody wants to be live. `override` says why though a check or a guarantee fails; whoever states it has the
    right to (the caller makes sure). `alone`: nobody else needs to approve (IVR_APPROVALS is 0). `commit` is what it became
    in git."""

    table_id: str
    version: str
    by: str
    why: str
    override: str = ""
    alone: bool = False
    commit: str = ""


def publish(
    connection: Connection, order: Order, judged: Judged, now: int, at: int | None = None, share: int = ALL
) -> Publication:
    """Make a version live: now, or at an instant; for all callers, or first for a share of them.

    It is one that somebody else approved, or that was live before. With errors it is refused; while a check or a guarantee
    fails (`judged.fails`) it needs an override. `judged` is what they say now, of this version. Raises NotDone.
    """
    approved = _approved(connection, order)
    _passes(judged, order)
    if share != ALL and not 1 <= share <= MOST_SHARE:
        raise NotDone("share_wrong", f"a version is tried on 1 to {MOST_SHARE} % of callers", most=MOST_SHARE)
    if at is not None and at < now - SLACK:
        raise NotDone("in_the_past", "that time has passed; leave it out to publish now")
    when = now if at is None or at <= now else at
    if when - now > FARTHEST:
        raise NotDone("too_far", "a publication is planned at most a year ahead")
    if when > now and _count(connection, order.table_id, SCHEDULED) >= MOST_SCHEDULED:
        raise NotDone("scheduled_many", f"{MOST_SCHEDULED} publications are planned already", most=MOST_SCHEDULED)
    kind = PUBLISH if share == ALL else CANARY
    made = _make(connection, order, kind, share, when, now, approved, judged)
    what = {"version": order.version, "share": share, "why": order.why, "override": order.override, "at": when}
    verb = "table.publish" if when <= now else "table.schedule"
    audit.record(connection, now, order.by, verb, f"{order.table_id}:{made.id}", what)
    return made if when > now else make_live(connection, made.id, order.by, now)


def roll_back(connection: Connection, order: Order, now: int) -> Publication:
    """Make a version live for all that was so before, at once: nothing stands between a fault and the way back. It is the
    caller that makes sure that this program can still read it (simulator/judging.fault_of)."""
    if not versions.was_live(connection, order.table_id, order.version):
        raise NotDone("never_live", "that version was never live; publish it")
    made = _make(connection, order, ROLLBACK, ALL, now, now, "", None)
    what = {"version": order.version, "why": order.why}
    audit.record(connection, now, order.by, "table.roll_back", f"{order.table_id}:{made.id}", what)
    return make_live(connection, made.id, order.by, now)


def promote(connection: Connection, table_id: str, version: str, by: str, now: int, why: str) -> Publication:
    """The version that a share of callers had is live for all. It was approved and judged when its trial began."""
    tried = _trial(connection, table_id, version)
    order = Order(table_id, version, by, why, override=tried.override, commit=tried.commit)
    made = _make(connection, order, PUBLISH, ALL, now, now, tried.approved_by, tried.judged)
    audit.record(connection, now, by, "table.promote", f"{table_id}:{made.id}", {"version": version, "why": order.why})
    return make_live(connection, made.id, by, now)


def stop_trial(connection: Connection, table_id: str, version: str, by: str, now: int, why: str) -> None:
    """The trial ends: new calls all begin on what is live for the others."""
    tried = _trial(connection, table_id, version)
    _end(connection, tried.id, LIVE, OVER, by, now)
    audit.record(connection, now, by, "table.stop", f"{table_id}:{tried.id}", {"version": version, "why": words(why)})


def cancel(connection: Connection, id: int, by: str, now: int) -> None:
    """Cancel what is planned and not yet live."""
    held = get(connection, id)
    if held.state != SCHEDULED:
        raise NotDone("not_scheduled", "it is not planned (any more)", state=held.state)
    _end(connection, id, SCHEDULED, CANCELLED, by, now)
    audit.record(connection, now, by, "table.cancel", f"{held.table_id}:{id}", {"version": held.version})


def refuse(connection: Connection, id: int, error: str, now: int) -> None:
    """What was planned cannot be live after all, as it was judged again for its moment."""
    held = get(connection, id)
    _end(connection, id, SCHEDULED, REFUSED, "", now, error=error[:1000])
    audit.record(connection, now, "rule", "table.refuse", f"{held.table_id}:{id}", {"error": error[:1000]})


def checked(connection: Connection, id: int, now: int) -> None:
    """What is planned was judged again for its moment, and may be live."""
    connection.execute(update(table).where(table.c.id == id, table.c.state == SCHEDULED).values(checked=now))


def make_live(connection: Connection, id: int, by: str, now: int) -> Publication:
    """Make a scheduled publication live, whoever is first. Raises NotDone when somebody was (`changed_meanwhile`), or when
    its version is live already (`live_already`)."""
    held = get(connection, id)
    stands = standing(connection, held.table_id)
    if stands is not None and held.share == ALL and stands.full.version == held.version and stands.canary is None:
        raise NotDone("live_already", f"version {held.version} is live already", version=held.version)
    if held.share < ALL and (stands is None or stands.full.version == held.version):
        raise NotDone("no_trial_needed", "nothing else is live that a share of callers could go on with")
    ended = and_(table.c.table_id == held.table_id, table.c.state == LIVE, table.c.id != id)
    if held.share < ALL:
        ended = and_(ended, table.c.share < ALL)
    connection.execute(update(table).where(ended).values(state=OVER, ended=now, ended_by=by))
    mine = update(table).where(table.c.id == id, table.c.state == SCHEDULED).values(state=LIVE, live=now)
    try:
        done = connection.execute(mine).rowcount
    except IntegrityError:
        done = 0
    if not done:
        raise NotDone("changed_meanwhile", "somebody made another version live at this moment")
    if held.share == ALL:
        drafts.published(connection, held.table_id, held.version)
    return msgspec.structs.replace(held, state=LIVE, live=now)


def note_commit(connection: Connection, id: int, name: str) -> None:
    """Note the commit of git that a publication became, in the transaction that publishes: what git refuses is not live."""
    connection.execute(update(table).where(table.c.id == id).values(commit=name))


def get(connection: Connection, id: int) -> Publication:
    """A publication. Raises NotDone when there is none of that number."""
    row = connection.execute(select(table).where(table.c.id == id)).mappings().first()
    if row is None:
        raise NotDone("no_publication", "there is no such publication")
    return _publication(row)


def standing(connection: Connection, table_id: str) -> Standing | None:
    """What is live; None when the database knows of nothing."""
    live = select(table).where(table.c.table_id == table_id, table.c.state == LIVE)
    held = [_publication(row) for row in connection.execute(live).mappings()]
    full = next((one for one in held if one.share == ALL), None)
    return None if full is None else Standing(full, next((one for one in held if one.share < ALL), None))


def tables(connection: Connection) -> list[str]:
    """The tables of which a version is live; names that are no folder's are left out."""
    held = connection.scalars(
        select(table.c.table_id).where(table.c.state == LIVE).distinct().order_by(table.c.table_id)
    )
    return [name for name in held if _NAME.fullmatch(name)]


def scheduled(connection: Connection, table_id: str, before: int | None = None) -> list[Publication]:
    """What is planned, the first one first; with `before`, what is due by then."""
    chosen = select(table).where(table.c.table_id == table_id, table.c.state == SCHEDULED)
    if before is not None:
        chosen = chosen.where(table.c.at <= before)
    return [_publication(row) for row in connection.execute(chosen.order_by(table.c.at, table.c.id)).mappings()]


def history(connection: Connection, table_id: str, most: int = 100, before: int | None = None) -> list[Publication]:
    """All publications, the last one first; with `before`, those with a smaller id."""
    chosen = select(table).where(table.c.table_id == table_id)
    if before is not None:
        chosen = chosen.where(table.c.id < before)
    return [_publication(row) for row in connection.execute(chosen.order_by(table.c.id.desc()).limit(most)).mappings()]


def record(
    connection: Connection, table_id: str, version: str, files: Mapping[str, str], by: str, at: int, why: str
) -> Publication:  # fmt: skip
    """Record what somebody with a hand on a machine published there (`ivr publish`, a folder that is served), and make it
    live everywhere: it was checked there, and needs nobody's approval."""
    made = _from_machine(connection, table_id, version, files, by, at, why)
    return make_live(connection, made.id, by, at)


def overruled(
    connection: Connection, table_id: str, version: str, files: Mapping[str, str], by: str, at: int, why: str
) -> None:  # fmt: skip
    """Record what was live on one machine while the database was gone, and is so no longer: somebody published after."""
    made = _from_machine(connection, table_id, version, files, by, at, why)
    error = "live on one machine while the database was gone; another version was published after it"
    gone = update(table).where(table.c.id == made.id)
    connection.execute(gone.values(state=CANCELLED, ended=at, ended_by="rule", error=error))


def _from_machine(
    connection: Connection, table_id: str, version: str, files: Mapping[str, str], by: str, at: int, why: str
) -> Publication:  # fmt: skip
    versions.keep(connection, table_id, version, files, by, at, why)
    order = Order(table_id, version, by, why)
    made = _make(connection, order, PUBLISH, ALL, at, at, "", None)
    audit.record(connection, at, by, "table.publish", f"{table_id}:{made.id}", {"version": version, "why": order.why})
    return made


def _approved(connection: Connection, order: Order) -> str:
    """Who approved a version; '' for one that was live before, or where nobody needs to. Raises NotDone."""
    if versions.was_live(connection, order.table_id, order.version):
        return ""
    versions.get(connection, order.table_id, order.version)
    draft = drafts.accepted(connection, order.table_id, order.version)
    if draft is None:
        raise NotDone("not_proposed", "that version is not proposed")
    if not draft.approved_by and not order.alone:
        raise NotDone("not_approved", "nobody else has approved it yet")
    return draft.approved_by


def _passes(judged: Judged, order: Order) -> None:
    if judged.version != order.version:
        raise NotDone("judged_other", "what was judged is another version")
    if judged.errors:
        raise NotDone("errors", "it has errors, and no reason makes a table of what cannot be read as one")
    if judged.fails and not order.override.strip():
        raise NotDone("fails", f"a check or a guarantee fails: {', '.join(judged.fails)}", fails=judged.fails)


def _make(
    connection: Connection, order: Order, kind: str, share: int, at: int, now: int, approved: str, judged: Judged | None
) -> Publication:  # fmt: skip
    values = {
        "table_id": order.table_id, "version": order.version, "kind": kind, "share": share, "at": at, "state": SCHEDULED,
        "by": order.by, "made": now, "why": words(order.why), "approved_by": approved,
        "judged": None if judged is None else kept(judged), "commit": order.commit,
        "override": words(order.override) if judged is not None and judged.fails else "",
    }  # fmt: skip
    id = connection.scalar(insert(table).values(**values).returning(table.c.id))
    assert id is not None
    return get(connection, id)


def _trial(connection: Connection, table_id: str, version: str) -> Publication:
    stands = standing(connection, table_id)
    if stands is None or stands.canary is None or stands.canary.version != version:
        raise NotDone("no_trial", "that version is not tried (any more)")
    return stands.canary


def _end(connection: Connection, id: int, was: str, state: str, by: str, now: int, error: str = "") -> None:
    mine = update(table).where(table.c.id == id, table.c.state == was)
    if not connection.execute(mine.values(state=state, ended=now, ended_by=by, error=error)).rowcount:
        raise NotDone("changed_meanwhile", "somebody changed it at this moment")


def _count(connection: Connection, table_id: str, state: str) -> int:
    chosen = select(func.count()).where(table.c.table_id == table_id, table.c.state == state)
    return connection.scalar(chosen) or 0


def _publication(row: RowMapping) -> Publication:
    held = {name: row[name] for name in Publication.__struct_fields__ if name != "judged"}
    return Publication(judged=read(row["judged"]), **held)
