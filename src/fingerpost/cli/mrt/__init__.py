"""`fingerpost mrt`: files of route collectors."""

from __future__ import annotations

import click

from fingerpost.cli import LazyCommands

# name -> (module, one-line help), as in `fingerpost.cli.COMMANDS`
COMMANDS: dict[str, tuple[str, str]] = {
    "show": ("fingerpost.cli.mrt.show", "Print what MRT files say, a line a prefix."),
}


@click.group(cls=LazyCommands, table=COMMANDS)
def command() -> None:
    """Files of route collectors and routers: MRT (RFC 6396)."""
