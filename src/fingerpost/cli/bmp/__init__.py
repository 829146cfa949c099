"""`fingerpost bmp`: what routers say of themselves."""

from __future__ import annotations

import click

from fingerpost.cli import LazyCommands

# name -> (module, one-line help), as in `fingerpost.cli.COMMANDS`
COMMANDS: dict[str, tuple[str, str]] = {
    "listen": ("fingerpost.cli.bmp.listen", "Be a station, and print what routers say."),
}


@click.group(cls=LazyCommands, table=COMMANDS)
def command() -> None:
    """Monitoring of BGP routers: BMP (RFC 7854)."""
