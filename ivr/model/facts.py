"""What a caller is taken for when nobody knows anything of them."""

from __future__ import annotations


def default_fact(name: str, values: tuple[str, ...], caller: str) -> int:
    """A fact that nobody gave: `anonymous` for a caller without a number, else `other` or `none`, else the first."""
    for word in (("anonymous",) if name == "caller" and not caller else ()) + ("other", "none"):
        if word in values:
            return values.index(word)
    return 0
