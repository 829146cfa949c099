"""ARP: who has an IPv4 address on a link (RFC 826, RFC 1122 2.3.2, RFC 5227).

What a message does, in the order of RFC 826 ("Packet Reception"):

1. Malformed ones, and those that name a group or ourselves as the sender's station, are dropped
   (RFC 1812 3.3.2).
2. One whose sender claims an address of ours, or probes for one that we are probing for, goes to
   `Claims` (RFC 5227 2.1.1, 2.4) and no further.
3. An entry of the sender is updated; one is created only if the message is for us.
4. A request for an address of ours is answered, a probe (sender 0.0.0.0) too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.errors import DecodeError
from fingerpost.forwarding.events import SendFrame
from fingerpost.forwarding.neighbor.state import Event, State
from fingerpost.forwarding.reason import Reason
from fingerpost.wire.arp import Arp, ArpOperation
from fingerpost.wire.ethernet import Ethernet, EtherType
from fingerpost.wire.mac import BROADCAST, Mac

if TYPE_CHECKING:
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.cache import Cache
    from fingerpost.forwarding.neighbor.claims import Claims
    from fingerpost.forwarding.neighbor.sources import Sources

NOBODY = Address("0.0.0.0")
UNKNOWN = Mac(bytes(6))


class ArpSpeaker:
    """Asks and answers by ARP on all interfaces of one router; proxies for nobody."""

    def __init__(self, cache: Cache, claims: Claims, sources: Sources, *, is_weak: bool) -> None:
        """`is_weak`: it answers for addresses of other interfaces too (RFC 1122 3.3.4.2)."""
        self._cache = cache
        self._claims = claims
        self._sources = sources
        self._is_weak = is_weak

    def receive(self, interface: Interface, packet: bytes, now: int, out: list[Output]) -> Reason:
        """Take a message from the link; gives what became of it."""
        try:
            arp = Arp.decode(packet)
        except DecodeError:
            return Reason.BAD_NEIGHBOR_MESSAGE
        if not _is_believable(arp, interface):
            return Reason.BAD_NEIGHBOR_MESSAGE
        if self._is_conflict(interface, arp):
            self._claims.conflict(interface, _claimed(arp), str(arp.sender_mac), now, out)
            return Reason.ADDRESS_CONFLICT
        is_for_us = self._sources.answers_for(interface, arp.target_ip, is_weak=self._is_weak)
        if arp.sender_ip != NOBODY:
            self._learn(interface, arp, is_for_us, now, out)
        if is_for_us and arp.operation == ArpOperation.REQUEST:
            reply = Arp(
                ArpOperation.REPLY, interface.mac, arp.target_ip, arp.sender_mac, arp.sender_ip
            )
            out.append(_frame(interface, arp.sender_mac, reply))
            return Reason.ANSWERED
        return Reason.DELIVERED if is_for_us else Reason.NOT_ANSWERED

    def ask(
        self,
        interface: Interface,
        target: Address,
        asker: Address | None,
        station: Mac | None,
        out: list[Output],
    ) -> None:
        """Ask who has `target`: everybody, or `station` alone. Without a source nobody is asked."""
        source = self._sources.source(interface, target, asker)
        if source is None:
            return
        request = Arp(ArpOperation.REQUEST, interface.mac, source, UNKNOWN, target)
        out.append(_frame(interface, station or BROADCAST, request))

    def probe(self, interface: Interface, address: Address, out: list[Output]) -> None:
        """Ask whether an address is free (RFC 5227 2.1.1)."""
        request = Arp(ArpOperation.REQUEST, interface.mac, NOBODY, UNKNOWN, address)
        out.append(_frame(interface, BROADCAST, request))

    def announce(
        self,
        interface: Interface,
        address: Address,
        out: list[Output],
        *,
        overrides: bool = True,  # noqa: ARG002 - the latest message always does
    ) -> None:
        """Say that an address is ours (RFC 5227 2.3)."""
        request = Arp(ArpOperation.REQUEST, interface.mac, address, UNKNOWN, address)
        out.append(_frame(interface, BROADCAST, request))

    def _is_conflict(self, interface: Interface, arp: Arp) -> bool:
        if arp.sender_ip != NOBODY:
            return any(own.address == arp.sender_ip for own in interface.addresses)
        return self._claims.is_checked(interface.name, arp.target_ip)

    def _learn(
        self, interface: Interface, arp: Arp, is_for_us: bool, now: int, out: list[Output]
    ) -> None:
        entry = self._cache.find(interface.name, arp.sender_ip)
        is_known = entry is not None and entry.state is not State.FAILED
        if not is_known and not is_for_us:
            return
        same = entry is not None and entry.mac == arp.sender_mac
        if arp.operation == ArpOperation.REPLY and is_for_us and is_known:
            event = Event.SOLICITED_SAME if same else Event.SOLICITED_OVERRIDE
        else:
            event = Event.HEARD_SAME if same else Event.HEARD_OTHER
        self._cache.post(interface, arp.sender_ip, event, now, out, mac=arp.sender_mac)


def _is_believable(arp: Arp, interface: Interface) -> bool:
    """RFC 1812 3.3.2: no station is a group; nobody else is ours; groups and loopback ask not."""
    sender = arp.sender_ip
    return not (
        arp.operation not in (ArpOperation.REQUEST, ArpOperation.REPLY)
        or arp.sender_mac.is_multicast
        or arp.sender_mac in (UNKNOWN, interface.mac)
        or sender.is_multicast
        or sender.is_broadcast
        or sender.is_loopback
        or (sender == NOBODY and not arp.is_probe)
    )


def _claimed(arp: Arp) -> Address:
    return arp.target_ip if arp.sender_ip == NOBODY else arp.sender_ip


def _frame(interface: Interface, station: Mac, arp: Arp) -> SendFrame:
    frame = Ethernet(station, interface.mac, EtherType.ARP, arp.encode())
    return SendFrame(interface.name, frame.encode())
