"""The map of a table of 1,000 nodes in a real browser: from navigation to drawn, and the longest frame in a pan."""

from __future__ import annotations

import datetime as dt
import math
import statistics
import tempfile
from pathlib import Path

from benchmarks.figures import Effort, Figure
from benchmarks.generate import write_table
from ivr.tables.ready import load_table

TODAY = dt.date(2026, 11, 24)
MOVES = 120
"""Movements of the mouse in one pan."""
FRAMES = """() => {
  window.frames_ = [];
  let last = 0;
  const tick = (now) => {
    if (last) window.frames_.push(now - last);
    last = now;
    window.ticking_ = requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""
TAKE = "() => (cancelAnimationFrame(window.ticking_), window.frames_)"
READY = "() => performance.getEntriesByName('map:drawn')[0].startTime"


def measure(effort: Effort) -> list[Figure]:
    """Both figures, medians of some rounds, each a browser's first visit: nothing is in its cache. Drawn is all that is
    in sight; panned is the whole."""
    from tests.pages.browser import WIDE, chromium, serving_desk, visiting  # needs what only developers have

    path = chromium()
    if path is None:
        effort.tell("there is no Chromium here: not measured")
        return []
    from playwright.sync_api import sync_playwright

    nodes = effort.size(1000, 200)
    ready: list[float] = []
    longest: list[float] = []
    frames: list[float] = []
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        write_table(Path(place) / "table", nodes)
        table = load_table(Path(place) / "table", TODAY)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        with serving_desk(Path(place) / "var", table=table) as desk:
            for number in range(effort.size(7, 2)):
                effort.tell(f"map of {nodes:,} nodes, round {number + 1}")
                with visiting(browser, desk, "reader", size=WIDE) as page:
                    page.goto(desk.url + "/desk/map")
                    page.wait_for_selector("#map[data-drawn]", timeout=60_000)
                    page.wait_for_selector(
                        "#map[data-whole]", timeout=60_000
                    )  # what is out of sight comes a little later
                    ready.append(page.evaluate(READY) / 1000)
                    held = _pan(page)
                    longest.append(max(held))
                    frames += held
        browser.close()
    graph = table.graph
    often = f"median frame {statistics.median(frames):.1f} ms; {len(graph.nodes):,} nodes, {len(graph.numbers)} numbers"
    return [
        Figure("map of 1,000 nodes: from navigation to drawn", statistics.median(ready), "s", "lower", 3.0, 1.0,
               f"headless Chromium without a cache; {min(ready):.2f} to {max(ready):.2f} s"),
        Figure("map of 1,000 nodes: longest frame while panning", statistics.median(longest), "ms", "lower", 100.0, 33.5,
               often),
    ]  # fmt: skip


def _pan(page: object) -> list[float]:
    """Milliseconds of each frame while the mouse drags the canvas round and round."""
    box = page.locator("#map").bounding_box()  # type: ignore[attr-defined]  # playwright is no dependency of the types here
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = page.mouse  # type: ignore[attr-defined]
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 2, y + 2)
    page.evaluate(FRAMES)  # type: ignore[attr-defined]
    for step in range(MOVES):
        mouse.move(x + 200 * math.sin(step / 9), y + 160 * math.sin(step / 7))
    held: list[float] = page.evaluate(TAKE)  # type: ignore[attr-defined]
    mouse.up()
    return held
