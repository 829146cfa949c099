"""A router with three links and known neighbours, and what it does with one packet.

10.0.0.9, fd00:0::9 -- eth0  r  eth1 -- 10.0.1.9, fd00:1::9 (a router: 10.9.0.0/16, fd09::/16)
                             |
                           eth2 (MTU 1280) -- 10.0.2.9, fd00:2::9
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from fingerpost.addr import Address, Prefix
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding import (
    BLACKHOLE,
    PROHIBIT,
    STRICT,
    UNREACHABLE,
    DeliverPacket,
    Forwarder,
    ForwardingPolicy,
    FrameReceived,
    Interface,
    NextHop,
    Output,
    Reason,
    Route,
    SendFrame,
    Trace,
)
from fingerpost.wire import icmp, icmpv6
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.mac import BROADCAST, Mac

SECOND = 1_000_000_000
LINKS = ("eth0", "eth1", "eth2")
HOST, FAR, NEAR = Address("10.0.0.9"), Address("10.9.0.1"), Address("10.0.1.9")
HOST6, FAR6, NEAR6 = Address("fd00::9"), Address("fd09::1"), Address("fd00:1::9")
HERE, HERE6 = Address("10.0.0.1"), Address("fd00::1")
GROUP_MAC = Mac("01:00:5e:00:00:01")


def station(link: int) -> Mac:
    """The station of the neighbour (.9 and ::9) on a link."""
    return Mac(f"02:00:00:00:{link:02x}:09")


def own_mac(link: int) -> Mac:
    return Mac(f"02:00:00:00:{link:02x}:01")


def interface(link: int, **more: object) -> Interface:
    """eth0 has 10.0.0.1 and fd00::1, eth1 10.0.1.1 and fd00:1::1, eth2 a small MTU."""
    settings: dict[str, object] = {
        "addresses": (
            InterfaceAddress(f"10.0.{link}.1/24"),
            InterfaceAddress(f"fd00:{link:x}::1/64"),
            InterfaceAddress(f"fe80::{link + 1:x}/64"),
        ),
        "mtu": 1280 if link == 2 else 1500,
        **more,
    }
    return Interface(f"eth{link}", link + 1, own_mac(link), **settings)  # type: ignore[arg-type]


@dataclass
class Bench:
    """The router, and the traces and outputs of what it was given."""

    plane: Forwarder
    now: int = 0
    traces: list[Trace] = field(default_factory=list)
    out: list[Output] = field(default_factory=list)

    def take(
        self, packet: bytes, link: str = "eth0", *, to: Mac | None = None, padding: int = 0
    ) -> list[Output]:
        """Let a packet come in on a link."""
        ours = self.plane.interfaces[link].mac
        ethertype = b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd"
        frame = (to or ours) + station(self.plane.interfaces[link].index - 1) + ethertype + packet
        return self.receive(FrameReceived(link, frame + bytes(padding)))

    def receive(self, event: object) -> list[Output]:
        self.traces.clear()
        self.out = self.plane.receive(event, self.now)  # type: ignore[arg-type]
        return self.out

    def end(self) -> Reason:
        """How the way of the packet that came in last has ended."""
        return self.traces[-1].end

    @property
    def frames(self) -> list[SendFrame]:
        return [output for output in self.out if isinstance(output, SendFrame)]

    @property
    def sent(self) -> list[bytes]:
        """The packets that left, without their link headers."""
        return [output.frame[14:] for output in self.frames]

    @property
    def delivered(self) -> list[bytes]:
        return [output.packet for output in self.out if isinstance(output, DeliverPacket)]

    def error(self) -> tuple[Ipv4, icmp.IcmpMessage]:
        """The one ICMP packet that left."""
        (packet,) = (p for p in self.sent if p[0] >> 4 == 4)
        decoded = Ipv4.decode(packet)
        assert decoded.protocol == 1
        return decoded, icmp.decode(decoded.payload)

    def error6(self) -> tuple[Ipv6, icmpv6.Icmpv6Message]:
        """The one ICMPv6 packet that left."""
        (packet,) = self.sent
        decoded = Ipv6.decode(packet)
        assert decoded.next_header == 58
        return decoded, icmpv6.decode(decoded.payload, decoded.source, decoded.destination)


def bench(
    policy: ForwardingPolicy = STRICT,
    *,
    forwards: bool = True,
    interfaces: tuple[Interface, ...] | None = None,
    routes: dict[str, Route] | None = None,
    router_id: Address | None = None,
) -> Bench:
    """The router above; its neighbours' stations are known."""
    links = interfaces or tuple(interface(link) for link in range(3))
    plane = Forwarder(
        "r", links, rng=Random(1), policy=policy, forwards=forwards, router_id=router_id
    )
    made = Bench(plane)
    for link in links:
        for own in link.addresses:
            if not own.address.is_link_local:
                plane.fib[own.prefix] = Route((NextHop(link.name),), origin="connected")
        if not link.is_loopback:
            number = link.index - 1
            for text in (f"10.0.{number}.9", f"fd00:{number:x}::9", "fe80::9"):
                plane.neighbors.add_static(link.name, Address(text), station(number), 0, [])
    added = {
        "10.9.0.0/16": Route((NextHop("eth1", Address("10.0.1.9")),)),
        "fd09::/16": Route((NextHop("eth1", Address("fe80::9")),)),
        "10.66.0.0/16": BLACKHOLE,
        "10.67.0.0/16": UNREACHABLE,
        "10.68.0.0/16": PROHIBIT,
        "fd66::/16": BLACKHOLE,
        "fd67::/16": UNREACHABLE,
        "fd68::/16": PROHIBIT,
        **(routes or {}),
    }
    for prefix, route in added.items():
        plane.fib[Prefix(prefix)] = route
    plane.tracer = made.traces.append
    return made


def udp4(source: Address | str = HOST, destination: Address | str = FAR, **fields: object) -> bytes:
    """An IPv4 packet with 16 bytes that look like UDP."""
    settings: dict[str, object] = {"payload": bytes((0, 9, 0, 9, 0, 16, 0, 0)) + bytes(8), **fields}
    return Ipv4(
        Address(source),
        Address(destination),
        17,
        **settings,  # type: ignore[arg-type]
    ).encode()


def udp6(
    source: Address | str = HOST6, destination: Address | str = FAR6, **fields: object
) -> bytes:
    """An IPv6 packet with 16 bytes that look like UDP."""
    settings: dict[str, object] = {
        "next_header": 17,
        "payload": bytes((0, 9, 0, 9, 0, 16, 0, 0)) + bytes(8),
        **fields,
    }
    return Ipv6(
        Address(source),
        Address(destination),
        **settings,  # type: ignore[arg-type]
    ).encode()


__all__ = ["BROADCAST", "Bench", "bench", "interface", "own_mac", "station", "udp4", "udp6"]
