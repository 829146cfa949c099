"""`fingerpost show policy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.columns import aligned
from fingerpost.cli.output import Model, emit
from fingerpost.cli.show.shown import show, show_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@click.argument("policy", required=False)
@show_options
def command(client: Client, policy: str | None, as_json: bool, watch: float | None) -> None:
    """Policies in use: how many routes each line meant, and lines that do nothing."""

    def once() -> None:
        emit(client.get("/v1/policies", name=policy), _render, as_json=as_json)

    show(once, watch)


def _render(model: Model) -> None:
    if not model["policies"]:
        click.echo("no policy is in use")
    for at, one in enumerate(model["policies"]):
        click.echo(f"{chr(10) if at else ''}policy {one['name']}, used by {_users(one)}")
        rows = [(str(line["hits"]), line["line"]) for line in one["lines"]]
        rows.append((str(one["defaulted"]), "(no line decided)"))
        click.echo(aligned(("hits", "line"), rows, ("hits",)))
        for finding in one["findings"]:
            click.echo(f"{finding['sort']}: line {finding['line']}: {finding['why']}")


def _users(one: Model) -> str:
    return ", ".join(one["used_by"])
