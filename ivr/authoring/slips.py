"""Which of the names that are missing the unknown ones are meant for: a slip is told once, where it was made."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ivr.diagnostics import nearest


def meant_for(unknown: Iterable[str], missing: Collection[str]) -> dict[str, str]:
    """For each unknown name the missing one that it is nearest to, else one that is left over."""
    left, far, out = list(missing), [], dict[str, str]()
    for name in unknown:
        near = nearest(name, left)
        if near:
            out[name] = near
            left.remove(near)
        else:
            far.append(name)
    return out | dict(zip(far, left, strict=False))
