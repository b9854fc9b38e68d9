"""`ivr simulate mutate`: plausible slips in the table, and which of them nothing notices."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from ivr.cli.common import coloured, count, get_table, progress, read_date, table_argument, today_option
from ivr.diagnostics.show import show
from ivr.proofs.prover import explore
from ivr.simulator.generate import generate
from ivr.simulator.jury import Jury
from ivr.simulator.mutate import CHECK, GUARANTEES, IDLE, MISSED, SCENARIOS, UNHEARD, Judge, Judged
from ivr.simulator.scenario import read_suite
from ivr.simulator.slips import KINDS, Slip, draw, possible
from ivr.simulator.times import Time

FEW = 8
"""Slips that one process judges sooner than others are begun."""
COLUMNS = ("made", "check", "scenarios", "guarantees", "missed", "unheard", "no change")


@click.command(
    epilog="""\b
Examples:
  ivr simulate mutate
  ivr simulate mutate --limit 1000 --fail-under 90          for CI: status 1 below it
  ivr simulate mutate --kind lost-option --kind wrong-team  only these
  ivr simulate mutate --seed 2                              other slips; the same seed, the same slips
  ivr simulate mutate --format json > slips.json
"""
)
@table_argument
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="At most so many slips."
)
@click.option("--seed", type=int, default=1, show_default=True, help="What chance draws them by.")
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(tuple(KINDS)), metavar="KIND",
    help=f"Only slips of this kind; may be given again: {', '.join(KINDS)}.",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 256), default=None, help="Processes. [default: one a processor]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--fail-under", type=click.FloatRange(0, 100), default=None,
    help="Status 1 when fewer in a hundred are noticed, of those that a caller can hear.",
)  # fmt: skip
@today_option
def mutate(
    table: Path, limit: int, seed: int, kinds: tuple[str, ...], jobs: int | None, form: str, fail_under: float | None,
    today: str | None,
) -> None:  # fmt: skip
    """Make slips that an admin could make, and say which of them nothing would notice.

    Each slip is one small edit, made in a copy: nothing on disk is touched. It is noticed when `ivr check` finds something
    new, a scenario fails that passed before, or a guarantee breaks that held. What is missed comes with its place, what a
    caller hears of it, and the scenario that would notice it. 'unheard' are slips of which no call that was tried hears
    anything (they are listed, too); 'no change' leave the compiled table as it was.
    """
    date = read_date(today)
    ready = get_table(table, date)
    suite = read_suite(table, Path.cwd())
    findings = suite.report.sorted()
    if findings:
        click.echo(show(findings, suite.sources, "text", coloured()))
        raise click.exceptions.Exit(1)
    all_slips = possible(ready.sources, kinds)
    slips = draw(all_slips, limit, seed)
    if not slips:
        raise click.UsageError("no such slip can be made in this table")
    judge = Judge(ready.sources, suite.sources, date)
    judged = _judged(judge, slips, jobs or os.cpu_count() or 1)
    counted = sum(map(len, all_slips.values()))
    if form == "json":
        click.echo(json.dumps(_as_dict(judge, judged, counted, seed), ensure_ascii=False, indent=2))
    else:
        click.echo(_text(judge, judged, counted, seed))
    if fail_under is not None and _percent(judged) < fail_under:
        raise click.exceptions.Exit(1)


def _judged(judge: Judge, slips: list[Slip], jobs: int) -> list[Judged]:
    """All slips judged, and those that nothing noticed explained."""

    def bar(times: list[Time]) -> Iterator[Time]:
        return progress(times, "calls to try", len(times))

    with Jury(judge, jobs if len(slips) > FEW else 1) as jury:
        out = list(progress(jury.judged(slips), "slips", len(slips)))
        missed = [one.slip for one in out if one.end == MISSED]
        if missed:
            parts = generate(judge.table, explore(judge.table.almanac, judge.start), bar)
            explained = iter(list(progress(jury.explained(missed, parts), "missed", len(missed))))
            out = [next(explained) if one.end == MISSED else one for one in out]
    return out


def _percent(judged: list[Judged]) -> float:
    """Of the slips that a caller can hear, so many in a hundred are noticed."""
    noticed, missed = sum(bool(one.noticed) for one in judged), sum(one.end == MISSED for one in judged)
    return 100 * noticed / (noticed + missed) if noticed + missed else 100.0


def _row(judged: list[Judged]) -> tuple[int, ...]:
    """The figures of some slips, as COLUMNS has them."""
    by = [sum(any(who == name for who, _ in one.noticed) for one in judged) for name in (CHECK, SCENARIOS, GUARANTEES)]
    return (len(judged), *by, *(sum(one.end == end for one in judged) for end in (MISSED, UNHEARD, IDLE)))


def _rows(judged: list[Judged]) -> dict[str, tuple[int, ...]]:
    """The figures of each kind that was made."""
    made = {kind: [one for one in judged if one.slip.kind == kind] for kind in KINDS}
    return {kind: _row(held) for kind, held in made.items() if held}


def _text(judge: Judge, judged: list[Judged], counted: int, seed: int) -> str:
    rows = _rows(judged)
    width = max(map(len, rows))
    out = [f"{'kind':<{width}}  {'  '.join(COLUMNS)}"]
    for kind, row in {**rows, "all": _row(judged)}.items():
        figures = "  ".join(f"{n or '.':>{len(name)}}" for name, n in zip(COLUMNS, row, strict=True))
        out.append(f"{kind:<{width}}  {figures}")
    for one in judged:
        if one.end == MISSED:
            out += ["", *_missed(judge, one)]
    unheard = [one for one in judged if one.end == UNHEARD]
    if unheard:
        out += [
            "",
            "unheard: no caller was found who hears anything of these (a colleague may, or a case go elsewhere)",
        ]
        out += [f"  {judge.editor.where(one.slip.edits[0])}: {one.slip.what}" for one in unheard]
    return "\n".join([*out, "", *_end(judge, judged, counted, seed)])


def _end(judge: Judge, judged: list[Judged], counted: int, seed: int) -> list[str]:
    missed = [one.missed for one in judged if one.missed is not None]
    noticed = sum(bool(one.noticed) for one in judged)
    out = [
        f"{count(len(judged), 'slip')} of {counted:,} that can be made (seed {seed}): {noticed} noticed, {len(missed)} "
        f"missed: {_percent(judged):.1f} % of those that a caller can hear"
    ]
    covered = sum(bool(one.generated) for one in missed)
    if covered:
        out.append(f"scenarios that `ivr simulate generate` writes would notice {covered} of the {len(missed)} missed")
    if not judge.suite.scenarios:
        out.append("the table has no scenarios")
    if judge.unable:
        out.append(f"not counted upon, since they fail without any slip: {', '.join(judge.unable)}")
    return out


def _missed(judge: Judge, one: Judged) -> list[str]:
    """A slip that would go live, and what to do about it."""
    missed, bold = one.missed, coloured()
    assert missed is not None
    head = f"{judge.editor.where(one.slip.edits[0])}: missed[{one.slip.kind}] {one.slip.what}"
    out = [click.style(head, bold=True) if bold else head]
    out += [f"  {row}" for row in judge.editor.diff(one.slip.edits).splitlines() if not row.startswith(("---", "+++"))]
    for name, said in (("was", missed.told.was), ("now", missed.told.now)):
        out.append(textwrap.fill(said, 112, initial_indent=f"  {name}: ", subsequent_indent=" " * 7))
    if missed.scenario:
        key = next(s.key for s in judge.suite.scenarios if s.name == missed.scenario)
        where = judge.suite.sources.path_line(key.span)
        out.append(f"  help: {missed.scenario} ({where}) hears it; let it expect")
        out.append(f"    {missed.expect}")
    elif missed.told.scenario:
        out.append("  help: add a scenario that hears it:")
        out += [f"  {row}" for row in missed.told.scenario.rstrip().splitlines()]
    if missed.generated:
        out.append(f"  `ivr simulate generate` writes one, too: {missed.generated}")
    return out


def _as_dict(judge: Judge, judged: list[Judged], counted: int, seed: int) -> dict[str, object]:
    return {
        "possible": counted,
        "seed": seed,
        "percent": round(_percent(judged), 1),
        "kinds": {kind: _named(row) for kind, row in _rows(judged).items()},
        "all": _named(_row(judged)),
        "scenarios_that_fail": judge.unable,
        "slips": [_slip(judge, one) for one in judged],
    }


def _named(row: tuple[int, ...]) -> dict[str, int]:
    return {name.replace(" ", "_"): n for name, n in zip(COLUMNS, row, strict=True)}


def _slip(judge: Judge, one: Judged) -> dict[str, object]:
    out: dict[str, object] = {
        "kind": one.slip.kind,
        "what": one.slip.what,
        "at": judge.editor.where(one.slip.edits[0]),
        "diff": judge.editor.diff(one.slip.edits),
        "noticed": dict(one.noticed),
        "end": one.end or "noticed",
    }
    if one.missed is not None:
        told = one.missed.told
        out["was"], out["now"] = told.was, told.now
        out["hears_it"], out["expect"] = one.missed.scenario or None, one.missed.expect or None
        out["scenario"] = told.scenario or None
        out["generated"] = one.missed.generated or None
    return out
