"""Facts about the numbers of a table: what is written of one means something, or is told."""

from __future__ import annotations

import pytest

from ivr.diagnostics import Finding, Source, Sources
from ivr.tables.ready import check_sources
from tests.minimal import TABLE, TODAY, findings


def number(keys: str) -> list[tuple[str, str, str]]:
    """What is found when the minimal table has a number with these keys besides."""
    return findings(TABLE + f'numbers:\n  "050 367 1000": {{formerly: Stadsbeheer, to: operator, {keys}}}\n')


CAMPAIGN = "the number is a campaign's, with 'from:' or 'until:'"
WORDS = "announce: {nl: Dit nummer verdwijnt.}"


@pytest.mark.parametrize(
    ("keys", "key", "why"),
    [
        ("then: main", "then", "the number has no campaign"),
        ("phases: {parallel: 2026-12-01}, from: 2026-12-01", "phases", CAMPAIGN),
        (WORDS, "announce", "no phase of the number says it"),
        (
            f"{WORDS}, phases: {{parallel: 2026-12-01, returned: 2027-12-01}}",
            "announce",
            "no phase of the number says it",
        ),
        (f"{WORDS}, until: 2027-12-01", "announce", "no phase of the number says it"),
    ],
)
def test_a_key_that_says_nothing_without_its_dates_is_told(keys: str, key: str, why: str) -> None:
    assert number(keys) == [("IVR209", key, f"'{key}:' is never used: {why}")]


@pytest.mark.parametrize(
    "keys",
    [
        "then: main, from: 2026-12-01",
        "then: main, until: 2026-12-31",
        "from: 2026-12-01, until: 2026-12-31",
        f"{WORDS}, phases: {{announce: 2026-12-01}}",
        f"{WORDS}, phases: {{redirect: 2026-12-01}}",
    ],
)
def test_one_of_the_dates_is_enough(keys: str) -> None:
    assert number(keys) == []


@pytest.mark.parametrize(
    ("numbers", "help"),
    [
        ("al", "did you mean 'all'?"),
        ("mian", "did you mean 'main'?"),
        ('"050 367 1001"', "did you mean '050 367 1000'?"),
        ("[main, zzzz]", "write 'all', 'main', or a number"),
    ],
)
def test_a_guarantee_speaks_of_numbers_that_there_are(numbers: str, help: str) -> None:
    got = guaranteed(numbers)
    assert [(f.code, f.help) for f in got] == [("IVR213", help)]


@pytest.mark.parametrize("numbers", ["all", "main", '"+31 50 367 1000"', '[main, "0503671000", "050 367 81xx"]'])
def test_a_guarantee_may_write_a_number_in_any_notation(numbers: str) -> None:
    assert guaranteed(numbers) == ()


def guaranteed(numbers: str) -> tuple[Finding, ...]:
    """What is found when a guarantee speaks of these numbers."""
    text = TABLE + (
        'numbers:\n  "050 367 1000": {formerly: Stadsbeheer, to: operator}\n  "050 367 81xx": {formerly: Park, to: main}\n'
        f"guarantees:\n  near: {{for: {{numbers: {numbers}}}, can: {{reach: operator}}}}\n"
    )
    return check_sources(Sources((Source("t.yaml", text),)), TODAY).findings
