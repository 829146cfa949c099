"""`fingerpost confirm`: keep what was applied to be confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.output import emit, json_option
from fingerpost.cli.router_asked import router_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@router_options
@json_option
def command(client: Client, as_json: bool) -> None:
    """Keep the configuration that was applied with --confirm. Exit code 1 where none waits."""
    confirm(client, as_json=as_json)


def confirm(client: Client, *, as_json: bool) -> None:
    """Confirm, and say what."""
    emit(
        client.post("/v1/config/confirm", {}),
        lambda model: click.echo(f"configuration {model['number']} is confirmed"),
        as_json=as_json,
    )
