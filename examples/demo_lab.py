"""The part of the demonstration in which packets move: the network of examples/chapter.yaml.

make demo        or        .venv/bin/python examples/demo_lab.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

from rich.console import Console
from rich.text import Text

from fingerpost.lab.network import Network

EXAMPLES = Path(__file__).resolve().parent
LAB = "chapter.yaml"
NOBODY = "10.200.0.1"  # an address that two routers hand to and fro

console = Console(highlight=False, soft_wrap=True)
Say = Callable[[str], None]
Run = Callable[..., None]


def _step(text: str) -> None:
    console.print(Text(f"$ {text}", style="dim"))


def _drawing() -> str:
    """The picture at the top of the file."""
    lines = (EXAMPLES / LAB).read_text(encoding="utf-8").splitlines()
    return "\n".join(line.removeprefix("#") for line in lines if line.startswith("#     "))


def packets_move(run: Run, say: Say) -> None:
    """Ping, trace, ask why, die in a loop, cut a cable; `run` runs a command, `say` explains."""
    say("A file describes it; no root, no namespaces, time is virtual:")
    console.print(_drawing())
    console.print()
    with chdir(EXAMPLES):
        run("lab", "ping", LAB, "alice", "ed", "-c", "2")
        say("Three entries match at fork, and eth3 has the most bits:")
        run("lab", "traceroute", LAB, "alice", "ed", "--explain", "-q", "1")
        say(f"Nobody has {NOBODY}. fork points to west, west to fork, until the TTL ends:")
        run("lab", "traceroute", LAB, "alice", NOBODY, "-m", "7")
        run("lab", "ping", LAB, "alice", NOBODY, "-c", "1")
        say("The cable fork-east is cut: the next longest match takes over:")
        run("lab", "traceroute", LAB, "alice", "ed", "--fail", "fork-east")
        say("The same as a test: the file cuts the cable after 10 s and says what must hold:")
        run("lab", "run", LAB)
    say("And in Python, where it is fast enough to ask much:")
    _in_python()


def _in_python() -> None:
    for line in (
        'net = Network.load("chapter.yaml")',
        'net.fail("fork-east"); net["alice"].ping("ed", count=1000, interval="20ms")',
    ):
        _step(f">>> {line}")
    began = time.perf_counter()
    net = Network.load(EXAMPLES / LAB)
    net.fail("fork-east")
    result = net["alice"].ping("ed", count=1000, interval="20ms")
    seconds = time.perf_counter() - began
    hops = sum(one.counters.delivered for link in net.links.values() for one in link.directions)
    console.print(f"{result.summary()}; {result.round_trips}")
    console.print(
        f"  {hops:,} frames over links in {seconds:.2f} s,"
        f" [green]{seconds / hops * 1e6:.0f} µs[/] each with all that a router does to it"
    )


def main() -> None:
    """Run this part alone."""
    from fingerpost.cli import cli

    def run(*words: str) -> None:
        _step("fingerpost " + " ".join(words))
        try:
            cli.main(list(words), "fingerpost")
        except SystemExit as ending:
            if ending.code:
                console.print(Text(f"(exit code {ending.code})", style="dim"))
        console.print()

    packets_move(run, lambda text: console.print(Text(text, style="bold")))


if __name__ == "__main__":
    main()
