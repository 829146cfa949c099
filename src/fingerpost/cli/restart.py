"""`fingerpost restart`: end a router so that the next one goes on without a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.output import Model, emit, json_option
from fingerpost.cli.router_asked import router_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@router_options
@json_option
def command(client: Client, as_json: bool) -> None:
    """End a router whose neighbors wait for the next one; the kernel forwards on meanwhile.

    Neighbors are asked first, by every instance of OSPF with `graceful-restart: {enabled: true}`,
    and the router ends when they know. Whoever watches over it, such as systemd, starts it again.
    Exit code 1 where no instance can ask.
    """
    emit(client.post("/v1/restart", {}), _print, as_json=as_json)


def _print(model: Model) -> None:
    names = ", ".join(model["instances"])
    click.echo(f"router {model['name']} ends; neighbors of {names} are asked to wait")
