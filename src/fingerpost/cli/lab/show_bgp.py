"""`fingerpost lab show FILE NODE bgp`: the words of `fingerpost show bgp`, of a router of a lab."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from fingerpost.bgp.listing import tables
from fingerpost.bgp.listing.neighbor_row import neighbor_row
from fingerpost.bgp.listing.reading import WordsOfRoutes
from fingerpost.bgp.listing.summary import summary
from fingerpost.bgp.listing.walking import routes
from fingerpost.bgp.machine import Bgp
from fingerpost.cli import DONE, FAILED, bgp_tables
from fingerpost.cli.bgp_neighbors import neighbors
from fingerpost.cli.bgp_routes import print_routes, query_of
from fingerpost.cli.bgp_rpki import caches
from fingerpost.cli.output import Model, emit
from fingerpost.config.names import meant
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.bgp.peer import Peer
    from fingerpost.router import Routing

PARTS = ("summary", "neighbors", "routes", "attributes", "groups", "rpki")
_SETS = 20  # of attributes that are shown


def show_bgp(
    routing: Routing,
    part: str,
    target: str | None,
    limit: int | None,
    chosen: dict[str, Any],
    *,
    as_json: bool,
) -> int:
    """Show a part; gives the exit code. Raises `UsageError` for what there is not."""
    running = routing.protocols.get("bgp")
    if running is None or not isinstance(running.machine, Bgp):
        known = ", ".join(routing.protocols) or "none"
        raise UsageError(f"{routing.name} runs no bgp; it runs {known}")
    bgp = running.machine
    if target is not None and part not in ("neighbors", "routes"):
        raise UsageError(f"{part} takes no {target!r}")
    if part == "routes":
        query = query_of(target, **chosen)
        shown = print_routes([("bgp", _rows(bgp, query))], query, limit, as_json=as_json)
        return FAILED if target is not None and not shown else DONE
    model = {"node": routing.name, "instance": "bgp", **_model(bgp, part, target)}
    emit(model, lambda one: click.echo(_text(one, part)), as_json=as_json)
    return DONE


def _rows(bgp: Bgp, query: dict[str, Any]) -> Iterator[Model]:
    given = {name: value for name, value in query.items() if value is not None}
    if "neighbor" in given:
        given["neighbor"] = _named(bgp, given["neighbor"]).number
    for found in routes(bgp, WordsOfRoutes(**given).read(), bgp.now):
        if found is not None:
            yield from (row.as_dict() for row in found[1])


def _model(bgp: Bgp, part: str, target: str | None) -> Model:
    match part:
        case "neighbors":
            peers = bgp.peers.values() if target is None else [_named(bgp, target)]
            return {"now": bgp.now, "neighbors": [neighbor_row(bgp, one, bgp.now) for one in peers]}
        case "attributes":
            return {"held": tables.held(bgp), "sets": tables.common_sets(bgp, _SETS)}
        case "groups":
            return {"groups": tables.groups(bgp)}
        case "rpki":
            return {"now": bgp.now, "rpki": bgp.validating.snapshot()}
    return {"status": summary(bgp, bgp.now)}


def _text(model: Model, part: str) -> str:
    match part:
        case "neighbors":
            return neighbors(model)
        case "attributes":
            return bgp_tables.attributes(model)
        case "groups":
            return bgp_tables.groups(model)
        case "rpki":
            return caches(model)
    return bgp_tables.summary(model["status"])


def _named(bgp: Bgp, name: str) -> Peer:
    peers = list(bgp.peers.values())
    for peer in peers:
        if name in (peer.name, str(peer.address)):
            return peer
    raise UsageError(f"there is no neighbor {name!r}{meant(name, [one.name for one in peers])}")
