"""`ivr check` and `ivr schema`: a table and its scenarios, as they are written."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ivr.authoring.document import json_schema
from ivr.cli.common import DEFAULT_TABLE, coloured, count, read_date, summary, today_option, write_out
from ivr.diagnostics.show import FORMATS, show
from ivr.simulator.named import check_names
from ivr.simulator.scenario import read_suite, scenarios_schema
from ivr.tables.ready import Checked, check_folder


@click.command(
    epilog="""\b
Examples:
  ivr check
  ivr check routing_tables/groningen --format sarif > findings.sarif
  ivr check --fail-on error          warnings are shown, and the status stays 0
"""
)
@click.argument("tables", nargs=-1, type=click.Path(path_type=Path), metavar="[TABLE]...")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--fail-on", type=click.Choice(["warning", "error"]), default="warning", show_default=True,
    help="The least grave finding that makes the status 1.",
)  # fmt: skip
@today_option
def check(tables: tuple[Path, ...], form: str, fail_on: str, today: str | None) -> None:
    """Say all that is wrong with a routing table: where, why, and how to mend it.

    Its scenarios are read too, and what they name is looked for in the table; 'ivr simulate test' plays them. What holds
    for every caller is not judged here: 'ivr prove' does.
    """
    date = read_date(today)
    failed = False
    for folder in tables or (Path(DEFAULT_TABLE),):
        checked = _with_scenarios(check_folder(folder, date, Path.cwd()), folder)
        _print(checked, form)
        failed = failed or bool(checked.findings if fail_on == "warning" else checked.errors)
    if failed:
        raise click.exceptions.Exit(1)


def _with_scenarios(checked: Checked, folder: Path) -> Checked:
    """The same, and what is wrong with how the scenarios are written. Against a table that is not sound their names are
    not held: what it lacks is told once."""
    suite = read_suite(folder, Path.cwd(), checked.sources)
    if not checked.errors and checked.graph is not None:
        check_names(checked.graph, suite, suite.report)
    return Checked(
        suite.sources, (*checked.findings, *suite.report.sorted()), checked.dropped + suite.report.dropped,
        checked.graph, checked.source_map,
    )  # fmt: skip


def _print(checked: Checked, form: str) -> None:
    text = show(checked.findings, checked.sources, form, coloured())
    if text:
        click.echo(text)
    if form != "text":
        return
    if checked.findings:
        click.echo()
    graph = checked.graph
    size = ""
    if graph is not None:
        parts = (len(graph.nodes) - 2, "node"), (len(graph.numbers), "number"), (len(graph.teams), "team")
        size = ", ".join(count(number, what) for number, what in parts) + ": "
    click.echo(size + summary(checked))


@click.command(
    epilog="""\b
Examples:
  ivr schema -o schema/routing-table.schema.json
  ivr schema --scenarios
"""
)
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="Write to a file.")
@click.option("--scenarios", is_flag=True, help="The schema of scenario files in place of that of tables.")
def schema(output: Path | None, scenarios: bool) -> None:
    """Print the JSON Schema with which editors complete and validate a table."""
    text = json.dumps(scenarios_schema() if scenarios else json_schema(), ensure_ascii=False, indent=2) + "\n"
    write_out(text, output)
