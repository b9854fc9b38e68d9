"""Facts about telephone numbers as they are read aloud."""

from __future__ import annotations

import pytest

from ivr.model.numbers import spoken


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+3114050", "14 0 50"),
        ("14 030", "14 0 30"),
        ("+3114010", "14 0 10"),
        ("+31140592", "14 0 5 9 2"),
        ("+31503679111", "0 5 0, 3 6 7, 9 1 1 1"),
        ("+4930123456", "0 0 4 9, 3 0, 1 2 3 4 5 6"),
    ],
)
def test_a_number_is_read_as_people_say_it(number: str, words: str) -> None:
    assert spoken(number) == words
