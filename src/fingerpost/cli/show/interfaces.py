"""`fingerpost show interfaces`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.columns import aligned
from fingerpost.cli.output import Model, emit
from fingerpost.cli.show.shown import show, show_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client

COLUMNS = ("interface", "state", "mtu", "kind", "mac", "addresses", "protocols")


@click.command()
@click.option("--up", is_flag=True, help="Only those that carry packets.")
@show_options
def command(client: Client, up: bool, as_json: bool, watch: float | None) -> None:
    """Interfaces, their state and addresses, and the protocols that speak on them."""

    def once() -> None:
        emit(client.get("/v1/interfaces", up=up or None), _render, as_json=as_json)

    show(once, watch)


def _render(model: Model) -> None:
    rows = [
        (
            one["name"],
            _state(one),
            str(one["mtu"]),
            one["kind"] or ("loopback" if one["is_loopback"] else ""),
            one["mac"],
            " ".join(one["addresses"]),
            " ".join(one["protocols"]),
        )
        for one in model["interfaces"]
    ]
    click.echo(aligned(COLUMNS, rows, ("mtu",)))


def _state(one: Model) -> str:
    if one["is_up"]:
        return "up"
    return "no carrier" if one["is_enabled"] and not one["has_carrier"] else "down"
