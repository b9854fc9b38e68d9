"""`python -m benchmarks`: measure, print the table, write `results.json`; status 1 when a floor is missed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from benchmarks import (
    authoring,
    calamity,
    diffs,
    dispatch,
    edit,
    engine,
    events,
    load,
    numbers,
    open_pages,
    proofs,
    store,
    table_map,
    webhook,
)
from benchmarks.figures import Effort, Figure, machine, show, write

RESULTS = Path(__file__).with_name("results.json")
PARTS: dict[str, Callable[[Effort], list[Figure]]] = {
    "webhook": webhook.measure,
    "engine": engine.measure,
    "authoring": authoring.measure,
    "growth": authoring.measure_growth,
    "numbers": numbers.measure,
    "load": load.measure,
    "proofs": proofs.measure,
    "diffs": diffs.measure,
    "store": store.measure,
    "events": events.measure,
    "dispatch": dispatch.measure,
    "map": table_map.measure,
    "pages": open_pages.measure,
    "edit": edit.measure,
    "calamity": calamity.measure,
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--only", multiple=True, type=click.Choice(list(PARTS)), help="Measure this part only; may be repeated.")
@click.option("--quick", is_flag=True, help="Smaller rounds, to see that everything runs; nothing is written.")
def main(only: tuple[str, ...], quick: bool) -> None:
    """Measure this machine's figures, side by side with the rivals."""
    chosen = only or tuple(PARTS)
    figures: list[Figure] = []
    for done, name in enumerate(chosen, 1):
        effort = Effort(quick, f"[{done}/{len(chosen)}] {name}")
        figures += PARTS[name](effort)
        effort.done()
    print(show(figures))
    if not quick:
        write(RESULTS, figures, machine(), partial=bool(only))
    missed = [figure.name for figure in figures if figure.missed]
    if missed:
        print("below the floor: " + ", ".join(missed), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
