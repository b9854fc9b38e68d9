"""Drafts of a table: begun, edited by compare-and-set, proposed under a name made from their content, approved.

A draft is `open` while it is edited. `proposed`, its files are a version that never changes; whoever edits it again opens
it, and what was proposed and approved of it counts no more. It ends `published` or `dropped`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, RowMapping, func, insert, select, update

from ivr.store import audit
from ivr.store.database.schema_desk import drafts
from ivr.store.publishing import versions
from ivr.store.publishing.faults import MOST_TITLE, NotDone, words
from ivr.tables.judged import Judged
from ivr.tables.texts import Texts, Unfit, check_texts, clean, version_of_texts

OPEN, PROPOSED, PUBLISHED, DROPPED = "open", "proposed", "published", "dropped"
RUNNING = (OPEN, PROPOSED)
MOST_RUNNING = 50
"""Drafts of a table that run at once."""
MOST_EDITORS = 100


class Draft(Struct, frozen=True):
    """A draft. `files` is empty in a list; `editors` are who changed it, `version` its name while it is proposed."""

    id: str
    table_id: str
    base: str
    title: str
    files: Mapping[str, str]
    by: str
    editors: tuple[str, ...]
    made: int
    changed: int
    revision: int
    state: str
    version: str
    why: str
    proposed_by: str
    proposed: int | None
    approved_by: str
    approved: int | None

    @property
    def authors(self) -> frozenset[str]:
        """Who cannot approve it: who edited it, and who proposed it."""
        return frozenset((*self.editors, *((self.proposed_by,) if self.proposed_by else ())))


def get(connection: Connection, id: str) -> Draft:
    """A draft with its files. Raises NotDone when there is none of that name."""
    row = connection.execute(select(drafts).where(drafts.c.id == id)).mappings().first()
    if row is None:
        raise NotDone("no_draft", "there is no such draft")
    return _draft(row, row["files"])


def listed(connection: Connection, table_id: str, states: Sequence[str] = RUNNING, most: int = 200) -> list[Draft]:
    """The drafts of a table in some states, the last changed first, without their files."""
    columns = [column for column in drafts.c if column.name != "files"]
    chosen = (
        select(*columns)
        .where(drafts.c.table_id == table_id, drafts.c.state.in_(states))
        .order_by(drafts.c.changed.desc(), drafts.c.id)
        .limit(most)
    )
    return [_draft(row, {}) for row in connection.execute(chosen).mappings()]


def begin(connection: Connection, table_id: str, base: str, files: Texts, title: str, by: str, now: int) -> Draft:
    """Begin a draft from the files of a version, by itself or as it is kept in an archive. Who edited what was never live
    is an author of it here too: a copy does not make it another's."""
    _bounded(files)
    if version_of_texts(files) != base:
        raise NotDone("wrong_base", "these are not the files of that version")
    running = select(func.count()).where(drafts.c.table_id == table_id, drafts.c.state.in_(RUNNING))
    if (connection.scalar(running) or 0) >= MOST_RUNNING:
        raise NotDone("drafts_many", f"there are {MOST_RUNNING} drafts already; drop one", most=MOST_RUNNING)
    editors = _editors_of(connection, table_id, base)
    draft = Draft(
        secrets.token_hex(8), table_id, base, words(title, MOST_TITLE), dict(files), by, editors, now, now, 0, OPEN,
        "", "", "", None, "", None,
    )  # fmt: skip
    connection.execute(insert(drafts).values(**{name: getattr(draft, name) for name in Draft.__struct_fields__}))
    audit.record(connection, now, by, "draft.begin", draft.id, {"table": table_id, "base": base})
    return draft


def save(connection: Connection, id: str, revision: int, changes: Mapping[str, str | None], by: str, now: int) -> Draft:
    """Put texts in the place of others: path → text, None takes the file away. `revision` is what the writer saw last:
    another than what is held now raises NotDone (`changed_meanwhile`), and nothing is lost on either side."""
    held = get(connection, id)
    _running(held)
    if held.revision != revision:
        raise _quicker(held)
    files = dict(held.files)
    for path, text in changes.items():
        if text is None:
            files.pop(path, None)
        else:
            files[path] = clean(text)
    if files == held.files:
        return held
    _bounded(files)
    editors = tuple(dict.fromkeys((*held.editors, by)))
    if len(editors) > MOST_EDITORS:
        raise NotDone("editors_many", f"more than {MOST_EDITORS} people edited this draft; begin another")
    again = dict.fromkeys(("version", "why", "proposed_by", "approved_by"), "") | {"proposed": None, "approved": None}
    _change(connection, held, now, files=files, editors=editors, state=OPEN, **again)
    what = {"files": sorted(p for p in changes if files.get(p) != held.files.get(p))[:50], "revision": revision + 1}
    opened = {"opened": held.version} if held.state == PROPOSED else {}
    audit.record(connection, now, by, "draft.save", id, what | opened)
    return get(connection, id)


def rename(connection: Connection, id: str, revision: int, title: str, by: str, now: int) -> Draft:
    """Give it another title: nothing of what it is changes."""
    held = get(connection, id)
    _running(held)
    if held.revision != revision:
        raise _quicker(held)
    _change(connection, held, now, title=words(title, MOST_TITLE))
    audit.record(connection, now, by, "draft.rename", id)
    return get(connection, id)


def drop(connection: Connection, id: str, revision: int, by: str, now: int) -> None:
    """End a draft that nobody wants; it can still be looked at for a while."""
    held = get(connection, id)
    _running(held)
    if held.revision != revision:
        raise _quicker(held)
    _unplanned(connection, held)
    _change(connection, held, now, state=DROPPED)
    audit.record(connection, now, by, "draft.drop", id)


def propose(connection: Connection, id: str, revision: int, why: str, judged: Judged, by: str, now: int) -> Draft:
    """Propose a draft as it is: it becomes a version, named by its content, that never changes. `judged` is what checks and
    guarantees say of it now; what has errors is no table. Whoever proposes it anew takes an approval back."""
    held = get(connection, id)
    _running(held)
    if held.revision != revision:
        raise _quicker(held)
    said = words(why, needed=True)
    version = version_of_texts(held.files)
    _sound(judged, version)
    if version == held.base:
        raise NotDone("nothing_changed", "the draft is the version that it was begun from")
    versions.keep(connection, held.table_id, version, held.files, by, now, said, held.id, judged)
    _change(
        connection, held, now, state=PROPOSED, version=version, why=said, proposed_by=by, proposed=now, approved_by="",
        approved=None,
    )  # fmt: skip
    audit.record(connection, now, by, "draft.propose", id, {"version": version, "why": said, "fails": judged.fails})
    return get(connection, id)


def approve(connection: Connection, id: str, version: str, by: str, now: int, alone: bool = False) -> Draft:
    """Approve what was proposed. `version` is what the approver looked at; another than what stands there now is refused.
    Neither who edited it nor who proposed it may, unless `alone` (IVR_APPROVALS is 0)."""
    held = get(connection, id)
    if held.state != PROPOSED:
        raise NotDone("not_proposed", "this draft is not proposed")
    if held.version != version:
        raise _quicker(held)
    if by in held.authors and not alone:
        raise NotDone("own_draft", "who edited or proposed a draft does not approve it")
    if held.approved_by:
        raise NotDone("approved_already", f"{held.approved_by} approved it already", by=held.approved_by)
    _change(connection, held, now, approved_by=by, approved=now)
    audit.record(connection, now, by, "draft.approve", id, {"version": version})
    return get(connection, id)


def send_back(connection: Connection, id: str, version: str, why: str, by: str, now: int) -> Draft:
    """Open a proposed draft again, for its editor to change: by who was asked to approve it, or who thought better of it."""
    held = get(connection, id)
    if held.state != PROPOSED or held.version != version:
        raise NotDone("not_proposed", "this draft is not proposed")
    said = words(why)
    _unplanned(connection, held)
    again = dict.fromkeys(("version", "proposed_by", "approved_by"), "") | {"proposed": None, "approved": None}
    _change(connection, held, now, state=OPEN, why="", **again)
    audit.record(connection, now, by, "draft.send_back", id, {"version": version, "why": said})
    return get(connection, id)


def accepted(connection: Connection, table_id: str, version: str) -> Draft | None:
    """A draft by which a version is proposed at this moment, an approved one first; None when there is none."""
    columns = [column for column in drafts.c if column.name != "files"]
    found = (
        select(*columns)
        .where(drafts.c.table_id == table_id, drafts.c.version == version, drafts.c.state == PROPOSED)
        .order_by((drafts.c.approved_by == "").asc(), drafts.c.proposed)
    )
    row = connection.execute(found).mappings().first()
    return None if row is None else _draft(row, {})


def published(connection: Connection, table_id: str, version: str) -> None:
    """A version is live for all: the drafts that proposed it are done."""
    proposed = (drafts.c.table_id == table_id, drafts.c.version == version, drafts.c.state == PROPOSED)
    connection.execute(update(drafts).where(*proposed).values(state=PUBLISHED, revision=drafts.c.revision + 1))


def _editors_of(connection: Connection, table_id: str, base: str) -> tuple[str, ...]:
    """Who edited a version that was never live."""
    if versions.was_live(connection, table_id, base):
        return ()
    by_draft = select(drafts.c.editors).where(drafts.c.table_id == table_id, drafts.c.version == base)
    held = versions.find(connection, table_id, base)
    if held is not None and held.draft:
        by_draft = select(drafts.c.editors).where(
            (drafts.c.id == held.draft) | ((drafts.c.table_id == table_id) & (drafts.c.version == base))
        )
    return tuple(dict.fromkeys(login for editors in connection.scalars(by_draft) for login in editors))


def _bounded(files: Texts) -> None:
    try:
        check_texts(files)
    except Unfit as unfit:
        raise NotDone(unfit.reason, str(unfit), **unfit.holes) from None


def _sound(judged: Judged, version: str) -> None:
    if judged.version != version:
        raise NotDone("judged_other", "what was judged is not what stands there now")
    if judged.errors:
        raise NotDone(
            "errors", "it has errors: what cannot be read as a table cannot be proposed", n=judged.findings.errors
        )


def _unplanned(connection: Connection, held: Draft) -> None:
    """What is planned or tried goes on whatever becomes of its draft: so first that, then the draft."""
    if held.version and versions.is_planned(connection, held.table_id, held.version):
        raise NotDone("planned", "its publication is planned, or tried; cancel that first")


def _running(held: Draft) -> None:
    if held.state not in RUNNING:
        raise NotDone("draft_over", f"this draft is {held.state}", state=held.state)


def _quicker(held: Draft) -> NotDone:
    return NotDone("changed_meanwhile", "somebody changed this draft meanwhile", revision=held.revision)


def _change(connection: Connection, held: Draft, now: int, **fields: object) -> None:
    """Change a draft as it was read; raises NotDone when somebody was quicker."""
    same = (drafts.c.id == held.id, drafts.c.revision == held.revision)
    fields |= {"changed": now, "revision": held.revision + 1}
    if not connection.execute(update(drafts).where(*same).values(**fields)).rowcount:
        raise _quicker(held)


def _draft(row: RowMapping, files: Mapping[str, str]) -> Draft:
    held = {name: row[name] for name in Draft.__struct_fields__ if name not in ("files", "editors")}
    return Draft(files=files, editors=tuple(row["editors"]), **held)
