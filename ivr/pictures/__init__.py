"""What a routing table looks like: an SVG for paper, an HTML page that pans and zooms, and Mermaid text."""

from __future__ import annotations

from ivr.diagnostics import SourceMap
from ivr.model.graph import Graph
from ivr.pictures.compose import compose
from ivr.pictures.mermaid import draw_mermaid
from ivr.pictures.page import draw_page
from ivr.pictures.part import Part
from ivr.pictures.svg import draw_svg

FORMATS = ("svg", "html", "mermaid")
MOST_BOXES = 2500
"""A drawing of more boxes would take minutes, and nobody could read it."""


class TooLarge(Exception):
    """There is too much to draw on one sheet."""


def draw(
    graph: Graph,
    source_map: SourceMap,
    form: str,
    part: Part,
    language: int,
    now: int,
    title: str = "",
    fold: bool = True,
) -> str:
    """A picture of a part of a table in one of FORMATS, in a language (by index), with the phases of `now` (epoch
    seconds). With `fold` only the first visit to each flow is drawn in full. Raises TooLarge, but never for Mermaid."""
    scene = compose(graph, source_map, part, language, now, title, fold)
    if form == "mermaid":
        return draw_mermaid(scene)
    if len(scene.boxes) > MOST_BOXES:
        raise TooLarge(f"{len(scene.boxes):,} boxes are too many for one picture, of at most {MOST_BOXES:,}")
    return draw_svg(scene) if form == "svg" else draw_page(scene)


__all__ = ["FORMATS", "TooLarge", "draw"]
