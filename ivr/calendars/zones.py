"""A time zone by its name, as it stands beside an instant."""

from __future__ import annotations

from zoneinfo import ZoneInfo


def read_zone(name: str) -> ZoneInfo:
    """A zone by its name; UTC for one that is not known here."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not known, no name at all, a folder
        return ZoneInfo("UTC")
