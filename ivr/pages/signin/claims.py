"""What an ID token says about somebody: who it is, what they are called, and which of our roles they have."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from ivr.desk.roles import ROLES
from ivr.store.people.people import NotPossible, clean_login, clean_name

Claims = Mapping[str, Any]  # JSON, of a token whose signature was checked
MOST = 500
"""Roles of a token that are looked at."""


class Known(Struct, frozen=True):
    """Somebody as their provider knows them. `subject` is issuer and subject: it alone says who it is, since addresses are
    given to others and can be set by oneself."""

    subject: str
    login: str
    name: str
    roles: tuple[str, ...]


def known(claims: Claims, issuer: str, claim: str, roles: Mapping[str, str]) -> Known:
    """Read the claims of a token that was verified; `roles` maps the provider's to ours."""
    subject = f"{issuer}|{claims['sub']}"
    login = _login(claims, subject)
    return Known(subject, login, _name(claims, login), _roles(claims, claim, roles))


def _login(claims: Claims, subject: str) -> str:
    """The first name that can be a login; else one made from the subject."""
    for name in ("preferred_username", "upn", "email"):
        try:
            return clean_login(str(claims.get(name, "")))
        except NotPossible:
            continue
    return f"oidc-{hashlib.sha256(subject.encode()).hexdigest()[:16]}"


def _name(claims: Claims, login: str) -> str:
    try:
        return clean_name(str(claims.get("name", ""))[:100])
    except NotPossible:
        return login


def _roles(claims: Claims, claim: str, roles: Mapping[str, str]) -> tuple[str, ...]:
    """The claim of the whole name, else the one that its dots lead to: a claim's own name may hold dots (a URL)."""
    held: Any = claims.get(claim)
    if held is None:
        held = claims
        for part in claim.split("."):
            held = held.get(part) if isinstance(held, Mapping) else None
    listed = held if isinstance(held, list) else [held] if isinstance(held, str) else []
    ours = {roles[one] for one in listed[:MOST] if isinstance(one, str) and one in roles}
    return tuple(role for role in ROLES if role in ours)
