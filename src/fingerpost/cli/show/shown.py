"""What every `show` has in common: its options, and showing again and again."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import click

from fingerpost.cli.output import Model, json_option
from fingerpost.cli.router_asked import router_options

CLEAR = "\x1b[H\x1b[2J"

watch_option = click.option(
    "--watch",
    type=click.FloatRange(0.1),
    is_flag=False,
    flag_value=2.0,
    metavar="SECONDS",
    help="Show again every SECONDS (2), until Ctrl-C.",
)


def show_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --name, --socket, --json and --watch."""
    return router_options(json_option(watch_option(command)))


def show(once: Callable[[], None], watch: float | None) -> None:
    """Show once, or again and again, on a terminal always from its top.

    Who watches sees a router go and come back.
    """
    if watch is None:
        once()
        return
    while True:
        if sys.stdout.isatty():
            click.echo(CLEAR, nl=False)
        patiently(once)
        sys.stdout.flush()
        time.sleep(watch)


def echo_instances(models: list[Model], table: Callable[[Model], object]) -> None:
    """Print a table of each instance of a protocol; of several, with their names."""
    for at, one in enumerate(models):
        if len(models) > 1:
            click.echo(f"{chr(10) if at else ''}{one['name']}")
        click.echo(table(one))


def patiently(once: Callable[[], None]) -> None:
    """Do it; where no router runs, say so and go on."""
    from fingerpost.api.client import NoDaemonError

    try:
        once()
    except NoDaemonError as error:
        click.echo(str(error), err=True)
