"""`fingerpost lab ping`: ping from a node of a lab."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.lab.options import network_at, question
from fingerpost.cli.output import emit, json_option


@click.command()
@click.option("-c", "--count", default=4, show_default=True, help="How many requests.")
@click.option("-i", "--interval", default="1s", show_default=True, metavar="TIME")
@click.option("-s", "--size", default=56, show_default=True, help="Data bytes.")
@click.option("-t", "--ttl", type=int, help="Hop limit.  [default: the node's]")
@click.option("-W", "--timeout", default="10s", show_default=True, metavar="TIME")
@click.option("--df", "dont_fragment", is_flag=True, help="Forbid fragmentation (ping -M do).")
@question
@json_option
def command(
    file: str,
    source: str,
    target: str,
    count: int,
    interval: str,
    size: int,
    ttl: int | None,
    timeout: str,
    dont_fragment: bool,
    family: int | None,
    pcap: str | None,
    as_json: bool,
    **before: Any,  # noqa: ANN401 - click's options
) -> int:
    """Ping TO (a node or address) from the node FROM of the lab FILE, in virtual time.

    Exit 1 when nothing comes back.
    """
    network = network_at(file, **before)
    node = network.node(source)
    with network.capture(pcap) if pcap else nullcontext():
        result = node.ping(
            target,
            count=count,
            interval=interval,
            size=size,
            ttl=ttl,
            dont_fragment=dont_fragment,
            timeout=timeout,
            family=family,
        )
    emit(result.as_dict(), lambda _: click.echo(str(result)), as_json=as_json)
    return DONE if result else FAILED
