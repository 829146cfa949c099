"""`fingerpost lab show`: what one router of a lab knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fingerpost.addr import Prefix
from fingerpost.cli import DONE
from fingerpost.cli.bgp_routes import route_options
from fingerpost.cli.lab.options import before, network_at
from fingerpost.cli.output import Model, emit, json_option
from fingerpost.cli.words import Word
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.lab.node import LabNode
    from fingerpost.router import Routing

PROTOCOLS = ("rip", "ripng", "ospf", "ospf3", "bfd", "bgp")
BEFORE = ("seed", "routing", "at", "fails")
_FAMILIES = ("0.0.0.0/0", "::/0")
_OF_ALL = ("status", "routes", "neighbors", "interfaces", "faults")
_OF_OSPF = ("database", "spf", "events")
_OF_BGP = ("summary", "attributes", "groups", "rpki")
PARTS = (*_OF_ALL, *_OF_OSPF, *_OF_BGP)


@click.command()
@click.argument("file", metavar="FILE")
@click.argument("name", metavar="NODE")
@click.argument("what", type=Word(("routes", "rib", *PROTOCOLS)), default="routes")
@click.argument("part", type=Word(PARTS), default="status")
@click.argument("target", metavar="[NAME|PREFIX|ADDRESS]", required=False)
@route_options
@before
@json_option
def command(
    file: str,
    name: str,
    what: str,
    part: str,
    target: str | None,
    limit: int | None,
    as_json: bool,
    **options: Any,  # noqa: ANN401 - click's options
) -> int:
    """Show what the NODE of the lab FILE forwards by, all that it was offered, or a protocol.

    routes is its forwarding table, rib every route that a source offers, the used ones marked; rip
    and ripng have the parts status, routes, neighbors, interfaces and faults, ospf and ospf3 also
    database, spf and events; bfd shows its sessions. bgp has the words of `fingerpost show bgp`:
    summary, neighbors [NAME], routes [PREFIX|ADDRESS] with its options, attributes, groups, rpki.
    """
    chosen = {name: options.pop(name) for name in list(options) if name not in BEFORE}
    if (what, part) != ("bgp", "routes") and (limit is not None or any(chosen.values())):
        given = [name.replace("_", "-") for name, value in chosen.items() if value]
        raise UsageError(f"--{(given or ['limit'])[0]} is for bgp routes, not for {what} {part}")
    if what != "bgp" and target is not None:
        raise UsageError(f"{what} {part} takes no {target!r}")
    _check_part(what, part)
    network = network_at(file, **options)
    node = network.node(name)
    if what == "bgp":
        from fingerpost.cli.lab.show_bgp import show_bgp

        return show_bgp(_routing(node), part, target, limit, chosen, as_json=as_json)
    if what == "routes":
        model = _routes(node)
    elif what == "rib":
        model = _rib(_routing(node), network.now)
    else:
        model = _protocol(_routing(node), what)
    emit(model, lambda shown: _print(shown, what, part), as_json=as_json)
    return DONE


def _check_part(what: str, part: str) -> None:
    """Raises `UsageError` for a part that it has not."""
    known: dict[str, tuple[str, ...]] = {
        "bgp": ("status", "routes", "neighbors", *_OF_BGP),
        "ospf": (*_OF_ALL, *_OF_OSPF),
        "ospf3": (*_OF_ALL, *_OF_OSPF),
    }
    parts = known.get(what, _OF_ALL)
    if part not in parts:
        raise UsageError(f"{what} has no {part}, expected {', '.join(parts)}")


def _routing(node: LabNode) -> Routing:
    if node.router.routing is None:
        raise UsageError(f"{node.name} runs no protocol: its table is static; show routes")
    return node.router.routing


def _routes(node: LabNode) -> Model:
    from fingerpost.lab.table import Table

    return {
        "node": node.name,
        "routes": [
            {
                "prefix": str(prefix),
                "kind": route.kind.value,
                "protocol": route.origin,
                "metric": route.metric,
                "next_hops": [str(hop) for hop in route.next_hops],
            }
            for prefix, route in node.table.items()
        ],
        "text": str(Table.of(node.name, node.table)),
    }


def _rib(routing: Routing, now: int) -> Model:
    table = routing.tables["main"]
    return {
        "node": routing.name,
        "routes": [
            {
                "prefix": str(one.route.prefix),
                "protocol": one.route.source,
                "distance": one.route.distance,
                "metric": one.route.metric,
                "tag": one.route.tag,
                "age_s": max(0, now - one.route.since) / 1e9,
                "is_used": one.wins,
                "kind": one.route.kind.value,
                "next_hops": [
                    {
                        "gateway": None if hop.gateway is None else str(hop.gateway),
                        "interface": hop.interface,
                        "weight": hop.weight,
                        "onlink": hop.is_onlink,
                    }
                    for hop in one.route.next_hops
                ],
            }
            for family in _FAMILIES
            for prefix in table.page(Prefix(family), None, len(table))
            for one in table.explain(prefix).candidates
        ],
    }


def _protocol(routing: Routing, name: str) -> Model:
    running = routing.protocols.get(name)
    if running is None:
        known = ", ".join(routing.protocols) or "none"
        raise UsageError(f"{routing.name} runs no {name}; it runs {known}")
    model: Model = {"node": routing.name, "instance": name, "status": running.machine.snapshot()}
    if running.config.kind in ("ospf", "ospf3"):
        from fingerpost.ospf import Ospf, listing

        assert isinstance(running.machine, Ospf)

        now = running.machine.now
        model["lsas"] = list(listing.database_rows(running.machine, now))
        model["routes"] = list(listing.route_rows(running.machine))
        model["routers"] = list(listing.router_rows(running.machine))
        model["spf"] = listing.spf_model(running.machine, now)
    return model


def _print(model: Model, what: str, part: str) -> None:
    if what == "routes":
        click.echo(model["text"])
    elif what == "rib":
        from fingerpost.cli.show.route_lines import LEGEND, lines_of

        click.echo(f"{LEGEND}\n")
        last = None
        for row in model["routes"]:
            click.echo("\n".join(lines_of(row, is_first=row["prefix"] != last)))
            last = row["prefix"]
    elif what == "bfd":
        from fingerpost.cli.bfd_tables import details, sessions

        click.echo(sessions(model["status"]) if part == "status" else details(model["status"]))
    elif what in ("ospf", "ospf3"):
        click.echo(_ospf(model, part))
    else:
        from fingerpost.rip import show as tables

        click.echo(getattr(tables, part)(model["status"]))


def _ospf(model: Model, part: str) -> str:
    from fingerpost.cli import ospf_lists
    from fingerpost.cli.ospf_tables import TABLES

    match part:
        case "database":
            return ospf_lists.database(model)
        case "routes":
            return ospf_lists.routes(model)
        case "spf":
            return ospf_lists.spf(model["spf"])
    return TABLES[part](model["status"])
