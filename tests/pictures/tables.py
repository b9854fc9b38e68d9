"""Tables to draw: Groningen, one with hostile words, and made ones with tangled exits."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache
from pathlib import Path

from ivr.diagnostics import Source, Sources
from ivr.pictures.compose import compose
from ivr.pictures.part import whole
from ivr.pictures.scene import Scene
from ivr.tables.ready import Checked, check_folder, check_sources
from tests.minimal import TABLE

ROOT = Path(__file__).parents[2]
NOW = int(dt.datetime(2026, 12, 1, 11, tzinfo=dt.UTC).timestamp())
DAY = dt.date(2026, 12, 1)

NASTY = "<script>alert(1)</script> \"'&--> ]]> onload=x %%{init: {}}%% `a` #35; | end ) $$y$$ \\ \u202egnp"


@cache
def groningen() -> Checked:
    """The table of the picture in the README."""
    return check_folder(ROOT / "routing_tables/groningen", DAY, ROOT)


@cache
def hostile() -> Checked:
    """A table with words in it that mean something to XML, HTML, scripts and Mermaid."""
    quoted = '"' + NASTY.replace("\\", "\\\\").replace('"', '\\"') + '"'
    text = TABLE.replace("Gemeente Klein", quoted).replace("nl: afval", f"nl: {quoted}")
    text = text.replace("nl: de balie", f"nl: {quoted}").replace('nl: "Welkom bij de gemeente."', f"nl: {quoted}")
    text += f'numbers:\n  "050 367 1000": {{formerly: {quoted}, to: main}}\n'
    return check_sources(Sources((Source('<b>&".yaml', text),)), DAY)


@cache
def tangled(seed: int) -> Checked:
    """Menus that lead to each other at random, forward and back, and through flows."""
    chance = random.Random(seed)
    count = chance.randrange(5, 40)
    names = [f"m{i}" for i in range(count)] + ["operator", "bye", "visit0", "visit1", "visit2"]
    text = TABLE.replace("entry: [welcome]", "entry: [welcome]\n  start: m0")
    text = text.replace("  main:\n", "  m0:\n", 1).replace(
        "1: {label: {nl: afval}, to: operator}", "1: {label: {nl: a}, to: m1}"
    )
    for i in range(1, count):
        options = "".join(
            f"      {key}: {{label: {{nl: keuze {key}}}, to: {chance.choice(names)}}}\n"
            for key in range(1, chance.randrange(2, 7))
        )
        text += f"  m{i}:\n    kind: menu\n    options:\n{options}"
    for i in range(3):
        text += f"  visit{i}: {{kind: visit, flow: reach, with: {{team: desk}}, then: {chance.choice(names)}}}\n"
    text += (
        "flows:\n  reach:\n    with: {team: team}\n    start: ring\n    nodes:\n"
        "      ring: {kind: transfer, team: $team, when_done: return, busy: sorry, no_answer: tell, closed: tell, failed: sorry}\n"
        '      sorry: {kind: say, say: {nl: "Dat lukt niet."}, to: tell}\n'
        '      tell: {kind: voicemail, team: $team, say: {nl: "Laat een bericht achter."}, to: return, failed: ring}\n'
    )
    return check_sources(Sources((Source("table.yaml", text),)), DAY)


@cache
def chained(count: int) -> Checked:
    """Branches in a row, each of which leads to the next or says something: as wide as they are many."""
    text = TABLE.replace("entry: [welcome]", "entry: [welcome]\n  start: b0")
    text = text.replace("nodes:\n", "facts: {caller: [known, other, anonymous]}\nnodes:\n", 1)
    for i in range(count):
        to = f"b{i + 1}" if i + 1 < count else "main"
        text += f"  b{i}: {{kind: branch, on: caller, cases: {{known: {to}, anonymous: operator}}, otherwise: s{i}}}\n"
        text += f'  s{i}: {{kind: say, say: {{nl: "Tak {i}."}}, to: bye}}\n'
    return check_sources(Sources((Source("table.yaml", text),)), DAY)


def scene_of(checked: Checked, language: int = 0, fold: bool = True) -> Scene:
    """The whole of a table, composed."""
    assert checked.graph is not None, [f.message for f in checked.findings]
    assert checked.source_map is not None
    part = whole(checked.graph, checked.source_map.opaque >= 0)
    return compose(checked.graph, checked.source_map, part, language, NOW, fold=fold)
