"""`ivr draw`: a table as a picture."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from ivr.cli.common import get_table, read_date, table_argument, today_option, write_out
from ivr.diagnostics import did_you_mean
from ivr.model.graph import Graph
from ivr.pictures import FORMATS, TooLarge
from ivr.pictures import draw as picture
from ivr.pictures.part import Part, of_node, of_number, whole
from ivr.tables.arrivals import UNKNOWN, find_number

ENDINGS = {
    ".svg": "svg",
    ".html": "html",
    ".htm": "html",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".md": "mermaid",
    ".graphml": "graphml",
}


@click.command(
    name="draw",
    epilog="""\b
Examples:
  ivr draw -o groningen.svg
  ivr draw -o groningen.html --language en     a page to pan, zoom and search
  ivr draw -o waste.svg --number "050 367 1000"
  ivr draw --from main --format mermaid
  ivr draw -o groningen.graphml                for NetworkX, Gephi or yEd
""",
)
@table_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="Write to a file.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS, "graphml"]),
    default=None,
    help="By the file's name if left out; else svg.",
)
@click.option("--language", default=None, metavar="CODE", help="The language of words and labels; the table's first.")
@click.option("--number", default=None, help="Only what callers of this number can pass.")
@click.option("--from", "from_", default=None, metavar="NODE", help="Only what a caller in this node can still pass.")
@click.option("--title", default="", help="The title, in place of the table's.")
@click.option("--all-visits", is_flag=True, help="Draw every visit to a flow in full, not the first of each only.")
@today_option
def draw(
    table: Path, output: Path | None, form: str | None, language: str | None, number: str | None, from_: str | None,
    title: str, all_visits: bool, today: str | None,
) -> None:  # fmt: skip
    """Draw the way of a caller: numbers, menus, flows and teams, as SVG, HTML or Mermaid."""
    form = form or _format(output)
    date = read_date(today)
    ready = get_table(table, date)
    graph = ready.graph
    noon = int(dt.datetime.combine(date, dt.time(12), ZoneInfo(graph.timezone)).timestamp())
    if form == "graphml":
        from ivr.pictures.graphml import graphml  # NetworkX is slow to import, and only this needs it

        write_out(graphml(graph), output)
        return
    part = _part(graph, number, from_, ready.source_map.opaque >= 0, noon)
    try:
        text = picture(
            graph,
            ready.source_map,
            form,
            part,
            _language(graph, language),
            noon,
            title,
            not all_visits,
        )
    except TooLarge as error:
        raise click.UsageError(f"{error}; draw a part with --number or --from") from None
    write_out(text, output)


def _format(output: Path | None) -> str:
    """The format that a file's name says; SVG when it says none."""
    ending = output.suffix.lower() if output is not None else ""
    if ending and ending not in ENDINGS:
        known = ", ".join(ENDINGS)
        raise click.BadParameter(
            f"'{ending}' is no ending that is known: {known}; or give --format", param_hint="--output"
        )
    return ENDINGS.get(ending, "svg")


def _part(graph: Graph, number: str | None, node: str | None, unknown: bool, now: int) -> Part:
    if number is not None and node is not None:
        raise click.UsageError("--number and --from exclude each other")
    if number is not None:
        index = find_number(graph, number)
        if index == UNKNOWN:
            raise click.BadParameter(f"'{number}' is not in the table", param_hint="--number")
        return of_number(graph, index, now)
    if node is None:
        return whole(graph, unknown)
    part = of_node(graph, node)
    if part is not None:
        return part
    near = did_you_mean(node, graph.names[:-2])
    raise click.BadParameter(f"there is no node '{node}'" + (f"; {near}" if near else ""), param_hint="--from")


def _language(graph: Graph, code: str | None) -> int:
    codes = [language.code for language in graph.languages]
    if code is None:
        return 0
    if code not in codes:
        raise click.BadParameter(f"'{code}' is no language of the table: {', '.join(codes)}", param_hint="--language")
    return codes.index(code)
