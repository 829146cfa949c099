"""`fingerpost lab traceroute`: the way from a node, as traceroute finds it, and why it is so."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.lab.options import network_at, one_method, question
from fingerpost.cli.output import Model, emit, json_option

if TYPE_CHECKING:
    from fingerpost.lab.hops import TracerouteResult
    from fingerpost.lab.why import Why


def _explained(result: TracerouteResult, why: Why) -> str:
    """The lines of traceroute, each with the decision of the router that it names."""
    head, *hops = str(result).splitlines()
    said = [decision.lines() for decision in why.decisions]
    lines = [head, f" 0  {said[0][0]}", *said[0][1:]]
    for hop, line in zip(result.hops, hops, strict=True):
        lines.append(line)
        if hop.ttl < len(said):
            lines += said[hop.ttl][1:]
    return "\n".join([*lines, f"{why.source} -> {why.target}: {why.verdict}"])


@click.command()
@click.option("-I", "--icmp", is_flag=True, help="Probe with echo requests.")
@click.option("-T", "--tcp", is_flag=True, help="Probe with TCP SYNs.")
@click.option("-f", "--first", "first_ttl", default=1, show_default=True, help="First hop limit.")
@click.option("-m", "--max", "max_ttl", default=30, show_default=True, help="Last hop limit.")
@click.option("-q", "--queries", default=3, show_default=True, help="Probes a hop.")
@click.option("-w", "--wait", default="5s", show_default=True, metavar="TIME")
@click.option("-p", "--port", type=int, help="Destination port.  [default: 33434, TCP 80]")
@click.option("-s", "--size", type=int, help="Bytes of a packet.  [default: 60, IPv6 80]")
@click.option("-F", "--df", "dont_fragment", is_flag=True, help="Forbid fragmentation.")
@click.option("--mtu", is_flag=True, help="Look for the path MTU, as tracepath does.")
@click.option("--flows", default=1, show_default=True, help="Spread the probes over flows.")
@click.option("--explain", is_flag=True, help="Tell each router's decision.")
@question
@json_option
def command(
    file: str,
    source: str,
    target: str,
    icmp: bool,
    tcp: bool,
    explain: bool,
    pcap: str | None,
    as_json: bool,
    seed: int | None,
    at: str,
    routing: list[str] | None,
    fails: tuple[str, ...],
    **options: Any,  # noqa: ANN401 - click's options
) -> int:
    """Trace the way from the node FROM to TO (a node or address) of the lab FILE.

    Exit 1 when TO does not answer.
    """
    method = one_method(icmp=icmp, tcp=tcp) or "udp"
    network = network_at(file, seed=seed, routing=routing, at=at, fails=fails)
    node = network.node(source)
    with network.capture(pcap) if pcap else nullcontext():
        result = node.traceroute(target, method=method, **options)
    model: Model = result.as_dict()
    why = None
    if explain:
        why = node.why(target, family=options["family"], packet=result.probe or None)
        model["why"] = why.as_dict()

    def render(_: Model) -> None:
        click.echo(str(result) if why is None or result.failure else _explained(result, why))

    emit(model, render, as_json=as_json)
    return DONE if result else FAILED
