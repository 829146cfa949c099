"""`fingerpost show`: what a router that runs knows. One module a subject, imported when asked."""

from __future__ import annotations

import click

from fingerpost.cli import LazyCommands

# name -> (module, one-line help), as in `fingerpost.cli.COMMANDS`
COMMANDS: dict[str, tuple[str, str]] = {
    "bfd": ("fingerpost.cli.show.bfd", "BFD: sessions, their details, counters and faults."),
    "bgp": ("fingerpost.cli.show.bgp", "BGP: summary, neighbors, routes, attributes, groups."),
    "config": ("fingerpost.cli.show.config", "The configuration that runs, and those before."),
    "events": ("fingerpost.cli.show.events", "What happens, as it happens."),
    "interfaces": ("fingerpost.cli.show.interfaces", "Interfaces, their state and addresses."),
    "log": ("fingerpost.cli.show.log", "What happened lately."),
    "metrics": ("fingerpost.cli.show.metrics", "Everything that is counted, as OpenMetrics."),
    "neighbors": ("fingerpost.cli.show.neighbors", "Routers that are heard."),
    "ospf": ("fingerpost.cli.show.ospf", "OSPF: neighbors and why not, interfaces, events."),
    "policy": ("fingerpost.cli.show.policy", "Policies: hits of each line, lines that do nothing."),
    "rib": ("fingerpost.cli.show.rib", "Every route that is offered, the used ones marked."),
    "rip": ("fingerpost.cli.show.rip", "RIP and RIPng: status, routes, neighbors, interfaces."),
    "routes": ("fingerpost.cli.show.routes", "What packets are forwarded by."),
    "status": ("fingerpost.cli.show.status", "Which router this is, and whether it is well."),
}


@click.group(cls=LazyCommands, table=COMMANDS)
def command() -> None:
    """What a router that runs knows: `fingerpost show routes`.

    Asked at its socket, /run/fingerpost/NAME.sock; exit code 1 where no router runs.
    """
