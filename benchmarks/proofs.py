"""How dear proofs are: against checking the same table, in growth, in memory, and against listing every way."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import listing
from benchmarks.figures import Effort, Figure, interleaved, ratio, timed
from benchmarks.provable import write_provable
from ivr.proofs.prover import explore, verdicts
from ivr.tables.ready import Table, check_folder, ready

ROOT = Path(__file__).parents[1]
TODAY = dt.date(2026, 11, 24)


def measure(effort: Effort) -> list[Figure]:
    """The five figures of proving."""
    return [_whole_process(effort), *_generated(effort), *listing.measure(effort)]


def _whole_process(effort: Effort) -> Figure:
    """`ivr prove` of Groningen against `ivr check` of it, processes and all."""

    def run(command: str) -> float:
        words = [sys.executable, "-m", "ivr.cli", command, "routing_tables/groningen", "--today", TODAY.isoformat()]
        return timed(lambda: subprocess.run(words, cwd=ROOT, check=True, capture_output=True))

    run("prove")
    sides = {"prove": lambda: run("prove"), "check": lambda: run("check")}
    held = interleaved(effort.size(7, 2), sides, effort, "prove Groningen, round")
    against = f"ivr check of it ({min(held['prove']):.2f} s against {min(held['check']):.2f} s)"
    value = ratio(held["prove"], held["check"])
    return Figure("ivr prove of Groningen, whole process", value, "× the time", "lower", 4.0, 1.5, against)


def _generated(effort: Effort) -> list[Figure]:
    """Proofs of a generated table against reading and checking it; the same ten times as large; its memory."""
    small, large = effort.size(10_000, 1_000), effort.size(100_000, 4_000)
    with tempfile.TemporaryDirectory() as place:
        folders = {n: Path(place) / str(n) for n in (small, large)}
        for n, folder in folders.items():
            effort.tell(f"writing {n:,} nodes")
            write_provable(folder, n)
        rows = {n: [] for n in folders}  # type: dict[int, list[dict[str, float]]]
        for round_ in range(effort.size(3, 1)):
            for n, folder in folders.items():
                if n == large and round_:
                    continue
                effort.tell(f"proving {n:,} nodes, round {round_ + 1}")
                rows[n].append(_in_process_of_its_own(folder))
    best = min(rows[small], key=lambda row: row["prove"])
    ten = rows[large][0]
    size = f"{best['states']:,.0f} states, {best['edges']:,.0f} edges"
    value = best["prove"] / min(row["check"] for row in rows[small])
    return [
        Figure(
            "all built-in and six written guarantees, 10,000 nodes", value, "× reading and checking", "lower", 4.0, 1.0,
            f"reading and checking it ({best['prove']:.2f} s against {best['check']:.2f} s; {size})",
        ),
        Figure(
            "growth of proofs from 10,000 to 100,000 nodes", ten["prove"] / best["prove"], "× the time", "lower", 12.0,
            10.5,
            f"the same at {small:,} nodes ({ten['prove']:.1f} s; {ten['states']:,.0f} states, {ten['edges']:,.0f} edges)",
        ),
        Figure("peak memory of proofs at 100,000 nodes", ten["memory"] / 1e9, "GB", "lower", 1.5, 0.8, "reading included"),
    ]  # fmt: skip


def _in_process_of_its_own(folder: Path) -> dict[str, float]:
    """Read, check and prove a table in a fresh process: seconds and bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.proofs", str(folder)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    row: dict[str, float] = json.loads(done.stdout)
    return row


def _report(folder: Path) -> dict[str, float]:
    import resource

    held: list[Table] = []
    check = timed(lambda: held.append(ready(check_folder(folder, TODAY))))
    table = held[0]
    table.source_map.forget()
    start = int(dt.datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=table.almanac.zone).timestamp())
    began = time.perf_counter()
    space = explore(table.almanac, start)
    judged = list(verdicts(space))
    prove = time.perf_counter() - began
    assert len(judged) >= 11
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "check": check, "prove": prove, "memory": memory, "states": len(space.states), "edges": len(space.targets),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(_report(Path(sys.argv[1]))))
