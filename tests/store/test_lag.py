"""How far the database is behind is counted in whole lines, and by the oldest of them."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import Engine, insert

from ivr.store.database.connect import writing
from ivr.store.database.schema import drained
from ivr.store.drain import lag as lags
from ivr.store.drain.lag import Lag, lag, where_written


def lines(var: Path, name: str, *entries: object, torn: str = "") -> bytes:
    text = "".join(json.dumps(entry) + "\n" for entry in entries) + torn
    (var / name).parent.mkdir(exist_ok=True)
    (var / name).write_text(text)
    return text.encode()


def test_a_folder_that_is_not_there_is_not_behind(database: Engine, tmp_path: Path) -> None:
    assert lag(database, tmp_path / "none") == Lag(0, 0, 0)
    assert lag(database, tmp_path) == Lag(0, 0, 0)


def test_what_is_not_carried_yet_is_counted_and_a_torn_line_is_not(database: Engine, tmp_path: Path) -> None:
    first = lines(tmp_path, "journal/a.jsonl", {"at": 70, "x": 1}, {"at": 90})
    other = lines(tmp_path, "events/b.jsonl", {"at": 80}, torn='{"at": 5')
    torn = len('{"at": 5')
    assert lag(database, tmp_path) == Lag(2, len(first) + len(other) - torn, 70)
    with writing(database) as connection:
        connection.execute(insert(drained), {"file": "journal/a.jsonl", "bytes": len(first), "at": 1})
    assert lag(database, tmp_path) == Lag(1, len(other) - torn, 80)
    with writing(database) as connection:
        connection.execute(insert(drained), {"file": "events/b.jsonl", "bytes": len(other) - torn, "at": 1})
    assert lag(database, tmp_path) == Lag(0, 0, 0)


def test_a_long_file_is_counted_to_its_last_whole_line(database: Engine, tmp_path: Path) -> None:
    held = lines(tmp_path, "journal/a.jsonl", *({"at": n, "x": "y" * 100} for n in range(1, 3000)), torn="{")
    assert len(held) > lags.LOOK
    assert lag(database, tmp_path) == Lag(1, len(held) - 1, 1)


def test_files_in_which_a_number_still_stands_are_named(tmp_path: Path) -> None:
    lines(tmp_path, "journal/a.jsonl", {"number": "+31612345678"})
    lines(tmp_path, "events/b.jsonl", {"data": {"caller": "+31687654321"}})
    assert where_written(tmp_path, "+31612345678") == ["journal/a.jsonl"]
    assert where_written(tmp_path / "none", "+31612345678") == []
