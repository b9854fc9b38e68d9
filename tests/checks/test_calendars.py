"""Findings about calendars: each with its mended twin, and the characters that the caret stands under."""

from __future__ import annotations

import pytest

from ivr.authoring.load import load_sources
from ivr.checks.calendars import HORIZON
from ivr.diagnostics import Source, Sources
from ivr.tables.ready import check_sources
from tests.minimal import TABLE, TODAY, findings, text_at

HOURS = '{hours: "Mo-Fr 08:30-17:00"}'


def desk(calendar: str) -> str:
    """The minimal table with another calendar."""
    assert HOURS in TABLE
    return TABLE.replace(HOURS, calendar)


NEVER = f"'desk' is never open in the {HORIZON} days from 2026-11-24"
ALWAYS = "'desk' is always open, so what is said when it is closed is never heard"
SPRING = "on 2027-03-28 the clock goes from 02:00 to 03:00, so %s does not exist"
AUTUMN = "on 2027-10-31 the clock goes from 03:00 to 02:00, so %s comes twice"

CASES = {
    "hours that are none": (desk('{hours: "off"}'), [("IVR602", '"off"', NEVER)]),
    "hours in a year that is over": (
        desk('{hours: "2025 Mo-Fr 09:00-17:00"}'),
        [("IVR602", '"2025 Mo-Fr 09:00-17:00"', NEVER)],
    ),
    "no hours but a date on which it is open": (
        desk('{hours: "off", open_on: {"2027-03-17 07:30-21:00": verkiezing}}'),
        [],
    ),
    "hours in the year after next": (desk('{hours: "2028 Mo-Fr 09:00-17:00"}'), []),
    "all hours": (desk('{hours: "24/7"}'), [("IVR603", '"24/7"', ALWAYS)]),
    "all hours, written by the day": (
        desk('{hours: "Mo-Su 00:00-24:00"}'),
        [("IVR603", '"Mo-Su 00:00-24:00"', ALWAYS)],
    ),
    "all hours but holidays": (desk('{hours: "24/7", holidays: NL}'), []),
    "an opening in the hour that the clock skips and repeats": (
        desk('{hours: "Su 02:30-06:00; Mo-Fr 09:00-17:00"}'),
        [("IVR604", "02:30", SPRING % "02:30"), ("IVR605", "02:30", AUTUMN % "02:30")],
    ),
    "a closing in it, past midnight": (
        desk('{hours: "Sa 20:00-02:15"}'),
        [("IVR604", "02:15", SPRING % "02:15"), ("IVR605", "02:15", AUTUMN % "02:15")],
    ),
    "hours around it": (desk('{hours: "Su 01:30-06:00; Mo-Fr 09:00-17:00"}'), []),
    "an hour that is skipped on a holiday only": (
        desk(
            '{hours: "Su 02:30-06:00", holidays: NL, closed_on: {2027-10-31: dicht, 2028-03-26: dicht, 2028-10-29: dicht}}'
        ),
        [],
    ),
    "an exception in the hour that is skipped": (
        desk('{hours: "Mo-Fr 09:00-17:00", closed_on: {"2028-03-26 2:30-05:00": onderhoud}}'),
        [("IVR604", "2:30", SPRING.replace("2027-03-28", "2028-03-26") % "02:30")],
    ),
    "an exception in the hour that is repeated": (
        desk('{hours: "Mo-Fr 09:00-17:00", open_on: {"2027-10-31 01:00-02:30": onderhoud}}'),
        [("IVR605", "02:30", AUTUMN % "02:30")],
    ),
    "the same exception a week later": (
        desk('{hours: "Mo-Fr 09:00-17:00", open_on: {"2027-11-07 01:00-02:30": onderhoud}}'),
        [],
    ),
    "an exception that is past": (
        desk('{hours: "Mo-Fr 09:00-17:00", closed_on: {2026-11-23: oud, 2026-11-24: vandaag}}'),
        [("IVR606", "2026-11-23", "this exception is in the past")],
    ),
    "exceptions that are past, in two sections": (
        desk(
            '{hours: "Mo-Fr 09:00-17:00", closed_on: {2025-01-02: a, 2025-01-03: b, "2025-01-06 9:00-12:00": c, 2025-01-07: d},'
            ' open_on: {"2025-01-04 10:00-12:00": e}}'
        ),
        [
            ("IVR606", "2025-01-02", "4 exceptions of 'closed_on' are in the past"),
            ("IVR606", '"2025-01-04 10:00-12:00"', "this exception is in the past"),
        ],
    ),
    "a Saturday that is open without hours": (
        desk('{hours: "Mo-Fr 09:00-17:00", open_on: {2026-12-05: sinterklaas}}'),
        [("IVR607", "2026-12-05", "Saturday 2026-12-05 is to be open, but its weekly hours are none")],
    ),
    "a Saturday that is open with hours": (
        desk('{hours: "Mo-Fr 09:00-17:00", open_on: {"2026-12-05 10:00-12:00": sinterklaas}}'),
        [],
    ),
    "a holiday that is open, with its weekly hours": (
        desk('{hours: "Mo-Fr 09:00-17:00", holidays: NL, open_on: {2027-03-26: Goede Vrijdag}}'),
        [],
    ),
    "a date that is open and closed": (
        desk('{hours: "Mo-Fr 09:00-17:00", closed_on: {2026-12-01: a}, open_on: {2026-12-01: b}}'),
        [("IVR607", "2026-12-01", "'2026-12-01' is open here and closed there")],
    ),
    "parts of a date that are open and closed": (
        desk(
            '{hours: "Mo-Fr 09:00-17:00", closed_on: {"2026-12-01 09:00-12:00": a}, open_on: {"2026-12-01 11:00-13:00": b}}'
        ),
        [("IVR607", '"2026-12-01 11:00-13:00"', "'2026-12-01 11:00-13:00' is open here and closed there")],
    ),
    "a part of a closed date that is open": (
        desk('{hours: "Mo-Fr 09:00-17:00", closed_on: {2026-12-01: a}, open_on: {"2026-12-01 11:00-13:00": b}}'),
        [],
    ),
    "an unknown country": (
        desk('{hours: "Mo-Fr 09:00-17:00", holidays: XX}'),
        [("IVR608", "XX", "'XX' is no country whose holidays are known")],
    ),
    "a country": (desk('{hours: "Mo-Fr 09:00-17:00", holidays: BE}'), []),
    "hours that cannot be read": (
        desk('{hours: "Mo-Fr 09:00-25:00"}'),
        [("IVR601", "25:00", "'25:00' is no time of day")],
    ),
    "a date that is none": (
        desk('{hours: "Mo-Fr 09:00-17:00", closed_on: {2027-02-29: a}}'),
        [("IVR601", "2027-02-29", "'2027-02-29' is no date, nor part of one")],
    ),
    "a part that ends before it begins": (
        desk('{hours: "Mo-Fr 09:00-17:00", closed_on: {"2027-02-26 15:00-12:00": a}}'),
        [("IVR601", '"2027-02-26 15:00-12:00"', "'2027-02-26 15:00-12:00' does not end after it begins")],
    ),
    "a later rule that replaces hours": (
        desk('{hours: "ma-vr 08:30-17:00; do 18:00-20:00"}'),
        [("IVR610", "do 18:00-20:00", "after ';' this rule replaces the hours of Th, it does not add to them")],
    ),
    "a later rule that adds hours": (desk('{hours: "ma-vr 08:30-17:00, do 18:00-20:00"}'), []),
    "a team without a calendar": (
        TABLE.replace("calendar: desk, dial", "dial"),
        [("IVR609", "desk", "the team 'desk' has no calendar")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_found(name: str) -> None:
    text, expected = CASES[name]
    assert findings(text) == expected


def test_past_exceptions_are_pointed_at_by_their_keys() -> None:
    text = desk(
        '{hours: "Mo-Fr 09:00-17:00", closed_on: {2025-01-02: a, 2025-01-03: b, "2025-01-06 9:00-12:00": c, 2025-01-07: d}}'
    )
    checked = check_sources(Sources((Source("table.yaml", text),)), TODAY)
    (finding,) = checked.findings
    assert [text_at(label.span, checked.sources) for label in finding.labels] == [
        "2025-01-03",
        '"2025-01-06 9:00-12:00"',
    ]


def test_hours_that_cannot_be_read_are_not_judged_by_their_days() -> None:
    text = desk('{hours: "PH", open_on: {2026-12-05: a}}')
    assert [code for code, _, _ in findings(text)] == ["IVR601"]


def test_another_zone_has_its_own_days_of_change() -> None:
    text = desk('{hours: "Su 01:30-02:30"}').replace(
        "  operator: {key", "  timezone: America/New_York\n  operator: {key"
    )
    assert sorted(message[3:13] for code, _, message in findings(text) if code in ("IVR604", "IVR605")) == [
        "2027-03-14",
        "2027-11-07",
    ]


def test_an_exception_is_found_by_any_spelling_of_its_hours() -> None:
    for key in ("2025-01-06 9:00-12:00", "2025-01-06 09:00-12:00", "2025-01-06 8:05-9:05", "2025-01-06 0:00-24:00"):
        text = desk('{hours: "Mo-Fr 09:00-17:00", closed_on: {"' + key + '": c}}')
        assert load_sources(Sources((Source("table.yaml", text),)), TODAY).compiled is not None
        assert [under for _, under, _ in findings(text)] == [f'"{key}"']
