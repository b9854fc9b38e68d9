"""What is counted: plain integers, given to Prometheus when it asks (`prometheus_client`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
"""Upper bounds of the buckets of a turn's duration, in seconds; the provider hangs up at 15."""

MOST_VERSIONS = 100
"""Versions by which calls are counted; those of others, published later by this process, are counted together."""


class Metrics:
    """Counters of one process."""

    def __init__(self) -> None:
        self.turns: Counter[str] = Counter()
        self.calls: Counter[tuple[str, str]] = Counter()
        self.answers: Counter[int] = Counter()
        self.effects: Counter[tuple[str, str]] = Counter()
        self.statuses: Counter[str] = Counter()
        self.unknown_numbers = 0
        self.apologies = 0
        self.refused_tables = 0
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def began(self, table: str, version: str) -> None:
        """A call began on a version of a table."""
        if (table, version) not in self.calls and len(self.calls) >= MOST_VERSIONS:
            version = "other"
        self.calls[table, version] += 1

    def took(self, seconds: float) -> None:
        """A turn took so long."""
        self.seconds += seconds
        for index, bound in enumerate(BOUNDS):
            if seconds <= bound:
                self.buckets[index] += 1
                return
        self.buckets[-1] += 1

    def text(self) -> bytes:
        """The counters as Prometheus reads them."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """The counters as metrics."""
        turns = CounterMetricFamily("ivr_turns", "Turns answered, by what came in", labels=["input"])
        for name, count in sorted(self.turns.items()):
            turns.add_metric([name], count)
        yield turns
        began = CounterMetricFamily("ivr_calls", "Calls begun, by version of the table", labels=["table", "version"])
        for names, count in sorted(self.calls.items()):
            began.add_metric(list(names), count)
        yield began
        answers = CounterMetricFamily("ivr_answers", "Answers on the voice paths, by status", labels=["status"])
        for status, count in sorted(self.answers.items()):
            answers.add_metric([str(status)], count)
        yield answers
        effects = CounterMetricFamily(
            "ivr_effects", "Effects performed, by kind and outcome", labels=["kind", "outcome"]
        )
        for (kind, outcome), count in sorted(self.effects.items()):
            effects.add_metric([kind, outcome], count)
        yield effects
        calls = CounterMetricFamily("ivr_call_statuses", "Status callbacks, by status", labels=["status"])
        for name, count in sorted(self.statuses.items()):
            calls.add_metric([name], count)
        yield calls
        yield CounterMetricFamily(
            "ivr_unknown_numbers", "Calls to a number not in the table", value=self.unknown_numbers
        )
        yield CounterMetricFamily(
            "ivr_apologies", "Turns that failed inside and went to the operator", value=self.apologies
        )
        yield CounterMetricFamily("ivr_refused_tables", "Changed tables that were refused", value=self.refused_tables)
        yield from self._durations()

    def _durations(self) -> Iterator[Metric]:
        total = 0
        rows = []
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self.buckets, strict=True):
            total += count
            rows.append((bound, total))
        yield HistogramMetricFamily("ivr_turn_seconds", "How long turns took", buckets=rows, sum_value=self.seconds)
