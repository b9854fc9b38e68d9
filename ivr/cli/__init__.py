"""The command line: one program, `ivr`. Exit status: 0 all well, 1 findings, differences or failures, 2 wrong use."""

from __future__ import annotations

import importlib
import sys

import click

from ivr import __version__
from ivr.authoring.files import NoTable
from ivr.diagnostics import did_you_mean

COMMANDS = {
    "check": ("ivr.cli.check", "Say all that is wrong with a routing table."),
    "simulate": ("ivr.cli.simulate", "Play calls offline: call, test, explore, load."),
    "prove": ("ivr.cli.prove", "Judge every guarantee, for all callers at all times."),
    "diff": ("ivr.cli.diff", "Say which callers fare differently after a change."),
    "calendar": ("ivr.cli.calendar", "List what lies ahead: holidays, late evenings, phases, the clock."),
    "serve": ("ivr.cli.serve", "Serve the voice webhook."),
    "worker": ("ivr.cli.worker", "Keep promises: ring back, warn, tidy up."),
    "publish": ("ivr.cli.publish", "Make a table live, or go back to an earlier version."),
    "draw": ("ivr.cli.draw", "Draw the graph as SVG, HTML or Mermaid."),
    "schema": ("ivr.cli.check", "Print the JSON Schema for editors."),
    "fallback": ("ivr.cli.publish", "Write static TwiML for the day that we are down."),
    "journal": ("ivr.cli.desk", "Show what was promised, recorded and marked."),
    "people": ("ivr.cli.people", "Say who may enter the pages under /desk."),
    "desk": ("ivr.cli.cases_move", "See who is owed a call, and see to it: list, take, outcome, move."),
    "report": ("ivr.cli.report", "Say what became of promises, marks, numbers and calls."),
    "store": ("ivr.cli.store", "Look after the database: upgrade, status, copy, backup."),
    "retain": ("ivr.cli.privacy", "Take away what is kept no longer."),
    "privacy": ("ivr.cli.privacy", "Say what is kept of whom, and how long."),
    "subject": ("ivr.cli.subject", "Show or erase what is held on a telephone number."),
    "outbox": ("ivr.cli.outbox", "Show what is still to be told outside, and what could not be."),
    "calamity": ("ivr.cli.switches", "Switch the calamity message on and off."),
    "notice": ("ivr.cli.switches", "Set a notice that callers hear, and end it."),
    "close": ("ivr.cli.switches", "Close a team until a time."),
    "reopen": ("ivr.cli.switches", "Open a team that was closed by hand."),
    "switches": ("ivr.cli.switches", "Show what is switched: what holds, what is to come."),
    "demo": ("ivr.cli.demo", "Check, simulate, serve, and place one call."),
}
"""Command → the module that has it and its line in the help. A module is read when its command is called: the web
packages alone take longer to import than a table takes to check."""


class Commands(click.Group):
    """The commands, read when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of a day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help, without reading the modules."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the first word; for one that does not exist, the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = did_you_mean(args[0], COMMANDS)
            raise click.UsageError(f"there is no command '{args[0]}'" + (f"; {near}" if near else ""), ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="ivr")
def cli() -> None:
    """One routing table brings all telephone numbers of a municipality onto 14 0xx.

    \b
    ivr check                       what is wrong with routing_tables/groningen
    ivr simulate call --dial "050 367 1000" --at "2026-12-01 10:00"
    ivr simulate test               the table's scenarios
    ivr serve                       the webhook

    Exit status: 0 all well, 1 findings, differences or failures, 2 wrong use.
    """


def main() -> None:
    """Run the program; what is wrong with its use is one clear line and status 2."""
    try:
        status = cli.main(standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except NoTable as error:
        click.echo(f"ivr: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        if not type(error).__module__.startswith("sqlalchemy."):
            raise
        from ivr.store.database.connect import explain  # it is read already

        click.echo(f"ivr: the database cannot be used: {explain(error)}", err=True)
        sys.exit(1)
