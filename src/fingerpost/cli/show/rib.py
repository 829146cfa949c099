"""`fingerpost show rib`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fingerpost.cli.show.route_lines import filter_options, show_routes
from fingerpost.cli.show.shown import show_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@filter_options
@show_options
def command(
    client: Client,
    **options: Any,  # noqa: ANN401 - click's options
) -> int:
    """Every route that a source offers, the used ones marked.

    Exit code 1 where PREFIX or ADDRESS has none.
    """
    return show_routes(client, "/v1/rib", **options)
