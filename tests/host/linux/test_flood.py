"""A flood of valid updates: timers ring and the operator is answered all the same."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fingerpost.addr import Address
from fingerpost.host.linux.runner import LinuxHost
from fingerpost.rip.packet import Command, RipPacket, Rte
from fingerpost.router import RouterConfig
from linux.cable import End, cable, wait
from linux.stand import rip, standing
from netns import require_root

MASK = Address("255.255.255.0")
FLOODER = """
import socket, sys
payloads = [bytes.fromhex(word) for word in sys.argv[1:]]
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
    out.bind(("10.0.0.1", 520))
    out.connect(("10.0.0.2", 520))
    print("began", flush=True)
    while True:
        for payload in payloads:
            out.send(payload)
"""


def updates() -> list[bytes]:
    """Updates that are valid, of 25 routes each, half of which change with every turn."""
    found = []
    for metric in (1, 2):
        for third in range(4):
            entries = (
                Rte(
                    Address(f"10.{50 + third}.{number}.0"), MASK, metric=metric if number % 2 else 1
                )
                for number in range(25)
            )
            found.append(RipPacket(Command.RESPONSE, 2, tuple(entries)).encode())
    return found


@contextmanager
def flooding(end: End) -> Iterator[None]:
    words = ["ip", "netns", "exec", end.space.name, sys.executable, "-c", FLOODER]
    words += [payload.hex() for payload in updates()]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "began\n"
        try:
            yield
        finally:
            process.terminate()


class Lateness:
    """How late the loop of a host rings a timer of 10 ms, at worst."""

    def __init__(self) -> None:
        self.worst = 0.0
        self.rung = 0

    def watch(self, host: LinuxHost) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + 0.01

        def ring() -> None:
            self.worst = max(self.worst, loop.time() - due)
            self.rung += 1
            self.watch(host)

        self._timer = loop.call_at(due, ring)


def test_a_flood_of_valid_updates_starves_neither_timers_nor_the_operator() -> None:
    require_root()
    with (
        cable(("10.0.0.1/24", "10.0.0.2/24")) as (left, right),
        standing(right.space, RouterConfig(protocols={"rip": rip("vb")})) as b,
    ):
        wait(lambda: b.ask(lambda host: host.endpoints.sockets))
        late = Lateness()

        def counts(host: LinuxHost) -> tuple[int, int, int, int]:
            instance = host.routing.protocols["rip"].machine
            (link,) = instance.links.values()  # type: ignore[attr-defined]
            (opened,) = host.endpoints.sockets
            pump = host.pump.counters
            return (
                link.counters.updates_out,
                pump["datagrams"],
                opened.counters["dropped"],
                pump["cut short"],
            )

        with flooding(left):
            wait(lambda: b.table.routes)
            b.ask(late.watch)
            before = b.ask(counts)
            answers = []
            end = time.monotonic() + 2
            while time.monotonic() < end:
                asked = time.monotonic()
                b.ask(counts)
                answers.append(time.monotonic() - asked)
                time.sleep(0.01)
            after = b.ask(counts)
        updates_out, taken, dropped, cut_short = (
            new - old for new, old in zip(after, before, strict=True)
        )
        assert dropped > 0  # it was more than could be taken
        assert cut_short > 10
        assert taken > 100
        assert updates_out >= 3  # one each 0.36 to 0.44 s
        assert late.rung > 10
        assert late.worst < 0.5
        assert max(answers) < 1
        assert b.table.shown["10.50.0.0/24"] == f"{Address('10.0.0.1')} dev vb"
