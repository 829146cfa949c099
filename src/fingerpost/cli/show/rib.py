"""`fingerpost show rib`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.show.route_lines import filter_options, query_of, show_rows
from fingerpost.cli.show.shown import show, show_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@filter_options
@show_options
def command(
    client: Client,
    limit: int | None,
    as_json: bool,
    watch: float | None,
    **chosen: Any,  # noqa: ANN401 - click's options
) -> int:
    """Every route that a source offers, the used ones marked.

    Exit code 1 where PREFIX or ADDRESS has none.
    """
    query = query_of(**chosen)
    shown = 0

    def once() -> None:
        nonlocal shown
        shown = show_rows(client, "/v1/rib", query, limit, as_json=as_json)

    show(once, watch)
    return DONE if shown or chosen["target"] is None else FAILED
