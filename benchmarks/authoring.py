"""How fast a table is read, compiled and checked, and how that grows with its size."""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
from pathlib import Path

import yaml

from benchmarks.figures import Effort, Figure, interleaved, ratio, timed
from benchmarks.generate import write_table
from ivr.tables.ready import Checked, check_folder

TODAY = dt.date(2026, 11, 2)
"""What "in the past" is measured against, so that the same table gives the same findings on any day."""


def measure(effort: Effort) -> list[Figure]:
    """Read, compile and check against SafeLoader, which only reads."""
    nodes = effort.size(10_000, 1_000)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        effort.tell(f"writing {nodes:,} nodes")
        size = write_table(folder, nodes)
        texts = [path.read_text() for path in sorted(folder.rglob("*.yaml"))]
        _check(folder)  # libraries are loaded and holidays worked out before the clock runs
        sides = {
            "ours": lambda: timed(lambda: _check(folder)),
            "yaml": lambda: timed(lambda: [yaml.load(text, yaml.SafeLoader) for text in texts]),
        }
        held = interleaved(effort.size(5, 3), sides, effort)
    ours, theirs = (statistics.median(held[name]) for name in ("ours", "yaml"))
    against = (
        f"yaml.load(text, SafeLoader) on the same {size / 1e6:.2g} MB, read only ({ours:.2f} s against {theirs:.2f} s)"
    )
    value = ratio(held["yaml"], held["ours"])
    return [Figure("read, compile and check 10,000 nodes", value, "× faster", "higher", 5.0, 10.0, against)]


def measure_growth(effort: Effort) -> list[Figure]:
    """Ten times the nodes against one time, in time."""
    small, large = effort.size(10_000, 1_000), effort.size(100_000, 10_000)
    with tempfile.TemporaryDirectory() as place:
        folders = {n: Path(place) / str(n) for n in (small, large)}
        for n, folder in folders.items():
            effort.tell(f"writing {n:,} nodes")
            write_table(folder, n)
        _check(folders[small])
        sides = {str(n): (lambda folder=folder: timed(lambda: _check(folder))) for n, folder in folders.items()}
        held = interleaved(effort.size(3, 2), sides, effort)
    one, ten = statistics.median(held[str(small)]), statistics.median(held[str(large)])
    against = f"the same at {small:,} nodes ({ten:.2f} s against {one:.2f} s)"
    return [
        Figure(
            "growth from 10,000 to 100,000 nodes",
            ratio(held[str(large)], held[str(small)]),
            "× the time",
            "lower",
            13.0,
            11.0,
            against,
        )
    ]


def _check(folder: Path) -> Checked:
    checked = check_folder(folder, TODAY)
    if checked.errors or checked.graph is None:
        raise SystemExit(f"the generated table has {checked.errors} errors: {checked.findings[0]}")
    return checked
