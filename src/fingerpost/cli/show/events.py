"""`fingerpost show events`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from fingerpost.cli.output import json_option
from fingerpost.cli.router_asked import router_options
from fingerpost.cli.show.record_lines import LEVELS, record_line

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@click.option("--level", type=LEVELS, default="info", show_default=True, help="And all above it.")
@click.option("--routes", is_flag=True, help="And every change of what is forwarded by.")
@click.option("--count", type=click.IntRange(1), help="End after so many.")
@router_options
@json_option
def command(client: Client, level: str, routes: bool, count: int | None, as_json: bool) -> None:
    """What happens from now on, a line each, until Ctrl-C. With --json a document a line."""
    shown = 0
    for record in client.follow("/v1/events", level=level, routes=routes):
        if as_json:
            click.echo(json.dumps(record, ensure_ascii=False))
        elif record["kind"] != "subscribed":
            click.echo(record_line(record))
        sys.stdout.flush()
        shown += record["kind"] != "subscribed"
        if shown == count:
            return
