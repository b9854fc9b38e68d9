"""Passwords as argon2id hashes. Each takes a few hundredths of a second on purpose: never in the event loop."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from ivr.desk.password import folded

HASHER = PasswordHasher(time_cost=2, memory_cost=47_104, parallelism=1)
"""46 MiB and two passes by one thread: above the least that OWASP's cheat sheet on password storage asks for, and little
enough that calls are answered meanwhile. Whoever changes it: hashes are renewed as people sign in."""


def hashed(password: str) -> str:
    """The hash of a password, with its salt and parameters."""
    return HASHER.hash(folded(password))


def matches(hash: str, password: str) -> bool:
    """Whether a password is the one of a hash. '' (no such person, or no password) takes as long, and is never right."""
    try:
        HASHER.verify(hash or _nobodys(), folded(password))
    except (Argon2Error, InvalidHashError):
        return False
    return bool(hash)


def is_old(hash: str) -> bool:
    """Whether a hash was made with other parameters than are used now."""
    return HASHER.check_needs_rehash(hash)


@cache
def _nobodys() -> str:
    return HASHER.hash("of nobody at all")
