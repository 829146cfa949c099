"""`fingerpost lab why`: each router's decision about one packet."""

from __future__ import annotations

from typing import Any

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.lab.options import network_at, one_method, question
from fingerpost.cli.output import emit, json_option


@click.command()
@click.option("--udp", is_flag=True, help="A datagram.")
@click.option("--tcp", is_flag=True, help="A TCP SYN.")
@click.option("-p", "--port", type=int, help="Destination port of these.")
@click.option("-s", "--size", type=int, help="Bytes of the packet.  [default: 60, IPv6 80]")
@click.option("-t", "--ttl", type=int, help="Hop limit.  [default: the node's]")
@click.option("--df", "dont_fragment", is_flag=True, help="Forbid fragmentation.")
@click.option("--full", is_flag=True, help="Tell every stage of every router.")
@question
@json_option
def command(
    file: str,
    source: str,
    target: str,
    udp: bool,
    tcp: bool,
    full: bool,
    pcap: str | None,  # noqa: ARG001 - nothing is sent
    as_json: bool,
    seed: int | None,
    routing: list[str] | None,
    at: str,
    fails: tuple[str, ...],
    **options: Any,  # noqa: ANN401 - click's options
) -> int:
    """Follow a packet from the node FROM to TO and tell each router's decision; sends nothing.

    Told are the entry of the table that won and those that matched and lost. Without an option the
    packet is an echo request. Exit 1 when it does not arrive.
    """
    network = network_at(file, seed=seed, routing=routing, at=at, fails=fails)
    method = one_method(udp=udp, tcp=tcp) or "icmp"
    why = network.node(source).why(target, method=method, **options)
    emit(why.as_dict(), lambda _: click.echo(why.full() if full else str(why)), as_json=as_json)
    return DONE if why else FAILED
