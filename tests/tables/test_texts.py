"""Facts about a table as texts: what passes the bounds comes back from a folder as it was, in the same order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.authoring.files import list_files, read_sources
from ivr.diagnostics import Report, Sources
from ivr.tables.archive import Archive
from ivr.tables.ready import version_of
from ivr.tables.texts import (
    Unfit,
    check_path,
    check_texts,
    clean,
    digest,
    in_order,
    sources_of,
    texts_of,
    version_of_texts,
)

PARTS = st.text(alphabet="abzABZ019_-. é/\\:~*\u202e\u0301\n", min_size=1, max_size=12)
PATHS = st.builds("/".join, st.lists(PARTS, min_size=1, max_size=4)).map(lambda path: path + ".yaml")
TEXTS = st.dictionaries(PATHS, st.text(max_size=40).map(clean), min_size=1, max_size=8)


@given(texts=TEXTS)
def test_what_passes_is_written_below_its_folder_and_read_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, texts: dict[str, str]
) -> None:
    try:
        check_texts(texts)
    except Unfit:
        return
    root = tmp_path_factory.mktemp("texts")
    archive = Archive(root / "deep" / "er", "t")
    version = version_of_texts(texts)
    archive.keep_texts(version, texts)
    folder = archive.folder / version
    sources = Sources(read_sources(list_files(folder), folder, Report()))
    assert texts_of(folder, sources) == texts
    assert [source.path for source in sources.files] == in_order(texts)
    assert version_of(sources) == version
    assert all(path.is_relative_to(folder) for path in root.rglob("*.yaml"))


def refusal(path: str) -> Unfit | None:
    """Why a path is refused."""
    try:
        check_path(path)
    except Unfit as unfit:
        return unfit
    return None


@given(path=st.one_of(PATHS, st.text(max_size=220)))
def test_a_path_that_passes_has_no_way_out(path: str) -> None:
    said = refusal(path)
    if said is not None:
        assert said.reason in ("path_long", "path_wrong", "path_kind", "path_apart")
        assert str(said).isprintable()
        return
    assert (Path("/table") / path).resolve().is_relative_to("/table")
    assert path.endswith((".yaml", ".yml"))
    assert not any(part.startswith((".", "-", "~")) for part in path.split("/"))


def test_files_of_a_folder_come_before_its_folders() -> None:
    paths = ["b/a.yaml", "z.yaml", "a/z.yaml", "a/b/c.yaml", "a.yaml"]
    assert in_order(paths) == ["a.yaml", "z.yaml", "a/z.yaml", "a/b/c.yaml", "b/a.yaml"]


def test_the_digest_tells_paths_and_texts_apart_where_the_version_does_not() -> None:
    one, other = {"a.yaml": "x", "b.yaml": "y"}, {"a.yaml": "x", "c.yaml": "y"}
    assert version_of_texts(one) == version_of_texts(other)
    assert digest(one) != digest(other)
    assert digest({"a.yaml": "xy"}) != digest({"a.yamlx": "y"})


def test_sources_carry_the_paths_below_the_folder() -> None:
    assert [s.path for s in sources_of({"b/x.yaml": "", "a.yaml": ""}).files] == ["a.yaml", "b/x.yaml"]
