"""`ivr simulate explore`: every ending of every number, at every time."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
from msgspec import Struct

from ivr.cli.common import get_table, progress, read_date, table_argument, today_option
from ivr.cli.heat import heat_map
from ivr.model.facts import default_fact
from ivr.model.graph import Graph
from ivr.proofs.classes import HORIZON_DAYS
from ivr.proofs.endings import GIVEN_UP, Endings, Near, Row
from ivr.proofs.prover import explore as state_space
from ivr.proofs.saying import Saying
from ivr.proofs.space import Space
from ivr.simulator.run import CALLER

COLUMNS = (
    "number", "formerly", "language", "callers", "when", "for example", "hours", "choices", "seconds",
    "soonest choices", "soonest seconds", "silent seconds", "endings", "endings with a switch on",
)  # fmt: skip
LONG = 60
"""Characters beyond which the times of a row are not said again when the other rows say them."""


class Line(Struct, frozen=True):
    """A row as it is shown: the number, of whom it speaks, when, an example of when, and what was found."""

    number: str
    formerly: str
    language: str
    callers: str
    when: str
    example: str
    hours: float
    ordinary: bool
    row: Row


@click.command(
    epilog="""\b
Examples:
  ivr simulate explore
  ivr simulate explore --number "050 367 1000" --language en
  ivr simulate explore --csv > endings.csv
  ivr simulate explore --heat near.svg           a picture: numbers by hours of a week
"""
)
@table_argument
@click.option(
    "--number", "only", default="", help="Only numbers that begin like this; the main number as it is written."
)
@click.option("--language", default="", help="A language of the table, or 'all'. [default: the first; all in files]")
@click.option("--days", type=click.IntRange(7, 4000), default=HORIZON_DAYS, show_default=True, help="How far ahead.")
@click.option("--json", "as_json", is_flag=True, help="All rows as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="All rows as CSV.")
@click.option("--heat", type=click.Path(path_type=Path), default=None, metavar="FILE", help="Draw a heat map (SVG).")
@click.option("--week", default=None, metavar="DATE", help="The week of the heat map. [default: the next whole one]")
@today_option
def explore(
    table: Path, only: str, language: str, days: int, as_json: bool, as_csv: bool, heat: Path | None,
    week: str | None, today: str | None,
) -> None:  # fmt: skip
    """Find every ending of every number, the fewest choices to a person, and the seconds until one is rung.

    Every moment of the days ahead is looked at; times that are alike for a number are one row. Choices are keys and words:
    who stays silent makes none. Seconds are the most that any caller of the row needs, with all that is said heard to its
    end. 'silent' is how long a silent caller waits at worst, when nobody answers, for a case or a word where to turn.
    """
    if as_json and as_csv:
        raise click.UsageError("give --json or --csv, not both")
    date = read_date(today)
    ready = get_table(table, date)
    graph = ready.graph
    codes = [held.code for held in graph.languages]
    chosen = _languages(codes, language or ("all" if as_json or as_csv else codes[0]))
    numbers = [n for n in range(-1, len(graph.numbers)) if _name(graph, n).replace(" ", "").startswith(_bare(only))]
    if not numbers:
        raise click.UsageError(f"no number begins like '{only}'")
    start = int(dt.datetime(date.year, date.month, date.day, tzinfo=ready.almanac.zone).timestamp())
    space = state_space(ready.almanac, start, days)
    endings, saying = Endings(space), Saying(space.worlds.classes)
    fact = _ordinary(space)
    if heat is not None:
        monday = read_date(week) if week else date + dt.timedelta(days=7 - date.weekday())
        picture = heat_map(endings, saying, numbers, chosen[0], fact, monday - dt.timedelta(days=monday.weekday()))
        try:
            heat.write_text(picture, encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"{heat}: {error.strerror}") from None
        click.echo(f"wrote {heat}", err=True)
        return
    lines = [
        line
        for number in progress(numbers, "numbers", len(numbers))
        for spoken in chosen
        for line in _lines(endings, saying, number, spoken, fact)
    ]
    click.echo(_json(lines) if as_json else _csv(lines) if as_csv else _table(lines), nl=not as_csv)


def _bare(text: str) -> str:
    return text.replace(" ", "")


def _languages(codes: list[str], wanted: str) -> list[int]:
    if wanted == "all":
        return list(range(len(codes)))
    if wanted not in codes:
        raise click.BadParameter(f"'{wanted}' is none of {', '.join(codes)}", param_hint="--language")
    return [codes.index(wanted)]


def _name(graph: Graph, number: int) -> str:
    return graph.main_number if number < 0 else graph.numbers[number].name


def _ordinary(space: Space) -> int:
    """The facts of a caller of whom nothing is known, as an index into the combinations of facts."""
    worlds = space.worlds
    usual = [default_fact(name, values, CALLER) for name, values in space.graph.facts]
    return max(range(worlds.width), key=lambda f: sum(a == b for a, b in zip(worlds.facts[f], usual, strict=False)))


def _lines(endings: Endings, saying: Saying, number: int, language: int, ordinary: int) -> Iterator[Line]:
    """The rows of a number in one language: callers of whom nothing is known first, soonest to a person first."""
    space = endings.space
    graph, held = space.graph, space.worlds.list
    by_facts: dict[tuple[int, ...], list[Row]] = {}
    for row in endings.rows(number, language):
        by_facts.setdefault(row.facts, []).append(row)
    for facts, rows in sorted(by_facts.items(), key=lambda item: (bool(item[0]) and ordinary not in item[0], item[0])):
        groups = {(held[w].vector, held[w].phase): i for i, row in enumerate(rows) for w in row.worlds}
        said = saying.of_number(number, groups)
        order = sorted(enumerate(rows), key=lambda item: (min(held[w].phase for w in item[1].worlds), *_rank(item[1])))
        for index, row in order:
            example = max((held[w] for w in row.worlds), key=lambda world: world.seconds).first
            local = dt.datetime.fromtimestamp(example, space.worlds.classes.almanac.zone)
            yield Line(
                _name(graph, number), graph.title if number < 0 else graph.numbers[number].formerly,
                graph.languages[language].code, _callers(space, facts), said.get(index, ""), f"{local:%Y-%m-%d %H:%M}",
                round(sum(held[w].seconds for w in row.worlds) / 3600, 1), not facts or ordinary in facts, row,
            )  # fmt: skip


def _rank(row: Row) -> tuple[bool, float, int]:
    return row.soonest is None, row.soonest.seconds if row.soonest else 0, -len(row.endings)


def _callers(space: Space, facts: tuple[int, ...]) -> str:
    """Of which callers a row speaks: `caller: known or other`; '' for all."""
    every = space.worlds.shown
    rows = [every[f] for f in facts]
    out = []
    for index, (name, values) in enumerate(space.graph.facts):
        mine = sorted({row[index] for row in rows})
        if rows and mine[0] >= 0 and len(mine) < len({row[index] for row in every} - {-1}):
            out.append(f"{name}: " + " or ".join(values[v] for v in mine))
    return ", ".join(out)


def _ends(row: Row, switch: bool) -> list[str]:
    return [f"{e.how} ({e.team})" if e.team else e.how for e in row.endings if e.switch == switch]


def _table(lines: list[Line]) -> str:
    """A block for the numbers of which all is the same; callers of whom something is known are left out."""
    blocks: dict[tuple[str, ...], list[str]] = {}
    for (name, formerly, language), mine in _by_number(lines).items():
        blocks.setdefault(tuple(_block(mine)), []).append(f"{name} ({formerly}), {language}")
    out: list[str] = []
    for rows, names in blocks.items():
        out += [*names, *rows, ""]
    others = len(lines) - sum(line.ordinary for line in lines)
    if others:
        out.append(f"{others} more rows are of callers of whom something is known: --csv and --json have them")
    return "\n".join(out).rstrip()


def _by_number(lines: list[Line]) -> dict[tuple[str, str, str], list[Line]]:
    held: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        if line.ordinary:
            held.setdefault((line.number, line.formerly, line.language), []).append(line)
    return held


def _block(lines: list[Line]) -> list[str]:
    """The rows of one number; the longest of all times is `all other times`."""
    longest = max((line.when for line in lines), key=len)
    out = [f"  {'when':<44} {'choices':>7} {'soonest':>7} {'silent':>7}  endings"]
    for line in lines:
        row = line.row
        short = line.when == longest and len(longest) > LONG and len(lines) > 1
        when = textwrap.wrap("all other times" if short else line.when, 44, subsequent_indent="  ") or [""]
        ends = textwrap.wrap(_endings_text(row), 72) or [""]
        when += [""] * (len(ends) - len(when))
        ends += [""] * (len(when) - len(ends))
        choices = str(row.fewest.choices) if row.fewest else "-"
        soonest = f"{row.soonest.seconds:.0f} s" if row.soonest else "-"
        figures = f"{choices:>7} {soonest:>7} {_silent(row.silent):>7}"
        out += [f"  {a:<44} {figures if not i else ' ' * 23}  {b}".rstrip()
                for i, (a, b) in enumerate(zip(when, ends, strict=True))]  # fmt: skip
    return out


def _silent(seconds: float | None) -> str:
    return "-" if seconds is None else "never" if seconds == float("inf") else f"{seconds:.0f} s"


def _endings_text(row: Row) -> str:
    """`person (kcc, wmo), case`; what a call ends in after all its turns goes without saying."""
    teams = [e.team for e in row.endings if e.how == "person" and not e.switch]
    kinds = [f"person ({', '.join(teams)})"] if teams else []
    kinds += [e.how for e in row.endings if e.how not in ("person", GIVEN_UP) and not e.switch]
    more = [e.team or e.how for e in row.endings if e.switch]
    return ", ".join(kinds) + (f"; with a switch on {', '.join(more)}" if more else "")


def _as_dict(line: Line) -> dict[str, object]:
    row = line.row
    return {
        "number": line.number,
        "formerly": line.formerly,
        "language": line.language,
        "callers": line.callers or None,
        "when": line.when,
        "example": line.example,
        "hours": line.hours,
        "fewest": _near(row.fewest),
        "soonest": _near(row.soonest),
        "silent": None if row.silent in (None, float("inf")) else round(row.silent or 0, 1),
        "silent_may_end_without": row.silent == float("inf"),
        "endings": [{"ends": e.how, "team": e.team or None, "switch": e.switch} for e in row.endings],
    }


def _near(near: Near | None) -> dict[str, object] | None:
    return None if near is None else {"choices": near.choices, "seconds": round(near.seconds, 1)}


def _json(lines: list[Line]) -> str:
    return json.dumps([_as_dict(line) for line in lines], ensure_ascii=False, indent=2)


def _csv(lines: list[Line]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        row = line.row
        figures = [value for near in (row.fewest, row.soonest) for value in _cells(near)]
        silent = "" if row.silent is None else "never" if row.silent == float("inf") else f"{row.silent:.1f}"
        writer.writerow(
            (
                line.number, line.formerly, line.language, line.callers, line.when, line.example, line.hours, *figures,
                silent, "; ".join(_ends(row, False)), "; ".join(_ends(row, True)),
            )
        )  # fmt: skip
    return out.getvalue()


def _cells(near: Near | None) -> tuple[str, str]:
    return (str(near.choices), f"{near.seconds:.1f}") if near else ("", "")
