"""Where things stand: nothing overlaps, no text spills, and every line can be followed."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from ivr.pictures.drawing import Drawing, drawing
from ivr.pictures.shape import BODY, NAME, PAD, SMALL
from ivr.pictures.text import cleaned, width, wrapped
from tests.pictures.tables import chained, groningen, hostile, scene_of, tangled

CASES = {
    "groningen": lambda: scene_of(groningen()),
    "groningen in English": lambda: scene_of(groningen(), 1),
    "groningen, all visits": lambda: scene_of(groningen(), fold=False),
    "a row of branches": lambda: scene_of(chained(30)),
    "hostile": lambda: scene_of(hostile()),
    **{f"tangled {seed}": lambda seed=seed: scene_of(tangled(seed), fold=seed % 2 == 0) for seed in range(12)},
}
drawings = pytest.mark.parametrize("case", CASES)
_made: dict[str, Drawing] = {}


def drawn(case: str) -> Drawing:
    if case not in _made:
        _made[case] = drawing(CASES[case]())
    return _made[case]


def rectangles(drawing: Drawing) -> dict[str, tuple[int, int, int, int]]:
    """Left, top, right and bottom of each box."""
    out = {}
    for id_, (column, y) in drawing.sheet.boxes.items():
        left, shape = drawing.columns.lefts[column], drawing.shapes[id_]
        out[id_] = (left, y, left + shape.wide, y + shape.height)
    return out


@drawings
def test_no_two_boxes_overlap(case: str) -> None:
    for (a, p), (b, q) in combinations(rectangles(drawn(case)).items(), 2):
        assert p[2] <= q[0] or q[2] <= p[0] or p[3] <= q[1] or q[3] <= p[1], (a, b)


@drawings
def test_a_frame_holds_its_own_boxes_and_no_other(case: str) -> None:
    made = drawn(case)
    places = rectangles(made)
    for frame in made.sheet.frames:
        left, right = made.columns.lefts[frame.first], made.columns.rights[frame.end - 1]
        for box in made.scene.boxes:
            a, top, b, bottom = places[box.id]
            inside = left <= a and b <= right and frame.y <= top and bottom <= frame.y + frame.height
            apart = b <= left or right <= a or bottom <= frame.y or frame.y + frame.height <= top
            own = box.id in made.scene.chain if frame.name == "entry" else f"{box.visit}/".startswith(f"{frame.name}/")
            assert inside if own else apart, (frame.name, box.id)


@drawings
def test_no_text_spills_out_of_its_box(case: str) -> None:
    for shape in drawn(case).shapes.values():
        room = shape.wide - PAD
        for line in shape.name:
            assert PAD + width(line, NAME, bold=True) <= room
        for line in shape.said:
            assert PAD + width(line, BODY) <= room
        for row in shape.rows:
            assert 0 <= row.top <= row.top + row.height <= shape.height
            for line in row.lines:
                assert PAD + width(line, BODY) <= room
            for line in row.notes:
                assert PAD + width(line, SMALL) <= room
            if row.pill is not None:
                assert row.pill[1] >= PAD
                assert row.pill[1] + row.pill[3] <= shape.wide


@drawings
def test_every_exit_is_a_line_or_a_reference_to_a_box_of_the_picture(case: str) -> None:
    made = drawn(case)
    lines = {(edge.source, edge.row, edge.target) for edge in made.edges if edge.row >= 0}
    for box in made.scene.boxes:
        for index, row in enumerate(box.rows):
            assert ((box.id, index, row.to) in lines) == (bool(row.to) and not row.stub)
            assert row.to in made.sheet.boxes or row.to in ("on", "bye", "")


@drawings
def test_a_line_leaves_its_row_comes_to_its_box_and_passes_through_no_other(case: str) -> None:
    made = drawn(case)
    places = rectangles(made)
    for edge in made.edges:
        left, top, right, bottom = places[edge.source]
        assert edge.points[0][0] == right
        assert top <= edge.points[0][1] <= bottom
        left, top, right, bottom = places[edge.target]
        assert edge.points[-1][0] == left
        assert top <= edge.points[-1][1] <= bottom
        for (x1, y1), (x2, y2) in pairwise(edge.points):
            assert x1 <= x2
            assert x1 == x2 or y1 == y2
            for id_, (a, b, c, d) in places.items():
                apart = max(x1, x2) <= a or c <= min(x1, x2) or max(y1, y2) <= b or d <= min(y1, y2)
                assert apart, (edge.source, edge.target, id_)


@drawings
def test_lines_to_different_boxes_cross_but_never_run_in_each_other(case: str) -> None:
    pieces = [(edge.target, *p, *q) for edge in drawn(case).edges for p, q in pairwise(edge.points)]
    for a, b in combinations(set(pieces), 2):
        if a[0] == b[0]:
            continue
        if a[1] == a[3] == b[1] == b[3]:
            assert not overlap(a[2], a[4], b[2], b[4]), (a, b)
        if a[2] == a[4] == b[2] == b[4]:
            assert not overlap(a[1], a[3], b[1], b[3]), (a, b)


def overlap(a: int, b: int, c: int, d: int) -> bool:
    return max(min(a, b), min(c, d)) < min(max(a, b), max(c, d))


def test_numbers_stand_first_and_teams_last() -> None:
    made = drawn("groningen")
    columns = {box.id: made.sheet.boxes[box.id][0] for box in made.scene.boxes}
    assert {columns[box.id] for box in made.scene.boxes if box.kind == "entry"} == {0}
    assert {columns[box.id] for box in made.scene.boxes if box.kind == "team"} == {made.sheet.columns - 1}


@pytest.mark.parametrize(
    "text", ["", "een", "een twee drie " * 30, "x" * 500, "日本語のテキスト" * 20, "a/b-" * 60, "\u0301" * 9]
)
@pytest.mark.parametrize("most", [0, 1, 3])
def test_wrapped_lines_fit_and_lose_nothing_but_what_is_over(text: str, most: int) -> None:
    lines = wrapped(text, 11, 120, most)
    assert all(width(line, 11) <= 120 for line in lines)
    if most and len(lines) == most and "…" in lines[-1]:
        assert "".join(lines).replace(" ", "").startswith(text.replace(" ", "")[:5])
    else:
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not most or len(lines) <= most


@pytest.mark.parametrize("character", ["\0", "\x1f", "\u202e", "\u200b", "\ufeff", "\ud800", "\ufffe", "\x85"])
def test_cleaned_text_has_nothing_that_xml_cannot_carry_or_that_hides(character: str) -> None:
    assert character not in cleaned(f"a{character}b")
    assert cleaned(f"a{character}b") in ("a\ufffdb", "a b")


@pytest.mark.parametrize("count", [16, 30, 80])
def test_a_long_row_of_boxes_is_folded(count: int) -> None:
    made = drawing(scene_of(chained(count)))
    assert made.sheet.columns <= 13
