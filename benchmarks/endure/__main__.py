"""`python -m benchmarks.endure`: the endurance run and its row; status 1 when anything in it is not 0."""

from __future__ import annotations

import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import click

from benchmarks.endure.caller import Book
from benchmarks.endure.havoc import Strike
from benchmarks.endure.run import Outcome, Plan, Run

SHARE = 0.6
"""Of the minutes, what the calls are spread over; the rest is for strikes that take long, and for draining."""
SHOWN = 10


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--minutes", type=click.FloatRange(0.05, 50), default=8.0, show_default=True, help="About how long it may take."
)
@click.option(
    "--calls", type=click.IntRange(40, 1_000_000), default=10_000, show_default=True, help="Calls, 16 at a time."
)
@click.option("--seed", type=int, default=None, help="Makes the same callers and strikes again.")
@click.option("--database", type=click.Choice(["postgresql", "sqlite"]), default="postgresql", show_default=True)
@click.option(
    "--web", type=click.IntRange(0, 1000), default=10, show_default=True, help="Times the web process is killed."
)
@click.option(
    "--worker", type=click.IntRange(0, 1000), default=10, show_default=True, help="Times the worker is killed."
)
@click.option(
    "--stops", type=click.IntRange(0, 1000), default=5, show_default=True, help="Times the database is stopped."
)
def main(minutes: float, calls: int, seed: int | None, database: str, web: int, worker: int, stops: int) -> None:
    """Calls come in while the web process, the worker and the database go down at random; then everything is counted."""
    chosen = secrets.randbelow(10**6) if seed is None else seed
    print(f"seed {chosen}, {calls:,} calls, {database}", flush=True)
    plan = Plan(
        calls, minutes * 60 * SHARE, chosen, database, web, worker, stops, max(30.0, minutes * 60 * (1 - SHARE) / 2)
    )
    outcome = Run(plan, _teller()).run()
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    print(show(plan, outcome))
    if not outcome.tally.clean:
        sys.exit(1)


def _teller() -> Callable[[str], None]:
    """Says how far it is: on a terminal in one line, else a line at most every five seconds."""
    live = sys.stderr.isatty()
    last = float("-inf")

    def tell(what: str) -> None:
        nonlocal last
        if live:
            sys.stderr.write(f"\r\x1b[K{what}")
        elif time.monotonic() - last >= 5:
            last = time.monotonic()
            sys.stderr.write(what + "\n")
        sys.stderr.flush()

    return tell


def show(plan: Plan, outcome: Outcome) -> str:
    """The row, and what it rests on."""
    found, books = outcome.tally, outcome.books
    requests = sum(book.requests for book in books)
    slowest = max(book.slowest for book in books)
    lines = [
        *_struck(outcome.strikes),
        f"{len(books):,} calls, {requests:,} requests in {outcome.calling:.0f} s, the slowest answer after {slowest:.1f} s; "
        f"drained after {outcome.draining:.0f} s more",
        "owed: " + ", ".join(f"{count:,} {what}" for what, count in _owed(books).most_common()),
        f"{outcome.rung:,} callers were rung back meanwhile",
        "",
        f"calls without an answer within 15 s with one retry: {len(found.unanswered)}",
        f"owed items lost:                                    {len(found.lost)}",
        f"owed items doubled:                                 {len(found.doubled)}",
    ]
    for name, items in (("unanswered", found.unanswered), ("lost", found.lost), ("doubled", found.doubled)):
        lines += _some(name, items)
    if not found.clean:
        lines.append(f"what the processes wrote, and the journal, are in {outcome.folder}")
    return "\n".join(lines)


def _struck(strikes: Sequence[Strike]) -> Iterator[str]:
    for name, done in (("web", "killed"), ("worker", "killed"), ("database", "stopped")):
        fell = [strike for strike in strikes if strike.what == name and strike.at >= 0]
        when = ", ".join(f"{strike.at:.1f} ({strike.back - strike.at:.1f})" for strike in fell)
        yield f"{name} {done} {len(fell)}×" + (f", at second (back after): {when}" if fell else "")


def _owed(books: Sequence[Book]) -> Counter[str]:
    owed = Counter(f"{book.case_kind}s" for book in books if book.case)
    owed["marks"] = sum(book.mark > 0 for book in books)
    owed["joined"] = sum(bool(book.joined) for book in books)
    owed["cancelled"] = sum(bool(book.cancelled) for book in books)
    return owed


def _some(name: str, items: Sequence[str]) -> list[str]:
    more = [f"  … and {len(items) - SHOWN:,} more"] if len(items) > SHOWN else []
    return [f"{name}: {item}" for item in items[:SHOWN]] + more


if __name__ == "__main__":
    main()
