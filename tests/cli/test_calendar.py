"""Facts about `ivr calendar`, run as a user runs it."""

from __future__ import annotations

import json

from tests.cli.test_commands import ivr

TODAY = "2026-11-24"


def test_the_real_table_has_no_conflicts_until_the_end_of_2028() -> None:
    done = ivr("calendar", "--days", "800", IVR_TODAY=TODAY)
    assert (done.returncode, "conflict" in done.stdout) == (0, False)
    assert "Fri 2027-03-26  open          kcc: 08:30-17:00, as on any Fr, though it is Goede vrijdag" in done.stdout


def test_a_late_evening_of_the_ordinary_week_is_said_once() -> None:
    done = ivr("calendar", "--days", "60", IVR_TODAY=TODAY)
    assert done.stdout.startswith("ordinary week of kcc: Mo-We, Fr 08:30-17:00; Th 08:30-19:00\n")
    assert "late evening" not in done.stdout


def test_the_late_evening_is_shown_when_it_is_asked_for() -> None:
    done = ivr("calendar", "--days", "60", "--why", "late evening", IVR_TODAY=TODAY)
    assert done.stdout.splitlines()[-1] == "every Thu       late evening  kcc: 08:30-19:00 in place of 08:30-17:00"


def test_the_late_evening_is_one_row_of_the_json_with_its_rule() -> None:
    done = ivr("calendar", "--days", "60", "--json", IVR_TODAY=TODAY)
    [late] = [row for row in json.loads(done.stdout) if row["why"] == "late evening"]
    assert late["start"] == "2026-11-26T00:00:00+01:00"
    assert late["repeats"] == {"rule": "FREQ=WEEKLY;BYDAY=TH;UNTIL=20270121", "except": ["2026-12-24", "2026-12-31"]}
