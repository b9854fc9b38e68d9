"""A table as it stood in a revision of git: `HEAD~1:routing_tables/groningen`, read without touching the working tree.

The folder counts from the top of the repository; `./folder` and `../folder` from where one stands, as git itself reads
them. What was committed is read byte for byte: no attribute, filter or setting of a checkout has a say.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from msgspec import Struct
from msgspec.structs import replace

from ivr.authoring.files import MAX_TOTAL, NoTable, list_files, read_sources
from ivr.diagnostics import Report, Sources
from ivr.tables.ready import Checked, check_folder, check_sources

MOST_SECONDS = 60
"""How long git may take."""
LINK, FOLDER = b"120000", b"tree"
NOWHERE = (b"symlink", b"dangling", b"loop", b"notdir")
"""What git answers for a link that leads to nothing in the revision."""


def is_revision(text: str) -> bool:
    """Whether a name means a revision: it holds a colon, and no such file exists."""
    return ":" in text and not os.path.exists(text)


def check_any(text: str, today: dt.date) -> Checked:
    """Read and check a folder, or `REV:folder`. Raises NoTable with one clear line."""
    return check_revision(text, today) if is_revision(text) else check_folder(Path(text), today, Path.cwd())


def check_revision(text: str, today: dt.date) -> Checked:
    """Read and check the table of a revision; paths are shown so that `git show` takes them."""
    revision, _, folder = text.partition(":")
    start = f"{revision}:{_tidy(folder)}"
    with tempfile.TemporaryDirectory(prefix="ivr-revision-") as place:
        top = Path(place) / "top"
        single = _unpack(revision, _tidy(folder), top, text)
        report = Report()
        try:
            sources = read_sources(list_files(top), top.parent if single else top, report)
        except NoTable as fault:
            raise NoTable(str(fault).replace(str(top), text)) from None
        slash = "" if start.endswith((":", "/")) else "/"
        shown = tuple(replace(s, path=start if single else f"{start}{slash}{s.path}") for s in sources)
    return check_sources(Sources(shown), today, report)


def _tidy(folder: str) -> str:
    """As git wants it: no slash at the end, and one after dots that stand alone."""
    folder = folder.rstrip("/") if folder.strip("/") else ""
    return folder + "/" if folder.rsplit("/", 1)[-1] in (".", "..") else folder


class _Entry(Struct, frozen=True):
    """A YAML file, or a link of that name, of a folder in a revision."""

    mode: bytes
    blob: bytes
    size: int
    path: bytes


def _unpack(revision: str, folder: str, top: Path, text: str) -> bool:
    """The YAML files of a folder of a revision, written under `top`; whether it is one single file, then `top` itself."""
    tree = _tree(revision, text)
    kind, found = _find(tree, folder, text)
    if kind != FOLDER:
        top.write_bytes(_git("cat-file", "blob", found))
        return True
    top.mkdir()
    entries = list(_entries(found))
    if sum(entry.size for entry in entries) > 2 * MAX_TOTAL:
        raise NoTable(f"{text}: holds more than {2 * MAX_TOTAL // 2**20} MB of YAML")
    base = f"{tree}:{folder}".encode()
    base += b"" if base.endswith((b":", b"/")) else b"/"
    wanted = [base + entry.path if entry.mode == LINK else entry.blob for entry in entries]
    for entry, content in zip(entries, _contents(wanted), strict=True):
        path = top / os.fsdecode(entry.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:  # a link out of the revision: told as on disk, a link that leads to no file
            path.symlink_to(path.name + ".nowhere")
        else:
            path.write_bytes(content)
    return False


def _tree(revision: str, text: str) -> str:
    """The tree of a revision."""
    if not revision or revision.startswith("-"):
        more = "" if revision else f"; that is HEAD{text}"
        raise NoTable(f"'{text}' names no revision of git{more}")
    _git("rev-parse", "--git-dir")  # says that there is no repository, or no git
    verified = _git("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{tree}", may_fail=True)
    if not verified:
        shallow = _git("rev-parse", "--is-shallow-repository", may_fail=True).strip() == b"true"
        mend = (
            "; this clone is shallow: fetch more of it with 'git fetch --deepen=50', in a workflow with fetch-depth: 0"
        )
        raise NoTable(f"'{revision}' is no revision of this repository{mend if shallow else ''}")
    return verified.decode().strip()


def _find(tree: str, folder: str, text: str) -> tuple[bytes, str]:
    """What a name is in a tree, and its object. Links are followed."""
    found = _look(tree, folder)
    if found is None:
        hint = folder and not folder.startswith((".", "/")) and _look(tree, "./" + folder)
        more = f"; did you mean '{text.replace(':', ':./', 1)}'?" if hint else ""
        raise NoTable(f"{text}: there is no such folder in that revision{more}")
    return found


def _look(tree: str, folder: str) -> tuple[bytes, str] | None:
    if "\n" in folder or folder.startswith("/"):
        return None
    words = _git("cat-file", "--batch-check", "--follow-symlinks", given=os.fsencode(f"{tree}:{folder}\n")).split()
    return (words[1], words[0].decode()) if len(words) == 3 and words[1] in (FOLDER, b"blob") else None


def _entries(tree: str) -> Iterator[_Entry]:
    """The YAML files of a tree."""
    for row in _git("ls-tree", "-r", "-z", "-l", "--full-tree", tree).split(b"\0"):
        head, _, path = row.partition(b"\t")
        if not path.endswith((b".yaml", b".yml")):
            continue
        mode, kind, blob, size = head.split()
        outside = path.startswith(b"/") or ".." in PurePosixPath(os.fsdecode(path)).parts
        if kind == b"blob" and not outside:  # git writes no such name; whoever forges a tree can
            yield _Entry(mode, blob, int(size), path)


def _contents(wanted: list[bytes]) -> Iterator[bytes | None]:
    """The content of each object; None for what is no file in the revision."""
    asked = b"".join(name.replace(b"\n", b"?") + b"\n" for name in wanted)
    said = _git("cat-file", "--batch", "--follow-symlinks", given=asked) if wanted else b""
    at = 0
    for _ in wanted:
        end = said.index(b"\n", at)
        words, at = said[at:end].split(), end + 1
        if words[-1] in (b"missing", b"ambiguous"):
            yield None
            continue
        size = int(words[-1])
        yield None if words[0] in NOWHERE or words[1] != b"blob" else said[at : at + size]
        at += size + 1


def _git(*words: str, may_fail: bool = False, given: bytes = b"") -> bytes:
    """What a command of git prints. Raises NoTable with one clear line."""
    told = {**os.environ, "LC_ALL": "C"}  # its messages are read below
    try:
        done = subprocess.run(
            ["git", *words], input=given, capture_output=True, timeout=MOST_SECONDS, check=False, env=told
        )  # fmt: skip
    except OSError:
        raise NoTable("git is not installed, and a revision was asked for") from None
    except subprocess.TimeoutExpired:
        raise NoTable(f"git took more than {MOST_SECONDS} seconds") from None
    if done.returncode and not may_fail:
        raise NoTable(_fault(done.stderr.decode("utf-8", "replace"), done.returncode))
    return done.stdout if not done.returncode else b""


def _fault(said: str, status: int) -> str:
    """What git complains of, in one line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or [f"status {status}"]
    if "not a git repository" in lines[0]:
        return "this folder is in no git repository, and a revision was asked for"
    mend = next((f"; if you trust it: {line}" for line in lines if line.startswith("git config")), "")
    return f"git: {lines[0].removeprefix('fatal: ')}{mend}"
