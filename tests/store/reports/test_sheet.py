"""A report as a spreadsheet reads it."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from ivr.store.reports.sheet import TEXT, Column, Sheet, as_csv

COLUMNS = (Column("name", "name", TEXT), Column("calls", "calls"))


def cells(*names: str) -> list[str]:
    sheet = Sheet("one", "One", COLUMNS, [(name, -3) for name in names])
    return [row[0] for row in list(csv.reader(io.StringIO(as_csv([sheet]))))[1:]]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=8))
def test_no_text_is_run_by_a_spreadsheet_and_none_is_lost(text: str) -> None:
    (found,) = cells(text)
    assert found == "-" or not found.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert found.removeprefix("'") == text.removeprefix("'")


def test_a_dash_that_stands_for_nothing_and_a_number_below_zero_stay_as_they_are() -> None:
    sheet = Sheet("one", "One", COLUMNS, [("-", -3)])
    assert as_csv([sheet]) == "name,calls\n-,-3\n"
    assert cells("+31 50", "-1+2", "=1", "@SUM(A1)") == ["'+31 50", "'-1+2", "'=1", "'@SUM(A1)"]
