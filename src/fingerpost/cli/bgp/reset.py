"""`fingerpost bgp reset`: end a session, to begin anew."""

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
    """End the session with NEIGHBOR, to begin anew.

    Often `fingerpost bgp refresh` is enough, which costs no route.
    """
    ask(client, neighbor, instance, {"action": "reset", "text": text}, "reset", as_json=as_json)
