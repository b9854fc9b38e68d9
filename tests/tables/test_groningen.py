"""The table of Groningen: no findings, every call as expected, and the dates that the city means."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import holidays
import pytest

from ivr.calendars.moment import phase_at
from ivr.model.moment import PHASES
from ivr.model.nodes import MenuNode
from ivr.simulator.cover import measure
from ivr.simulator.run import run_scenario
from ivr.simulator.scenario import read_suite
from ivr.tables.ready import Table, check_folder, ready

FOLDER = Path(__file__).parents[2] / "routing_tables" / "groningen"
TODAY = dt.date(2026, 11, 24)
WHOLE_DAYS = ("2027-04-26", "2027-05-07", "2028-04-28", "2028-05-26", "2028-08-28")
EARLY = ("2026-12-24", "2026-12-31", "2027-12-24", "2027-12-31")


@pytest.fixture(scope="module")
def table() -> Table:
    return ready(check_folder(FOLDER, TODAY))


def test_it_has_no_findings() -> None:
    assert [f"{f.code} {f.message}" for f in check_folder(FOLDER, TODAY).findings] == []


def test_every_scenario_passes_and_together_they_take_every_node_and_exit(table: Table) -> None:
    results = [run_scenario(table, scenario) for scenario in read_suite(FOLDER).scenarios]
    assert [r.scenario.name for r in results if not r.passed] == []
    coverage = measure(table, (r.transcript for r in results if r.transcript is not None))
    assert (coverage.missed_nodes(), coverage.missed_exits()) == ([], [])


def test_all_four_phases_and_a_campaign_are_in_use_today(table: Table) -> None:
    noon = int(dt.datetime(2026, 11, 24, 12, tzinfo=table.almanac.zone).timestamp())
    phases = Counter(PHASES[phase_at(number, noon)] for number in table.graph.numbers)
    assert all(phases[phase] >= 3 for phase in ("parallel", "announce", "redirect", "returned"))
    assert phases["before"] == 1, "the campaign that is still to come"


def at(table: Table, calendar: str, day: str, hour: int) -> bool:
    index = [spec.name for spec in table.graph.calendars].index(calendar)
    moment = dt.datetime.fromisoformat(day).replace(hour=hour, tzinfo=table.almanac.zone)
    return table.almanac.calendars[index].at(int(moment.timestamp())) == 0


@pytest.mark.parametrize("day", WHOLE_DAYS)
def test_the_contact_centre_is_closed_on_days_that_are_no_holiday(table: Table, day: str) -> None:
    date = dt.date.fromisoformat(day)
    assert date not in holidays.country_holidays("NL")
    assert date.weekday() < 5
    assert not at(table, "kcc", day, 11)


@pytest.mark.parametrize("year", [2027, 2028])
def test_the_bridge_day_is_the_day_after_ascension(table: Table, year: int) -> None:
    named = holidays.country_holidays("NL", years=year, language="en_US").get_named("Ascension Day")
    assert (named[0] + dt.timedelta(days=1)).isoformat() in WHOLE_DAYS


@pytest.mark.parametrize("day", EARLY)
def test_the_contact_centre_closes_early_in_december(table: Table, day: str) -> None:
    assert at(table, "kcc", day, 14)
    assert not at(table, "kcc", day, 15)


@pytest.mark.parametrize("day", ["2027-03-26", "2028-04-14"])
def test_good_friday_is_an_open_day(table: Table, day: str) -> None:
    assert dt.date.fromisoformat(day) in holidays.country_holidays("NL")
    assert at(table, "kcc", day, 11)


def test_thursday_is_the_late_evening(table: Table) -> None:
    assert [at(table, "kcc", f"2026-11-{day}", 18) for day in range(23, 28)] == [False, False, False, True, False]


def test_no_number_is_dialled_and_no_menu_binds_zero(table: Table) -> None:
    graph = table.graph
    assert graph.illustration
    assert all(target.endswith("@kcc.example") for team in graph.teams for target in team.dial)
    assert all("0" not in node.keys for node in graph.nodes if isinstance(node, MenuNode))
