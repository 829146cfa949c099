"""`fingerpost policy`: policies as an operator tries, checks and watches them."""

from __future__ import annotations

import click

from fingerpost.cli import LazyCommands

# name -> (module, one-line help), as in `fingerpost.cli.COMMANDS`
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("fingerpost.cli.policy.check", "Find lines that can never do anything."),
    "diff": ("fingerpost.cli.policy.diff", "What would change in a router that runs."),
    "show": ("fingerpost.cli.show.policy", "Hits of each line in a router that runs."),
    "test": ("fingerpost.cli.policy.test", "Run routes through a policy: which line decides."),
}


@click.group(cls=LazyCommands, table=COMMANDS)
def command() -> None:
    """Policies: which routes pass, and what is changed in them."""
