"""The reference of the language is written from the declarations, and the page is current."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from ivr.authoring.document import SECTIONS
from ivr.authoring.kinds import KINDS
from ivr.model.phrases import PHRASES
from tests.minimal import TABLE, findings

ROOT = Path(__file__).parents[2]
LANGUAGES = "languages: {nl: {voice: Polly.Laura-Neural, locale: nl-NL}}"
MENU = """\
  main:
    kind: menu
    options:
      1: {label: {nl: afval}, to: operator}
      2: {label: {nl: een paspoort}, to: operator}
"""


def written(page: str = "reference") -> str:
    """What scripts/reference.py would write now."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text: str = getattr(module, page)()
    return text


@pytest.mark.parametrize(("name", "page"), [("table", "reference"), ("phrases", "phrases")])
def test_the_page_is_what_the_script_writes(name: str, page: str) -> None:
    committed = (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8")
    assert committed == written(page), "run: .venv/bin/python scripts/reference.py"


def test_every_phrase_and_each_of_its_placeholders_is_explained() -> None:
    text = written("phrases")
    for name, dutch in PHRASES["nl"].items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        assert dutch in row
        assert PHRASES["en"][name] in row
        for hole in re.findall(r"\{\w+\}", dutch):
            assert f"`{hole}`" in row.split(" | ")[1]
            assert f"`{hole}`" in text.split("| phrase |")[0]


def test_a_language_is_added_as_its_page_says() -> None:
    """The blocks of the page, the Dutch words of each phrase standing for those of the new language."""
    page = (ROOT / "docs" / "how-to" / "add-a-language.md").read_text("utf-8")
    table, phrases, menu = re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S)
    assert phrases.startswith("phrases:\n  fy:\n")
    whole = "phrases:\n  fy:\n" + "".join(f"    {name}: {json.dumps(text)}\n" for name, text in PHRASES["nl"].items())
    nodes = (
        TABLE.partition("nodes:\n")[2]
        .replace("say: {nl:", "say: {fy: Goeie., nl:")
        .replace("title: {nl:", "title: {fy: de balie, nl:")
    )
    text = (
        TABLE.partition("nodes:\n")[0]
        .replace(LANGUAGES, table.partition("  ")[2].rstrip())
        .replace("title: {nl", "title: {fy: de baly, nl")
    )
    nodes = nodes.replace(MENU, menu.partition("nodes:\n")[2]).replace(
        '{fy: Goeie., nl: "Wij zijn', '{fy: "{opens:desk}.", nl: "Wij zijn'
    )
    assert findings(text + "nodes:\n" + nodes + whole) == []
    assert findings(text + "nodes:\n" + nodes + phrases)[0][0] == "IVR501"


def test_every_key_of_every_section_and_kind_has_a_row() -> None:
    text = written()
    for name in SECTIONS:
        assert f"\n| `{name}` |" in text
    for kind, cls in KINDS.items():
        part = text.split(f"\n### `{kind}`\n")[1].split("\n### ")[0]
        for key in cls.keys:
            assert f"`{key}`" in part, f"{kind}.{key}"
