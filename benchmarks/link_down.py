"""How long a Linux router takes from a link that goes down to its routes in the kernel: our share.

    python benchmarks/link_down.py [--routes 200] [--rounds 20]

A router with two links runs a protocol that has all routes by the first, and moves them to the
second as soon as it is told that the first went down. What is measured is all but the protocol: the
kernel's message, the routing tables, the kernel's table. Milliseconds on the wall from just before
the link is set down to the kernel's message of the last route. Needs root and `ip`.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

import click

FIRST, SECOND = "one", "two"
RTMGRP_IPV4_ROUTE = 0x40
NEW_ROUTE = 24


class Mover:
    """An `Instance` that has its routes by the first link while that is up, else by the second."""

    def __init__(self, settings: object, _: Random) -> None:
        self.prefixes: Any = settings
        self.listens = ()
        self.up: dict[str, None] = {}

    def receive(self, event: Any, _: int) -> Sequence[Any]:
        from fingerpost.addr import Address, Prefix
        from fingerpost.forwarding.route import NextHop
        from fingerpost.protocol import events
        from fingerpost.rib.route import RibRoute

        match event:
            case events.InterfaceWentUp(name) if name in (FIRST, SECOND):
                self.up[name] = None
            case events.InterfaceWentDown(name):
                self.up.pop(name, None)
            case _:
                return ()
        way = next((name for name in (FIRST, SECOND) if name in self.up), None)
        if way is None:
            return [events.WithdrawRoutes("ospf", self.prefixes)]
        hop = NextHop(way, Address("10.9.1.2" if way == FIRST else "10.9.2.2"))
        like = RibRoute(Prefix("0.0.0.0/0"), "ospf", 110, 10, (hop,))
        return [events.AnnounceAlike(like, self.prefixes)]

    def next_deadline(self) -> int | None:
        return None

    def snapshot(self) -> Mapping[str, object]:
        return {}

    def explain(self, prefix: Any) -> Any:
        raise NotImplementedError

    def explain_told(self, prefix: Any, offered: Any) -> Any:
        raise NotImplementedError

    def policies(self) -> Iterable[Any]:
        return ()


def ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True, capture_output=True)


@contextmanager
def namespace() -> Iterator[str]:
    """A namespace of our own with two cables to another one."""
    name, far = (f"fpbench{os.getpid()}{end}" for end in ("a", "b"))
    try:
        for one in (name, far):
            ip(f"netns add {one}")
        for number, link in enumerate((FIRST, SECOND), start=1):
            ip(f"-n {name} link add {link} type veth peer name {link} netns {far}")
            ip(f"-n {name} addr add 10.9.{number}.1/24 dev {link}")
            ip(f"-n {far} addr add 10.9.{number}.2/24 dev {link}")
            ip(f"-n {name} link set {link} up")
            ip(f"-n {far} link set {link} up")
        yield name
    finally:
        for one in (name, far):
            subprocess.run(["ip", "netns", "del", one], check=False, capture_output=True)


class Router:
    """A `LinuxHost` in a thread, which has entered the namespace."""

    def __init__(self, space: str, routes: int) -> None:
        self.space, self.routes = space, routes
        self.is_running = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self.is_running.wait(20)

    def _run(self) -> None:
        enter(self.space)
        self.loop.run_until_complete(self._start())
        self.loop.run_forever()

    async def _start(self) -> None:
        from fingerpost._core import PrefixColumn
        from fingerpost.host.linux.kernel_fib import KernelFib
        from fingerpost.host.linux.runner import LinuxHost
        from fingerpost.router import (
            ProtocolConfig,
            RouterConfig,
            Routing,
            config,
            configured,
            kinds,
        )

        kind = kinds.Kind("mover", lambda: object, Mover)  # type: ignore[arg-type]
        for module in (config, configured):
            module.KINDS = {**kinds.KINDS, "mover": kind}  # type: ignore[misc, attr-defined]
        prefixes = PrefixColumn(
            f"10.{at >> 8}.{at & 255}.0/24" for at in range(256, 256 + self.routes)
        )
        self.host = LinuxHost(Routing("bench", Random(1)), {"main": KernelFib()}, settles_s=1000)
        told = RouterConfig(protocols={"ospf": ProtocolConfig("mover", prefixes)})
        await self.host.start(told)
        self.is_running.set()

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.host.stop(), self.loop).result(20)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(20)


def enter(space: str) -> None:
    """Move this thread into a namespace."""
    import ctypes

    with Path("/run/netns", space).open() as held:
        ctypes.CDLL(None, use_errno=True).setns(held.fileno(), 0x40000000)


class Watcher:
    """Notes when the kernel told of each new route."""

    def __init__(self, space: str) -> None:
        self.instants: list[float] = []
        self._is_open = threading.Event()
        threading.Thread(target=self._run, args=(space,), daemon=True).start()
        assert self._is_open.wait(5)

    def _run(self, space: str) -> None:
        enter(space)
        told = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        told.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        told.bind((0, RTMGRP_IPV4_ROUTE))
        self._is_open.set()
        while data := told.recv(65536):
            now, at = monotonic(), 0
            while at + 16 <= len(data):
                length = int.from_bytes(data[at : at + 4], "little")
                if int.from_bytes(data[at + 4 : at + 6], "little") == NEW_ROUTE:
                    self.instants.append(now)
                at += max((length + 3) & ~3, 16)


def links(space: str) -> Any:
    """pyroute2 in the namespace, so that no process has to be started."""
    from pyroute2 import NetNS

    return NetNS(space)


def wait(watcher: Watcher, count: int) -> None:
    end = monotonic() + 20
    while len(watcher.instants) < count:
        if monotonic() > end:
            raise SystemExit(f"only {len(watcher.instants)} of {count} routes came")
        sleep(0.002)


@click.command()
@click.option("--routes", default=200, show_default=True)
@click.option("--rounds", default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(routes: int, rounds: int, as_json: bool) -> None:
    """Let the link go down and up again, and print how long the routes took."""
    with namespace() as space:
        watcher = Watcher(space)
        router = Router(space, routes)
        wait(watcher, routes)
        found = []
        with links(space) as net:
            index = net.link_lookup(ifname=FIRST)[0]
            for _ in range(rounds):
                sleep(0.3)
                watcher.instants.clear()
                began = monotonic()
                net.link("set", index=index, state="down")
                wait(watcher, routes)
                found.append((watcher.instants[routes - 1] - began) * 1e3)
                sleep(0.3)
                watcher.instants.clear()
                net.link("set", index=index, state="up")
                wait(watcher, routes)
        router.stop()
    told = {
        "routes": routes,
        "median_ms": round(statistics.median(found), 2),
        "least_ms": round(min(found), 2),
        "most_ms": round(max(found), 2),
    }
    click.echo(json.dumps(told) if as_json else " ".join(f"{a}={b}" for a, b in told.items()))


if __name__ == "__main__":
    main()
