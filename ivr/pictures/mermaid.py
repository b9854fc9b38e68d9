"""A picture as Mermaid text, for pages that draw it themselves: every box, every exit, nothing else."""

from __future__ import annotations

import json

from ivr.pictures.scene import BYE, ON, Box, Row, Scene
from ivr.pictures.shape import callnames
from ivr.pictures.text import cleaned

_ESCAPES = {character: f"#{ord(character)};" for character in '#;"`<>&\\{}|%$'}
"""Mermaid reads `#34;` as an entity. What is left means nothing within quotes."""
_SHAPES = {
    "menu": ('{{"', '"}}'), "hours": ('{"', '"}'), "branch": ('{"', '"}'), "split": ('{"', '"}'), "end": ('(["', '"])'),
    "team": ('[["', '"]]'), "entry": ('(["', '"])'),
}  # fmt: skip
LABEL = 60
"""Characters of a label that are shown."""


def draw_mermaid(scene: Scene) -> str:
    """The scene as a flowchart."""
    ids = {name: f"v{i}" for i, name in enumerate(sorted(scene.visits))}
    out = ["---", f"title: {json.dumps(cleaned(scene.title), ensure_ascii=False)}", "---", "flowchart LR"]
    out += _boxes(scene, callnames(scene), "", ids, 1)
    used = {row.to for box in scene.boxes for row in box.rows}
    if ON in used:
        out.append(f'    {ON}(["{_escaped(scene.words["continue"])}"])')
    if BYE in used:
        out.append(f'    {BYE}(["{_escaped(scene.words["hangs up"])}"])')
    known = {box.id for box in scene.boxes} | {ON, BYE}
    after = dict(zip(scene.chain, scene.chain[1:], strict=False))
    for box in scene.boxes:
        if box.lead:
            out.append(f"    {_id(box)} --> {box.lead}")
        for row in box.rows:
            to = after.get(box.id, ON) if row.to == ON else row.to
            if to in known and box.kind != "entry":
                out.append(_edge(box, row, to))
    return "\n".join(out) + "\n"


def _boxes(scene: Scene, called: dict[str, str], visit: str, ids: dict[str, str], depth: int) -> list[str]:
    """The boxes of a visit and the visits in it."""
    indent = "    " * depth
    out = [indent + _box(scene, called, box) for box in scene.boxes if box.visit == visit]
    for name, id_ in ids.items():
        if name.rpartition("/")[0] == visit:
            out.append(f'{indent}subgraph {id_}["{_escaped(scene.visits.get(name, name))}"]')
            out += _boxes(scene, called, name, ids, depth + 1)
            out.append(f"{indent}end")
    return out


def _box(scene: Scene, called: dict[str, str], box: Box) -> str:
    before, after = _SHAPES.get(box.kind, ('["', '"]'))
    lines = [f"{_kind(scene, box)}: {called[box.id]}"]
    if box.words:
        lines.append(box.words if len(box.words) <= LABEL else box.words[: LABEL - 1] + "…")
    lines += [f"{row.label} ({row.tag})" for row in box.rows if row.tag]
    return f"{_id(box)}{before}{'<br/>'.join(map(_escaped, lines))}{after}"


def _kind(scene: Scene, box: Box) -> str:
    if box.kind == "visit":
        return scene.words["visit"].format(flow=box.flow)
    if box.kind == "entry":
        return scene.words["kinds entry"]
    return scene.kinds.get(box.kind, scene.words.get(box.kind, ""))


def _edge(box: Box, row: Row, to: str) -> str:
    label = f"{row.key} {row.label}".strip()
    dotted = not row.exits or row.exits in (("(task)",), ("(operator)",))
    return f'    {_id(box)} {"-.->" if dotted else "-->"}|"{_escaped(label)}"| {to}'


def _id(box: Box) -> str:
    """The main number's box is numbered -1, and a minus is an edge in Mermaid."""
    return box.id.replace("-", "main")


def _escaped(text: str) -> str:
    """Every character that Mermaid could take for syntax as its number."""
    return "".join(_ESCAPES.get(character, character) for character in text)
