"""The reference of commands says what their own help says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_reference_of_commands_is_current(update: bool) -> None:
    spec = importlib.util.spec_from_file_location("commands_page", ROOT / "scripts" / "commands.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if update:
        module.PAGE.write_text(module.page(), encoding="utf-8")
    assert module.PAGE.read_text(encoding="utf-8") == module.page()
