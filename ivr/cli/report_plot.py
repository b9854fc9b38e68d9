"""Reports as pictures, by matplotlib: in Dutch, in colours that all can tell apart, the same bytes each time."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import matplotlib

matplotlib.use("Agg")  # before pyplot is read: there is no screen

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ivr.authoring.files import NoTable
from ivr.cli.report_nl import ENDINGS, KEPT_NL, decimal, percent, whole
from ivr.desk.figures import share
from ivr.desk.kept import KEPT, NONE
from ivr.desk.period import Period, Stretch
from ivr.store.reports.callbacks import Promises
from ivr.store.reports.calls import Calls
from ivr.store.reports.rows import FEW, FIRST_MARK, MAIN, NO_TEAM, NumberCalls, mark_rows

COLOURS = ("#0072b2", "#56b4e9", "#e69f00", "#d55e00", "#999999", "#f0e442", "#009e73", "#cc79a7")
"""Okabe and Ito's, which the colour-blind tell apart; neighbours differ in grey too."""
MOST_LINES = 7
DASHES = ("-", "--", "-.", ":")
STYLE: dict[Any, Any] = {  # matplotlib's own list of names, hundreds of them
    "svg.hashsalt": "ivr", "svg.fonttype": "none", "font.family": "DejaVu Sans", "font.size": 10, "axes.spines.top": False,
    "axes.spines.right": False, "figure.constrained_layout.use": True, "axes.grid": True, "grid.color": "#d5dbe1",
    "axes.axisbelow": True, "text.parse_math": False,
}  # fmt: skip
_NAMES = {MAIN: "hoofdnummer", NO_TEAM: "geen team", FEW: "te weinig per groep"}


def plot_callbacks(found: Sequence[Promises], period: Period, path: Path) -> None:
    """What became of the promises of each team."""
    with _drawing(path, 2.2 + 0.42 * len(found)) as figure:
        axes = figure.subplots()
        teams = [one.team or "geen team" for one in found][::-1]
        reached = [0] * len(found)
        for colour, name in zip(COLOURS, [name for name in KEPT if name != NONE], strict=False):
            if not any(one.kept.get(name) for one in found):
                continue
            counts = [one.kept.get(name, 0) for one in found][::-1]
            axes.barh(
                teams, counts, left=reached, color=colour, label=KEPT_NL[name], edgecolor="#1b2127", linewidth=0.5
            )
            reached = [a + b for a, b in zip(reached, counts, strict=True)]
        axes.set_xlabel("beloften om terug te bellen (aantal)")
        axes.grid(visible=False, axis="y")
        axes.margins(x=0.05)
        _whole_numbers(axes, "x")
        _title(axes, "Beloften en of ze zijn nagekomen", period)
        figure.legend(loc="outside lower center", ncols=3, frameon=False)


def plot_marks(found: Mapping[str, Counter[int]], by: str, period: Period, path: Path) -> None:
    """The mean mark of each group with its interval, beside the city's first one."""
    rows = [row for row in mark_rows(by, found) if row[3] is not None]
    words = {"month": "maand", "number": "nummer", "team": "team", "language": "taal"}
    with _drawing(path, 4.2) as figure:
        axes = figure.subplots()
        means = [_number(row[3]) for row in rows]
        names = [f"{_NAMES.get(str(row[1]), str(row[1]))}\n({whole(int(_number(row[2])))})" for row in rows]
        low = [mean - _number(row[4]) for mean, row in zip(means, rows, strict=True)]
        high = [_number(row[5]) - mean for mean, row in zip(means, rows, strict=True)]
        axes.errorbar(
            range(len(rows)),
            means,
            yerr=[low, high],
            fmt="o",
            color=COLOURS[0],
            capsize=5,
            label="gemiddelde, 95 % zeker",
        )
        axes.axhline(
            FIRST_MARK, color=COLOURS[3], linestyle="--", label=f"eerste cijfer van de stad: {decimal(FIRST_MARK)}"
        )
        axes.set_xticks(range(len(rows)), names)
        axes.set_ylim(1, 10)
        axes.set_xlim(-0.6, max(0, len(rows) - 1) + 0.6)
        axes.set_ylabel("cijfer (1 tot 10)")
        axes.set_xlabel(f"{words[by]} (aantal cijfers)")
        axes.grid(visible=False, axis="x")
        _title(axes, "Cijfers van bellers", period)
        figure.legend(loc="outside lower center", ncols=2, frameon=False)


def plot_numbers(found: Sequence[NumberCalls], weeks: Sequence[Stretch], period: Period, path: Path) -> None:
    """Calls a week of the numbers that are called most; a week that the period cuts is left out."""
    whole_weeks = [index for index, week in enumerate(weeks) if week.whole] or list(range(len(weeks)))
    ranked = sorted(
        (one for one in found if one.number and any(one.weeks)), key=lambda one: (-sum(one.weeks), one.number)
    )
    with _drawing(path, 4.6) as figure:
        axes = figure.subplots()
        names = [weeks[index].name[5:].replace("W", "") for index in whole_weeks]
        for index, one in enumerate(ranked[:MOST_LINES]):
            label = f"{one.number}, {one.formerly}" if one.formerly else one.number
            axes.plot(
                [one.weeks[week] for week in whole_weeks], label=label, marker="o", markersize=3,
                color=COLOURS[index], linestyle=DASHES[index % len(DASHES)],
            )  # fmt: skip
        rest = ranked[MOST_LINES:]
        if rest:
            axes.plot(
                [sum(one.weeks[week] for one in rest) for week in whole_weeks], color="#777777", linewidth=3, alpha=0.5,
                label=f"de andere {len(rest)} samen",
            )  # fmt: skip
        step = max(1, len(names) // 26)
        axes.set_xticks(range(0, len(names), step), names[::step])
        axes.set_ylim(bottom=0)
        axes.set_xlabel("week")
        axes.set_ylabel("telefoontjes (per week)")
        _whole_numbers(axes, "y")
        _title(axes, "Telefoontjes op oude nummers", period)
        if ranked:
            figure.legend(loc="outside lower center", ncols=2, frameon=False)


def plot_calls(found: Calls, norm: int, period: Period, path: Path) -> None:
    """How calls ended, and how many of those put through were helped within how long."""
    with _drawing(path, 6.4) as figure:
        above, below = figure.subplots(2, 1)
        rows = [(ENDINGS.get(name, name), count) for name, count in found.endings][::-1]
        held = above.barh([name for name, _ in rows], [count for _, count in rows], color=COLOURS[0])
        above.bar_label(held, [f" {percent(share(count, found.total))}" for _, count in rows])
        above.set_xlabel("telefoontjes (aantal)")
        above.grid(visible=False, axis="y")
        above.margins(x=0.12)
        _whole_numbers(above, "x")
        _title(above, "Hoe telefoontjes eindigden", period)
        put = sum(one.put_through for one in found.teams.values())
        waits = sorted(wait for one in found.teams.values() for wait in one.waited)
        most = max(180, 2 * norm)
        steps = range(0, most + 1, 5)
        helped = [100 * sum(wait <= step for wait in waits) / put if put else 0 for step in steps]
        within = share(sum(wait <= norm for wait in waits), put)
        below.step(list(steps), helped, where="post", color=COLOURS[0])
        below.axvline(norm, color=COLOURS[3], linestyle="--", label=f"norm: {norm} seconden ({percent(within)})")
        below.set_xlim(0, most)
        below.set_ylim(0, 100)
        below.set_xlabel("wachttijd (seconden)")
        below.set_ylabel("geholpen (% van doorverbonden)")
        below.set_title("Hoe snel een medewerker er was", loc="left", fontsize=11)
        below.legend(loc="lower right")


@contextlib.contextmanager
def _drawing(path: Path, high: float) -> Iterator[Figure]:
    """A figure, written to a file at the end. Raises NoTable when that cannot be written."""
    with plt.rc_context(STYLE):
        figure = plt.figure(figsize=(8, high))
        try:
            yield figure
            path.parent.mkdir(parents=True, exist_ok=True)
            title = figure.axes[0].get_title(loc="left")
            svg = path.suffix.lower() == ".svg"
            made = {"Date": None, "Creator": None} if svg else {"Software": None}
            figure.savefig(path, dpi=150, metadata={"Title": title, **made})
        except OSError as error:
            raise NoTable(f"{path}: {error.strerror or error}") from None
        finally:
            plt.close(figure)
    click.echo(f"wrote {path}", err=True)


def _title(axes: Axes, text: str, period: Period) -> None:
    first, last = period.first, period.last
    axes.set_title(
        f"{text}, {first.day}-{first.month}-{first.year} tot en met {last.day}-{last.month}-{last.year}",
        loc="left", fontsize=11,
    )  # fmt: skip


def _whole_numbers(axes: Axes, which: str) -> None:
    """There is no half call."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(integer=True))


def _number(cell: object) -> float:
    assert isinstance(cell, int | float)
    return cell
