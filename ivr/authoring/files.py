"""The files of a table: which they are, and their text, whatever bytes a stranger put there.

A table is a folder; every `*.yaml` or `*.yml` under it counts, `scenarios/` and `knowledge/` aside. Symbolic links to
folders are not followed, so no loop can be walked. A single file may stand for a folder.
"""

from __future__ import annotations

import os
from pathlib import Path

from ivr.diagnostics import Report, Source, Span

MAX_FILE = 48 * 1024 * 1024
"""Bytes of one file."""
MAX_TOTAL = 96 * 1024 * 1024
"""Bytes of all files of a table together."""
MAX_FILES = 2000
APART = ("scenarios", "knowledge")


class NoTable(Exception):
    """There is no table to read: the folder is missing, closed or empty. The message is one clear line."""


def list_files(folder: Path, under: str | None = None) -> list[Path]:
    """The YAML files of a table in a stable order; with `under`, those of its `scenarios` folder instead."""
    try:
        if folder.is_file():
            return [folder] if under is None else []
        root = folder if under is None else folder / under
        if not root.is_dir():
            if under is not None:
                return []
            raise NoTable(f"{folder}: there is no such folder")
        os.listdir(root)
    except OSError as error:
        raise NoTable(f"{folder}: {(error.strerror or str(error)).lower()}") from None
    found: list[Path] = []
    for place, folders, files in os.walk(root, followlinks=False):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        if under is None and Path(place) == root:
            folders[:] = [f for f in folders if f not in APART]
        for name in sorted(files):
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                found.append(Path(place) / name)
        if len(found) > MAX_FILES:
            raise NoTable(f"{folder}: has more than {MAX_FILES} YAML files")
    if not found and under is None:
        raise NoTable(f"{folder}: holds no YAML file")
    return found


def read_sources(paths: list[Path], shown_from: Path | None, report: Report, first: int = 0) -> tuple[Source, ...]:
    """Read files as UTF-8. What cannot be read gives a finding and an empty text, so that file numbers stay right.

    `first` is the number of the first file; paths are shown relative to `shown_from` where they lie under it.
    """
    sources: list[Source] = []
    total = 0
    for number, path in enumerate(paths, first):
        shown = _shown(path, shown_from)
        text, fault = _read(path, MAX_TOTAL - total)
        if fault:
            report.add("IVR100", Span(number, 0, 0, 0, 1), fault[0], fault[1])
        total += len(text)
        sources.append(Source(shown, text))
    return tuple(sources)


def _shown(path: Path, start: Path | None) -> str:
    if start is not None:
        try:
            return path.resolve().relative_to(start.resolve()).as_posix()
        except (ValueError, OSError, RuntimeError):
            pass
    return path.as_posix()


def _read(path: Path, room: int) -> tuple[str, tuple[str, str] | None]:
    try:
        if not path.is_file():
            return "", ("this is not an ordinary file", "put a plain text file here, or take it away")
        size = path.stat().st_size
        if size > MAX_FILE or size > room:
            return "", (f"the file has {size:,} bytes, more than is read", "split the table into smaller files")
        raw = path.read_bytes()
    except OSError as error:
        return "", (f"the file cannot be read: {error.strerror or error}", "mend the file or its permissions")
    except RuntimeError as error:
        return "", (f"the file cannot be read: {error}", "take the loop of links away")
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return "", (f"byte {error.start + 1:,} (line {line:,}) is not UTF-8 text", "save the file as UTF-8")
