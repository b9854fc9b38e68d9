"""How many calls a minute one process plays."""

from __future__ import annotations

import statistics

from benchmarks.figures import Effort, Figure
from benchmarks.tables import groningen
from ivr.simulator.load import Callers


def measure(effort: Effort) -> list[Figure]:
    """`ivr simulate load` without its progress bar."""
    table = groningen()
    calls = effort.size(100_000, 5_000)
    held = []
    rounds = effort.size(5, 2)
    steps = 0.0
    for number in range(rounds):
        effort.tell(f"round {number + 1} of {rounds}")
        done = Callers(table, seed=number).play(calls)
        held.append(done.calls / done.seconds * 60)
        steps = done.steps / done.calls
    value = statistics.median(held)
    against = f"nothing: the Groningen table, {steps:.1f} steps a call, {value * steps / 60:,.0f} steps a second"
    return [Figure("simulate load", value, "calls a minute", "higher", 500_000, 3_000_000, against)]
