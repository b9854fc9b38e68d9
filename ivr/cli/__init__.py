"""The command line: one program, `ivr`. Exit status: 0 all well, 1 findings, differences or failures, 2 wrong use."""

from __future__ import annotations

import sys

import click

from ivr import __version__
from ivr.authoring.files import NoTable
from ivr.cli.check import check, schema
from ivr.cli.simulate import simulate
from ivr.tables.ready import Refused


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="ivr")
def cli() -> None:
    """One routing table brings all telephone numbers of a municipality onto 14 0xx.

    \b
    ivr check                       what is wrong with routing_tables/groningen
    ivr simulate call --dial "050 367 1000" --at "2026-12-01 10:00"
    ivr simulate test               the table's scenarios
    ivr serve                       the webhook
    """


for command in (check, schema, simulate):
    cli.add_command(command)


def main() -> None:
    """Run the program; what is wrong with its use is one clear line and status 2."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except NoTable as error:
        click.echo(f"ivr: {error}", err=True)
        sys.exit(2)
    except Refused as error:
        click.echo(f"ivr: {error}; run 'ivr check' to see them", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
