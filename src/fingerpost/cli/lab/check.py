"""`fingerpost lab check`: is the file right, and what network does it describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.lab.options import routing_option
from fingerpost.cli.output import Model, emit, json_option
from fingerpost.errors import UsageError
from fingerpost.lab.instant import shown

if TYPE_CHECKING:
    from fingerpost.lab.model import Lab, Node
    from fingerpost.lab.reachability import Reachability


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
        "protocols": [] if node.router is None else list(node.router.protocols),
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


def _learned(lab: Lab, failed: tuple[str, ...], seed: int | None) -> Reachability:
    """Who reaches whom once the tables of the running routers stand; what fails does so then."""
    from fingerpost.lab.instant import CONVERGED
    from fingerpost.lab.network import Network

    network = Network(lab, seed=seed).run(until=CONVERGED)
    for target in failed:
        network.fail(target)
    if not network.run(until=CONVERGED).is_converged:
        raise UsageError(f"the tables still change after {shown(network.now)}: nothing is certain")
    return network.reachability()


def _render(model: Model) -> None:
    routers, hosts, links = model["routers"], model["hosts"], len(model["links"])
    counts = {
        "router": routers,
        "host": hosts,
        "link": links,
        "change": model["changes"],
        "expectation": len(model["expectations"]),
    }
    said = (f"{count:,} {name}{'' if count == 1 else 's'}" for name, count in counts.items())
    click.echo(f"{model['name']}: {', '.join(said)}")
    if "reachability" in model:
        _render_reach(model["reachability"])
    else:
        _render_nodes(model["nodes"])
    for warning in model["warnings"]:
        click.echo(f"warning: {warning}", err=True)


def _render_nodes(nodes: list[Model]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("node", "interface", "addresses", "link"):
        table.add_column(title, overflow="fold")
    for node in nodes:
        rows = [("lo", node["loopback"], "")] if node["loopback"] else []
        rows += [
            (name, spec["addresses"], spec["link"] or "-")
            for name, spec in node["interfaces"].items()
        ]
        for at, (name, addresses, link) in enumerate(rows):
            table.add_row("" if at else node["name"], name, " ".join(addresses), link)
    # no emoji: ":a:" is a part of an address here
    console = Console(highlight=False, markup=False, emoji=False)
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        click.echo(line.rstrip())


def _render_reach(found: Model) -> None:
    loops, holes = found["loops"], found["blackholes"]
    click.echo(
        f"{found['reachable']:,} of {found['pairs']:,} pairs reachable, {found['partly']:,} only "
        f"in part; {len(loops):,} loops; {len(holes):,} blackholes"
    )
    for line in found["texts"]:
        click.echo(line)


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--reach", is_flag=True, help="Compute from the tables who reaches whom.")
@click.option("--fail", "failed", metavar="A-B", multiple=True, help="Without a link or node.")
@click.option("--seed", type=int, help="Of all chance, in place of the file's.")
@routing_option
@json_option
def command(
    file: str,
    reach: bool,
    failed: tuple[str, ...],
    seed: int | None,
    routing: list[str] | None,
    as_json: bool,
) -> int:
    """Validate FILE; print its nodes with every address, given or given out.

    Exit 1 when the file is wrong; every fault is then told with its line. With --reach also when
    some node does not reach an address of the lab, or packets go in a circle. Where routers run
    protocols, the network runs until their tables stand, before what fails and after it.
    """
    from fingerpost.lab.failures import Failures
    from fingerpost.lab.topology import load

    lab = load(file, routing=routing)
    failures = Failures.named(lab, failed)
    model = model_of(lab)
    is_well = True
    if reach or failures:
        from fingerpost.lab.reachability import check

        learns = lab.has_protocols
        found = _learned(lab, failed, seed) if learns else check(lab, failures=failures)
        is_well = found.is_complete and not found.loops
        texts = [f"loop: {loop}" for loop in found.loops]
        texts += [f"blackhole at {hole}" for hole in found.blackholes]
        model["reachability"] = {**found.as_dict(), "texts": texts}
    emit(model, _render, as_json=as_json)
    return DONE if is_well else FAILED
