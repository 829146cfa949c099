"""What comes in: the checks of RFC 2328 8.2 and RFC 5340 4.2.2 in their order, and who takes it.

The first check that fails is counted under its name, remembered with both values by interface and
router, and nothing of the packet is taken. The host has judged the IP header.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.ospf.admission import receiver, refusal
from fingerpost.ospf.constants import ALL_SPF_ROUTERS
from fingerpost.ospf.faults import SILENT, Fault, Reason
from fingerpost.ospf.flooding import receive_update
from fingerpost.ospf.interface import Speaker
from fingerpost.ospf.neighbor_state import NeighborEvent, NeighborState
from fingerpost.ospf.packet import DatabaseDescription, Hello, PacketType
from fingerpost.ospf.text import dotted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.neighbor import Neighbor
    from fingerpost.ospf.packet import PacketHeader
    from fingerpost.protocol.events import PacketReceived

LEAST = 24  # bytes of the longer of both headers


class Reception:
    """The way in for packets of one instance."""

    def __init__(self, ospf: Ospf) -> None:
        """Nothing came yet."""
        self._ospf = ospf
        self._take: dict[int, Callable[[Neighbor, bytes], Reason | None]] = {
            PacketType.REQUEST: self._request,
            PacketType.UPDATE: self._update,
            PacketType.ACKNOWLEDGMENT: self._acknowledgment,
        }

    def is_repeated(self, event: PacketReceived, now: int) -> bool:
        """Whether it is a Hello that came before just so; notes that its sender is there.

        Nothing that such a packet could be refused for has changed since: whatever changes it also
        empties `Interface.repeats`.
        """
        interface = self._ospf.interfaces.get(event.interface)
        if interface is None:
            return False
        neighbor = interface.repeats.get(event.payload)
        if (
            neighbor is None
            or event.source != neighbor.address
            or event.hop_limit != neighbor.hop_limit
            or event.destination != neighbor.destination
        ):
            return False
        neighbor.heard = now
        interface.received[PacketType.HELLO] += 1
        return True

    def take_flooded(self, event: PacketReceived) -> bool:
        """Take an update or acknowledgment with a header like the one before; False: it has not.

        Most packets are these. What the header and the addresses were judged by has not changed
        since: whatever changes it also empties `Interface.speakers`. Checksum and state are judged.
        """
        payload = event.payload
        ospf = self._ospf
        interface = ospf.interfaces.get(event.interface)
        if interface is None or len(payload) < LEAST or payload[1] < PacketType.UPDATE:
            return False
        dialect = ospf.dialect
        speaker = interface.speakers.get(dialect.unchanging(payload))
        if (
            speaker is None
            or event.source != speaker.neighbor.address
            or event.destination != speaker.destination
            or event.hop_limit != speaker.hop_limit
            or not dialect.is_intact(event)
        ):
            return False
        kind, neighbor = payload[1], speaker.neighbor
        interface.received[kind] += 1
        take = self._update if kind == PacketType.UPDATE else self._acknowledgment
        reason = take(neighbor, payload[dialect.header_length :])
        if reason is not None:
            self._note(neighbor, reason)
            self._refuse(event, interface, neighbor.router_id, reason)
        return True

    def take(self, event: PacketReceived) -> None:
        """Take a packet in."""
        if event.source.zone is not None or event.destination.zone is not None:
            event = event._replace(
                source=event.source.without_zone,
                destination=event.destination.without_zone,
            )
        held = self._ospf.interfaces.get(event.interface)
        if held is None:
            self._ospf.faults[Fault.UNKNOWN_INTERFACE] += 1
            return
        try:
            header = self._ospf.dialect.decode_header(event.payload)
        except DecodeError as fault:
            self._refuse(event, held, 0, Reason(Fault.MALFORMED, str(fault)))
            return
        found = receiver(self._ospf, event, header, held)
        if isinstance(found, Reason):
            self._refuse(event, held, header.router_id, found)
            return
        found.received[header.type] += 1
        try:
            reason = self._checked(event, header, found)
        except DecodeError as fault:
            reason = Reason(Fault.MALFORMED, str(fault))
        if reason is not None:
            self._refuse(event, found, header.router_id, reason)

    # ---- the checks, in their order

    def _checked(
        self, event: PacketReceived, header: PacketHeader, interface: Interface
    ) -> Reason | None:
        reason = refusal(self._ospf, event, header, interface)
        if reason is not None:
            return reason
        if header.type is PacketType.HELLO:
            return self._hello(event, header, interface)
        ospf = self._ospf
        key = ospf.dialect.key(interface, header.router_id, event.source)
        neighbor = interface.neighbors.get(key)
        if neighbor is None:
            return Reason(Fault.NO_NEIGHBOR, str(event.source))
        if neighbor.router_id != header.router_id:
            theirs, before = dotted(header.router_id), dotted(neighbor.router_id)
            return Reason(Fault.ROUTER_ID, f"{theirs}, before {before}")
        if header.type is PacketType.DESCRIPTION:
            reason = self._description(neighbor, header, event.payload)
        else:
            body = event.payload[ospf.dialect.header_length : header.length]
            reason = self._take[header.type](neighbor, body)
            self._remember(neighbor, event, header)
        if reason is not None:
            self._note(neighbor, reason)
        return reason

    def _remember(self, neighbor: Neighbor, event: PacketReceived, header: PacketHeader) -> None:
        """Let packets with such a header take the short way, where all judge it the same."""
        interface = neighbor.interface
        if (
            header.type >= PacketType.UPDATE
            and neighbor.state >= NeighborState.EXCHANGE
            and interface.config.authentication is None
            and not interface.is_virtual
            and event.source == neighbor.address
            and event.destination == ALL_SPF_ROUTERS[self._ospf.dialect.family]
            and len(interface.speakers) < self._ospf.config.limits.neighbors
        ):
            place = self._ospf.dialect.unchanging(event.payload)
            interface.speakers[place] = Speaker(neighbor, event.destination, event.hop_limit)

    def _note(self, neighbor: Neighbor, reason: Reason) -> None:
        if reason.fault not in SILENT:
            neighbor.reason = reason

    # ---- who takes it

    def _hello(
        self, event: PacketReceived, header: PacketHeader, interface: Interface
    ) -> Reason | None:
        ospf = self._ospf
        body = ospf.dialect.decode_body(header, event.payload)
        assert isinstance(body, Hello)
        reason = ospf.hearing.received(event, header, body, interface)
        if reason is None:
            ospf.refusals.forget(interface.name, header.router_id)
        return reason

    def _description(
        self, neighbor: Neighbor, header: PacketHeader, payload: bytes
    ) -> Reason | None:
        body = self._ospf.dialect.decode_body(header, payload)
        assert isinstance(body, DatabaseDescription)
        return self._ospf.exchanges.received(neighbor, body)

    def _request(self, neighbor: Neighbor, body: bytes) -> Reason | None:
        return self._ospf.exchanges.answer(neighbor, body)

    def _update(self, neighbor: Neighbor, body: bytes) -> Reason | None:
        ospf = self._ospf
        if neighbor.state < NeighborState.EXCHANGE:
            return Reason(Fault.STATE, f"an update in {neighbor.state}")
        done = receive_update(ospf.database, neighbor.number, body, ospf.now)
        if done.is_changed:
            ospf.has_news = True
            ospf.helping.flooded(neighbor, done)
        for scope, lsa in done.own:
            if ospf.restarting.received_own(scope, lsa):
                continue
            ospf.originator.received_own(scope, lsa, ospf.now)
        if done.is_changed:
            ospf.restarting.look()
        if done.is_bad_request:
            reason = Reason(Fault.BAD_REQUEST, "sent another instance than it described")
            ospf.adjacencies.happen(neighbor, NeighborEvent.BAD_LS_REQ, reason)
            return reason
        ospf.exchanges.ask(neighbor)
        if done.is_changed:
            ospf.exchanges.heard()
        if done.counts.is_malformed:
            return Reason(Fault.MALFORMED, "an update whose LSAs do not end with it")
        return None

    def _acknowledgment(self, neighbor: Neighbor, body: bytes) -> Reason | None:
        if neighbor.state < NeighborState.EXCHANGE:
            return Reason(Fault.STATE, f"an acknowledgment in {neighbor.state}")
        self._ospf.database.receive_ack(neighbor.number, body, self._ospf.now)
        return None

    # ---- what is not taken

    def _refuse(
        self, event: PacketReceived, interface: Interface, router_id: int, reason: Reason
    ) -> None:
        """Count a packet that is not taken, and tell of it if it is something new."""
        ospf = self._ospf
        interface.faults[reason.fault] += 1
        if reason.fault in SILENT:
            return
        told = ospf.refusals.put(interface.name, router_id, event.source, reason, ospf.now)
        if told is not None:
            detail = f"{dotted(router_id)} at {event.source}: {reason}"
            ospf.journal.add(ospf.now, "packet refused", interface.name, detail, event.source)
