"""A publication as a commit of git, where the table's folder is in a checkout and somebody asks for it."""

from __future__ import annotations

from ivr.pages.context import Context
from ivr.pages.guard import Visitor
from ivr.pages.look.faults import Told
from ivr.pages.look.words import has_word
from ivr.pages.table.work import Work
from ivr.tables.commit import Author, NotCommitted, commit, is_checkout


def may_commit(context: Context) -> bool:
    """Whether a publication can be a commit here (IVR_DESK_CHECKOUT)."""
    folder = context.settings.desk_checkout
    return folder is not None and is_checkout(folder)


def committed(context: Context, visitor: Visitor, work: Work, version: str, why: str) -> str:
    """Commit the files of a draft, by who publishes it; the commit's name. Raises Told: then nothing is published either."""
    folder = context.settings.desk_checkout
    if folder is None or work.draft is None:
        raise Told("table.not_committed_no_checkout")
    author = Author(visitor.person.name, visitor.person.login)
    try:
        return commit(folder, work.files, work.draft.base, author, f"{why}\n\nVersion {version}\n", context.clock())
    except NotCommitted as fault:
        key = f"table.not_committed_{fault.reason}"
        raise (Told(key, 409) if has_word(key) else Told("", 409, str(fault))) from None
