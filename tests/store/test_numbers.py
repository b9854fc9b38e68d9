"""Facts about case numbers: what was given once is given to nobody else, though the database be gone and the journal too."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ivr.desk.case import Case
from ivr.store import cases
from ivr.store.database.connect import reading, writing
from ivr.store.journal import Journal
from ivr.store.ledger import Ledger
from ivr.store.numbers import COUNT, FILE, Numbers
from tests.store.drain.entries import case_entry


def a_case(id: str, number: str, opened: int) -> Case:
    """A case that another machine opened."""
    return Case(
        id=id, number=number, opened=opened, kind="callback", table="kinds", zone="Europe/Amsterdam", team="desk",
        language="nl", caller="+31612345678",
    )  # fmt: skip


def test_a_number_that_was_taken_is_so_for_every_process_and_after_a_restart(tmp_path: Path) -> None:
    one, other = Numbers(tmp_path), Numbers(tmp_path)
    assert not other.taken("123456")
    one.take("123456")
    assert other.taken("123456")
    assert not other.taken("123457")
    one.close()
    assert Numbers(tmp_path).taken("123456")
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_ledger_knows_the_number_of_a_case_whose_journal_is_gone(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write([case_entry(number="123456")])
    journal.close()
    assert Ledger(tmp_path, Numbers(tmp_path)).taken("123456")
    journal.path.unlink()
    assert Ledger(tmp_path, Numbers(tmp_path)).taken("123456")


def test_a_number_whose_case_did_not_reach_the_disk_is_free(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, Numbers(tmp_path))
    ledger.add(case_entry(number="123456"))
    ledger.remove(case_entry(number="123456"))
    assert not ledger.taken("123456")


def test_numbers_that_other_machines_gave_are_learned_from_the_database(database: Engine, tmp_path: Path) -> None:
    with writing(database) as connection:
        for id, number, opened in (("CA1:3", "123456", 100), ("CA2:3", "234567", 200)):
            cases.add(connection, a_case(id, number, opened))
    numbers = Numbers(tmp_path)
    with reading(database) as connection:
        assert numbers.learn(connection, 150) == 200
        assert (numbers.taken("123456"), numbers.taken("234567")) == (False, True)
        assert numbers.learn(connection, 0) == 200
        assert numbers.taken("123456")
        assert numbers.learn(connection, 300) == 300


def test_a_full_disk_is_an_error_and_no_number_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    ledger = Ledger(tmp_path, Numbers(tmp_path))
    ledger.add(case_entry(number="123456"))  # what others wrote is taken in all the same
    with pytest.raises(OSError, match="space"):
        ledger.taken("234567")


@pytest.mark.parametrize("number", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_what_is_no_case_number_is_in_use_by_nobody(tmp_path: Path, number: str) -> None:
    numbers = Numbers(tmp_path)
    numbers.take(number)
    assert not numbers.taken(number)


def test_the_file_holds_a_byte_for_each_number(tmp_path: Path) -> None:
    numbers = Numbers(tmp_path)
    numbers.take("999999")
    assert (tmp_path / FILE).stat().st_size == COUNT
