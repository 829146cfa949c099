"""`fingerpost show rip`: status, routes, neighbors, interfaces and faults of RIP and RIPng."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fingerpost.cli.output import Model, emit
from fingerpost.cli.show.shown import echo_instances, show, show_options
from fingerpost.cli.words import Word

if TYPE_CHECKING:
    from fingerpost.api.client import Client

PARTS = ("status", "routes", "neighbors", "interfaces", "faults")


@click.command()
@click.argument("part", type=Word(PARTS), default="status")
@click.option("--instance", metavar="NAME", help="rip or ripng.  [default: both]")
@show_options
def command(
    client: Client, part: str, instance: str | None, as_json: bool, watch: float | None
) -> None:
    """RIP and RIPng: status (the default), routes, neighbors, interfaces or faults."""

    def once() -> None:
        models = client.get("/v1/rip", instance=instance)["instances"]
        if part == "routes":
            for one in models:
                lines = client.lines(f"/v1/rip/{one['name']}/routes")
                one["status"]["routes"] = list(lines)
        emit({"instances": models}, lambda model: _render(model, part), as_json=as_json)

    show(once, watch)


def _render(model: Model, part: str) -> None:
    from fingerpost.rip import show as tables

    if not model["instances"]:
        click.echo("neither RIP nor RIPng runs")
    table: Any = getattr(tables, part)
    echo_instances(model["instances"], lambda one: table(one["status"]))
