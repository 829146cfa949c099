"""`fingerpost why-not`: why a router that runs does not use a route, or does not tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.output import emit, json_option
from fingerpost.cli.router_asked import router_options
from fingerpost.router.why_not_text import why_not_lines

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@click.argument("prefix")
@click.option("--source", metavar="SOURCE", help='Only its route: "rip", "static", "connected".')
@click.option("--to", metavar="PROTOCOL", help="Why its neighbours are not told of the prefix.")
@click.option(
    "--neighbor",
    metavar="NAME",
    help="Of BGP: what this one says, and is told.",
)
@click.option("--table", metavar="TABLE", help="Another routing table than main.")
@router_options
@json_option
def command(
    client: Client,
    prefix: str,
    source: str | None,
    to: str | None,
    neighbor: str | None,
    table: str | None,
    as_json: bool,
) -> None:
    """Say why PREFIX is not used, source by source.

    Not received, refused by which line, held back by a limit, lost to whom by which rule, without
    a next hop that leads somewhere, kept from being forwarded by; and what is used instead. With
    --neighbor: received from it or not, refused by which line, lost at which step with both values;
    told to it, or not and why.
    """
    asked = {"source": source, "to": to, "neighbor": neighbor, "table": table}
    model = client.get("/v1/why-not", prefix=prefix, **asked)
    emit(model, lambda answer: click.echo("\n".join(why_not_lines(answer))), as_json=as_json)
