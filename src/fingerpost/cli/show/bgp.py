"""`fingerpost show bgp`: neighbours, routes, attributes and groups of each instance of BGP."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.bgp_neighbors import neighbors
from fingerpost.cli.bgp_records import records
from fingerpost.cli.bgp_routes import query_of, route_options, show_routes
from fingerpost.cli.bgp_rpki import caches
from fingerpost.cli.bgp_tables import attributes, groups, summary
from fingerpost.cli.output import Model, emit
from fingerpost.cli.show.shown import echo_instances, show, show_options
from fingerpost.cli.words import Word
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.api.client import Client

PARTS = ("summary", "neighbors", "routes", "attributes", "groups", "rpki", "bmp")
TABLES: dict[str, Callable[[Model], str]] = {
    "neighbors": neighbors,
    "attributes": attributes,
    "groups": groups,
    "rpki": caches,
    "bmp": records,
}


@click.command()
@click.argument("part", type=Word(PARTS), default="summary")
@click.argument("target", metavar="[NAME|PREFIX|ADDRESS]", required=False)
@click.option("--instance", metavar="NAME", help="bgp or bgp:NAME.  [default: all]")
@route_options
@show_options
def command(
    client: Client,
    part: str,
    target: str | None,
    instance: str | None,
    as_json: bool,
    watch: float | None,
    limit: int | None,
    **chosen: Any,  # noqa: ANN401 - click's options
) -> int:
    """BGP: summary, neighbors [NAME], routes [PREFIX|ADDRESS], attributes, groups, rpki, bmp.

    `routes` shows every path with how it fares. A PREFIX is shown as it stands, with --longer and
    --shorter what is inside or around it; an ADDRESS is shown by its longest match. Options choose
    paths by who says them, by their AS path, their communities, their state. With --neighbor:
    --received shows what it says as it came, --rejected what of that is refused and why,
    --advertised what it is told. Words may be cut short: `show bgp nei`.
    """
    if part != "routes" and (limit is not None or any(chosen.values())):
        given = [name.replace("_", "-") for name, value in chosen.items() if value]
        raise UsageError(f"--{(given or ['limit'])[0]} is for routes, not for {part}")
    if target is not None and part not in ("neighbors", "routes"):
        raise UsageError(f"{part} takes no {target!r}")
    query = query_of(target, **chosen) if part == "routes" else {}
    shown = 0

    def once() -> None:
        nonlocal shown
        found = client.get("/v1/bgp", instance=instance)["instances"]
        if part == "routes":
            names = [one["name"] for one in found]
            shown = show_routes(client, names, query, limit, as_json=as_json)
        elif part == "summary":
            emit({"instances": found}, _render_summary, as_json=as_json)
        else:
            asked = {"neighbor": target} if part == "neighbors" else {}
            models = [client.get(f"/v1/bgp/{one['name']}/{part}", **asked) for one in found]
            emit({"instances": models}, lambda model: _render(model, part), as_json=as_json)

    show(once, watch)
    return FAILED if part == "routes" and target is not None and not shown else DONE


def _render(model: Model, part: str) -> None:
    if not model["instances"]:
        click.echo("BGP does not run")
    echo_instances(model["instances"], TABLES[part])


def _render_summary(model: Model) -> None:
    if not model["instances"]:
        click.echo("BGP does not run")
    echo_instances(model["instances"], lambda one: summary(one["status"]))
