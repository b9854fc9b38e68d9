"""The files of a table: which they are, and their text, whatever bytes a stranger put there.

A table is a folder; every `*.yaml` or `*.yml` under it counts, `scenarios/` and `knowledge/` aside. Symbolic links to
folders are not followed, so no loop can be walked. A single file may stand for a folder.
"""

from __future__ import annotations

import os
from pathlib import Path

from ivr.diagnostics import Report, Source, Span, place_after

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
        raise NoTable(f"{folder}: {_reason(error)}") from None
    found: list[Path] = []
    for place, folders, files in os.walk(root, followlinks=False):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        if under is None and Path(place) == root:
            folders[:] = [f for f in folders if f not in APART]
        names = (name for name in sorted(files) if name.endswith((".yaml", ".yml")) and not name.startswith("."))
        found += [Path(place) / name for name in names]
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
        try:
            raw = _bytes(path, MAX_TOTAL - total)
            total += len(raw)
            sources.append(Source(shown, raw.decode("utf-8-sig")))
        except _Unread as fault:
            report.add("IVR100", Span(number, 0, 0, 0, 1), fault.message, fault.help)
            sources.append(Source(shown, "", True))
        except UnicodeDecodeError as error:
            sources.append(_not_utf8(shown, error, number, report))
    return tuple(sources)


def _shown(path: Path, start: Path | None) -> str:
    """The path as people know it: from `start` where it lies under that. A link is shown by its own name."""
    if start is not None:
        try:
            return (path.parent.resolve() / path.name).relative_to(start.resolve()).as_posix()
        except (ValueError, OSError, RuntimeError):
            pass
    return path.as_posix()


class _Unread(Exception):
    """Why a file is not read, and the mend."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def _bytes(path: Path, room: int) -> bytes:
    """The bytes of an ordinary file that is not too large; a pipe or device is never opened, it might not end."""
    try:
        if not path.is_file():
            if path.is_symlink() and not path.exists():
                raise _Unread("this link leads to no file", "mend the link, or take it away")
            raise _Unread("this is not an ordinary file", "put a plain text file here, or take it away")
        size = path.stat().st_size
        if size > min(MAX_FILE, room):
            raise _Unread(f"the file has {size:,} bytes, more than is read", "split the table into smaller files")
        with path.open("rb") as file:
            return file.read(MAX_FILE)
    except OSError as error:
        raise _Unread(f"the file cannot be read: {_reason(error)}", "mend the file or its permissions") from None
    except RuntimeError:  # older Pythons give it for a loop of links
        raise _Unread("this link leads to no file", "mend the link, or take it away") from None


def _not_utf8(shown: str, error: UnicodeDecodeError, number: int, report: Report) -> Source:
    """Report the first byte that is no UTF-8. What is not UTF-8 is never guessed at, only shown."""
    raw = error.object
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        report.add("IVR100", Span(number, 0, 0, 0, 1), "the file is UTF-16, not UTF-8", "save the file as UTF-8")
        return Source(shown, "", True)
    before = raw[: error.start].decode("utf-8-sig")
    span = place_after(before, number)
    report.add("IVR100", span, f"the byte 0x{raw[error.start]:02X} is not UTF-8 text", "save the file as UTF-8")
    return Source(shown, "", True, raw.decode("utf-8-sig", "replace"))


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
