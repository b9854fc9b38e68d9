"""A table as texts: path → text, as a draft and a version in the database hold it. Paths and texts are a stranger's.

The paths are those below the table's folder; the order in which they are read is the one of a folder (authoring/files).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from ivr.authoring.files import APART, list_files
from ivr.diagnostics import Source, Sources
from ivr.tables.ready import version_of

MOST_FILES = 500
MOST_BYTES = 4 * 2**20
"""Bytes of one file, as UTF-8."""
MOST_TOTAL = 16 * 2**20
"""Bytes of all files together."""
MOST_PATH = 200
"""Bytes of a path, as UTF-8; that is its characters, in all but rare ones."""
_PART = re.compile(r"[^\s.~-][^\\/:*?\"<>|]*")
"""A folder or a file: nothing hidden, no option, no way out, nothing that another system writes otherwise."""

Texts = Mapping[str, str]


class Unfit(Exception):
    """These texts cannot be a table's. `reason` is a word for programs, `holes` what it is about; the text is one line."""

    def __init__(self, reason: str, text: str, **holes: object) -> None:
        super().__init__(text)
        self.reason = reason
        self.holes = holes


def check_path(path: str) -> None:
    """Raises Unfit unless a path names a YAML file below a table's folder, and nothing else."""
    shown = path[:60] if path.isprintable() else ascii(path[:60])
    if not path or len(path.encode("utf-8", "surrogatepass")) > MOST_PATH:
        raise Unfit("path_long", f"a path has 1 to {MOST_PATH} characters", path=shown, most=MOST_PATH)
    parts = path.split("/")
    sound = path.isprintable() and unicodedata.is_normalized("NFC", path)
    if not sound or not all(_PART.fullmatch(part) and part[-1] not in " ." for part in parts):
        raise Unfit(
            "path_wrong", f"'{shown}' is no path below the table's folder, such as menus/waste.yaml", path=shown
        )
    if not path.endswith((".yaml", ".yml")):
        raise Unfit("path_kind", f"'{shown}' does not end in .yaml", path=shown)
    if parts[0] in APART:
        raise Unfit("path_apart", f"'{parts[0]}' is no part of the table: it stands beside it", path=shown)


def check_texts(texts: Texts) -> None:
    """Raises Unfit unless these texts can be written to a folder and read from there as they are."""
    if not texts:
        raise Unfit("no_files", "a table has at least one file")
    if len(texts) > MOST_FILES:
        raise Unfit("files_many", f"a table has at most {MOST_FILES} files here", most=MOST_FILES)
    total = 0
    names: dict[str, str] = {}
    for path, text in texts.items():
        check_path(path)
        total += _size(path, text)
        other = names.setdefault(path.casefold(), path)
        if other != path:
            raise Unfit("path_twice", f"'{path}' and '{other}' differ in capitals alone", path=path, other=other)
    if total > MOST_TOTAL:
        raise Unfit("texts_large", f"the files have more than {MOST_TOTAL // 2**20} MB", most=MOST_TOTAL // 2**20)
    for path in names:
        parts = path.split("/")
        for end in range(1, len(parts)):
            if "/".join(parts[:end]) in names:
                raise Unfit("path_twice", f"'{path}' lies below a file", path=path, other="/".join(parts[:end]))


def clean(text: str) -> str:
    """A text as it is read from a file: without the mark with which some editors begin one."""
    return text.removeprefix("\ufeff")


def in_order(paths: Iterable[str]) -> list[str]:
    """The paths as a folder's files are read: those of a folder by name, then its folders by name."""
    return sorted(paths, key=lambda path: [*((1, part) for part in path.split("/")[:-1]), (0, path.split("/")[-1])])


def sources_of(texts: Texts) -> Sources:
    """The texts as the files of a table."""
    return Sources(tuple(Source(path, texts[path]) for path in in_order(texts)))


def version_of_texts(texts: Texts) -> str:
    """The version that these texts are."""
    return version_of(sources_of(texts))


def texts_of(folder: Path, sources: Sources) -> dict[str, str]:
    """The texts of a table that was read from a folder (or a single file), by their paths below it."""
    root = folder if folder.is_dir() else folder.parent
    paths = list_files(folder)
    return {path.relative_to(root).as_posix(): held.text for path, held in zip(paths, sources.files, strict=True)}


def digest(texts: Texts) -> bytes:
    """A key for what was worked out of these texts: other paths or texts have another one."""
    held = hashlib.sha256()
    for path in in_order(texts):
        for part in (path, texts[path]):
            raw = part.encode("utf-8", "surrogatepass")
            held.update(len(raw).to_bytes(8, "big") + raw)
    return held.digest()


def _size(path: str, text: str) -> int:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise Unfit("text_wrong", f"{path}: holds what is no text", path=path) from None
    if size > MOST_BYTES:
        raise Unfit(
            "file_large", f"{path}: has more than {MOST_BYTES // 2**20} MB", path=path, most=MOST_BYTES // 2**20
        )
    return size
