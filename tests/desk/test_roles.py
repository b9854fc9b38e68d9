"""What the five roles bring."""

from __future__ import annotations

import pytest

from ivr.desk.roles import ROLES, Right, rights

LOOKS = {Right.LOOK}
BRINGS = {
    "reader": LOOKS,
    "agent": LOOKS | {Right.PROMISES},
    "editor": LOOKS | {Right.EDIT},
    "approver": LOOKS | {Right.PROMISES, Right.APPROVE, Right.LEAD, Right.OVERRIDE},
    "administrator": set(Right),
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_brings_these_rights_and_no_other(role: str) -> None:
    assert rights([role]) == BRINGS[role]


def test_roles_add_up_and_a_word_that_is_no_role_brings_nothing() -> None:
    assert rights(["agent", "editor"]) == LOOKS | {Right.PROMISES, Right.EDIT}
    assert rights(["boss", ""]) == rights([]) == frozenset()
