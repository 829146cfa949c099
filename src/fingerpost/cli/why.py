"""`fingerpost why`: why a router that runs forwards packets as it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli import FAILED
from fingerpost.cli.output import emit, json_option
from fingerpost.cli.router_asked import router_options
from fingerpost.router.why_text import why_lines

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@click.argument("asked", metavar="PREFIX|ADDRESS")
@click.option("--table", metavar="TABLE", help="Another routing table than main.")
@router_options
@json_option
@click.pass_context
def command(
    ctx: click.Context, client: Client, asked: str, table: str | None, as_json: bool
) -> None:
    """Say why packets to PREFIX or ADDRESS are forwarded as they are.

    The winner; the losers with the rule that decided and both values; what policies did; what they
    or a limit kept out; where next hops lead; by which message a route came, from whom and when.
    A text with a slash is a prefix as it stands, one without is an address, whose longest match is
    explained. The exit code is 1 when there is no route that can be used.
    """
    model = client.get("/v1/why", asked=asked, table=table)
    emit(model, lambda answer: click.echo("\n".join(why_lines(answer))), as_json=as_json)
    if model["winner"] is None:
        ctx.exit(FAILED)
