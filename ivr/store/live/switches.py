"""Switches in the database: begun, ended, and read; each change with who and why in the audit trail.

Of a table there is one calamity at a time, and one closure of each team (a unique index): who comes second at the
same moment is refused.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, RowMapping, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ivr.desk.switches import CLOSED, MOST_NOTICES, NOTICE, Refused, Switch, check
from ivr.model.graph import Graph
from ivr.model.numbers import mask_in
from ivr.store import audit
from ivr.store.database.schema_desk import switches

MOST = 200
"""Rows that are read at once; there can never be so many that are not over."""
BY_TIME = ""
"""`ended_by` of what ended by its own time."""


def begin(connection: Connection, graph: Graph, wanted: Switch, now: int, instead_of: int = 0) -> Switch:
    """Switch it on, by `wanted.by`, from `wanted.begins` on or at once. `instead_of` (an id) is ended in the same moment.

    Raises Refused for what cannot be, also for what holds already.
    """
    begins = wanted.begins if wanted.begins > now else now
    wanted = replace(check(graph, wanted, now), table=graph.id, begins=begins, made=now, ended=None, ended_by="")
    _tidy(connection, graph.id, now)
    if instead_of and not end(connection, graph.id, instead_of, wanted.by, now):
        raise Refused("over", "what it was to take the place of is over already")
    if wanted.kind == NOTICE:
        _room(connection, wanted)
    values = {name: getattr(wanted, name) for name in Switch.__struct_fields__ if name not in ("id", "table")}
    row = {**values, "table_id": wanted.table}
    try:
        with connection.begin_nested():
            id = connection.execute(insert(switches).values(**row)).inserted_primary_key[0]  # type: ignore[index]  # one row
    except IntegrityError:
        raise _taken(connection, wanted) from None
    told = {"id": id, "begins": begins, "ends": wanted.ends, "route": wanted.route, "why": mask_in(wanted.why)}
    kept = {name: value for name, value in told.items() if value not in ("", None)}
    audit.record(connection, now, wanted.by, "switch.begin", _subject(wanted), kept)
    return replace(wanted, id=id)


def end(connection: Connection, table: str, id: int, who: str, now: int) -> bool:
    """Switch it off; whether it was on, or still to come: of two who do so at once one is told that it was over."""
    row = _where(connection, switches.c.id == id, switches.c.table_id == table)
    if not row or row[0].over(now):
        return False
    done = update(switches).where(switches.c.id == id, switches.c.ended.is_(None))
    if not connection.execute(done.values(ended=now, ended_by=who)).rowcount:
        return False
    audit.record(connection, now, who, "switch.end", _subject(row[0]), {"id": id})
    return True


def standing(connection: Connection, tables: Collection[str], now: int) -> tuple[Switch, ...]:
    """All that holds or is to come, of some tables: one query by an index."""
    return _where(connection, switches.c.table_id.in_(sorted(tables)), *_not_over(now))


def everywhere(connection: Connection, now: int) -> tuple[Switch, ...]:
    """All that holds or is to come, of every table."""
    return _where(connection, *_not_over(now))


def past(connection: Connection, table: str, since: int, now: int) -> tuple[Switch, ...]:
    """What ended between two instants, by somebody or by its time, the last one first."""
    by_hand = switches.c.ended.between(since, now)
    by_time = and_(switches.c.ended.is_(None), switches.c.ends.between(since, now))
    rows = _where(connection, switches.c.table_id == table, or_(by_hand, by_time))
    return tuple(sorted(rows, key=lambda one: (-(one.ended or one.ends or 0), -one.id)))


def _not_over(now: int) -> tuple[Any, ...]:  # conditions of SQLAlchemy
    return switches.c.ended.is_(None), or_(switches.c.ends.is_(None), switches.c.ends > now)


def _where(connection: Connection, *where: Any) -> tuple[Switch, ...]:
    rows = connection.execute(select(switches).where(*where).order_by(switches.c.id.desc()).limit(MOST)).mappings()
    return tuple(_read(row) for row in rows)[::-1]


def _read(row: RowMapping) -> Switch:
    held = dict(row)
    return Switch(table=held.pop("table_id"), **held)


def _tidy(connection: Connection, table: str, now: int) -> None:
    """What ended by its time stands no more."""
    over = update(switches).where(switches.c.table_id == table, switches.c.ended.is_(None), switches.c.ends <= now)
    connection.execute(over.values(ended=switches.c.ends, ended_by=BY_TIME))


def _room(connection: Connection, wanted: Switch) -> None:
    """A node has so many notices to say at once; what overlaps with none of them is counted all the same."""
    mine = (switches.c.table_id == wanted.table, switches.c.node == wanted.node, switches.c.kind == NOTICE)
    count = connection.scalar(select(func.count()).where(*mine, *_not_over(wanted.made)))
    if count is not None and count >= MOST_NOTICES:
        line = f"'{wanted.node}' has {count} notices already; end one of them first"
        raise Refused("notices_many", line, node=wanted.node, n=count)


def _taken(connection: Connection, wanted: Switch) -> Refused:
    """What stands already."""
    same = (switches.c.table_id == wanted.table, switches.c.kind == wanted.kind, switches.c.team == wanted.team)
    rows = _where(connection, *same, switches.c.ended.is_(None))
    by = rows[0].by if rows else ""
    what = f"'{wanted.team}' is closed already" if wanted.kind == CLOSED else "the calamity switch is on already"
    later = bool(rows) and rows[0].begins > wanted.made
    line = what.replace("already", "at a later time already") if later else what
    fault = "closed_already" if wanted.kind == CLOSED else "calamity_already"
    return Refused(fault, f"{line}, by {by or 'somebody'}; end that first", by=by, team=wanted.team)


def _subject(one: Switch) -> str:
    """What the audit trail calls it."""
    return ":".join(part for part in (one.table, one.kind, one.team or one.node) if part)
