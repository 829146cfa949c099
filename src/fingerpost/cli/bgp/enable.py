"""`fingerpost bgp enable`: let a session that was shut come again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.bgp.asking import ask, neighbor_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@neighbor_options
def command(client: Client, neighbor: str, instance: str | None, as_json: bool) -> None:
    """Let the session with NEIGHBOR come again.

    After `shut`, or after it told more prefixes than it may.
    """
    ask(client, neighbor, instance, {"action": "enable"}, "enabled", as_json=as_json)
