"""The same router as `kernel.py` makes, of ours, and what it does with the same frames."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding import (
    BLACKHOLE,
    PROHIBIT,
    UNREACHABLE,
    Event,
    ForwardingPolicy,
    FrameReceived,
    Interface,
    InterfaceWentUp,
    NextHop,
    ReversePath,
    Route,
    SendFrame,
    TimePassed,
)
from fingerpost.forwarding.policy import MILLISECOND, SECOND
from fingerpost.host.virtual import VirtualHost
from fingerpost.router import Router
from fingerpost.wire.mac import Mac
from interop.frames import (
    ADDRESSES,
    MTU,
    NEIGHBOURS,
    OWN,
    PORTS,
    REFUSALS,
    ROUTES,
    STATION,
    Probe,
)
from interop.kernel import RETRANS_MS

_KINDS = {"unreachable": UNREACHABLE, "prohibit": PROHIBIT, "blackhole": BLACKHOLE}
_PAUSE = MILLISECOND


class OurRouter:
    """One router of ours with its clock; `take` gives what comes out after one probe."""

    def __init__(self, policy: ForwardingPolicy) -> None:
        neighbors = replace(policy.neighbors, retrans_ns=RETRANS_MS * MILLISECOND)
        neighbors = replace(neighbors, anycast_delay_ns=0)
        no_limit = replace(
            policy,
            neighbors=neighbors,
            errors_per_second=10**6,
            errors_per_peer_per_second=10**6,
            errors_burst=10**6,
        )
        router = Router("r", map(_interface, PORTS), rng=Random(1), policy=no_limit)
        for prefix, (port, gateway) in ROUTES.items():
            router.install(prefix, Route((NextHop(port, Address(gateway)),)))
        for kind, prefixes in REFUSALS.items():
            for prefix in prefixes:
                router.install(prefix, _KINDS[kind])
        self.host = VirtualHost(router, rng=Random(2))
        self.now = 0
        for port in PORTS:
            self._tell(InterfaceWentUp(port))
        self._pass(60 * SECOND)
        for port, addresses in NEIGHBOURS.items():
            for address in addresses:
                mac = Mac(STATION[port])
                router.plane.neighbors.add_static(port, Address(address), mac, self.now, [])

    def take(self, probe: Probe) -> list[tuple[str, bytes]]:
        out: list[tuple[str, bytes]] = []
        for port, frame in probe.frames:
            out += self._tell(FrameReceived(port, frame))
        return out + self._pass(_PAUSE + round(probe.wait_s * SECOND))

    def _tell(self, event: Event) -> list[tuple[str, bytes]]:
        out = self.host.receive(event, self.now)
        return [(one.interface, one.frame) for one in out if isinstance(one, SendFrame)]

    def _pass(self, duration: int) -> list[tuple[str, bytes]]:
        until = self.now + duration
        out: list[tuple[str, bytes]] = []
        while (due := self.host.next_deadline()) is not None and due <= until:
            self.now = max(self.now, due)
            out += self._tell(TimePassed())
        self.now = until
        return out


def _interface(port: str) -> Interface:
    return Interface(
        port,
        PORTS.index(port) + 1,
        Mac(OWN[port]),
        mtu=MTU[port],
        addresses=tuple(InterfaceAddress(text) for text in ADDRESSES[port]),
        reverse_path=ReversePath.STRICT if port == "eth2" else ReversePath.OFF,
        dad_transmits=0,
    )


def answers_of_ours(probes: list[Probe], policy: ForwardingPolicy) -> list[list[tuple[str, bytes]]]:
    """What comes out of which port after each probe."""
    router = OurRouter(policy)
    return [router.take(probe) for probe in probes]
