"""The reference of commands says what their own help says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "commands.md"


def test_the_reference_of_commands_is_current(update: bool) -> None:
    # in a process of its own: a command remembers the help option of whoever asked it first
    words = [sys.executable, str(ROOT / "scripts" / "commands.py"), "--print"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    if update:
        PAGE.write_text(done.stdout, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == done.stdout


def test_the_reference_of_retention_is_what_the_columns_and_terms_declare(update: bool) -> None:
    page = ROOT / "docs" / "reference" / "retention.md"
    words = [sys.executable, str(ROOT / "scripts" / "retention.py"), "--print"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    if update:
        page.write_text(done.stdout, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == done.stdout
