"""Which files make a table, and their text, whatever a stranger put into the folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ivr.authoring import files
from ivr.authoring.files import NoTable, list_files, read_sources
from ivr.diagnostics import Finding, Report, Sources


def lay(folder: Path, **content: str | bytes) -> Path:
    """Files by name, `__` for a slash."""
    for name, held in content.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(held if isinstance(held, bytes) else held.encode())
    return folder


def names(folder: Path, under: str | None = None) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in list_files(folder, under)]


def read(folder: Path) -> tuple[Sources, tuple[Finding, ...]]:
    report = Report()
    sources = Sources(read_sources(list_files(folder), folder, report))
    return sources, report.sorted()


def test_every_yaml_file_under_the_folder_counts_in_one_order_everywhere(tmp_path: Path) -> None:
    lay(tmp_path, b="", a="", menus__z="", menus__deep__y="", Z="")
    (tmp_path / "c.yml").write_text("")
    assert names(tmp_path) == ["Z.yaml", "a.yaml", "b.yaml", "c.yml", "menus/z.yaml", "menus/deep/y.yaml"]


def test_what_is_hidden_or_of_another_kind_does_not_count(tmp_path: Path) -> None:
    lay(tmp_path, a="", **{".hidden": "", ".git__config": ""})
    for name in ("notes.txt", "a.yaml~", "a.yaml.orig", ".a.yaml.swp", "yaml"):
        (tmp_path / name).write_text("")
    assert names(tmp_path) == ["a.yaml"]


def test_scenarios_and_knowledge_stand_apart_at_the_top_only(tmp_path: Path) -> None:
    lay(tmp_path, a="", scenarios__s="", knowledge__k="", menus__scenarios__m="")
    assert names(tmp_path) == ["a.yaml", "menus/scenarios/m.yaml"]
    assert names(tmp_path, "scenarios") == ["scenarios/s.yaml"]


def test_a_table_without_scenarios_has_none(tmp_path: Path) -> None:
    assert names(lay(tmp_path, a=""), "scenarios") == []
    assert list_files(tmp_path / "a.yaml", "scenarios") == []


def test_a_file_may_stand_for_a_folder(tmp_path: Path) -> None:
    file = lay(tmp_path, a="") / "a.yaml"
    assert list_files(file) == [file]


@pytest.mark.parametrize(("name", "why"), [("gone", "there is no such folder"), ("empty", "holds no YAML file")])
def test_where_there_is_no_table_one_line_says_why(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoTable) as caught:
        list_files(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: {why}"


def test_a_loop_of_links_is_not_walked(tmp_path: Path) -> None:
    lay(tmp_path, menus__a="")
    (tmp_path / "menus" / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "itself").symlink_to(tmp_path / "itself")
    assert names(tmp_path) == ["menus/a.yaml"]
    with pytest.raises(NoTable, match=r"itself: (there is no such folder|too many levels of symbolic links)$"):
        list_files(tmp_path / "itself")


def test_more_files_than_anybody_writes_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILES", 3)
    with pytest.raises(NoTable, match="has more than 3 YAML files"):
        list_files(lay(tmp_path, a="", b="", c="", d=""))


def test_text_is_utf8_with_or_without_its_mark(tmp_path: Path) -> None:
    sources, found = read(lay(tmp_path, a="é: 日本", b=b"\xef\xbb\xbfa: 1"))
    assert [s.text for s in sources.files] == ["é: 日本", "a: 1"]
    assert found == ()


@pytest.mark.parametrize(
    ("raw", "where", "message"),
    [
        (b"a: 1\nb: caf\xe9\n", "a.yaml:2:7", "the byte 0xE9 is not UTF-8 text"),
        (b"a: \xe6\x97\xa5\xff", "a.yaml:1:5", "the byte 0xFF is not UTF-8 text"),
        (b"a: \xed\xa0\x80", "a.yaml:1:4", "the byte 0xED is not UTF-8 text"),
        (b"a: 1\r\nb: 2\rc\xc3", "a.yaml:3:2", "the byte 0xC3 is not UTF-8 text"),
        ("a: 1".encode("utf-16"), "a.yaml:1:1", "the file is UTF-16, not UTF-8"),
    ],
)
def test_what_is_not_utf8_is_told_at_its_first_byte(tmp_path: Path, raw: bytes, where: str, message: str) -> None:
    sources, (finding,) = read(lay(tmp_path, a=raw))
    assert (finding.code, sources.where(finding.span), finding.message) == ("IVR100", where, message)
    assert (sources.files[0].text, sources.files[0].unread) == ("", True)


def test_a_file_that_cannot_be_read_keeps_its_number(tmp_path: Path) -> None:
    sources, (finding,) = read(lay(tmp_path, a="a: 1", b=b"\xff", c="c: 1"))
    assert [s.path for s in sources.files] == ["a.yaml", "b.yaml", "c.yaml"]
    assert finding.span.file == 1


def test_what_is_no_ordinary_file_is_never_opened(tmp_path: Path) -> None:
    """A pipe would never end, a device neither."""
    lay(tmp_path, a="")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "broken.yaml").symlink_to(tmp_path / "gone")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    sources, found = read(tmp_path)
    assert {sources.files[f.span.file].path: f.message for f in found} == {
        "broken.yaml": "this link leads to no file",
        "loop.yaml": "this link leads to no file",
        "pipe.yaml": "this is not an ordinary file",
        "zero.yaml": "this is not an ordinary file",
    }
    assert all(f.code == "IVR100" and f.help for f in found)


def test_a_folder_with_the_name_of_a_file_is_a_folder(tmp_path: Path) -> None:
    assert names(lay(tmp_path, **{"x.yaml__a": ""})) == ["x.yaml/a.yaml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(tmp_path: Path) -> None:
    lay(tmp_path, a="", closed__b="")
    (tmp_path / "a.yaml").chmod(0)
    _, (finding,) = read(tmp_path)
    assert finding.message == "the file cannot be read: permission denied"
    (tmp_path / "closed").chmod(0)
    with pytest.raises(NoTable, match="permission denied"):
        list_files(tmp_path / "closed")
    (tmp_path / "closed").chmod(0o700)


def test_a_file_that_may_not_be_read_is_told_whoever_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as above for root, to whom nothing is closed: the system's answer is played."""

    def closed(self: Path, *args: object) -> None:
        raise PermissionError(13, "Permission denied")

    lay(tmp_path, a="")
    monkeypatch.setattr(Path, "open", closed)
    _, (finding,) = read(tmp_path)
    assert (finding.code, finding.message) == ("IVR100", "the file cannot be read: permission denied")


def test_files_that_are_too_large_alone_or_together_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, a="a" * 30, b="b" * 30, c="c" * 80, d="d" * 30)
    monkeypatch.setattr(files, "MAX_FILE", 50)
    monkeypatch.setattr(files, "MAX_TOTAL", 70)
    sources, found = read(tmp_path)
    assert [len(s.text) for s in sources.files] == [30, 30, 0, 0]
    assert [f.message for f in found] == [
        "the file has 80 bytes, more than is read",
        "the file has 30 bytes, more than is read",
    ]


def test_paths_are_shown_from_where_the_reader_stands(tmp_path: Path) -> None:
    lay(tmp_path, table__a="")
    paths = list_files(tmp_path / "table")
    assert read_sources(paths, tmp_path, Report())[0].path == "table/a.yaml"
    assert read_sources(paths, tmp_path / "elsewhere", Report())[0].path == (tmp_path / "table" / "a.yaml").as_posix()
