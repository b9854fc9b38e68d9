"""Facts about `ivr calendar`, run as a user runs it."""

from __future__ import annotations

from tests.cli.test_commands import ivr

TODAY = "2026-11-24"


def test_the_real_table_has_no_conflicts_until_the_end_of_2028() -> None:
    done = ivr("calendar", "--days", "800", IVR_TODAY=TODAY)
    assert (done.returncode, "conflict" in done.stdout) == (0, False)
    assert "Fri 2027-03-26  open          kcc: 08:30-17:00, as on any Fr, though it is Goede vrijdag" in done.stdout
