"""`ivr diff`: which callers now fare differently, and by which edit."""

from __future__ import annotations

import datetime as dt
import json

import click

from ivr.cli.common import coloured, read_date, summary, today_option
from ivr.cli.diff_show import as_dict, as_markdown, as_text
from ivr.diagnostics.show import show
from ivr.proofs.classes import HORIZON_DAYS
from ivr.proofs.diff.groups import compare_tables
from ivr.proofs.diff.walk import TooFarApart
from ivr.tables.differences import Shown
from ivr.tables.ready import Checked, Table, ready
from ivr.tables.revision import check_any


@click.command(
    epilog="""\b
Examples:
  ivr diff HEAD:routing_tables/groningen routing_tables/groningen     what you are about to commit
  ivr diff origin/main:routing_tables/groningen routing_tables/groningen --format markdown
  ivr diff old/ new/ --words --all
  ivr diff old/ new/ --fail-on none         show, and end with status 0
"""
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--words", is_flag=True, help="Report changed wording too.")
@click.option("--all", "every", is_flag=True, help="Show every row of each edit, not the first few.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.option("--days", type=click.IntRange(1, 4000), default=HORIZON_DAYS, show_default=True, help="How far ahead.")
@click.option(
    "--fail-on", type=click.Choice(["any", "behaviour", "none"]), default="any", show_default=True,
    help="What makes the status 1: any difference shown; one that is not wording alone; none.",
)  # fmt: skip
@today_option
def diff(
    old: str, new: str, words: bool, every: bool, form: str, days: int, fail_on: str, today: str | None
) -> None:  # fmt: skip
    """Compare what callers of two tables experience: for every number, time, language and fact, whatever they press.

    OLD and NEW are folders, or REV:FOLDER of git (FOLDER from the top of the repository, or ./FOLDER from here). Each edit
    is one group, with the shortest calls that show it. Renamed or moved nodes and reformatted YAML make no difference.
    """
    date = read_date(today)
    before, after = _table(old, date, form), _table(new, date, form)
    start = int(dt.datetime(date.year, date.month, date.day, tzinfo=after.almanac.zone).timestamp())
    try:
        found = compare_tables(
            (before.graph, before.source_map), (after.graph, after.source_map), start, days, words
        )  # fmt: skip
    except TooFarApart as fault:
        raise click.ClickException(f"these two tables cannot be compared: {fault}") from None
    shown = Shown(found, before, after, old, new, date, days)
    if form == "json":
        click.echo(json.dumps(as_dict(shown), ensure_ascii=False, indent=2))
    elif form == "markdown":
        click.echo(as_markdown(shown, every))
    else:
        click.echo(as_text(shown, every, coloured()))
    telling = [g for g in found.groups if fail_on == "any" or (fail_on == "behaviour" and not g.words)]
    if telling:
        raise click.exceptions.Exit(1)


def _table(text: str, today: dt.date, form: str) -> Table:
    """The table of an argument. With errors they are shown, beside a document that a program reads, and the command ends
    with status 1."""
    checked: Checked = check_any(text, today)
    if checked.errors:
        errors = [f for f in checked.findings if f.severity.value == "error"]
        click.echo(show(errors, checked.sources, "text", coloured()), err=form != "text")
        click.echo(f"\n{text} cannot be compared: {summary(checked)}", err=True)
        raise click.exceptions.Exit(1)
    return ready(checked)
