"""How far the database is behind the journals of this machine."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine, select

from ivr.store.database.connect import reading
from ivr.store.database.schema import drained
from ivr.store.drain import files
from ivr.store.journal import read_line

LOOK = 64 * 1024


class Lag(Struct, frozen=True):
    """`files` is how many files hold `bytes` that are not in the database; `since` is when the oldest line among them was
    written (epoch seconds), 0 when there is none, or when it does not say."""

    files: int
    bytes: int
    since: int


def lag(engine: Engine, var: Path) -> Lag:
    """What of the journals in IVR_VAR is not in the database. A torn last line of a process that died counts for nothing.
    Raises OSError."""
    sizes = files.sizes(var) if var.is_dir() else {}
    with reading(engine) as connection:
        carried = {row.file: row.bytes for row in connection.execute(select(drained.c.file, drained.c.bytes))}
    count, left, since = 0, 0, 0
    for file, size in sizes.items():
        at = carried.get(file, 0)
        whole, first = _rest(var / file, at, size)
        if whole:
            count, left = count + 1, left + whole
            since = min(since or first, first or since)
    return Lag(count, left, since)


def _rest(path: Path, at: int, size: int) -> tuple[int, int]:
    """How many bytes of whole lines lie between, and when the first of them was written."""
    if size <= at:
        return 0, 0
    try:
        with path.open("rb") as lines:
            lines.seek(at)
            entry = read_line(lines.readline(LOOK))
            lines.seek(max(at, size - LOOK))
            end = lines.read(size - lines.tell()).rfind(b"\n")
    except OSError:
        return 0, 0  # it was carried and removed meanwhile
    if end < 0:
        return (size - at, 0) if size - at > LOOK else (0, 0)
    first = entry.get("at") if entry is not None else None
    return max(at, size - LOOK) + end + 1 - at, first if isinstance(first, int) else 0


def where_written(var: Path, text: str) -> list[str]:
    """The files of the journals in which a text still stands, carried or not."""
    found = []
    for folder in files.FOLDERS:
        for path in sorted((var / folder).glob("*.jsonl")) if (var / folder).is_dir() else ():
            try:
                if text.encode() in path.read_bytes():
                    found.append(f"{folder}/{path.name}")
            except OSError:
                continue
    return found
