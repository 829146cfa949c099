"""The neighbours of a router: asks, answers, keeps packets while it asks, and gives up in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.forwarding.events import SendFrame
from fingerpost.forwarding.reason import Reason
from fingerpost.wire.arp import Arp, ArpOperation
from fingerpost.wire.ethernet import Ethernet, EtherType
from fingerpost.wire.mac import BROADCAST, Mac

if TYPE_CHECKING:
    from random import Random

    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.packet import Packet
    from fingerpost.forwarding.walk import Cast


@dataclass(frozen=True, slots=True)
class Waiting:
    """A packet that waits for its neighbour: what to send, and what it was when it came in.

    `packet` and `came_in` are for the ICMP error that is owed when nobody answers.
    """

    ethertype: int
    payloads: tuple[bytes, ...]
    packet: Packet
    came_in: str | None


class Neighbors:
    """The neighbour tables of all interfaces of one router, both families."""

    def __init__(self, rng: Random) -> None:
        """`rng` draws the random times of RFC 4861 and RFC 5227."""
        self._rng = rng
        self._known: dict[tuple[str, Address], Mac] = {}
        self._queues: dict[tuple[str, Address], list[Waiting]] = {}

    def cached(self, interface: str, address: Address) -> Mac | None:
        """The station of an address if it is known; asks nobody and changes nothing."""
        return self._known.get((interface, address))

    def resolve(
        self,
        interface: Interface,
        address: Address,
        waiting: Waiting,
        now: int,  # noqa: ARG002
        out: list[Output],
    ) -> Mac | None:
        """The station of an address; None: `waiting` is kept (or dropped) and the link is asked."""
        key = (interface.name, address)
        if (station := self._known.get(key)) is not None:
            return station
        self._queues.setdefault(key, []).append(waiting)
        own = interface.address_of(4)
        if address.version == 4 and own is not None:
            ask = Arp(ArpOperation.REQUEST, interface.mac, own.address, Mac(bytes(6)), address)
            frame = Ethernet(BROADCAST, interface.mac, EtherType.ARP, ask.encode())
            out.append(SendFrame(interface.name, frame.encode()))
        return None

    def receive_arp(
        self,
        interface: Interface,
        packet: bytes,
        station: Mac,  # noqa: ARG002
        cast: Cast,  # noqa: ARG002
        now: int,  # noqa: ARG002
        out: list[Output],
    ) -> Reason:
        """Take an ARP packet from the link (RFC 826, RFC 5227)."""
        arp = Arp.decode(packet)
        ours = {own.address for own in interface.addresses}
        if arp.target_ip in ours:
            self._known[interface.name, arp.sender_ip] = arp.sender_mac
            if arp.operation == ArpOperation.REQUEST:
                answer = Arp(
                    ArpOperation.REPLY,
                    interface.mac,
                    arp.target_ip,
                    arp.sender_mac,
                    arp.sender_ip,
                )
                frame = Ethernet(arp.sender_mac, interface.mac, EtherType.ARP, answer.encode())
                out.append(SendFrame(interface.name, frame.encode()))
            for waiting in self._queues.pop((interface.name, arp.sender_ip), []):
                for payload in waiting.payloads:
                    kind = waiting.ethertype.to_bytes(2, "big")
                    data = arp.sender_mac + interface.mac + kind + payload
                    out.append(SendFrame(interface.name, data))
        return Reason.DELIVERED

    def next_deadline(self) -> int | None:
        """The instant at which `advance` has something to do."""
        return None

    def advance(self, now: int, out: list[Output]) -> list[Waiting]:  # noqa: ARG002
        """Do what is due; gives the packets whose neighbour did not answer."""
        return []
