"""A lab built twice: in the lab, and of network namespaces with our routers for Linux in them."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any

from fingerpost.addr import Prefix
from fingerpost.host.linux.kernel_fib import PROTOCOL, KernelFib
from fingerpost.host.linux.runner import LinuxHost
from fingerpost.lab.model import InterfaceSpec, Lab, LinkSpec, Node
from fingerpost.lab.network import Network
from fingerpost.router import Routing
from fingerpost.router.config import RouterConfig
from netns import Namespace, inside, namespaces

PATIENCE_S = 60.0

Ways = frozenset[str]  # "GATEWAY dev INTERFACE", or the kind of a route without next hops
Held = dict[Prefix, tuple[Ways, int]]  # with the metric


class Machine:
    """One router of the lab in its namespace, in a thread of its own."""

    def __init__(self, space: Namespace, node: Node) -> None:
        assert node.router is not None
        self.space, self.name = space, node.name
        self._config: RouterConfig = node.router
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._failed: BaseException | None = None
        self._host: LinuxHost
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(20), f"{self.name} does not start"
        if self._failed is not None:
            raise self._failed

    def _run(self) -> None:
        with inside(self.space):
            asyncio.set_event_loop(self._loop)
            try:
                self._loop.run_until_complete(self._begin())
            except BaseException as error:
                self._failed = error
                return
            finally:
                self._started.set()
            self._loop.run_forever()
            self._loop.close()

    async def _begin(self) -> None:
        routing = Routing(self.name, Random(self.name))
        self._host = LinuxHost(routing, {"main": KernelFib()})
        await self._host.start(self._config)

    def stop(self) -> None:
        if self._thread.is_alive():
            stopping = self._host.stop(is_polite=False)
            asyncio.run_coroutine_threadsafe(stopping, self._loop).result(20)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(20)

    def held(self) -> Held:
        """What the kernel forwards by that is ours, and the metrics of the routing table."""

        async def metrics() -> dict[Prefix, int]:
            return {route.prefix: route.metric for route in self._host.routing.tables["main"]}

        known = asyncio.run_coroutine_threadsafe(metrics(), self._loop).result(20)
        return {prefix: (ways, known.get(prefix, -1)) for prefix, ways in self._kernel()}

    def _kernel(self) -> Iterator[tuple[Prefix, Ways]]:
        for family, default in (("-4", "0.0.0.0/0"), ("-6", "::/0")):
            words = ("ip", family, "-j", "route", "show", "proto", str(PROTOCOL))
            for route in json.loads(self.space.run(*words) or "[]"):
                text = default if route["dst"] == "default" else route["dst"]
                yield Prefix(text), _ways(route)


def _ways(route: dict[str, Any]) -> Ways:
    kind = route.get("type", "unicast")
    if kind != "unicast":
        return frozenset((kind,))
    hops = route.get("nexthops", [route])
    return frozenset(f"{_gateway(hop)} dev {hop['dev']}" for hop in hops)


def _gateway(hop: dict[str, Any]) -> str:
    via = hop.get("via")
    return str(via["host"] if via else hop.get("gateway", ""))


def in_lab(network: Network, name: str) -> Held:
    """The same of a router in the lab."""
    found: Held = {}
    for prefix, route in network[name].table.items():
        if not route.origin.startswith("connected"):
            hops = [f"{hop.gateway} dev {hop.interface}" for hop in route.next_hops]
            found[prefix] = (frozenset(hops or [route.kind.value]), route.metric)
    return found


class Twin:
    """Both of them: `settle` waits until tables are the same, `fail` and `restore` cut links."""

    def __init__(self, network: Network, machines: dict[str, Machine]) -> None:
        self.network, self.machines = network, machines

    def settle(self) -> int:
        """Let both converge, and compare every table; gives how many routes there are."""
        self.network.run(until="converged")
        assert self.network.is_converged
        wanted = {name: in_lab(self.network, name) for name in self.machines}
        end = time.monotonic() + PATIENCE_S
        left = list(self.machines)
        while left and time.monotonic() < end:
            left = [name for name in left if self.machines[name].held() != wanted[name]]
            time.sleep(0.2)
        for name, machine in self.machines.items():  # all of them stand at the same time
            assert machine.held() == wanted[name], name
        return sum(map(len, wanted.values()))

    def fail(self, link: str) -> None:
        self.network.fail(link)
        self._set(link, "down")

    def restore(self, link: str) -> None:
        self.network.restore(link)
        self._set(link, "up")

    def _set(self, link: str, state: str) -> None:
        for end in self.network.lab.link(link).endpoints:
            self.machines[end.node].space.ip(f"link set {end.interface} {state}")


@contextmanager
def twin(lab: Lab) -> Iterator[Twin]:
    """Build a lab twice; its nodes are routers that all run protocols."""
    switches = {link.name: f"sw{at}" for at, link in enumerate(lab.links) if link.is_lan}
    with ExitStack() as stack:
        made = stack.enter_context(namespaces(*lab.nodes, *switches.values()))
        spaces = dict(zip((*lab.nodes, *switches.values()), made, strict=True))
        for name, node in lab.nodes.items():
            _prepare(spaces[name], node)
        for link in lab.links:
            _plug(lab, link, spaces, switches)
        machines = {name: Machine(spaces[name], node) for name, node in lab.nodes.items()}
        for machine in machines.values():
            stack.callback(machine.stop)
            machine.start()
        yield Twin(Network(lab), machines)


def _prepare(space: Namespace, node: Node) -> None:
    space.sysctl(net__ipv6__conf__default__accept_dad=0, net__ipv4__ip_forward=1)
    space.sysctl(net__ipv6__conf__all__forwarding=1)
    # without it the kernel forgets IPv6 addresses with the link, which no lab does
    space.sysctl(net__ipv6__conf__default__keep_addr_on_down=1)
    space.sysctl(net__ipv6__conf__all__keep_addr_on_down=1)
    for own in node.loopback:
        space.ip(f"addr add {own} dev lo")


def _plug(lab: Lab, link: LinkSpec, spaces: dict[str, Namespace], switches: dict[str, str]) -> None:
    ends = [
        (spaces[end.node], lab.nodes[end.node].interfaces[end.interface]) for end in link.endpoints
    ]
    if link.name not in switches:
        (left, near), (right, far) = ends
        left.ip(
            f"link add {near.name} address {near.mac} type veth"
            f" peer name {far.name} address {far.mac} netns {right.name}"
        )
    else:
        switch = spaces[switches[link.name]]
        switch.ip("link add br0 type bridge")
        switch.ip("link set br0 up")
        for at, (space, spec) in enumerate(ends):
            peer = f"peer name p{at} netns {switch.name}"
            space.ip(f"link add {spec.name} address {spec.mac} type veth {peer}")
            switch.ip(f"link set p{at} master br0 up")
    for space, spec in ends:
        _number(space, spec)


def _number(space: Namespace, spec: InterfaceSpec) -> None:
    space.ip(f"link set {spec.name} mtu {spec.mtu} up")
    for own in spec.addresses:
        space.ip(f"addr add {own} dev {spec.name}")
