"""Facts about a publication as a commit: only the table's files, only from what it was based on, and no word becomes more."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.tables import commit as module
from ivr.tables.commit import Author, NotCommitted, commit, is_checkout
from ivr.tables.texts import version_of_texts
from tests.tables.test_revision import commit as commit_all
from tests.tables.test_revision import git

NOW = 1_800_000_000
ANNA = Author("Anna de Vries", "anna@gemeente.example")
TEXTS = {"a.yaml": "table: {}\n", "menus/b.yaml": "nodes: {}\n"}
NEXT = {"a.yaml": "table: {}\n", "menus/b.yaml": "nodes: {x: 1}\n", "c.yaml": "teams: {}\n"}


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a table in `tables/t`, and something else beside it."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    path = tmp_path / "repo"
    for name, text in TEXTS.items():
        target = path / "tables" / "t" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    (path / "other.txt").write_text("other\n")
    git(path, "init", "-q", "-b", "main", ".")
    commit_all(path)
    return path


def publish(
    repo: Path, texts: dict[str, str] = NEXT, author: Author = ANNA, message: str = "Waarom\n\nVersie x"
) -> str:
    """Commit a version on what the repository holds."""
    return commit(repo / "tables" / "t", texts, version_of_texts(TEXTS), author, message, NOW)


def state(repo: Path) -> tuple[str, str, dict[str, bytes]]:
    """Where the branch is, what git sees, and what the folder holds."""
    files = {str(p): p.read_bytes() for p in sorted((repo / "tables").rglob("*")) if p.is_file()}
    return git(repo, "rev-parse", "HEAD"), git(repo, "status", "--porcelain"), files


def test_the_files_of_a_version_are_one_commit_by_who_published_it(repo: Path) -> None:
    before = git(repo, "rev-parse", "HEAD")
    name = publish(repo)
    assert git(repo, "rev-parse", "HEAD") == git(repo, "rev-parse", "main") == name
    assert git(repo, "rev-parse", "HEAD^") == before
    assert (
        git(repo, "log", "-1", "--format=%an|%ae|%at|%B").strip()
        == f"Anna de Vries|anna@gemeente.example|{NOW}|Waarom\n\nVersie x"
    )
    assert git(repo, "show", "--format=", "--name-status", "HEAD").split() == [
        "A",
        "tables/t/c.yaml",
        "M",
        "tables/t/menus/b.yaml",
    ]
    assert git(repo, "status", "--porcelain") == ""
    assert (repo / "tables/t/menus/b.yaml").read_text() == NEXT["menus/b.yaml"]


def test_a_file_that_the_version_lacks_goes_and_its_empty_folder_too(repo: Path) -> None:
    publish(repo, {"a.yaml": "table: {}\n"})
    assert not (repo / "tables/t/menus").exists()
    assert git(repo, "status", "--porcelain") == ""


def test_what_waits_elsewhere_in_the_checkout_is_not_committed_and_goes_on_waiting(repo: Path) -> None:
    (repo / "other.txt").write_text("staged\n")
    git(repo, "add", "other.txt")
    (repo / "new.txt").write_text("untracked\n")
    publish(repo)
    assert git(repo, "status", "--porcelain").splitlines() == ["M  other.txt", "?? new.txt"]
    assert git(repo, "show", "HEAD:other.txt") == "other"


def _edit(repo: Path) -> None:
    (repo / "tables/t/a.yaml").write_text("table: {x: 1}\n")


def _stage(repo: Path) -> None:
    _edit(repo)
    git(repo, "add", "-A")


def _add(repo: Path) -> None:
    (repo / "tables/t/z.yaml").write_text("x: 1\n")


def _ignore(repo: Path) -> None:
    (repo / ".git/info").mkdir(exist_ok=True)
    (repo / ".git/info/exclude").write_text("z.yaml\n")
    _add(repo)


def _other(repo: Path) -> None:
    _edit(repo)
    commit_all(repo)


def _merge(repo: Path) -> None:
    (repo / ".git/MERGE_HEAD").write_text(git(repo, "rev-parse", "HEAD") + "\n")


def _locked(repo: Path) -> None:
    (repo / ".git/index.lock").touch()


def _link(repo: Path) -> None:
    (repo / "away").mkdir()
    (repo / "tables/t/menus/b.yaml").unlink()
    (repo / "away/b.yaml").write_text(TEXTS["menus/b.yaml"])
    (repo / "tables/t/menus/b.yaml").symlink_to("../../../away/b.yaml")
    commit_all(repo)


def _link_folder(repo: Path) -> None:
    (repo / "away").mkdir()
    (repo / "away/x.txt").write_text("x")
    (repo / "tables/t/new").symlink_to("../../away")
    commit_all(repo)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [(_edit, "uncommitted"), (_stage, "uncommitted"), (_add, "uncommitted"), (_ignore, "other_base"),
     (_other, "other_base"), (_merge, "uncommitted"), (_locked, "uncommitted"), (_link, "uncommitted")],
)  # fmt: skip
def test_a_checkout_that_is_not_in_order_is_refused_and_stays_as_it_was(
    repo: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    spoil(repo)
    before = state(repo)
    with pytest.raises(NotCommitted) as fault:
        publish(repo)
    assert fault.value.reason == reason
    assert state(repo) == before


def test_a_linked_folder_is_not_written_through(repo: Path) -> None:
    _link_folder(repo)
    with pytest.raises(NotCommitted, match="leads out of the folder"):
        publish(repo, {**NEXT, "new/x.yaml": "x: 1\n"})
    assert [p.name for p in (repo / "away").iterdir()] == ["x.txt"]


def test_no_hook_no_signature_and_no_monitor_of_the_checkout_runs(repo: Path) -> None:
    ran = repo / "ran"
    for name in (
        "pre-commit",
        "commit-msg",
        "post-commit",
        "reference-transaction",
        "post-index-change",
        "prepare-commit-msg",
    ):
        hook = repo / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {ran}\nexit 1\n")
        hook.chmod(0o755)
    monitor = repo / "monitor"
    monitor.write_text(f"#!/bin/sh\ntouch {ran}\n")
    monitor.chmod(0o755)
    for key, value in (("core.fsmonitor", str(monitor)), ("commit.gpgSign", "true"), ("gpg.program", str(monitor))):
        git(repo, "config", key, value)
    git(repo, "config", "core.fsmonitor", str(monitor))
    publish(repo)
    assert not ran.exists()


@pytest.mark.parametrize(
    "words",
    ["--amend", "-x --exec=touch\tran", "$(touch ran)", "`touch ran`", "\n--author=x\n", "#not a remark", "a\0b", "\ud800",
     "'; touch ran; '", "Co-authored-by: x <y>"],
)  # fmt: skip
def test_no_word_of_a_person_becomes_an_option_or_a_command(repo: Path, words: str) -> None:
    author = Author(words, f"<{words}>")
    publish(repo, author=author, message=words)
    assert not list(repo.rglob("ran"))
    assert git(repo, "rev-list", "--count", "HEAD") == "2"
    assert git(repo, "log", "-1", "--format=%cn") == "ivr desk"
    assert git(repo, "fsck", "--strict") == ""


@pytest.mark.parametrize("path", ["../x.yaml", "/tmp/x.yaml", ".git/x.yaml", "a\\x.yaml", "-x.yaml"])
def test_a_path_that_is_none_of_a_table_is_not_written(repo: Path, path: str) -> None:
    before = state(repo)
    with pytest.raises(NotCommitted):
        publish(repo, {**NEXT, path: "x: 1\n"})
    assert state(repo) == before


def test_a_branch_that_moves_meanwhile_wins_and_the_folder_is_put_back(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = module._write

    def meanwhile(path: Path, raw: bytes) -> None:
        if not (repo / "moved").exists():
            (repo / "moved").touch()
            git(repo, "commit", "-q", "--allow-empty", "-m", "meanwhile")
        plain(path, raw)

    monkeypatch.setattr(module, "_write", meanwhile)
    files = state(repo)[2]
    with pytest.raises(NotCommitted):
        publish(repo)
    assert state(repo)[2] == files
    assert git(repo, "log", "-1", "--format=%s") == "meanwhile"


def test_a_folder_in_no_checkout_and_one_that_git_ignores_are_known(repo: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    assert is_checkout(repo / "tables/t")
    assert not is_checkout(alone)
    assert not is_checkout(tmp_path / "nowhere")
    (repo / ".gitignore").write_text("made/\n")
    (repo / "made").mkdir()
    assert not is_checkout(repo / "made")
    with pytest.raises(NotCommitted) as fault:
        commit(alone, NEXT, version_of_texts(TEXTS), ANNA, "x", NOW)
    assert fault.value.reason == "no_checkout"


def test_what_the_surroundings_say_of_git_points_it_nowhere_else(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody else")
    publish(repo)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.delenv(name)
    assert git(repo, "log", "-1", "--format=%an") == "Anna de Vries"


def test_a_second_publication_goes_on_the_first(repo: Path) -> None:
    publish(repo)
    again = {**NEXT, "c.yaml": "teams: {y: 1}\n"}
    commit(repo / "tables/t", again, version_of_texts(NEXT), ANNA, "Nog een", NOW + 1)
    assert git(repo, "rev-list", "--count", "HEAD") == "3"
    assert git(repo, "status", "--porcelain") == ""
