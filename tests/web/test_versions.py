"""Facts about publishing: a change is live without dropping a call, and a call ends on the version on which it began."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.tables.archive import Archive
from ivr.tables.ready import Table, load_table
from ivr.web import watch
from ivr.web.watch import accept
from tests.engine import calls
from tests.tables.test_archive import TODAY, folder
from tests.web.server import Provider, serving


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.05)


def until(true: Callable[[], bool]) -> None:
    """Wait for something that another thread brings about."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "it did not come about in 10 s"
        time.sleep(0.02)


def live(provider: Provider) -> str:
    """The version that is served to new calls."""
    return str(provider.client.get("/readyz").json()["tables"]["kinds"])


def test_a_published_change_is_live_and_calls_end_on_the_version_on_which_they_began(tmp_path: Path) -> None:
    source = folder(tmp_path)
    var = tmp_path / "var"
    with serving(var, load_table(source, TODAY), source) as provider:
        old = provider.start("CAold")
        before = live(provider)
        changed = folder(tmp_path, calls.TEXT.replace("Welkom.", "Hallo.").replace("Uw code.", "Geef uw code."))
        fresh = accept(changed, var, TODAY)
        until(lambda: live(provider) == fresh.version)
        assert "Hallo." in provider.start("CAnew").text
        assert "Uw code." in provider.go_on(old, "CAold", Digits="3").text
    with serving(var, fresh) as second:
        assert before != live(second)
        assert "Uw code." in second.go_on(old, "CAold", Digits="3").text, "a worker that never served the old version"


def test_a_rollback_is_a_publication_of_an_earlier_version(tmp_path: Path) -> None:
    source = folder(tmp_path)
    var = tmp_path / "var"
    first = load_table(source, TODAY)
    with serving(var, first, source) as provider:
        second = accept(folder(tmp_path, calls.TEXT.replace("Welkom.", "Hallo.")), var, TODAY)
        until(lambda: live(provider) == second.version)
        Archive(var / "tables", "kinds").publish(first.version)
        until(lambda: live(provider) == first.version)
        assert "Welkom." in provider.start("CAback").text


def test_a_watched_folder_publishes_what_is_good_and_refuses_what_is_broken(tmp_path: Path) -> None:
    source = folder(tmp_path)
    var = tmp_path / "var"
    with serving(var, load_table(source, TODAY), source, watch=source) as provider:
        good = live(provider)
        folder(tmp_path, calls.TEXT.replace("to: topics}", "to: nowhere}"))
        until(lambda: b"refused a changed table" in provider.log.getvalue())
        assert live(provider) == good
        assert "Welkom." in provider.start("CArefused").text
        folder(tmp_path, calls.TEXT.replace("Welkom.", "Goedemorgen."))
        until(lambda: live(provider) != good)
        assert "Goedemorgen." in provider.start("CAgood").text


def test_a_version_that_nobody_kept_leads_to_a_person(tmp_path: Path) -> None:
    with serving(tmp_path / "one") as provider:
        start = provider.start("CAlost")
    other = load_table(folder(tmp_path, calls.TEXT.replace("Welkom.", "Hallo.")), TODAY)
    with serving(tmp_path / "two", other) as provider:
        answer = provider.go_on(start, "CAlost", Digits="1")
        assert answer.status_code == 200
        assert "Het lukt nu niet." in answer.text


def test_a_watched_folder_is_followed_on_after_a_disk_that_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, var, plain = folder(tmp_path), tmp_path / "var", watch.accept

    def full(*_: object) -> Table:
        raise OSError(28, "No space left on device")

    with serving(var, load_table(source, TODAY), source, watch=source) as provider:
        good = live(provider)
        monkeypatch.setattr(watch, "accept", full)
        folder(tmp_path, calls.TEXT.replace("Welkom.", "Hallo."))
        until(lambda: b"No space left on device" in provider.log.getvalue())
        monkeypatch.setattr(watch, "accept", plain)
        folder(tmp_path, calls.TEXT.replace("Welkom.", "Goedemorgen."))
        until(lambda: live(provider) != good)
        assert "Goedemorgen." in provider.start("CAafter").text


def test_a_live_version_that_cannot_be_served_is_said_once_and_the_next_one_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, var, looks, plain = folder(tmp_path), tmp_path / "var", [0], Archive.live

    def counted(archive: Archive) -> str:
        looks[0] += 1
        return plain(archive)

    with serving(var, load_table(source, TODAY), source) as provider:
        monkeypatch.setattr(Archive, "live", counted)
        (var / "tables" / "kinds" / "live").write_text("none")
        until(lambda: looks[0] > 5)
        assert provider.log.getvalue().count(b"cannot serve what is live") == 1
        fresh = accept(folder(tmp_path, calls.TEXT.replace("Welkom.", "Hallo.")), var, TODAY)
        until(lambda: live(provider) == fresh.version)
