"""`fingerpost lab run`: let a lab run, and tell whether its expectations are met."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.output import Model, emit, json_option

if TYPE_CHECKING:
    from fingerpost.lab.network import Network

_TICKS = 100  # how often the progress moves


def _model(network: Network, judged: list[Model], seconds: float, captured: int) -> Model:
    links = [link.snapshot() for link in network.links.values()]
    counters = [one.counters for link in network.links.values() for one in link.directions]
    return {
        "name": network.lab.name,
        "seed": network.seed,
        "nodes": len(network),
        "until_ns": network.now,
        "seconds": round(seconds, 3),
        "events": network.scheduler.events,
        "frames": sum(one.sent for one in counters),
        "lost": sum(one.lost + one.queue_full + one.too_big + one.down for one in counters),
        "captured": captured,
        "happened": [entry.as_dict() for entry in network.events],
        "expectations": judged,
        "met": all(one["met"] for one in judged),
        "links": links,
    }


def _show_progress(network: Network, end: int, stack: ExitStack) -> None:
    """Draw a bar on standard error that follows virtual time."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    bar = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
    task = bar.add_task(network.lab.name, total=max(end, 1))

    def tick(_: object) -> None:
        said = f"{network.lab.name} {network.now / 1e9:.1f} s"
        bar.update(task, completed=network.now, description=said)

    for at in range(_TICKS + 1):
        network.scheduler.post(end * at // _TICKS, tick, None)


def _run_by_the_clock(network: Network, end: int | None) -> None:
    from fingerpost.lab.realtime import attach

    with attach(network.scheduler, network.lab, network.links) as real:
        if end is None:
            click.echo("running by the clock; Ctrl-C ends it", err=True)
        real.run(end)


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--until", metavar="TIME", help="When to stop: 30s.  [default: as the file says]")
@click.option("--seed", type=int, help="Of all chance, in place of the file's.")
@click.option("--pcap", metavar="PATH", help="Capture: a folder, or a file .pcapng or .pcap.")
@click.option("--link", "links", multiple=True, metavar="A-B", help="Capture this link alone.")
@click.option("--realtime", is_flag=True, help="Let the clock of this machine rule.")
@click.option("--quiet", is_flag=True, help="Print neither events nor progress.")
@json_option
def command(
    file: str,
    until: str | None,
    seed: int | None,
    pcap: str | None,
    links: tuple[str, ...],
    realtime: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Run the lab FILE: its timeline happens, its expectations are judged.

    Exit 1 when an expectation is not met. Time is virtual unless --realtime: an hour takes as long
    as its packets do. With --realtime links may end in TAP devices and interfaces of this machine.
    """
    from fingerpost.lab.expect import Judge
    from fingerpost.lab.instant import nanoseconds
    from fingerpost.lab.network import Network

    network = Network.load(file, seed=seed)
    end = network.end if until is None else nanoseconds(until, "--until")
    began = time.perf_counter()
    judge = Judge(network, end)
    with ExitStack() as stack:
        capture = None
        if pcap is not None:
            capture = stack.enter_context(network.capture(pcap, links or None))
        if sys.stderr.isatty() and not (quiet or as_json or realtime):
            _show_progress(network, end, stack)
        if realtime:
            has_end = until is not None or network.lab.until_ns is not None
            _run_by_the_clock(network, end if has_end or network.lab.expectations else None)
        else:
            network.run(end)
        network.wait(lambda: judge.is_done)
        captured = len(capture) if capture is not None else 0
    judged = judge.judgement
    seconds = time.perf_counter() - began
    model = _model(network, [one.as_dict() for one in judged], seconds, captured)

    def render(model: Model) -> None:
        if not quiet:
            for warning in network.lab.warnings:
                click.echo(f"warning: {warning}", err=True)
            for entry in network.events:
                click.echo(str(entry))
        for verdict in judged:
            style = {"fg": "green"} if verdict else {"fg": "red", "bold": True}
            word, rest = str(verdict)[:4], str(verdict)[4:]
            click.echo(click.style(word, **style) + rest)
        took = f"{model['until_ns'] / 1e9:.3f} s of virtual time in {seconds:.2f} s"
        if realtime:
            took = f"{seconds:.2f} s"
        click.echo(
            f"{model['name']}: {model['nodes']:,} nodes ran {took}: {model['frames']:,} frames,"
            f" {model['lost']:,} lost" + (f", {captured:,} captured in {pcap}" if pcap else "")
        )
        if judged:
            click.echo(f"{len(judged) - len(judged.failed)} of {len(judged)} expectations met")
        elif not network.lab.expectations:
            click.echo("no expectations: `expect:` in the file names what must hold")

    emit(model, render, as_json=as_json)
    return DONE if judged else FAILED
