"""The command line: one module a command, imported only when that command runs."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from fingerpost.errors import ProtocolError, UsageError

# name -> (module, one-line help): the help stands here so that `--help` imports no command.
COMMANDS: dict[str, tuple[str, str]] = {
    "cidr": ("fingerpost.cli.cidr", "Take a prefix apart: masks, range, hosts, bits."),
    "classify": ("fingerpost.cli.classify", "Say what an address is, by the IANA registries."),
    "lookup": ("fingerpost.cli.lookup", "Find the longest match and say why the others lost."),
    "annotate": ("fingerpost.cli.annotate", "Add the matching route to each row of a file."),
}

FAILED = 1  # the thing asked for did not come out: no route, an undecodable file
MISUSED = 2  # the command was called wrongly


class _LazyGroup(click.Group):
    """A group whose commands are imported when they are invoked, not when they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fingerpost")
def cli() -> None:
    """Route like a router, from the shell. Each command takes --json."""


def main() -> Any:
    """Entry point: 0 done, 1 what was asked for failed, 2 wrong use."""
    try:
        return cli(standalone_mode=True)
    except UsageError as error:
        click.echo(f"fingerpost: {error}", err=True)
        sys.exit(MISUSED)
    except ProtocolError as error:
        click.echo(f"fingerpost: {error}", err=True)
        sys.exit(FAILED)
