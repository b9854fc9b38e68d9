"""How soon an edit of Groningen's table is judged in the page: from the last keystroke, and without the pause for typing."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Effort, Figure

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE = 60.0
"""Seconds that one edit may take."""
EDITS = {"words": ("menus/main.yaml", "Waarvoor belt u"), "wiring": ("teams.yaml", "ring: 2")}
"""Where somebody types: a letter of what is spoken, a digit of how long a team is rung."""
PARTS = ("findings", "proofs", "changes")


def measure(effort: Effort) -> list[Figure]:
    """Keystrokes in a real browser, each judged to its end before the next one."""
    from tests.pages.browser import FLAGS, chromium, serving_desk, visiting  # needs what only developers have

    path = chromium()
    if path is None:
        effort.tell("there is no Chromium: not measured")
        return []
    from playwright.sync_api import expect, sync_playwright

    from tests.pages.table.small import judged

    took: dict[str, list[float]] = {}
    with (
        tempfile.TemporaryDirectory() as place,
        serving_desk(Path(place) / "var") as desk,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        client = desk.client("editor")
        begun = client.post("/desk/table/begin", data={"base": desk.context.shelf().live.table.version})
        with visiting(browser, desk, "editor") as page:
            page.goto(desk.url + begun.headers["location"])
            expect(page.locator("body[data-ready=editor]")).to_be_attached()
            judged(page)
            for name, (file, before) in EDITS.items():
                for number in range(effort.size(15, 2)):
                    effort.tell(f"{name}, edit {number + 1}")
                    for measure_name, milliseconds in _edit(page, file, before, number).items():
                        took.setdefault(measure_name, []).append(milliseconds)
        browser.close()
    middle = {name: statistics.median(values) for name, values in took.items()}
    most = max(took["asked-proofs"])
    return [
        Figure(
            "findings and proofs of an edit in the page", round(middle["asked-proofs"]), "ms", "lower", 2000, 300,
            f"Groningen, {len(took['asked-proofs'])} edits in Chromium, from the end of the pause of 150 ms to shown; the "
            f"slowest {most:.0f} ms; from the keystroke {middle['typed-proofs']:.0f} ms; findings alone after "
            f"{middle['asked-findings']:.0f} ms, who would notice after {middle['asked-changes']:.0f} ms",
        )
    ]  # fmt: skip


def _edit(page: Page, file: str, before: str, number: int) -> dict[str, float]:
    """Type one sign, and wait until all of it is judged: milliseconds by measurement."""
    from tests.pages.table.small import show, type_at

    show(page, file)
    type_at(page, before, "", file)
    page.evaluate("performance.clearMeasures()")
    page.keyboard.type(str(number % 10))
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        held: list[tuple[str, float]] = page.evaluate(
            "performance.getEntriesByType('measure').map((one) => [one.name, one.duration])"
        )
        if len(held) >= 2 * len(PARTS):
            return dict(held)
        time.sleep(0.05)
    raise RuntimeError(f"an edit was not judged in {PATIENCE:.0f} seconds")
