"""The reference of the language is written from the declarations, and the page is current."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ivr.authoring.document import SECTIONS
from ivr.authoring.kinds import KINDS

ROOT = Path(__file__).parents[2]


def written() -> str:
    """What scripts/reference.py would write now."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text: str = module.reference()
    return text


def test_the_page_is_what_the_script_writes() -> None:
    committed = (ROOT / "docs" / "reference" / "table.md").read_text("utf-8")
    assert committed == written(), "run: .venv/bin/python scripts/reference.py"


def test_every_key_of_every_section_and_kind_has_a_row() -> None:
    text = written()
    for name in SECTIONS:
        assert f"\n| `{name}` |" in text
    for kind, cls in KINDS.items():
        part = text.split(f"\n### `{kind}`\n")[1].split("\n### ")[0]
        for key in cls.keys:
            assert f"`{key}`" in part, f"{kind}.{key}"
