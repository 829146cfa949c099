"""Routers back to back: a segment that carries frames at once, in virtual time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding import (
    STRICT,
    DeliverPacket,
    ForwardingPolicy,
    FrameReceived,
    Interface,
    InterfaceWentUp,
    PacketOriginated,
    SendFrame,
    TimePassed,
)
from fingerpost.forwarding.neighbor.advertising import DEFAULTS, Advertising
from fingerpost.router import Router
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.mac import Mac

if TYPE_CHECKING:
    from fingerpost.forwarding.events import Event
    from fingerpost.router.router import Output

SECOND = 1_000_000_000


def mac(number: int) -> Mac:
    return Mac(f"02:00:00:00:00:{number:02x}")


def eth0(
    number: int,
    *addresses: str,
    dad_transmits: int = 1,
    advertising: Advertising | None = None,
    autoconfigures: bool = False,
    mtu: int = 1500,
) -> Interface:
    """An interface whose station ends in `number`; it advertises if it is told what."""
    return Interface(
        "eth0",
        1,
        mac(number),
        mtu,
        tuple(InterfaceAddress(text) for text in addresses),
        dad_transmits=dad_transmits,
        autoconfigures=autoconfigures,
        advertises=advertising is not None,
        advertising=advertising or DEFAULTS,
    )


def node(interface: Interface, policy: ForwardingPolicy = STRICT, forwards: bool = True) -> Router:
    """A router with one interface."""
    number = interface.mac[-1]
    return Router(f"r{number}", [interface], rng=Random(number), policy=policy, forwards=forwards)


def station(
    number: int,
    *addresses: str,
    policy: ForwardingPolicy = STRICT,
    forwards: bool = True,
    dad_transmits: int = 1,
) -> Router:
    """A router with one interface, eth0, whose station ends in `number`."""
    return node(eth0(number, *addresses, dad_transmits=dad_transmits), policy, forwards)


def packet(source: str, destination: str, payload: bytes = b"payload!") -> bytes:
    to = Address(destination)
    if to.version == 4:
        return Ipv4(Address(source), to, 17, payload, identification=1).encode()
    return Ipv6(Address(source), to, 17, payload).encode()


@dataclass
class Segment:
    """All members hear every frame of each other, at the instant at which it is sent.

    `heard` holds all frames as (instant, sender, frame), `said` all other outputs. A frame for
    which `drops` is true is lost.
    """

    members: list[Router]
    now: int = 0
    heard: list[tuple[int, str, bytes]] = field(default_factory=list)
    said: list[tuple[str, Output]] = field(default_factory=list)
    drops: bool = False

    def tell(self, member: Router, event: Event) -> None:
        self._carry(member, member.receive(event, self.now))

    def send(self, member: Router, data: bytes, interface: str | None = None) -> None:
        self.tell(member, PacketOriginated(data, interface))

    def bring_up(self) -> None:
        for member in self.members:
            self.tell(member, InterfaceWentUp("eth0"))

    def put(self, frame: bytes) -> None:
        """Put a frame of nobody's on the segment."""
        self.heard.append((self.now, "", frame))
        for member in self.members:
            self.tell(member, FrameReceived("eth0", frame))

    def run(self, until: int) -> None:
        """Let time pass."""
        while True:
            due = [(at, m) for m in self.members if (at := m.next_deadline()) is not None]
            at = min((at for at, _ in due), default=until)
            if at >= until:
                break
            assert at >= self.now
            self.now = at
            for when, member in due:
                if when == at:
                    self.tell(member, TimePassed())
        self.now = until

    def frames(self, sender: Router, ethertype: int | None = None) -> list[tuple[int, bytes]]:
        return [
            (at, frame)
            for at, name, frame in self.heard
            if name == sender.name
            and (ethertype is None or frame[12:14] == ethertype.to_bytes(2, "big"))
        ]

    def delivered(self, member: Router) -> list[bytes]:
        return [
            o.packet for name, o in self.said if name == member.name and type(o) is DeliverPacket
        ]

    def _carry(self, member: Router, outputs: Iterable[Output]) -> None:
        for output in outputs:
            if not isinstance(output, SendFrame):
                self.said.append((member.name, output))
                continue
            self.heard.append((self.now, member.name, output.frame))
            if self.drops:
                continue
            for other in self.members:
                if other is not member:
                    self.tell(other, FrameReceived("eth0", output.frame))
