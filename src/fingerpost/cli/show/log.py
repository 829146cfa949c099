"""`fingerpost show log`."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import click

from fingerpost.cli.output import Model, emit
from fingerpost.cli.show.record_lines import LEVELS, record_line
from fingerpost.cli.show.shown import patiently, show, show_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client

MOST = 5000
FOLLOW_S = 0.5


@click.command()
@click.option("-n", "count", type=click.IntRange(1, MOST), default=50, show_default=True)
@click.option("--level", type=LEVELS, default="info", show_default=True, help="And all above it.")
@click.option("-f", "--follow", is_flag=True, help="And what comes from now on, until Ctrl-C.")
@show_options
def command(
    client: Client, count: int, level: str, follow: bool, as_json: bool, watch: float | None
) -> None:
    """What happened lately, oldest first. The router keeps the last 10,000 records."""
    if follow:
        _follow(client, count, level, as_json=as_json)

    def once() -> None:
        emit(client.get("/v1/log", limit=count, level=level), _render, as_json=as_json)

    show(once, watch)


def _render(model: Model) -> None:
    for record in model["records"]:
        click.echo(record_line(record))


def _follow(client: Client, count: int, level: str, *, as_json: bool) -> None:
    """Print what comes; a router that began anew begins with its first record."""
    after, began = 0, None

    def once() -> None:
        nonlocal after, began
        model = client.get("/v1/log", limit=MOST if after else count, level=level, after=after)
        if began not in (None, model["began"]):
            after, began = 0, None
            return
        for record in model["records"]:
            click.echo(json.dumps(record) if as_json else record_line(record))
        after, began = model["last"], model["began"]
        sys.stdout.flush()

    while True:
        patiently(once)
        time.sleep(FOLLOW_S)
