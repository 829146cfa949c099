"""`fingerpost show config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.columns import aligned
from fingerpost.cli.output import Model, emit
from fingerpost.cli.show.shown import show, show_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@click.option("--history", is_flag=True, help="The configurations that can be gone back to.")
@show_options
def command(client: Client, history: bool, as_json: bool, watch: float | None) -> None:
    """The configuration that runs, secrets masked; or which ones ran before."""

    def once() -> None:
        model = client.get("/v1/config")
        emit(model, _render_history if history else _render, as_json=as_json)

    show(once, watch)


def _render(model: Model) -> None:
    click.echo(model["text"], nl=not model["text"].endswith("\n"))


def _render_history(model: Model) -> None:
    rows = [
        (
            "" if one["steps"] is None else str(one["steps"]),
            str(one["number"]),
            one["time"],
            one["state"],
            one["source"],
            one["comment"],
        )
        for one in model["history"]
    ]
    columns = ("steps", "number", "applied", "state", "from", "comment")
    click.echo(aligned(columns, rows, columns[:2]))
