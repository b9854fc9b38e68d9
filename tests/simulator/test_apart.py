"""Instants at which two tables stand otherwise are those, and no others."""

from __future__ import annotations

import datetime as dt

import pytest

from ivr.proofs.classes import Classes
from ivr.simulator.apart import instants, of_number
from tests.engine import calls
from tests.proofs.tables import compiled, start_of

WAS = compiled(calls.TEXT)


def classes(text: str = calls.TEXT) -> Classes:
    """The time classes of a table."""
    held = compiled(text)
    return Classes(held.almanac, start_of(held))


def said(found: list[int]) -> set[str]:
    """Instants as the clock of the table shows them."""
    return {f"{dt.datetime.fromtimestamp(at, WAS.almanac.zone):%a %H}" for at in found}


def test_tables_that_are_alike_stand_nowhere_otherwise() -> None:
    assert instants(classes(), classes()) == []


@pytest.mark.parametrize(
    ("was", "now", "when"),
    [
        ("Mo-Fr 09:00-17:00", "Mo-Fr 10:00-17:00", {"Tue 09", "Wed 09"}),
        ("Mo-Fr 09:00-17:00", "Mo-Fr 09:00-18:00", {"Tue 17", "Wed 17"}),
        ("2026-12-24 15:00-24:00", "2026-12-24 16:00-24:00", {"Thu 15"}),
        (
            "strategy: in_order",
            "calendar: desk, strategy: in_order",
            {"Tue 01", "Tue 18", "Fri 01"},
        ),  # at night, and on holidays
    ],
)
def test_hours_that_are_moved_differ_in_the_hours_between(was: str, now: str, when: set[str]) -> None:
    text = calls.TEXT.replace("calendar: always, " + was, now).replace(was, now)
    assert text != calls.TEXT
    assert said(instants(classes(), classes(text))) == when


def test_a_phase_that_is_moved_differs_between_its_days() -> None:
    text = calls.TEXT.replace("announce: 2027-01-01", "announce: 2027-01-20")
    found = of_number(classes(), classes(text), 0)
    assert found
    assert all(calls.instant("2027-01-01 00:00") <= at < calls.instant("2027-01-20 00:00") for at in found)


def test_of_a_number_with_the_same_phases_each_phase_has_an_instant() -> None:
    held = classes()
    assert {held.phase(0, at) for at in of_number(held, held, 0)} == {
        held.phase(0, calls.instant(f"{day} 10:00")) for day in ("2026-12-01", "2027-01-10", "2027-02-10", "2027-03-10")
    }
