"""`fingerpost bgp`: speakers of BGP without a router."""

from __future__ import annotations

import click

from fingerpost.cli import LazyCommands

# name -> (module, one-line help), as in `fingerpost.cli.COMMANDS`
COMMANDS: dict[str, tuple[str, str]] = {
    "replay": ("fingerpost.cli.bgp.replay", "Have a recorded peer tell a router its table."),
}


@click.group(cls=LazyCommands, table=COMMANDS)
def command() -> None:
    """Speakers of BGP without a router."""
