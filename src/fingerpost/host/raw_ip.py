"""Packets of protocols that speak IP itself, above a virtual host: OSPF's 89 (RFC 2328 appendix A).

What an instance listens to comes to it as `PacketReceived`: the forwarding plane has checked the
header, found that the packet is for us, and put its fragments together. What it sends leaves by the
interface that it names, whatever the table says, or where the table leads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.events import DeliverPacket, Happened, SendFrame
from fingerpost.host.ip_packet import ip_packet
from fingerpost.host.known_arrivals import KnownArrivals
from fingerpost.host.known_departures import KnownDepartures
from fingerpost.host.protocol_sources import sources_for
from fingerpost.protocol.events import PacketReceived, SendPacket
from fingerpost.protocol.instance import RawIp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.addr import Address
    from fingerpost.host.arrival import Arrival
    from fingerpost.host.virtual import VirtualHost
    from fingerpost.protocol.instance import Listening
    from fingerpost.router.router import Output

INTERNETWORK_CONTROL = 0xC0  # RFC 1812 5.3.1, RFC 2474 4.2.2.2: routing goes before the rest
_HEADER_IPV4 = 20


class RawSockets:
    """Which instances of a host speak which IP protocols."""

    def __init__(self, host: VirtualHost) -> None:
        """Nobody speaks any."""
        self._host = host
        self._arrivals = KnownArrivals(host.router.plane)
        self._departures = KnownDepartures(host.router.plane)
        self._listeners: dict[tuple[int, int], tuple[str, ...]] = {}
        self._speaks: dict[tuple[str, int], int] = {}

    def start(self, name: str, listens: Iterable[Listening]) -> None:
        """An instance hears and speaks these from now on."""
        self._forget()
        for one in listens:
            if isinstance(one, RawIp):
                key = (one.family, one.protocol)
                self._listeners[key] = (*self._listeners.get(key, ()), name)
                self._speaks.setdefault((name, one.family), one.protocol)

    def stop(self, name: str) -> None:
        """It does no more."""
        self._forget()
        for key, names in tuple(self._listeners.items()):
            left = tuple(one for one in names if one != name)
            if left:
                self._listeners[key] = left
            else:
                del self._listeners[key]
        for family in (4, 6):
            self._speaks.pop((name, family), None)

    def _forget(self) -> None:
        self._arrivals.forget()
        self._departures.forget()

    def take_known(self, interface: str, frame: bytes, now: int) -> list[Output] | None:
        """Give what a frame brings to those who listen, if its like has been given before."""
        found = self._arrivals.recall(interface, frame, now)
        if found is None:
            return None
        known, event = found
        return [] if event is None else self._give(known.listeners, event, now)

    def learn(self, frame: bytes, outputs: list[Output]) -> None:
        """Take note of what became of a frame that came in."""
        if self._listeners and len(outputs) == 1 and type(outputs[0]) is DeliverPacket:
            self._arrivals.learn(frame, outputs[0], self._listeners)

    def take(self, arrival: Arrival, now: int) -> list[Output] | None:
        """Give a packet to all who listen to its protocol; None: nobody does."""
        names = self._listeners.get((arrival.version, arrival.protocol))
        if names is None:
            return None
        if arrival.interface is None:
            return []  # from ourselves
        event = PacketReceived(
            arrival.interface,
            arrival.source,
            arrival.destination,
            arrival.hop_limit,
            arrival.payload,
        )
        return self._give(names, event, now)

    def _give(self, names: tuple[str, ...], event: PacketReceived, now: int) -> list[Output]:
        router = self._host.router
        if len(names) == 1:
            return router.give(names[0], event, now)
        return [output for name in names for output in router.give(name, event, now)]

    def send_known(self, name: str, asked: SendPacket, now: int) -> SendFrame | None:
        """The frame that a packet leaves in, if its like has been sent before."""
        if self._host.applications:
            return None  # those may listen to what we send
        return self._departures.recall((name, *asked[:4]), asked.payload, now)

    def send(self, name: str, asked: SendPacket, now: int) -> list[Output]:
        """Send a packet of an instance; one that cannot leave is told of."""
        destination = asked.destination.without_zone
        protocol = self._speaks.get((name, destination.version))
        if protocol is None:
            said = f"it listens to no IPv{destination.version} packets"
            return [_unsent(name, asked, said)]
        source = asked.source or self._source(asked.interface, destination)
        if source is None:
            said = f"no address to send to {destination} from"
            return [_unsent(name, asked, said)]
        packet = ip_packet(
            source.without_zone,
            destination,
            protocol,
            asked.payload,
            hop_limit=asked.hop_limit,
            traffic_class=INTERNETWORK_CONTROL,
            dont_fragment=self._fits(asked),
        )
        outputs = self._host.transmit(packet, now, asked.interface)
        if self._fits(asked):
            self._learn_departure(name, asked, outputs)
        return outputs

    def _learn_departure(self, name: str, asked: SendPacket, outputs: list[Output]) -> None:
        frames = [one for one in outputs if type(one) is SendFrame]
        others = {type(one) for one in outputs} - {SendFrame, DeliverPacket}
        if len(frames) == 1 and not others and asked.interface == frames[0].interface:
            destination = asked.destination.without_zone
            key = (name, *asked[:4])
            self._departures.learn(key, asked.interface, destination, frames[0].frame)

    def _source(self, interface: str | None, destination: Address) -> Address | None:
        if interface is None:
            return self._host.source_for(destination)
        held = self._host.router.interfaces.get(interface)
        own = () if held is None else held.addresses
        return next(iter(sources_for(destination, own)), None)

    def _fits(self, asked: SendPacket) -> bool:
        """Whether it goes out in one piece, so that nobody needs to number it (RFC 6864 4.1)."""
        held = self._host.router.interfaces.get(asked.interface or "")
        return held is not None and len(asked.payload) + _HEADER_IPV4 <= held.mtu


def _unsent(name: str, asked: SendPacket, said: str) -> Happened:
    where = f"{asked.interface}: " if asked.interface is not None else ""
    return Happened(f"{name} cannot send", asked.interface, f"{where}{said}")
