"""`fingerpost lab check`: is the file right, and what network does it describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.output import Model, emit, json_option

if TYPE_CHECKING:
    from fingerpost.lab.model import Lab, Node


def model_of(lab: Lab) -> Model:
    """Everything that the file says and what was given out."""
    return {
        "name": lab.name,
        "source": lab.source,
        "routers": sum(node.forwards for node in lab.nodes.values()),
        "hosts": sum(not node.forwards for node in lab.nodes.values()),
        "nodes": [model_of_node(node) for node in lab.nodes.values()],
        "links": [
            {
                "name": link.name,
                "endpoints": [str(end) for end in link.endpoints],
                "prefixes": [str(prefix) for prefix in link.prefixes],
                "cost": link.cost,
                "delay_ns": link.quality.delay_ns,
                "bandwidth": link.quality.bandwidth,
                "mtu": link.mtu,
            }
            for link in lab.links
        ],
        "changes": len(lab.timeline),
        "expectations": [str(one) for one in lab.expectations],
        "warnings": list(lab.warnings),
    }


def model_of_node(node: Node) -> Model:
    """One node with its addresses and static routes."""
    return {
        "name": node.name,
        "kind": node.kind.value,
        "routing": node.routing.value,
        "loopback": [str(one) for one in node.loopback],
        "interfaces": {
            name: {
                "addresses": [str(one) for one in spec.addresses],
                "link": spec.link,
                "mac": spec.mac,
                "mtu": spec.mtu,
            }
            for name, spec in node.interfaces.items()
        },
        "routes": [f"{static.prefix} {static.route}" for static in node.routes],
    }


def _render(model: Model) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    routers, hosts, links = model["routers"], model["hosts"], len(model["links"])
    console.print(
        f"{model['name']}: {routers:,} routers, {hosts:,} hosts, {links:,} links, "
        f"{model['changes']:,} changes, {len(model['expectations']):,} expectations",
        markup=False,
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("node", "interface", "addresses", "link"):
        table.add_column(title, overflow="fold")
    for node in model["nodes"]:
        rows = [("lo", node["loopback"], "")] if node["loopback"] else []
        rows += [
            (name, spec["addresses"], spec["link"] or "-")
            for name, spec in node["interfaces"].items()
        ]
        for at, (name, addresses, link) in enumerate(rows):
            table.add_row("" if at else node["name"], name, " ".join(addresses), link)
    console.print(table, markup=False)
    for warning in model["warnings"]:
        click.echo(f"warning: {warning}", err=True)


@click.command()
@click.argument("file", metavar="FILE")
@json_option
def command(file: str, as_json: bool) -> None:
    """Validate FILE; print its nodes with every address, given or given out.

    Exit 1 when the file is wrong; every fault is then told with its line.
    """
    from fingerpost.lab.topology import load

    emit(model_of(load(file)), _render, as_json=as_json)
