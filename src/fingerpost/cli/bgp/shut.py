"""`fingerpost bgp shut`: end a session until it is enabled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.bgp.asking import ask, neighbor_options, text_option

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@neighbor_options
@text_option
def command(client: Client, neighbor: str, instance: str | None, text: str, as_json: bool) -> None:
    """End the session with NEIGHBOR, and open none until it is enabled.

    Its routes are gone at once. A router that begins anew, or another configuration for this
    neighbor, ends that too; `enabled: false` in its file lasts.
    """
    ask(client, neighbor, instance, {"action": "shut", "text": text}, "shut", as_json=as_json)
