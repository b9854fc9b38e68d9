"""Facts about tables of a revision: what git holds is read as it was committed, and nothing in the repository is touched."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.authoring.files import NoTable
from ivr.tables import revision
from ivr.tables.ready import Checked, ready
from ivr.tables.revision import check_any, is_revision
from tests.engine import calls

TODAY = dt.date(2026, 11, 24)
WHO = {
    f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "t"), ("EMAIL", "t@t"))
}
OLD, NEW = "Welkom.", "Hallo."


def git(folder: Path, *words: str) -> str:
    """Run git as nobody in particular."""
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *words], cwd=folder, capture_output=True, text=True, check=True, env={**os.environ, **WHO, **alone}
    )  # fmt: skip
    return done.stdout.strip()


def write(folder: Path, text: str = calls.TEXT) -> None:
    """A table in two files."""
    head, nodes = text.split("nodes:\n", 1)
    (folder / "menus").mkdir(parents=True, exist_ok=True)
    (folder / "a.yaml").write_text(head, newline="")
    (folder / "menus" / "b.yaml").write_text("nodes:\n" + nodes, newline="")


def commit(folder: Path, *words: str) -> None:
    """Everything in the working tree as one commit."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "m", *words)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two commits: the table in `tables/t` says OLD in the first and NEW in the second."""
    path = tmp_path / "repo"
    write(path / "tables" / "t")
    git(path, "init", "-q", "-b", "main", ".")
    commit(path)
    write(path / "tables" / "t", calls.TEXT.replace(OLD, NEW))
    commit(path)
    monkeypatch.chdir(path)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "scratch").mkdir()
    return path


def state(repo: Path) -> object:
    """All that a reader could have touched: files, index, references, and what lies in the folder for scratch files."""
    files = sorted((p.as_posix(), p.lstat().st_mtime_ns) for p in repo.rglob("*") if not p.is_dir())
    return files, sorted(os.listdir(repo.parent / "scratch")), git(repo, "for-each-ref")


def says(checked: Checked) -> str:
    """OLD or NEW: the word by which the table welcomes."""
    assert checked.errors == 0, checked.findings
    text = "".join(source.text for source in checked.sources.files)
    assert (OLD in text) != (NEW in text)
    return OLD if OLD in text else NEW


def fault(text: str) -> str:
    """The one line that says why there is no table."""
    with pytest.raises(NoTable) as raised:
        check_any(text, TODAY)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("name", "below", "word"),
    [("HEAD:tables/t", "", NEW), ("HEAD~1:tables/t", "", OLD), ("HEAD~1:tables/t/", "", OLD), ("main^:tables/t", "", OLD),
     ("HEAD~1:./tables/t", "", OLD), ("HEAD~1:./t", "tables", OLD), ("HEAD~1:tables/t", "tables", OLD),
     ("HEAD~1:./t/", "tables", OLD), ("HEAD~1:.", "tables/t", OLD), ("HEAD~1:./", "tables/t", OLD),
     ("HEAD~1:../t", "tables/t", OLD), ("HEAD~1:..", "tables/t/menus", OLD), ("HEAD~1:", "", OLD),
     ("HEAD~1:", "tables", OLD), ("HEAD^{tree}:tables/t", "", NEW), ("HEAD~1^{tree}:tables/t", "", OLD)],
)  # fmt: skip
def test_a_revision_is_read_from_anywhere_in_the_repository(
    repo: Path, monkeypatch: pytest.MonkeyPatch, name: str, below: str, word: str
) -> None:
    monkeypatch.chdir(repo / below)
    before = state(repo)
    assert is_revision(name)
    assert says(check_any(name, TODAY)) == word
    assert state(repo) == before


def test_a_revision_is_the_same_table_as_its_checkout(repo: Path) -> None:
    held, disk = check_any("HEAD:tables/t", TODAY), check_any("tables/t", TODAY)
    assert ready(held).version == ready(disk).version
    assert [source.path for source in held.sources.files] == ["HEAD:tables/t/a.yaml", "HEAD:tables/t/menus/b.yaml"]


@pytest.mark.parametrize("name", ["HEAD~1:tables/t", "HEAD~1:./tables/t", "HEAD~1:", "HEAD~1:tables/t/a.yaml"])
def test_git_takes_the_paths_that_are_shown(repo: Path, name: str) -> None:
    sources = check_any(name, TODAY).sources.files
    assert sources
    for source in sources:
        assert git(repo, "show", source.path) == source.text.strip()


def test_a_dirty_working_tree_is_read_from_disk_and_left_as_it_is(repo: Path) -> None:
    write(repo / "tables" / "t", calls.TEXT.replace(OLD, "Dag."))
    (repo / "tables" / "t" / "new.yaml").write_text("variables: {untracked: [one, two]}\n")
    git(repo, "add", "tables/t/a.yaml")
    before, index = state(repo), git(repo, "--no-optional-locks", "status", "--porcelain")
    assert says(check_any("HEAD~1:tables/t", TODAY)) == OLD
    disk = check_any("tables/t", TODAY).sources.files
    assert [source.path for source in disk] == [f"tables/t/{name}.yaml" for name in ("a", "new", "menus/b")]
    assert any("Dag." in source.text for source in disk)
    assert (state(repo), git(repo, "--no-optional-locks", "status", "--porcelain")) == (before, index)


def test_a_shallow_clone_has_its_head_and_says_how_to_get_more(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", repo.as_uri(), "shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    assert says(check_any("HEAD:tables/t", TODAY)) == NEW
    assert says(check_any("origin/main:tables/t", TODAY)) == NEW
    said = fault("HEAD~1:tables/t")
    assert said.startswith("'HEAD~1' is no revision of this repository; this clone is shallow: ")
    git(tmp_path / "shallow", *said.split("'")[3].split()[1:])
    assert says(check_any("HEAD~1:tables/t", TODAY)) == OLD


@pytest.mark.parametrize("name", ["release/2026", "v1"])
def test_a_tag_may_have_a_slash(repo: Path, name: str) -> None:
    git(repo, "tag", name, "HEAD~1")
    git(repo, "tag", "-a", "-m", "m", name + "-signed", "HEAD~1")
    assert says(check_any(f"{name}:tables/t", TODAY)) == OLD
    assert says(check_any(f"{name}-signed:tables/t", TODAY)) == OLD


def test_names_may_have_spaces_and_any_letter(repo: Path) -> None:
    write(repo / "een tabel" / "über: [x]*")
    commit(repo)
    assert says(check_any("HEAD:een tabel/über: [x]*", TODAY)) == OLD


@pytest.mark.parametrize(
    ("name", "said"),
    [("HEAD:nowhere", "HEAD:nowhere: there is no such folder in that revision"),
     ("HEAD:tables/t/nowhere.yaml", "HEAD:tables/t/nowhere.yaml: there is no such folder in that revision"),
     ("HEAD:tables/*", "HEAD:tables/*: there is no such folder in that revision"),
     ("HEAD~3:tables/t", "'HEAD~3' is no revision of this repository"),
     ("nowhere:tables/t", "'nowhere' is no revision of this repository"),
     ("origin/main:tables/t", "'origin/main' is no revision of this repository"),
     ("HEAD ; echo x:tables/t", "'HEAD ; echo x' is no revision of this repository"),
     ("-x:tables/t", "'-x:tables/t' names no revision of git"),
     ("--output=x:tables/t", "'--output=x:tables/t' names no revision of git"),
     (":tables/t", "':tables/t' names no revision of git; that is HEAD:tables/t"),
     ("HEAD:" + "x" * 5000, None), ("x" * 5000 + ":t", None),
     ("HEAD:docs", "HEAD:docs: holds no YAML file"),
     ("HEAD:../outside", None), ("HEAD:/tables/t", "HEAD:/tables/t: there is no such folder in that revision")],
)  # fmt: skip
def test_what_is_not_there_is_one_clear_line(repo: Path, name: str, said: str | None) -> None:
    (repo / "docs").mkdir()
    (repo / "docs" / "a.md").write_text("x")
    commit(repo)
    before = state(repo)
    given = fault(name)
    assert said is None or given == said
    assert str(repo.parent) not in given or "outside repository" in given
    assert state(repo) == before


def test_a_name_with_a_new_line_is_no_folder(repo: Path) -> None:
    with pytest.raises(NoTable, match="there is no such folder"):
        check_any("HEAD:tables\nHEAD:tables/t", TODAY)


def test_who_stands_in_a_subfolder_is_shown_the_dot(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo / "tables")
    assert fault("HEAD:t").endswith("; did you mean 'HEAD:./t'?")


def test_without_a_repository_or_git_one_clear_line_says_so(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert fault("HEAD:tables/t") == "this folder is in no git repository, and a revision was asked for"
    monkeypatch.chdir(repo)
    monkeypatch.setenv("PATH", "")
    assert fault("HEAD:tables/t") == "git is not installed, and a revision was asked for"


def test_a_repository_without_a_commit_has_no_head(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "fresh").mkdir()
    git(repo / "fresh", "init", "-q", "-b", "main", ".")
    monkeypatch.chdir(repo / "fresh")
    assert fault("HEAD:tables/t") == "'HEAD' is no revision of this repository"


def test_a_repository_of_somebody_else_comes_with_the_mend(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    said = fault("HEAD:tables/t")
    assert "dubious ownership" in said
    assert f"git config --global --add safe.directory {repo}" in said


def test_git_that_hangs_is_not_waited_for(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(revision, "MOST_SECONDS", 0.05)
    assert "git took more than" in fault("HEAD:tables/t")


def test_a_link_leads_where_it_led_in_the_revision(repo: Path) -> None:
    """On disk it leads to NEW text by now."""
    table = repo / "tables" / "t"
    (repo / "shared").mkdir()
    (table / "a.yaml").rename(repo / "shared" / "head.txt")
    (table / "a.yaml").symlink_to("../../shared/head.txt")
    (repo / "linked").symlink_to("tables/t")
    write(repo / "tables" / "t", calls.TEXT)
    commit(repo)
    (repo / "shared" / "head.txt").write_text("broken: [")
    assert says(check_any("HEAD:tables/t", TODAY)) == OLD
    assert says(check_any("HEAD:linked", TODAY)) == OLD
    assert says(check_any("HEAD:./linked", TODAY)) == OLD


@pytest.mark.parametrize("target", ["/etc/hostname", "../../../../outside.yaml", "nowhere.yaml", "l.yaml"])
def test_a_link_out_of_the_revision_is_a_finding_and_never_followed(repo: Path, target: str) -> None:
    (repo.parent / "outside.yaml").write_text("variables: {secret: [one, two]}\n")
    (repo / "tables" / "t" / "l.yaml").symlink_to(target)
    commit(repo)
    found = check_any("HEAD:tables/t", TODAY)
    assert [(f.code, f.message) for f in found.findings] == [("IVR100", "this link leads to no file")]
    assert [source.path for source in found.sources.files if source.unread] == ["HEAD:tables/t/l.yaml"]


def test_a_link_to_a_folder_is_not_followed_as_on_disk(repo: Path) -> None:
    (repo / "more.yaml").mkdir()
    (repo / "more.yaml" / "a.yaml").write_text("broken: [")
    (repo / "tables" / "t" / "more").symlink_to("../../more.yaml")
    commit(repo)
    assert says(check_any("HEAD:tables/t", TODAY)) == says(check_any("tables/t", TODAY)) == NEW


def test_line_ends_make_no_other_table(repo: Path) -> None:
    held = ready(check_any("HEAD:tables/t", TODAY))
    for path in (repo / "tables" / "t").rglob("*.yaml"):
        path.write_text(path.read_text(), newline="\r\n")
    commit(repo)
    windows = check_any("HEAD:tables/t", TODAY)
    assert "\r\n" in windows.sources.files[0].text
    assert (ready(windows).graph.nodes, ready(windows).graph.prompts) == (held.graph.nodes, held.graph.prompts)


def test_no_attribute_of_the_repository_has_a_say(repo: Path) -> None:
    """`git archive` leaves out what is marked so, and fills in what it is told to."""
    (repo / ".gitattributes").write_text("tables/t/menus export-ignore\n*.yaml export-subst eol=crlf text\n")
    (repo / "tables" / "t" / "c.yaml").write_text("# $Format:%H$\nvariables: {more: [one, two]}\n")
    commit(repo)
    held = {source.path: source.text for source in check_any("HEAD:tables/t", TODAY).sources.files}
    assert held.keys() == {f"HEAD:tables/t/{name}.yaml" for name in ("a", "c", "menus/b")}
    assert held["HEAD:tables/t/c.yaml"] == "# $Format:%H$\nvariables: {more: [one, two]}\n"


def test_what_is_no_text_is_a_finding_with_its_place(repo: Path) -> None:
    (repo / "tables" / "t" / "c.yaml").write_bytes(b"variables: {x: [\xff]}\n")
    commit(repo)
    found = check_any("HEAD:tables/t", TODAY)
    assert [f.code for f in found.findings] == ["IVR100"]
    assert found.sources.path_line(found.findings[0].span) == "HEAD:tables/t/c.yaml:1"


def test_scenarios_and_hidden_files_are_no_part_of_a_revision_either(repo: Path) -> None:
    for name in ("scenarios/a.yaml", ".hidden.yaml", ".git-hooks/a.yaml", "knowledge/a.yaml"):
        path = repo / "tables" / "t" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("broken: [")
    commit(repo)
    assert len(check_any("HEAD:tables/t", TODAY).sources.files) == 2


def test_one_file_is_a_table_too(repo: Path) -> None:
    (repo / "one.yaml").write_text(calls.TEXT)
    (repo / "link.yaml").symlink_to("one.yaml")
    commit(repo)
    for name in ("HEAD:one.yaml", "HEAD:./one.yaml", "HEAD:link.yaml"):
        held = check_any(name, TODAY)
        assert (says(held), [source.path for source in held.sources.files]) == (OLD, [name])


def test_a_hidden_folder_counts_from_the_top(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(repo / ".tables" / "t")
    commit(repo)
    monkeypatch.chdir(repo / "tables")
    assert says(check_any("HEAD:.tables/t", TODAY)) == OLD


def test_a_bare_repository_will_do(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "clone", "-q", "--bare", repo.as_uri(), "bare")
    monkeypatch.chdir(tmp_path / "bare")
    assert says(check_any("HEAD~1:tables/t", TODAY)) == OLD


def test_what_exists_on_disk_is_no_revision(repo: Path) -> None:
    write(repo / "HEAD:tables")
    assert not is_revision("HEAD:tables")
    assert says(check_any("HEAD:tables", TODAY)) == OLD


def test_a_table_that_is_too_large_is_not_unpacked(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revision, "MAX_TOTAL", 100)
    assert "holds more than" in fault("HEAD:tables/t")


def test_a_forged_tree_writes_nothing_outside(repo: Path, make: Callable[[str], str]) -> None:
    tree = make("../../escaped.yaml")
    git(repo, "update-ref", "refs/heads/forged", git(repo, "commit-tree", "-m", "m", tree))
    fault("forged:t")
    assert not list(repo.parent.rglob("escaped.yaml"))


@pytest.fixture
def make(repo: Path) -> Callable[[str], str]:
    """Make a tree that git would never write: a folder `t` in which names are `..`."""

    def tree(path: str) -> str:
        first = subprocess.run(
            ["git", "hash-object", "-w", "--stdin"], cwd=repo, input=b"x: 1\n", capture_output=True, check=True
        )  # fmt: skip
        mode, held = b"100644", first.stdout.strip().decode()
        for name in [*reversed(path.split("/")), "t"]:
            raw = mode + b" " + name.encode() + b"\0" + bytes.fromhex(held)
            done = subprocess.run(
                ["git", "hash-object", "-w", "-t", "tree", "--literally", "--stdin"],
                cwd=repo, input=raw, capture_output=True, check=True,
            )  # fmt: skip
            mode, held = b"40000", done.stdout.strip().decode()
        return held

    return tree
