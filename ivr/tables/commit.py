"""A publication as a commit of git: the files of a version put into the table's folder, in a checkout that is in order.

The commit is made of objects beside the index, and the branch moves last, by compare-and-set: whatever goes wrong, the
checkout is as it was. No hook, signature or setting of the checkout has a say, nothing else that waits there is committed,
and nothing is ever pushed. What a person wrote goes in by the environment and standard input, so that none of it can become
an option.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from ivr.authoring.files import NoTable, list_files, read_sources
from ivr.diagnostics import Report, Sources
from ivr.tables.texts import Texts, Unfit, check_texts, in_order, texts_of, version_of_texts

MOST_SECONDS = 20
"""How long one command of git may take."""
MOST_MESSAGE = 4000
_SETTINGS = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.pager=cat", "commit.gpgSign=false", "gc.auto=0",
    "maintenance.auto=false", "core.quotePath=false", "advice.detachedHead=false",
)  # fmt: skip
_OURS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE")
_BUSY = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG", "index.lock")
EXECUTABLE, PLAIN = "100755", "100644"


class NotCommitted(Exception):
    """Nothing was committed, and the folder is as it was. `reason` is a word for programs; the text is one clear line."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class Author(Struct, frozen=True):
    """Who a commit is by: a name as colleagues know it, and a login, which may be an e-mail address."""

    name: str
    login: str


def is_checkout(folder: Path) -> bool:
    """Whether a table's folder lies in a checkout of git, and is not ignored there."""
    try:
        _Git(folder).top()
    except (NotCommitted, OSError):
        return False
    return True


def commit(folder: Path, files: Texts, base: str, author: Author, message: str, now: int) -> str:
    """Commit the files of a version, where the folder holds the version `base` and nothing else waits; the commit's name.

    Raises NotCommitted: the folder is in no checkout (`no_checkout`), holds uncommitted changes (`uncommitted`) or another
    version than the draft was begun from (`other_base`), or what git said (`git`).
    """
    try:
        check_texts(files)
    except Unfit as fault:
        raise NotCommitted(fault.reason, str(fault)) from None
    if not folder.is_dir():
        raise NotCommitted("no_checkout", "the table is no folder")
    git = _Git(folder)
    place = git.top()
    git.clean(place)
    held = _held(folder)
    if version_of_texts(held) != base:
        raise NotCommitted(
            "other_base", f"the folder holds another version than {base}, from which the draft was begun"
        )
    head = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{commit}")
    if set(held) - set(git.modes(head, place)):
        raise NotCommitted("uncommitted", "the folder holds files that git ignores")
    changed = {path: text for path, text in files.items() if held.get(path) != text}
    gone = sorted(set(held) - set(files))
    if not changed and not gone:
        raise NotCommitted("nothing_changed", "the folder holds this version already")
    name = git.make(place, head, changed, gone, author, message, now)
    _inside(folder, [*changed, *gone])
    with _written(folder, changed, gone):
        git.run("update-ref", "-m", "ivr: publish", "HEAD", name, head)
    git.refresh(name, place, [*changed, *gone])
    return name


def _held(folder: Path) -> dict[str, str]:
    """The texts of the folder, by their paths below it."""
    try:
        paths = list_files(folder)
    except NoTable as fault:
        raise NotCommitted("no_checkout", str(fault)) from None
    report = Report()
    sources = Sources(read_sources(paths, folder, report))
    if any(path.is_symlink() for path in paths) or len(report):
        raise NotCommitted("uncommitted", "the folder holds links, or files that cannot be read")
    return texts_of(folder, sources)


@contextlib.contextmanager
def _written(folder: Path, changed: Texts, gone: list[str]) -> Iterator[None]:
    """The files in the folder; put back as they were when what is done meanwhile fails."""
    before = {path: _bytes(folder / path) for path in [*changed, *gone]}
    try:
        for path, text in changed.items():
            _write(folder / path, text.encode())
        for path in gone:
            (folder / path).unlink()
        yield
    except BaseException as fault:
        for path, raw in before.items():
            if raw is None:
                (folder / path).unlink(missing_ok=True)
            else:
                _write(folder / path, raw)
        if isinstance(fault, OSError):
            raise NotCommitted("git", f"the folder cannot be written: {fault.strerror or fault}") from None
        raise
    for path in gone:
        with contextlib.suppress(OSError):  # a folder that holds something else stays
            (folder / path).parent.rmdir()


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write(path: Path, raw: bytes) -> None:
    """Put a file in the place of another at once, with the mode that it had."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, fresh = tempfile.mkstemp(prefix=".ivr-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        Path(fresh).chmod(mode)
        Path(fresh).replace(path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


def _inside(folder: Path, paths: Iterable[str]) -> None:
    """Raises NotCommitted when a link leads out of the folder, where nothing of ours is to be written."""
    root = folder.resolve()
    for path in paths:
        if not (folder / path).parent.resolve().is_relative_to(root):
            raise NotCommitted("uncommitted", f"{path}: a link leads out of the folder")


class _Git:
    """Commands of git in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        kept = {name: value for name, value in os.environ.items() if name not in _OURS and not _injects(name)}
        self._told = {
            **kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": "1", "GIT_OPTIONAL_LOCKS": "0",
            "GIT_EDITOR": "false", "GIT_ASKPASS": "false", "SSH_ASKPASS": "false",
        }  # fmt: skip

    def run(
        self, *words: str, given: str = "", may_fail: bool = False, told: Mapping[str, str] | None = None
    ) -> str:  # fmt: skip
        """What a command prints, without the end of its last line. Raises NotCommitted."""
        set_to = [word for setting in _SETTINGS for word in ("-c", setting)]
        try:
            done = subprocess.run(
                ["git", *set_to, *words], input=given.encode(), capture_output=True, timeout=MOST_SECONDS, check=False,
                env={**self._told, **(told or {})}, cwd=self._folder,
            )  # fmt: skip
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            raise NotCommitted("no_checkout", "git is not installed, or the folder cannot be entered") from None
        except subprocess.TimeoutExpired:
            raise NotCommitted("git", f"git took more than {MOST_SECONDS} seconds") from None
        if done.returncode and not may_fail:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise NotCommitted("git", f"git: {(said or ['it failed'])[0].removeprefix('fatal: ')[:300]}")
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n") if not done.returncode else ""

    def top(self) -> str:
        """The folder's path below the top of its checkout, with a slash at its end; '' for the top itself."""
        if self.run("rev-parse", "--is-inside-work-tree", may_fail=True) != "true":
            raise NotCommitted("no_checkout", "the table's folder is in no checkout of git")
        if self.run("check-ignore", "--", "table.yaml", may_fail=True, told={"GIT_LITERAL_PATHSPECS": "0"}):
            raise NotCommitted("no_checkout", "git ignores the table's folder")
        return self.run("rev-parse", "--show-prefix")

    def clean(self, place: str) -> None:
        """Raises NotCommitted unless the folder is as it was committed, and git is in the middle of nothing."""
        folder = Path(self.run("rev-parse", "--absolute-git-dir"))
        if any((folder / name).exists() for name in _BUSY):
            raise NotCommitted("uncommitted", "a merge, a rebase or the like is under way in the checkout")
        if self.run("status", "--porcelain", "-z", "--untracked-files=all", "--", "."):
            raise NotCommitted("uncommitted", "the table's folder holds changes that are not committed")

    def make(
        self, place: str, head: str, changed: Texts, gone: list[str], author: Author, message: str, now: int
    ) -> str:  # fmt: skip
        """A commit on top of another one, in which only these files differ. Nothing refers to it yet."""
        with tempfile.TemporaryDirectory(prefix="ivr-commit-") as apart:
            index = {"GIT_INDEX_FILE": str(Path(apart) / "index")}
            self.run("read-tree", head, told=index)
            modes = self.modes(head, place)
            rows = [f"0 {'0' * len(head)}\t{place}{path}\0" for path in gone]
            for path in in_order(changed):
                blob = self.run("hash-object", "-w", "--no-filters", "--stdin", given=changed[path])
                rows.append(f"{modes.get(path, PLAIN)} {blob} 0\t{place}{path}\0")
            self.run("update-index", "-z", "--index-info", given="".join(rows), told=index)
            tree = self.run("write-tree", told=index)
        said = "".join(c for c in message if c.isprintable() or c in "\n\t")[:MOST_MESSAGE].strip() + "\n"
        return self.run("commit-tree", "--no-gpg-sign", "-p", head, "-F", "-", tree, given=said, told=_who(author, now))

    def modes(self, head: str, place: str) -> dict[str, str]:
        """The mode of each file of the folder, as it was committed."""
        rows = self.run("ls-tree", "-r", "-z", "--full-tree", f"{head}:{place}").split("\0")
        pairs = (row.partition("\t") for row in rows if row)
        return {path: EXECUTABLE if held.startswith(EXECUTABLE) else PLAIN for held, _, path in pairs}

    def refresh(self, name: str, place: str, paths: list[str]) -> None:
        """Tell the checkout's own index of these files, and of nothing else. What waits there stays as it is."""
        rows = self.run("ls-tree", "-r", "-z", "--full-tree", f"{name}:{place}").split("\0")
        held = {path: head.split() for head, _, path in (row.partition("\t") for row in rows if row)}
        said = "".join(
            f"{held[p][0]} {held[p][2]} 0\t{place}{p}\0" if p in held else f"0 {'0' * len(name)}\t{place}{p}\0"
            for p in paths
        )
        self.run("update-index", "-z", "--index-info", given=said, may_fail=True)
        self.run("update-index", "-q", "--refresh", may_fail=True)


def _injects(name: str) -> bool:
    return name.startswith(("GIT_CONFIG", "GIT_TRACE", "GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_SSH"))


def _who(author: Author, now: int) -> dict[str, str]:
    """Author and committer, of letters that git keeps as they are."""
    name = "".join(c for c in author.name if c.isprintable() and c not in "<>").strip()[:100] or "unknown"
    mail = "".join(c for c in author.login if c.isprintable() and c not in "<> ").strip()[:200] or "unknown"
    when = dt.datetime.fromtimestamp(now, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    return {
        "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": mail, "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_NAME": "ivr desk", "GIT_COMMITTER_EMAIL": "ivr-desk@localhost", "GIT_COMMITTER_DATE": when,
    }  # fmt: skip
