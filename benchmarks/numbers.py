"""How much memory 100,000 legacy numbers take, and how long it takes to find one."""

from __future__ import annotations

import random
import statistics
import tracemalloc
from collections.abc import Callable

from benchmarks.figures import Effort, Figure, interleaved, ratio, timed
from ivr.model.numberbook import NumberBook

COUNT = 100_000
SEED = 14050


def measure(effort: Effort) -> list[Figure]:
    """The book against a dict that holds exact numbers only and is asked only for what it holds."""
    entries = _entries(COUNT)
    effort.tell("memory")
    memory = _memory(entries)
    dialled = _dialled(entries, effort.size(200_000, 20_000))
    book = NumberBook(entries)
    wrong = sum(1 for digits, index in dialled if book.find(digits) != index)
    if wrong:
        raise SystemExit(f"the book of numbers finds {wrong} of {len(dialled)} numbers wrongly")
    exact = {int(prefix): index for prefix, width, index in entries if not width}
    asked = [digits for digits, _ in dialled]
    hits = random.Random(SEED).choices([int(str(digits)) for digits in exact], k=len(asked))
    sides = {
        "book": lambda: timed(lambda: _ask(book.find, asked)),
        "dict": lambda: timed(lambda: _ask(exact.__getitem__, hits)),
    }
    held = interleaved(effort.size(15, 5), sides, effort)
    ours, theirs = (statistics.median(held[name]) / len(asked) * 1e9 for name in ("book", "dict"))
    return [
        Figure(
            "memory of 100,000 legacy numbers", memory / 1e6, "MB", "lower", 20.0, 5.0,
            "nothing: what is still allocated after it is made (tracemalloc)",
        ),
        Figure(
            "look-up among 100,000 legacy numbers", ratio(held["book"], held["dict"]), "× the time", "lower", 8.0, 4.0,
            f"a dict's exact hit ({ours:.0f} ns against {theirs:.0f} ns); a tenth of the calls fall into a block",
        ),
    ]  # fmt: skip


def _ask(find: Callable[[int], int], asked: list[int]) -> None:
    for digits in asked:
        find(digits)


def _entries(count: int) -> list[tuple[str, int, int]]:
    """Distinct numbers all over the Dutch plan, the first tenth of them blocks of ten, a hundred or a thousand."""
    chance = random.Random(SEED)
    prefixes = chance.sample(range(100_000, 1_000_000), count)
    out = []
    for index, prefix in enumerate(prefixes):
        open_digits = 1 + index % 3 if index < count // 10 else 0
        rest = "".join(chance.choice("0123456789") for _ in range(3 - open_digits))
        out.append((f"31{prefix}{rest}", open_digits, index))
    return out


def _dialled(entries: list[tuple[str, int, int]], count: int) -> list[tuple[int, int]]:
    """Random calls: the digits that were dialled and the index that must be found."""
    chance = random.Random(SEED + 1)
    out = []
    for prefix, open_digits, index in chance.choices(entries, k=count):
        tail = "".join(chance.choice("0123456789") for _ in range(open_digits))
        out.append((int(prefix + tail), index))
    return out


def _memory(entries: list[tuple[str, int, int]]) -> int:
    """Bytes that the book keeps, everything that it refers to included."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        book = NumberBook((prefix, width, int(str(index))) for prefix, width, index in entries)  # ints of its own
        after = tracemalloc.get_traced_memory()[0]
        assert len(book) == len(entries)
        return after - before
    finally:
        tracemalloc.stop()
