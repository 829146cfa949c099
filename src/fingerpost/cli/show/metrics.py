"""`fingerpost show metrics`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.output import emit
from fingerpost.cli.show.shown import show, show_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@show_options
def command(client: Client, as_json: bool, watch: float | None) -> None:
    """Everything that is counted, in the text form of OpenMetrics."""

    def once() -> None:
        text = client.text("/metrics")
        emit({"openmetrics": text}, lambda _: click.echo(text, nl=False), as_json=as_json)

    show(once, watch)
