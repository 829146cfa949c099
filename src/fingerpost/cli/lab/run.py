"""`fingerpost lab run`: let a lab run, and tell whether its expectations are met."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.lab.options import routing_option
from fingerpost.cli.output import Model, emit, json_option

if TYPE_CHECKING:
    from fingerpost.lab.expect import Judge, Judgement
    from fingerpost.lab.network import Network

_TICKS = 100  # how often the progress moves


@dataclass(frozen=True, slots=True)
class _Run:
    """A run that has ended, to be told."""

    network: Network
    judgement: Judgement
    end: int
    ends_converged: bool
    seconds: float
    captured: int

    @property
    def is_well(self) -> bool:
        """Whether all that was expected is so, and tables that were to stand do."""
        is_open = self.ends_converged and not self.network.is_converged
        return bool(self.judgement) and not is_open

    def model(self) -> Model:
        """Everything, for JSON."""
        network, judged = self.network, self.judgement
        counters = [one.counters for link in network.links.values() for one in link.directions]
        return {
            "name": network.lab.name,
            "seed": network.seed,
            "nodes": len(network),
            "until_ns": network.now,
            "seconds": round(self.seconds, 3),
            "events": network.scheduler.events,
            "frames": sum(one.sent for one in counters),
            "lost": sum(one.lost + one.queue_full + one.too_big + one.down for one in counters),
            "captured": self.captured,
            "happened": [entry.as_dict() for entry in network.events],
            "expectations": [one.as_dict() for one in judged],
            "unreached": [str(one) for one in judged.unreached],
            "met": bool(judged),
            "converged": network.is_converged,
            "oscillations": [one.as_dict() for one in network.oscillations],
            "links": [link.snapshot() for link in network.links.values()],
        }

    def print(self, *, is_quiet: bool, with_routes: bool, with_tables: bool) -> None:
        """What happened, what the tables are, what was expected, and how much it was."""
        judged, model = self.judgement, self.model()
        if not is_quiet:
            for warning in self.network.lab.warnings:
                click.echo(f"warning: {warning}", err=True)
            for entry in self.network.events:
                if with_routes or not entry.is_frequent:
                    click.echo(str(entry))
        if with_tables:
            click.echo(f"{self.network.tables()}\n")
        for verdict in judged:
            text, colour = str(verdict), "green" if verdict else "red"
            click.echo(click.style(text[:4], fg=colour, bold=not verdict) + text[4:])
        click.echo(
            f"{model['name']}: {model['nodes']:,} nodes ran {model['until_ns'] / 1e9:.3f} s in"
            f" {self.seconds:.2f} s: {model['frames']:,} frames, {model['lost']:,} lost"
            + (f", {self.captured:,} captured" if self.captured else "")
        )
        if len(judged):
            click.echo(f"{len(judged) - len(judged.failed)} of {len(judged)} expectations met")
        for found in self.network.oscillations:
            click.echo(click.style(str(found), fg="red"))
        if self.ends_converged and not self.network.is_converged:
            click.echo(f"the tables still change after {self.end / 1e9:g} s")
        if judged.unreached:
            click.echo(f"{len(judged.unreached)} of later than {self.end / 1e9:g} s not judged")
        if not self.network.lab.expectations:
            click.echo("no expectations: `expect:` in the file names what must hold")


def _show_progress(network: Network, end: int, stack: ExitStack) -> None:
    """Draw a bar on standard error that follows virtual time until `end`."""
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


def _run_by_the_clock(network: Network, judge: Judge, *, is_endless: bool) -> None:
    from fingerpost.lab.realtime import attach

    with attach(network.scheduler, network.lab, network.links) as real:
        if is_endless:
            click.echo("running by the clock; Ctrl-C ends it", err=True)
            real.run()
        elif judge.end_ns is None:
            real.run(stop=lambda: network.is_converged)
        else:
            real.run(judge.end_ns)
        judge.end()
        if not judge.is_done:
            real.run(stop=lambda: judge.is_done)


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--until", metavar="TIME", help="When to stop: 30s, converged.  [default: as the file says]"
)
@click.option("--seed", type=int, help="Of all chance, in place of the file's.")
@routing_option
@click.option("--pcap", metavar="PATH", help="Capture: a folder, or a file .pcapng or .pcap.")
@click.option("--link", "links", multiple=True, metavar="A-B", help="Capture this link alone.")
@click.option("--realtime", is_flag=True, help="Let the clock of this machine rule.")
@click.option("--quiet", is_flag=True, help="Print neither events nor progress.")
@click.option(
    "--routes", is_flag=True, help="Print each change of a table and each usual step too."
)
@click.option("--tables", is_flag=True, help="Print the tables at the end.")
@json_option
def command(
    file: str,
    until: str | None,
    seed: int | None,
    routing: list[str] | None,
    pcap: str | None,
    links: tuple[str, ...],
    realtime: bool,
    quiet: bool,
    routes: bool,
    tables: bool,
    as_json: bool,
) -> int:
    """Run the lab FILE: its timeline happens, its expectations are judged.

    Exit 1 when an expectation is not met, or tables that were to stand do not. Time is virtual
    unless --realtime: an hour takes as long as its packets do. With --realtime links may end in TAP
    devices and interfaces of this machine.
    """
    from fingerpost.lab.expect import Judge
    from fingerpost.lab.network import Network

    network = Network.load(file, seed=seed, routing=routing)
    is_endless = realtime and until is None and network.lab.until_ns is None
    end = network.end_of(until)
    judge = Judge(network, None if is_endless else end)
    began = time.perf_counter()
    with ExitStack() as stack:
        capture = None
        if pcap is not None:
            capture = stack.enter_context(network.capture(pcap, links or None))
        if sys.stderr.isatty() and not (quiet or as_json or realtime):
            _show_progress(network, network.end if end is None else end, stack)
        if realtime:
            _run_by_the_clock(network, judge, is_endless=is_endless)
        else:
            network.run(until)
            judge.end()
            network.wait(lambda: judge.is_done)
        captured = len(capture) if capture is not None else 0
    seconds = time.perf_counter() - began
    ended = network.now if judge.end_ns is None else judge.end_ns
    run = _Run(network, judge.judgement, ended, end is None, seconds, captured)
    emit(
        run.model(),
        lambda _: run.print(is_quiet=quiet, with_routes=routes, with_tables=tables),
        as_json=as_json,
    )
    return DONE if run.is_well else FAILED
