"""`fingerpost show status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.columns import age, aligned
from fingerpost.cli.output import Model, emit
from fingerpost.cli.show.shown import show, show_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@show_options
def command(client: Client, as_json: bool, watch: float | None) -> None:
    """Which router this is, whether it is well, and which protocols it runs."""

    def once() -> None:
        model = {
            "health": client.get("/v1/health"),
            "version": client.get("/v1/version"),
            **client.get("/v1/protocols"),
        }
        emit(model, _render, as_json=as_json)

    show(once, watch)


def _render(model: Model) -> None:
    health, version = model["health"], model["version"]
    click.echo(f"{health['name']}: {health['status']}, up {age(health['uptime_s'])}")
    for problem in health["problems"]:
        click.echo(f"  {problem}")
    click.echo(f"fingerpost {version['fingerpost']}, process {version['pid']}")
    if health["unconfirmed_s"] is not None:
        left = f"{health['unconfirmed_s']:.0f} s"
        click.echo(f"the configuration is not confirmed: it is rolled back in {left}")
    rows = [
        (one["name"], one["kind"], one["table"], *_counts(one["channel"]))
        for one in model["protocols"]
    ]
    if rows:
        columns = ("protocol", "kind", "table", "routes", "limit", "received", "refused")
        click.echo(f"\n{aligned(columns, rows, columns[3:])}")


def _counts(channel: Model) -> tuple[str, str, str, str]:
    counters = channel["counters"]
    limit = "" if channel["limit"] is None else str(channel["limit"])
    ended = "" if channel["is_enabled"] else " (ended)"
    return (
        str(channel["held"]),
        limit + ended,
        str(counters["received"]),
        str(counters["refused"]),
    )
