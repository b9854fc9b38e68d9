"""Facts about accepted tables: kept by content, served as they were, and published by one pointer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ivr.tables.archive import Archive, NotKept
from ivr.tables.ready import Refused, Table, load_table, version_of
from tests.engine import calls

TODAY = dt.date(2026, 11, 24)


def folder(tmp_path: Path, text: str = calls.TEXT, name: str = "table") -> Path:
    """A folder with a table in two files."""
    path = tmp_path / name
    path.mkdir(parents=True, exist_ok=True)
    head, nodes = text.split("nodes:\n", 1)
    (path / "a.yaml").write_text(head)
    (path / "menus").mkdir(exist_ok=True)
    (path / "menus" / "b.yaml").write_text("nodes:\n" + nodes)
    return path


def kept(tmp_path: Path) -> tuple[Archive, Table]:
    """An archive with one table."""
    source = folder(tmp_path)
    table = load_table(source, TODAY)
    archive = Archive(tmp_path / "var", table.graph.id)
    archive.keep(table, source)
    return archive, table


def test_a_kept_version_is_the_same_table(tmp_path: Path) -> None:
    archive, table = kept(tmp_path)
    again = archive.load(table.version)
    assert again.version == table.version
    assert again.graph.nodes == table.graph.nodes
    assert again.graph.names == table.graph.names


def test_the_version_is_made_from_content_alone(tmp_path: Path) -> None:
    one = load_table(folder(tmp_path, name="one"), TODAY)
    other = load_table(folder(tmp_path, name="other"), TODAY)
    changed = load_table(folder(tmp_path, calls.TEXT.replace("Welkom.", "Hallo."), "changed"), TODAY)
    assert one.version == other.version
    assert one.version != changed.version


def test_keeping_twice_changes_nothing(tmp_path: Path) -> None:
    archive, table = kept(tmp_path)
    archive.keep(table, tmp_path / "table")
    assert archive.versions() == [table.version]


def test_a_version_that_was_changed_after_it_was_accepted_is_not_served(tmp_path: Path) -> None:
    archive, table = kept(tmp_path)
    path = archive.folder / table.version / "a.yaml"
    path.write_text(path.read_text().replace("Every kind", "Another"))
    with pytest.raises(NotKept, match="changed after it was accepted"):
        archive.load(table.version)


@pytest.mark.parametrize("version", ["", "..", "../table", "none", "a/b"])
def test_only_what_is_kept_can_be_loaded(tmp_path: Path, version: str) -> None:
    archive, _ = kept(tmp_path)
    with pytest.raises(NotKept):
        archive.load(version)


def test_publishing_moves_the_pointer_and_says_what_it_was(tmp_path: Path) -> None:
    archive, table = kept(tmp_path)
    assert archive.publish(table.version) == ""
    assert archive.publish(table.version) == table.version
    assert archive.live() == table.version
    with pytest.raises(NotKept, match="never accepted"):
        archive.publish("ffffffffffff")
    assert archive.live() == table.version


def test_a_table_with_errors_is_refused(tmp_path: Path) -> None:
    source = folder(tmp_path, calls.TEXT.replace("to: topics}", "to: nowhere}"))
    with pytest.raises(Refused) as refused:
        load_table(source, TODAY)
    assert refused.value.checked.errors >= 1


def test_the_order_of_files_is_part_of_the_version(tmp_path: Path) -> None:
    table = load_table(folder(tmp_path), TODAY)
    turned = type(table.sources)(tuple(reversed(table.sources.files)))
    assert version_of(turned) != table.version
