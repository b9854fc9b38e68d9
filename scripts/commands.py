"""Write docs/reference/commands.md from the commands' own help: `python scripts/commands.py` (or `--print` it)."""

from __future__ import annotations

import sys
from pathlib import Path

import click

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "commands.md"
sys.path.insert(0, str(ROOT))


def page() -> str:
    """The page as it should be."""
    from ivr.cli import cli

    rows = [
        "# Commands\n",
        "`TABLE` is a folder, `routing_tables/groningen` when left out. Status: 0 all well, 1 findings, differences or "
        "failures, 2 wrong use. Written from the commands' own help by `scripts/commands.py`.\n",
    ]
    with click.Context(cli, info_name="ivr", help_option_names=["-h", "--help"]) as context:
        for name in cli.list_commands(context):
            command = cli.get_command(context, name)
            assert command is not None
            rows += _section(command, context, f"ivr {name}")
    return "\n".join(rows)


def _section(command: click.Command, parent: click.Context, name: str) -> list[str]:
    with click.Context(command, info_name=name.split()[-1], parent=parent, max_content_width=100) as context:
        context.terminal_width = 100
        rows = [f"## {name}\n", "```text", command.get_help(context).rstrip(), "```\n"]
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                held = command.get_command(context, inner)
                assert held is not None
                rows += _section(held, context, f"{name} {inner}")
    return rows


if __name__ == "__main__":
    if "--print" in sys.argv:
        sys.stdout.write(page())
    else:
        PAGE.write_text(page(), encoding="utf-8")
