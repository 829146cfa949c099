"""`fingerpost bgp refresh`: have all told again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.bgp.asking import ask, neighbor_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@neighbor_options
@click.option("--in", "is_in", is_flag=True, help="The neighbor tells us again.  [default]")
@click.option("--out", "is_out", is_flag=True, help="We tell the neighbor again.")
def command(
    client: Client, neighbor: str, instance: str | None, is_in: bool, is_out: bool, as_json: bool
) -> None:
    """Have all told again on the session with NEIGHBOR, which goes on.

    It is asked by a ROUTE-REFRESH (RFC 2918); what one that knows none told before is judged by the
    import policy again. With --out all that it is told is sent again; with both, both.
    """
    direction = "both" if is_in and is_out else "out" if is_out else "in"
    asked = {"action": "refresh", "direction": direction}
    done = {"in": "asked to tell all again", "out": "told all again", "both": "all is told again"}
    ask(client, neighbor, instance, asked, done[direction], as_json=as_json)
