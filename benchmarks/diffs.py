"""How dear the behavioural diff is against reading both tables, and how many groups one edit of a large table makes."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from pathlib import Path

from benchmarks.figures import Effort, Figure, interleaved, ratio, timed
from benchmarks.provable import write_provable
from ivr.proofs.diff.groups import Difference, compare_tables
from ivr.tables.ready import Table, load_table

TODAY = dt.date(2026, 11, 24)
Change = tuple[str, str, str]
"""(file pattern, what stands there, what is put in its place)."""

RETARGETED: tuple[Change, ...] = (("menus/*", "        to: d250-hours\n", "        to: d250-info\n"),)
EDITS: dict[str, tuple[Change, ...]] = {
    "a renamed node that is also retargeted": (
        *RETARGETED,
        ("*", "  d250:\n", "  desk-250:\n"),
        ("*", "to: d250\n", "to: desk-250\n"),
        ("menus/*", "to: d250,", "to: desk-250,"),
    ),
    "an inserted say": (
        ("menus/*", "        to: d250-hours\n", "        to: d250-extra\n"),
        (
            "menus/*",
            "  d250-hours:\n",
            "  d250-extra: {kind: say, say: {nl: Nog een bericht., en: One more message.}, to: d250-hours}\n  d250-hours:\n",
        ),
    ),
    "a setting of a team": (("teams.yaml", "    ring: 25s\n", "    ring: 35s\n"),),
}
"""One edit each, as an admin makes it."""


def measure(effort: Effort) -> list[Figure]:
    """Both figures of the diff."""
    size = effort.size(10_000, 3_000)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        effort.tell(f"writing {size:,} nodes")
        write_provable(root / "old", size)
        changed = _edited(root / "old", root / "new", RETARGETED)
        old = load_table(root / "old", TODAY)
        cost = _cost(effort, root / "old", changed, size)
        groups = {}
        for name, changes in EDITS.items():
            effort.tell(f"diff after {name}")
            new = load_table(_edited(root / "old", root / "edited", changes), TODAY)
            groups[name] = len(_difference(old, new).groups)
    against = "; ".join(f"{name}: {count}" for name, count in groups.items())
    most = max(groups.values(), key=lambda count: (count != 1, count))
    return [cost, Figure("groups that one edit makes", most, "groups", "lower", 1.0, 1.0, against)]


def _cost(effort: Effort, old: Path, new: Path, size: int) -> Figure:
    """The diff of two tables that differ in one node, against reading, compiling and checking both."""
    tables: list[Table] = []

    def read() -> float:
        tables.clear()
        return timed(lambda: tables.extend(load_table(folder, TODAY) for folder in (old, new)))

    def compare() -> float:
        return timed(lambda: _difference(*tables))

    read()
    held = interleaved(
        effort.size(5, 1), {"read": read, "diff": compare}, effort, f"diff of {size:,} nodes, round"
    )  # fmt: skip
    found = _difference(*tables)
    against = (
        f"reading both ({min(held['diff']):.2f} s against {min(held['read']):.2f} s; "
        f"{found.pairs:,} pairs of states, {found.worlds:,} worlds)"
    )
    value = ratio(held["diff"], held["read"])
    return Figure(
        f"diff of two {size:,}-node tables that differ in one node", value, "× reading both", "lower", 3.0, 0.7, against
    )


def _difference(old: Table, new: Table) -> Difference:
    start = int(dt.datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=new.almanac.zone).timestamp())
    return compare_tables((old.graph, old.source_map), (new.graph, new.source_map), start)


def _edited(old: Path, new: Path, changes: tuple[Change, ...]) -> Path:
    """A copy of a table with edits made. Each must change something somewhere."""
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(old, new)
    for pattern, was, now in changes:
        done = 0
        for path in sorted(new.rglob("*.yaml")):
            if path.match(pattern) or pattern == "*":
                text = path.read_text(encoding="utf-8")
                count = -1 if pattern != "teams.yaml" else 1
                if was in text:
                    path.write_text(text.replace(was, now, count), encoding="utf-8")
                    done += 1
        assert done or "," in was, f"{was!r} is nowhere in the table"
    return new
