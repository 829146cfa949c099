"""`fingerpost show neighbors`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli.columns import age, aligned
from fingerpost.cli.output import Model, emit
from fingerpost.cli.show.shown import show, show_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client

COLUMNS = (
    *("protocol", "neighbor", "interface", "version", "state", "up", "last heard"),
    *("updates", "entries", "faults"),
)
IGNORED = ("protocol", "address", "interface", "last heard", "messages", "reason")


@click.command()
@click.option("--protocol", metavar="NAME", help="Only those of this instance.")
@show_options
def command(client: Client, protocol: str | None, as_json: bool, watch: float | None) -> None:
    """Routers that are heard, of every protocol; and those that speak and are not, with why.

    Of BGP all that are configured, with why one is down.
    """

    def once() -> None:
        emit(client.get("/v1/neighbors", protocol=protocol), _render, as_json=as_json)

    show(once, watch)


def _render(model: Model) -> None:
    rows = [_heard(one) for one in model["neighbors"]]
    click.echo(
        aligned(COLUMNS, rows, (*COLUMNS[3:4], *COLUMNS[5:])) if rows else "no neighbor is heard"
    )
    for one in model["neighbors"]:
        if one["why_not_full"] is not None:
            place = f" on {one['interface']}" if one["interface"] else ""
            click.echo(f"{one['address']}{place}: {one['why_not_full']}")
    if model["ignored"]:
        click.echo("\nnot heard, for their messages are refused:")
        click.echo(aligned(IGNORED, map(_ignored, model["ignored"]), IGNORED[3:5]))


def _heard(one: Model) -> tuple[str, ...]:
    since, silent, bad = one["age_s"], one["silent_s"], one["bad_messages"]
    return (
        one["protocol"],
        one["address"],
        one["interface"],
        str(one["version"]),
        one["state"] or "",
        "" if since is None else age(since),
        "" if silent is None else age(silent),
        *("" if one[name] is None else str(one[name]) for name in ("responses", "entries")),
        "" if bad is None else str(bad + one["bad_entries"]),
    )


def _ignored(one: Model) -> tuple[str, ...]:
    return (
        one["protocol"],
        one["address"],
        one["interface"],
        age(one["silent_s"]),
        str(one["messages"]),
        one["reason"],
    )
