"""Facts about a `can` that is broken: whom it names, and how many have no way or one that is too long."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from ivr.proofs.ways import opening
from ivr.simulator.replay import dialled_text, facts_of
from tests.proofs.promised import BASE, changed, ivr, verdict_on
from tests.proofs.tables import DAYS, TODAY

WASTE = "{for: {numbers: main}, can: {reach: waste}}"
"""Broken for callers who are blocked, and for all while the desk is closed."""
SOME_FAR = "{for: {numbers: main, arriving: desk open}, can: {reach: waste, within: {choices: 1}}}"


def with_guarantee(text: str, claim: str) -> str:
    return f"{text}guarantees:\n  g: {claim}\n"


def named(text: str) -> tuple[str, str, dict[str, str]]:
    """Number, moment (UTC) and facts of the caller who is named."""
    table, space, verdict = verdict_on(text)
    assert verdict.example is not None
    held = opening(space, verdict.example)
    return dialled_text(table, held), str(held.at), facts_of(table, held)


@pytest.mark.parametrize(
    ("claim", "facts"),
    [
        (WASTE, {"caller": "other", "open_case": "none"}),
        ("{for: {numbers: main, facts: {caller: [known, blocked]}}, can: {reach: waste}}", {"caller": "known", "open_case": "none"}),
        ("{for: {numbers: main, facts: {open_case: [some]}}, can: {reach: waste}}", {"caller": "other", "open_case": "some"}),
    ],
)  # fmt: skip
def test_the_caller_who_is_named_is_as_ordinary_as_can_be(claim: str, facts: dict[str, str]) -> None:
    assert named(with_guarantee(changed(("cases: {blocked: note}, otherwise: waste", "cases: {}, otherwise: note"),
                                        ("b: {share: 70, to: waste}", "b: {share: 70, to: note}")), claim))[2] == facts  # fmt: skip


def test_the_moment_that_is_named_lasts_longest_and_is_the_first() -> None:
    _, space, verdict = verdict_on(with_guarantee(BASE, WASTE))
    assert verdict.example is not None
    world = verdict.example.world
    assert world.seconds == max(w.seconds for w in space.worlds.list if w.number == -1)  # the desk is mostly closed
    first = min(s.start for s in space.worlds.classes.stretches)
    assert world.first - first < 86_400


def test_who_is_named_has_no_way_whatever_they_press() -> None:
    _, _, verdict = verdict_on(with_guarantee(changed(("otherwise: waste", "otherwise: note")), SOME_FAR))
    assert (verdict.holds, verdict.no_way + verdict.too_far) == (False, verdict.broken)
    assert verdict.why == "there is no way at all for callers in share 'a' of 'lot'"


def test_who_has_no_way_is_counted_apart_from_whose_way_is_too_long() -> None:
    """In the line that is long, one who is blocked has no way; the others need two choices."""
    text = changed(
        ("otherwise: waste}", "otherwise: first}"), ("b: {share: 70, to: waste}", "b: {share: 70, to: note}")
    )
    first = "  first: {kind: menu, options: {1: {label: {nl: iemand, en: somebody}, to: waste}}}\n"
    _, _, verdict = verdict_on(with_guarantee(text + first, SOME_FAR))
    assert verdict.broken == verdict.no_way + verdict.too_far
    assert verdict.too_far == 2 * verdict.no_way > 0  # known and other; blocked
    assert verdict.why == (
        f"there is no way at all in {verdict.no_way} of them; the shortest way is longer than that, in {verdict.too_far} of them"
    )
    assert verdict.way is not None
    assert named(with_guarantee(text + first, SOME_FAR))[2]["caller"] == "blocked"


def test_a_caller_who_must_be_in_a_share_is_named_with_a_seed(tmp_path: Path) -> None:
    text = with_guarantee(
        changed(("otherwise: waste", "otherwise: note")), SOME_FAR.replace("choices: 1", "choices: 9")
    )
    (tmp_path / "table.yaml").write_text(text, encoding="utf-8")
    printed = ivr("prove", str(tmp_path), "--only", "g", "--days", str(DAYS), "--today", f"{TODAY}")
    line = next(line for line in printed.splitlines() if "try it: " in line)
    words = shlex.split(line.partition("try it: ")[2])
    assert "--keys" not in words
    call = ivr(*words[1:], "--keys", "2,12")
    assert "operator" in call
    assert "waste" not in call


def test_text_and_json_name_number_moment_facts_and_the_call_to_try(tmp_path: Path) -> None:
    (tmp_path / "table.yaml").write_text(with_guarantee(BASE, WASTE), encoding="utf-8")
    words = ("prove", str(tmp_path), "--only", "g", "--days", str(DAYS), "--today", f"{TODAY}")
    rows = [line.strip() for line in ivr(*words).splitlines()]
    call = f"ivr simulate call {tmp_path} --dial '14 050' --at '2026-11-24 01:00' --fact caller=other --fact open_case=none"
    assert rows[1:4] == [
        "there is no way at all",
        "for example: 14 050, Tue 2026-11-24 01:00, caller=other, open_case=none",
        "try it: " + call,
    ]
    found = next(row for row in json.loads(ivr(*words, "--json")) if row["name"] == "g")
    assert found["example"] == {
        "number": "14 050",
        "at": "2026-11-24T01:00:00+01:00",
        "facts": {"caller": "other", "open_case": "none"},
        "try": call,
    }
    assert (found["no_way"], found["too_far"]) == (found["broken"], 0)
