"""`fingerpost lab`: networks described in a file. One module a command, imported when it runs."""

from __future__ import annotations

import gc

import click

from fingerpost.cli import LazyCommands

# name -> (module, one-line help), as in `fingerpost.cli.COMMANDS`
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("fingerpost.cli.lab.check", "Validate a file and say what is in it."),
    "draw": ("fingerpost.cli.lab.draw", "Draw the network as SVG."),
    "ping": ("fingerpost.cli.lab.ping", "Ping from a node of a lab."),
    "run": ("fingerpost.cli.lab.run", "Let a lab run and judge its expectations."),
    "schema": ("fingerpost.cli.lab.schema", "Print the JSON Schema of lab.yaml."),
    "show": ("fingerpost.cli.lab.show", "Show the routes and protocols of a router of a lab."),
    "traceroute": ("fingerpost.cli.lab.traceroute", "Find the way, and why it is so."),
    "why": ("fingerpost.cli.lab.why", "Tell each router's decision about a packet."),
    "why-route": ("fingerpost.cli.lab.why_route", "Tell why a router uses a route, or not."),
}


@click.group(cls=LazyCommands, table=COMMANDS)
def command() -> None:
    """Networks described in a file: lab.yaml, containerlab, Topology Zoo, NetJSON and others."""
    # what a running lab makes lives long and has no cycles: looking for some took a fifth of a run
    gc.set_threshold(50_000, 20, 50)
