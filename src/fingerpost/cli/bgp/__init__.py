"""`fingerpost bgp`: what is asked of neighbours of a router that runs, and speakers without one."""

from __future__ import annotations

import click

from fingerpost.cli import LazyCommands

# name -> (module, one-line help), as in `fingerpost.cli.COMMANDS`
COMMANDS: dict[str, tuple[str, str]] = {
    "enable": ("fingerpost.cli.bgp.enable", "Let a session that was shut come again."),
    "refresh": ("fingerpost.cli.bgp.refresh", "Have all told again, without ending the session."),
    "replay": ("fingerpost.cli.bgp.replay", "Have a recorded peer tell a router its table."),
    "reset": ("fingerpost.cli.bgp.reset", "End a session, to begin anew."),
    "shut": ("fingerpost.cli.bgp.shut", "End a session, until it is enabled."),
}


@click.group(cls=LazyCommands, table=COMMANDS)
def command() -> None:
    """Sessions of a router that runs, and speakers of BGP without a router."""
