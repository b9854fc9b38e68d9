"""Facts about a publication that is a commit: by who published it, and nothing is live that git refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ivr.store.database.connect import reading
from ivr.store.publishing import drafts, publications
from ivr.store.publishing.publications import Publication
from tests.pages.browser import Desk
from tests.pages.table.small import FILES, small_desk
from tests.pages.table.test_life import proposed
from tests.tables.test_revision import commit as commit_all
from tests.tables.test_revision import git

CHANGED = {**FILES, "menus/main.yaml": FILES["menus/main.yaml"] + "# anders\n"}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose table lies in a checkout."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "repo" / "tables" / "small"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(tmp_path / "repo", "init", "-q", "-b", "main", ".")
    commit_all(tmp_path / "repo")
    with small_desk(tmp_path / "var") as served:
        served.context.settings.desk_checkout = folder
        yield served


def folder_of(desk: Desk) -> Path:
    """The table's folder."""
    folder = desk.context.settings.desk_checkout
    assert folder is not None
    return folder


def newest(desk: Desk) -> Publication:
    """The last publication."""
    with reading(desk.database) as connection:
        return publications.history(connection, "small")[0]


def approved(desk: Desk, **more: str) -> httpx.Response:
    """A draft with a change, approved and published with a commit; what the page answers."""
    id = proposed(None, desk, CHANGED)  # type: ignore[arg-type]  # no browser is used
    client = desk.client("approver", login="goedkeurder@example.nl")
    with reading(desk.database) as connection:
        version = drafts.get(connection, id).version
    assert client.post(f"/desk/table/drafts/{id}/approve", data={"version": version}).status_code == 303
    assert "Ook vastleggen in git" in client.get(f"/desk/table/drafts/{id}").text
    return client.post(f"/desk/table/drafts/{id}/publish", data={"version": version, "commit": "1", **more})


def test_a_publication_is_a_commit_by_who_published_it(desk: Desk) -> None:
    answer = approved(desk)
    assert answer.status_code == 303, answer.text
    repo = folder_of(desk)
    made = newest(desk)
    assert made.state == "live"
    assert made.commit == git(repo, "rev-parse", "HEAD")
    assert git(repo, "log", "-1", "--format=%ae") == "goedkeurder@example.nl"
    assert made.version in git(repo, "log", "-1", "--format=%B")
    assert (repo / "menus/main.yaml").read_text() == CHANGED["menus/main.yaml"]
    assert git(repo, "status", "--porcelain") == ""


def test_what_git_refuses_is_not_live_either(desk: Desk) -> None:
    before = newest(desk)
    (folder_of(desk) / "table.yaml").write_text(FILES["table.yaml"] + "# somebody is at work\n")
    answer = approved(desk)
    assert answer.status_code == 409
    assert "nog niet zijn vastgelegd" in answer.text
    assert newest(desk) == before
    assert git(folder_of(desk), "rev-list", "--count", "HEAD") == "1"


@pytest.mark.parametrize("more", [{"share": "5"}, {"at": "2099-01-01T08:00"}])
def test_only_what_is_live_now_for_all_is_committed(desk: Desk, more: dict[str, str]) -> None:
    assert approved(desk, **more).status_code == 400
    assert git(folder_of(desk), "rev-list", "--count", "HEAD") == "1"
