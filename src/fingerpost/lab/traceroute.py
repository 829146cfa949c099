"""Traceroute: which routers a packet passes, asked by packets that die there (RFC 1812 5.3.1).

`Traceroute` is the machine that a host runs, `TracerouteResult` (in `hops`) what it found. Probes
go out in the order of their hop limits, several at a time. With `finds_mtu` they are as large as
the path takes and may not be fragmented (RFC 1191, RFC 8201), one at a time, as tracepath does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.forwarding.events import PacketOriginated, TimePassed
from fingerpost.host.application import PacketArrived, Started
from fingerpost.host.ip_packet import ip_packet
from fingerpost.host.notice import NoticeKind, notice_of
from fingerpost.lab.hops import Answer, Hop, TracerouteResult
from fingerpost.lab.icmp_text import sign
from fingerpost.lab.probe import TCP_PORT, UDP_PORT, IcmpProbes, TcpProbes, UdpProbes
from fingerpost.lab.round_trip import SECOND
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.host.application import ApplicationEvent
    from fingerpost.host.arrival import Arrival
    from fingerpost.host.notice import Notice
    from fingerpost.lab.probe import Probes

METHODS = ("udp", "icmp", "tcp")
_HEADER = {4: 20, 6: 40}
_DATA = 32  # bytes of a UDP or ICMP probe, which gives the customary 60 and 80 byte packets
_LEAST_MTU = {4: 68, 6: 1280}  # RFC 791 3.2, RFC 8200 5


@dataclass(frozen=True, slots=True)
class TracerouteOptions:
    """What traceroute is asked for.

    `method`: "udp", "icmp" or "tcp"; `port` None: 33434 or 80. `wait_ns`: how long to wait for an
    answer. `flows`: over how many flows the queries of a hop are spread; equal-cost routers may
    send each flow another way. `simultaneous`: how many probes may be on their way; None: those of
    one hop, so that the target is not asked more often than is shown. `size` None: 60 bytes (IPv6:
    80), or with `finds_mtu` the MTU; not for "tcp", whose SYNs have that size always.
    """

    method: str = "udp"
    first_ttl: int = 1
    max_ttl: int = 30
    queries: int = 3
    wait_ns: int = 5 * SECOND
    simultaneous: int | None = None
    size: int | None = None
    port: int | None = None
    flows: int = 1
    dont_fragment: bool = False
    finds_mtu: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.method not in METHODS:
            raise UsageError(f"no method {self.method!r}; take {', '.join(METHODS)}")
        if not 1 <= self.first_ttl <= self.max_ttl <= 255:
            raise UsageError(
                f"hops {self.first_ttl} to {self.max_ttl}: they count up, from 1 to 255"
            )
        if not 1 <= self.queries <= 64 or not 1 <= (self.simultaneous or 1) <= 1024:
            raise UsageError("queries are 1 to 64 a hop, probes 1 to 1,024 at a time")
        if self.method == "tcp" and self.size is not None:
            raise UsageError("a SYN has no data that a size could change; leave it out, or tcp")
        if self.wait_ns <= 0:
            raise UsageError("no answer comes in no time; wait 100ms, or 5s")
        if not 1 <= self.flows <= 256:
            raise UsageError(f"{self.flows} flows; take 1 to 256")
        if self.port is not None and not 1 <= self.port <= 65_535:
            raise UsageError(f"port {self.port}; take 1 to 65,535")


@dataclass(slots=True)
class _Probe:
    ttl: int
    sent: int
    size: int
    answer: Answer | None = None
    is_over: bool = False


class Traceroute:
    """The machine; `base` tells its probes from those of others."""

    def __init__(
        self,
        target: str,
        source: Address,
        destination: Address,
        *,
        base: int,
        options: TracerouteOptions | None = None,
        mtu: int = 1500,
    ) -> None:
        """`target` is what the user called `destination`, `mtu` that of the first link."""
        self.options = options or TracerouteOptions()
        self._target, self._source, self._destination = target, source, destination
        self._method: Probes
        port = self.options.port
        match self.options.method:
            case "icmp":
                self._method = IcmpProbes(source, destination, base)
            case "tcp":
                self._method = TcpProbes(source, destination, base, port or TCP_PORT)
            case _:
                self._method = UdpProbes(source, destination, base, port or UDP_PORT)
        self.protocols: frozenset[int] = frozenset(
            (IpProtocol.ICMP, IpProtocol.ICMPV6, self._method.protocol)
        )
        self._probes: list[_Probe] = []  # by number
        self._order: list[int] = []  # the numbers that count, in the order of hop and query
        self._waiting: list[int] = []  # numbers without answer, oldest first
        self._again: list[int] = []  # places in the order to be sent again, smaller
        self._last_ttl = self.options.max_ttl
        self._size = self._first_size(mtu)
        self._first = b""
        self.is_done = False

    def _first_size(self, mtu: int) -> int:
        version = self._source.version
        least = _HEADER[version] + self._method.header
        if self.options.finds_mtu:
            return max(mtu, least)
        size = self.options.size
        if size is None:
            size = least + (0 if self.options.method == "tcp" else _DATA)
        if not least + 2 * (self.options.method != "tcp") <= size <= 65_535:
            raise UsageError(f"{size} bytes hold no probe; take {least + 2} to 65,535")
        return size

    # -- events --------------------------------------------------------------------------------

    def receive(self, event: ApplicationEvent, now: int) -> list[PacketOriginated]:
        """Take one event; gives the probes that it sends."""
        match event:
            case Started():
                pass
            case PacketArrived(arrival):
                self._read(arrival, now)
            case TimePassed():
                self._give_up(now)
        return self._send(now)

    def next_deadline(self) -> int | None:
        """When the oldest probe is given up."""
        if self.is_done or not self._waiting:
            return None
        return self._probes[self._waiting[0]].sent + self.options.wait_ns

    @property
    def result(self) -> TracerouteResult:
        """What it has found so far."""
        hops: dict[int, list[Answer | None]] = {}
        for number in self._order:
            probe = self._probes[number]
            if probe.ttl <= self._last_ttl and (probe.is_over or not self.is_done):
                hops.setdefault(probe.ttl, []).append(probe.answer)
        found = tuple(Hop(ttl, tuple(answers)) for ttl, answers in sorted(hops.items()))
        return TracerouteResult(
            self._target,
            self._destination,
            self.options.max_ttl,
            self._packet_size,
            found,
            probe=self._first,
        )

    @property
    def _packet_size(self) -> int:
        return self._probes[0].size if self._probes else self._size

    # -- probes --------------------------------------------------------------------------------

    def _send(self, now: int) -> list[PacketOriginated]:
        out: list[PacketOriginated] = []
        most = self.options.simultaneous or self.options.queries
        most = 1 if self.options.finds_mtu else most
        while len(self._waiting) < most and (place := self._next_place()) is not None:
            out.append(PacketOriginated(self._packet(place, now)))
        self.is_done = self.is_done or not (self._waiting or out)
        return out

    def _next_place(self) -> int | None:
        """Which probe goes next, by its place in the order of hops and queries."""
        if self._again:
            return self._again.pop(0)
        place = len(self._order)
        return place if self._ttl(place) <= self._last_ttl else None

    def _ttl(self, place: int) -> int:
        return self.options.first_ttl + place // self.options.queries

    def _packet(self, place: int, now: int) -> bytes:
        number, ttl = len(self._probes), self._ttl(place)
        size = self._size
        if self.options.method == "tcp":
            size = _HEADER[self._source.version] + self._method.header
        self._probes.append(_Probe(ttl, now, size))
        self._waiting.append(number)
        if place == len(self._order):
            self._order.append(number)
        else:
            self._order[place] = number
        data = size - _HEADER[self._source.version] - self._method.header
        flow = place % self.options.queries % self.options.flows
        packet = ip_packet(
            self._source,
            self._destination,
            self._method.protocol,
            self._method.make(number, flow, data),
            hop_limit=ttl,
            identification=(number + 1) & 0xFFFF,
            dont_fragment=self.options.dont_fragment or self.options.finds_mtu,
        )
        self._first = self._first or packet
        return packet

    def _give_up(self, now: int) -> None:
        while self._waiting:
            probe = self._probes[self._waiting[0]]
            if probe.sent + self.options.wait_ns > now:
                return
            self._over(self._waiting[0])

    def _over(self, number: int) -> None:
        self._probes[number].is_over = True
        self._waiting.remove(number)

    # -- answers -------------------------------------------------------------------------------

    def _read(self, arrival: Arrival, now: int) -> None:
        number = self._method.answered(arrival)
        if number is not None:
            self._answered(number, arrival.source, now, arrival.hop_limit, is_final=True)
            return
        if arrival.protocol not in (IpProtocol.ICMP, IpProtocol.ICMPV6):
            return
        notice = notice_of(arrival)
        if notice is None or notice.quote is None or notice.kind is NoticeKind.REDIRECT:
            return
        if notice.quote.destination != self._destination:
            return
        number = self._method.quoted(notice.quote)
        if number is None or not 0 <= number < len(self._probes):
            return
        if self.options.finds_mtu and notice.kind is NoticeKind.TOO_BIG:
            self._shrink(number, notice)
            return
        is_final = notice.kind is not NoticeKind.HOP_LIMIT
        self._answered(
            number, notice.reporter, now, arrival.hop_limit, is_final=is_final, said=sign(notice)
        )

    def _answered(
        self, number: int, who: Address, now: int, ttl: int, *, is_final: bool, said: str = ""
    ) -> None:
        if not 0 <= number < len(self._probes) or self._probes[number].is_over:
            return
        probe = self._probes[number]
        is_target = is_final and not said
        mtu = probe.size if self.options.finds_mtu else None
        probe.answer = Answer(who, now - probe.sent, said, ttl, is_target, mtu)
        self._over(number)
        if is_final:
            self._last_ttl = min(self._last_ttl, probe.ttl)
            for later in [one for one in self._waiting if self._probes[one].ttl > self._last_ttl]:
                self._over(later)

    def _shrink(self, number: int, notice: Notice) -> None:
        """Try again with the MTU that is named, or the next plateau where none is (RFC 1191 5)."""
        probe = self._probes[number]
        if probe.is_over:
            return
        least = _LEAST_MTU[self._source.version]
        named = notice.mtu if least <= notice.mtu < probe.size else _plateau(probe.size)
        self._size = max(min(self._size, named), least)
        self._over(number)
        if self._size < probe.size:
            self._again.append(self._order.index(number))


# RFC 1191 7, for routers that name no MTU
_PLATEAUS = (32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68)


def _plateau(size: int) -> int:
    return next((one for one in _PLATEAUS if one < size), 68)
