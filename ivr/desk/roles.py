"""Who may do what at the desk: five roles, and the rights that each one brings. A person may have several roles."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

READER, AGENT, EDITOR, APPROVER, ADMINISTRATOR = "reader", "agent", "editor", "approver", "administrator"
ROLES = (READER, AGENT, EDITOR, APPROVER, ADMINISTRATOR)


class Right(StrEnum):
    """What somebody may do."""

    LOOK = "look"
    """See the map, the table, the phone, the figures, and what goes on now, without a caller's number."""
    PROMISES = "promises"
    """See cases with the citizen's number, and work on them."""
    EDIT = "edit"
    """Change a draft of the table and propose it."""
    APPROVE = "approve"
    """Approve what another proposed, publish it now or at a time, roll back, try it on a share of callers."""
    LEAD = "lead"
    """Close a team for a while, use the calamity switch, set a notice, move promises in bulk."""
    OVERRIDE = "override"
    """Publish though a check or a guarantee fails, with a reason that is kept."""
    PEOPLE = "people"
    """Say who may enter, and read and export the audit trail."""


_BRINGS: dict[str, frozenset[Right]] = {
    READER: frozenset((Right.LOOK,)),
    AGENT: frozenset((Right.LOOK, Right.PROMISES)),
    EDITOR: frozenset((Right.LOOK, Right.EDIT)),
    APPROVER: frozenset((Right.LOOK, Right.PROMISES, Right.APPROVE, Right.LEAD, Right.OVERRIDE)),
    ADMINISTRATOR: frozenset(Right),
}


def rights(roles: Iterable[str]) -> frozenset[Right]:
    """What a person with these roles may do; a word that is no role brings nothing."""
    return frozenset().union(*(_BRINGS.get(role, frozenset()) for role in roles))
