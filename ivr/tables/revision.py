"""A table as it stood in a revision of git: `HEAD~1:routing_tables/groningen`, read without touching the working tree."""

from __future__ import annotations

import datetime as dt
import subprocess
import tarfile
import tempfile
from pathlib import Path

from msgspec.structs import replace

from ivr.authoring.files import MAX_TOTAL, NoTable, list_files, read_sources
from ivr.diagnostics import Report, Sources
from ivr.tables.ready import Checked, check_folder, check_sources

MOST_SECONDS = 60
"""How long git may take."""


def is_revision(text: str) -> bool:
    """Whether a name means a revision: it holds a colon, and no such file exists."""
    return ":" in text and not Path(text).exists()


def check_any(text: str, today: dt.date) -> Checked:
    """Read and check a folder, or `REV:folder`. Raises NoTable with one clear line."""
    return check_revision(text, today) if is_revision(text) else check_folder(Path(text), today, Path.cwd())


def check_revision(text: str, today: dt.date) -> Checked:
    """Read and check the table of a revision; paths are shown as git shows them."""
    revision, _, folder = text.partition(":")
    folder = folder.rstrip("/") or "."
    with tempfile.TemporaryDirectory(prefix="ivr-revision-") as place:
        root = Path(place)
        _unpack(revision or "HEAD", folder, root)
        inner = root / _inside(folder)
        report = Report()
        sources = read_sources(list_files(inner), root, report)
        shown = tuple(replace(source, path=f"{revision}:{source.path}") for source in sources)
    return check_sources(Sources(shown), today)


def _inside(folder: str) -> str:
    """Where the folder lies in what git gives: always from the top of the repository."""
    if not folder.startswith("."):
        return folder
    prefix = _git("rev-parse", "--show-prefix").decode().strip()
    return (Path(prefix) / folder).as_posix()


def _unpack(revision: str, folder: str, root: Path) -> None:
    """The folder of a revision as files. Links and whatever else is no plain file are left out."""
    if revision.startswith("-"):
        raise NoTable(f"'{revision}' is no revision of git")
    if not _known(revision):
        more = "; this clone is shallow, so fetch more of it: git fetch --deepen=50" if _shallow() else ""
        raise NoTable(f"'{revision}' is no revision of this repository{more}")
    top = _git("rev-parse", "--show-toplevel").decode().strip()
    tar = root.parent / (root.name + ".tar")
    try:
        _git("-C", top, "archive", f"--output={tar}", revision, "--", _inside(folder), missing=f"{revision}:{folder}")
        with tarfile.open(tar) as held:
            members = [member for member in held if member.isfile() or member.isdir()]
            if sum(member.size for member in members) > 4 * MAX_TOTAL:
                raise NoTable(f"{revision}:{folder}: holds more than {4 * MAX_TOTAL // 2**20} MB")
            held.extractall(root, members=members, filter="data")
    finally:
        tar.unlink(missing_ok=True)


def _known(revision: str) -> bool:
    return bool(_git("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{tree}", may_fail=True))


def _shallow() -> bool:
    return _git("rev-parse", "--is-shallow-repository", may_fail=True).strip() == b"true"


def _git(*words: str, may_fail: bool = False, missing: str = "") -> bytes:
    try:
        done = subprocess.run(["git", *words], capture_output=True, timeout=MOST_SECONDS, check=False)
    except FileNotFoundError:
        raise NoTable("git is not installed, and a revision was asked for") from None
    except subprocess.TimeoutExpired:
        raise NoTable(f"git took more than {MOST_SECONDS} seconds") from None
    if done.returncode and not may_fail:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        if missing and any("pathspec" in line or "did not match" in line for line in said):
            raise NoTable(f"{missing}: there is no such folder in that revision")
        if any("not a git repository" in line for line in said):
            raise NoTable("this folder is in no git repository, and a revision was asked for")
        raise NoTable("git: " + (said[-1] if said else f"status {done.returncode}"))
    return done.stdout if not done.returncode else b""
