"""`fingerpost show bfd`: sessions, with all that is known of them, their counters and faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.bfd_tables import TABLES
from fingerpost.cli.output import Model, emit
from fingerpost.cli.show.shown import show, show_options
from fingerpost.cli.words import Word

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@click.argument("part", type=Word(tuple(TABLES)), default="sessions")
@show_options
def command(client: Client, part: str, as_json: bool, watch: float | None) -> None:
    """BFD: sessions (the default), their details, counters or faults."""

    def once() -> None:
        emit(client.get("/v1/bfd"), lambda model: _render(model, part), as_json=as_json)

    show(once, watch)


def _render(model: Model, part: str) -> None:
    status = model["status"]
    click.echo("BFD does not run" if status is None else TABLES[part](status))
