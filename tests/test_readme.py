"""The README's commands do what it shows: each marked block is run, in order, in one scratch folder.

A line `$ …` is a command (`> …` goes on with it); the lines after it are what it prints. `pytest --update` renews them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"<!-- run -->\n```console\n(.*?)```", re.S)


def test_the_tutorial_prints_what_it_shows(tmp_path: Path, update: bool) -> None:
    readme = ROOT / "README.md"
    text = readme.read_text()
    shutil.copytree(ROOT / "routing_tables", tmp_path / "routing_tables")
    renewed = BLOCK.sub(lambda found: found[0].replace(found[1], _run(found[1], tmp_path)), text)
    assert len(BLOCK.findall(text)) >= 6
    if update:
        readme.write_text(renewed)
    assert renewed == text or update
    assert (tmp_path / "my-table.svg").stat().st_size > 10_000


def _run(block: str, folder: Path) -> str:
    """A block with what its commands print now."""
    out = []
    for command in _commands(block):
        shown = command.replace("\n", "\n> ")
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_COLOR": "1"},
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        out.append(f"$ {shown}\n{done.stdout}{done.stderr}")
    return "".join(out)


def _commands(block: str) -> list[str]:
    commands: list[str] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            commands.append(line[2:])
        elif line.startswith("> ") and commands:
            commands[-1] += "\n" + line[2:]
    return commands


def test_every_link_of_the_docs_leads_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        broken += [
            f"{page.relative_to(ROOT)}: {target}"
            for target in re.findall(r"\]\(([^)#\s]+)", page.read_text())
            if not target.startswith("http") and not (page.parent / target).exists()
        ]
    assert broken == []
