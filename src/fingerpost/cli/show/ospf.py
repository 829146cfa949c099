"""`fingerpost show ospf`: status, neighbors, interfaces, faults and events of each instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.ospf_tables import TABLES
from fingerpost.cli.output import Model, emit
from fingerpost.cli.show.shown import show, show_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@click.argument("part", type=click.Choice(tuple(TABLES)), default="status")
@click.option("--instance", metavar="NAME", help="ospf, ospf3 or ospf:NAME.  [default: all]")
@show_options
def command(
    client: Client, part: str, instance: str | None, as_json: bool, watch: float | None
) -> None:
    """OSPF of both versions: status (the default), neighbors, interfaces, faults or events.

    A neighbour that is not full says why; so does one whose packets are refused.
    """

    def once() -> None:
        emit(
            client.get("/v1/ospf", instance=instance),
            lambda model: _render(model, part),
            as_json=as_json,
        )

    show(once, watch)


def _render(model: Model, part: str) -> None:
    if not model["instances"]:
        click.echo("OSPF does not run")
    for at, one in enumerate(model["instances"]):
        if len(model["instances"]) > 1:
            click.echo(f"{chr(10) if at else ''}{one['name']}")
        click.echo(TABLES[part](one["status"]))
