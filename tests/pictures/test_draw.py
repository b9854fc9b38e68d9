"""What a picture shows: all of the table, escaped, the same each time; and the picture in the README is current."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from ivr.model.exits import exits
from ivr.pictures.mermaid import draw_mermaid
from ivr.pictures.page import draw_page
from ivr.pictures.svg import draw_svg
from tests.pictures.tables import DAY, NASTY, ROOT, groningen, hostile, scene_of, tangled

SVG = "{http://www.w3.org/2000/svg}"
GOLDEN = ROOT / "docs/pictures/groningen.svg"
TABLES = {"groningen": groningen, "tangled": lambda: tangled(3), "hostile": hostile}


def boxes_of(svg: str) -> dict[str, ET.Element]:
    return {g.attrib["id"]: g for g in ET.fromstring(svg).iter(f"{SVG}g") if g.attrib.get("class") == "box"}


def test_the_picture_in_the_readme_is_current_and_small(update: bool) -> None:
    made = draw_svg(scene_of(groningen()))
    if update:
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        GOLDEN.write_text(made, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == made, "run: pytest tests/pictures --update"
    assert len(made.encode()) < 300_000


@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("table", TABLES)
def test_every_node_and_each_of_its_exits_is_in_the_picture(table: str, fold: bool) -> None:
    checked = TABLES[table]()
    assert checked.graph is not None
    drawn = boxes_of(draw_svg(scene_of(checked, fold=fold)))
    folded = {id_: box for box in drawn.values() for id_ in box.attrib.get("data-nodes", "").split()}
    assert bool(folded) == (fold and table != "hostile")
    for index, node in enumerate(checked.graph.nodes[:-1]):
        inside = folded.get(f"n{index}")
        if inside is None:
            shown = {name for row in drawn[f"n{index}"].iter() for name in row.attrib.get("data-exits", "").split("|")}
            assert {name for name, _ in exits(node)} <= shown, checked.graph.names[index]
        else:  # of a folded visit, the exits that leave it
            shown = {name for row in inside.iter() for name in row.attrib.get("data-exits", "").split("|")}
            members = inside.attrib["data-nodes"].split()
            leaving = {f"{index} {name}" for name, target in exits(node) if f"n{target}" not in members}
            assert leaving <= shown, checked.graph.names[index]


def test_of_each_flow_one_visit_is_drawn_in_full() -> None:
    checked = groningen()
    assert checked.source_map is not None
    scene = scene_of(checked)
    flows = {located.text for located in checked.source_map.visits.values()}
    assert sorted(checked.source_map.visits[name].text for name in scene.visits) == sorted(flows)
    assert {box.flow for box in scene.boxes if box.flow} == flows


@pytest.mark.parametrize("language", [0, 1])
def test_every_number_and_team_is_in_the_picture_with_its_phase_of_the_day(language: int) -> None:
    checked = groningen()
    graph = checked.graph
    assert graph is not None
    text = " ".join("".join(ET.fromstring(draw_svg(scene_of(checked, language))).itertext()).split())
    for number in graph.numbers:
        assert number.name in text
    for team in graph.teams:
        assert team.titles[language].split()[-1] in text
    phases = ("parallel", "aankondiging", "doorverwijzing", "teruggegeven", "nog niet begonnen"), (
        "parallel", "announced", "redirected", "given back", "not begun yet",
    )  # fmt: skip
    for phase in phases[language]:
        assert phase in text


def test_words_are_in_the_chosen_language_alone() -> None:
    dutch, english = (
        {text.text for text in ET.fromstring(draw_svg(scene_of(groningen(), i))).iter(f"{SVG}text")} for i in (0, 1)
    )
    assert {"daarna", "wachtrij", "gesloten", "verbindt met"} <= dutch - english
    assert {"then", "queue", "closed", "connects to"} <= english - dutch


def test_a_tooltip_says_where_a_node_is_written() -> None:
    checked = groningen()
    assert checked.source_map is not None
    for id_, box in boxes_of(draw_svg(scene_of(checked, fold=False))).items():
        title = box.find(f"{SVG}title")
        assert title is not None
        if id_.startswith("n") and checked.source_map.nodes[int(id_[1:])] is not None:
            assert checked.source_map.node(int(id_[1:])) in (title.text or "")


@pytest.mark.parametrize("form", [draw_svg, draw_page, draw_mermaid])
def test_the_same_table_gives_the_same_picture(form) -> None:
    assert form(scene_of(groningen())) == form(scene_of(groningen()))


def test_the_picture_depends_on_no_order_of_sets() -> None:
    command = [sys.executable, "-m", "ivr.cli", "draw", "--today", DAY.isoformat()]
    code = "import sys; from ivr.cli import main; sys.argv = ['ivr', *sys.argv[1:]]; main()"
    command = [sys.executable, "-c", code, "draw", "--today", DAY.isoformat()]
    made = {
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "77")
    }  # fmt: skip
    assert len(made) == 1


class Tags(HTMLParser):
    """Collects the tags, attributes and texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_hostile_words_stay_words_in_svg_and_html() -> None:
    scene = scene_of(hostile())
    svg = draw_svg(scene)
    names = {element.tag.removeprefix(SVG) for element in ET.fromstring(svg).iter()}
    assert names <= {"svg", "title", "style", "rect", "g", "text", "path", "circle", "a"}
    page = Tags()
    page.feed(draw_page(scene))
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    for texts in (["".join(e.itertext()) for e in ET.fromstring(svg).iter(f"{SVG}title")], page.texts):
        assert any(NASTY.replace("\u202e", "\ufffd") in text for text in texts)  # the tooltip of the first node
    assert "\u202e" not in svg


def test_the_page_fetches_nothing_and_has_no_handler_in_its_tags() -> None:
    text = draw_page(scene_of(groningen()))
    page = Tags()
    page.feed(text)
    addresses = [v for _, attributes in page.tags for k, v in attributes.items() if k in ("src", "href")]
    assert all(address and address.startswith("#") for address in addresses)
    assert not re.search(r"url\(|@import|fetch\(|XMLHttp", text)
    assert "default-src &#x27;none&#x27;" in text or "default-src 'none'" in text
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


LINE = re.compile(
    r"""\s*(?:
      \w+(?:\[\[|\{\{|\(\[|\[|\{)"[^"<>]*(?:<br/>[^"<>]*)*"(?:\]\]|\}\}|\]\)|\]|\})   # a box
    | \w+\ -->\ \w+ | \w+\ -\.?->\|"[^"<>|{}`\\%$]*"\|\ \w+                           # an edge
    | subgraph\ \w+\["[^"<>]*"\] | end | flowchart\ LR | --- | title:\ ".*"
    )""",
    re.VERBOSE,
)


@pytest.mark.parametrize("table", TABLES)
def test_mermaid_has_every_edge_and_keeps_to_its_syntax(table: str) -> None:
    scene = scene_of(TABLES[table]())
    lines = draw_mermaid(scene).splitlines()
    for line in lines:
        assert LINE.fullmatch(line), line
    drawn = [line.split()[0] + " " + line.split()[-1] for line in lines if "->" in line and "title" not in line]
    for box in scene.boxes:
        if box.kind != "entry":
            wanted = [row for row in box.rows if row.to]
            assert sum(edge.startswith(f"{box.id} ") for edge in drawn) == len(wanted)
            for row in wanted:
                assert row.to == "on" or f"{box.id} {row.to}" in drawn


def test_all_text_and_lines_stand_out_from_what_is_under_them() -> None:
    from ivr.pictures.style import DARK, LIGHT, LINES, LINES_DARK

    for colours, lines in ((LIGHT, LINES), (DARK, LINES_DARK)):
        for under in ("paper", "box", "frame", "pill", "key"):
            assert contrast(colours["ink"], colours[under]) >= 4.5
        for under in ("paper", "box", "frame"):
            assert contrast(colours["faint"], colours[under]) >= 4.5
        for line in lines:
            assert contrast(line, colours["paper"]) >= 4.5
        for family in ("say", "ask", "decide", "connect", "promise", "end", "entry", "team", "visit"):
            assert contrast(colours["on-band"], colours[family]) >= 4.5


def contrast(a: str, b: str) -> float:
    """The contrast of two colours by WCAG 2."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)
