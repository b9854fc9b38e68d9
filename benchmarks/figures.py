"""A figure: what was measured, against what, what it must reach; the table that shows it, the file that keeps it."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. `better` says whether `higher` or `lower` is; below the `floor` the run fails.

    `against` says what it is a ratio to, and both sides in plain units.
    """

    name: str
    value: float
    unit: str
    better: str
    floor: float
    aim: float
    against: str

    @property
    def missed(self) -> bool:
        """Whether the floor is missed."""
        return self.value < self.floor if self.better == "higher" else self.value > self.floor

    @property
    def reached(self) -> bool:
        """Whether the aim is reached."""
        return self.value >= self.aim if self.better == "higher" else self.value <= self.aim


class Effort:
    """How much is measured, and the line that says how far it is."""

    def __init__(self, quick: bool, name: str) -> None:
        self.quick = quick
        self._name = name
        self._width = 0
        self._live = sys.stderr.isatty()

    def size(self, full: int, quick: int) -> int:
        """The size of a round."""
        return quick if self.quick else full

    def tell(self, what: str) -> None:
        """Say what is being done, on standard error."""
        line = f"{self._name}: {what}"
        if self._live:
            sys.stderr.write("\r" + line.ljust(self._width))
            self._width = len(line)
        else:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def done(self) -> None:
        """Take the line away."""
        if self._live:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()


def timed(work: Callable[[], object]) -> float:
    """Seconds until the work's result is there; to let it go again is not counted."""
    start = time.perf_counter()
    held = work()
    seconds = time.perf_counter() - start
    del held
    return seconds


def interleaved(
    rounds: int, sides: Mapping[str, Callable[[], float]], effort: Effort, what: str = "round"
) -> dict[str, list[float]]:
    """What each side measures, round by round, every other round in the opposite order, so that a machine that grows
    slower or faster meanwhile does so for all."""
    held: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        effort.tell(f"{what} {number + 1} of {rounds}")
        order = list(sides) if number % 2 == 0 else list(sides)[::-1]
        for name in order:
            held[name].append(sides[name]())
    return held


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """The median of the rounds' own ratios."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def show(figures: Sequence[Figure]) -> str:
    """The table for people."""
    rows = [("figure", "value", "floor", "aim", "", "against"), *map(_row, figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, [*widths, 0], strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * w for w in [*widths, 7]))
    return "\n".join(lines)


def _row(f: Figure) -> tuple[str, ...]:
    sign = "≥" if f.better == "higher" else "≤"
    state = "MISSED" if f.missed else ("aim" if f.reached else "floor")
    bounds = (f"{sign} {_number(f.floor)}", f"{sign} {_number(f.aim)}")
    return (f.name, f"{_number(f.value)} {f.unit}", *bounds, state, f.against)


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def machine() -> dict[str, object]:
    """What the figures were measured on; nothing that names the machine itself."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def write(path: Path, figures: Sequence[Figure], on: Mapping[str, object], partial: bool) -> None:
    """Keep the figures. Of a partial run the other figures of the file stay as they were."""
    rows = {figure.name: asdict(figure) for figure in figures}
    if partial and path.is_file():
        held = {row["name"]: row for row in json.loads(path.read_text())["figures"]}
        rows = {**held, **rows}
    for row in rows.values():
        row["value"] = float(f"{row['value']:.4g}")
    path.write_text(json.dumps({"figures": list(rows.values()), "machine": on}, indent=2, ensure_ascii=False) + "\n")
