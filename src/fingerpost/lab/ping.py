"""Ping: echo requests at an interval, and what comes back (RFC 792, RFC 4443 4).

`Ping` is the machine that a host runs; what it found is a `PingResult`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.events import PacketOriginated, TimePassed
from fingerpost.host.application import PacketArrived, Started
from fingerpost.host.ip_packet import ip_packet
from fingerpost.host.notice import NoticeKind, notice_of
from fingerpost.lab.ping_result import PingError, PingOptions, PingResult, Reply
from fingerpost.wire.checksum import checksum, pseudo_sum
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.host.application import ApplicationEvent
    from fingerpost.host.arrival import Arrival
    from fingerpost.host.notice import Notice

_ECHO_REQUEST = {4: 8, 6: 128}
_ECHO_REPLY = {4: 0, 6: 129}


class Ping:
    """The machine: sends, listens, and is done when all is answered or too late.

    As iputils does, it counts an error as an answer. `identifier` tells its replies from others'.
    """

    protocols: frozenset[int] = frozenset((IpProtocol.ICMP, IpProtocol.ICMPV6))

    def __init__(
        self,
        target: str,
        source: Address,
        destination: Address,
        *,
        identifier: int,
        options: PingOptions | None = None,
        hop_limit: int = 64,
        interface: str | None = None,
    ) -> None:
        """`target` is what the user called `destination`; `interface`: leave there."""
        self.options = options or PingOptions()
        self._target, self._source, self._destination = target, source, destination
        self._identifier, self._interface = identifier, interface
        self._hop_limit = hop_limit if self.options.ttl is None else self.options.ttl
        self._sent: list[int] = []  # when each request went, sequence 1 first
        self._answered: set[int] = set()
        self._failed: set[int] = set()
        self._answers: list[Reply | PingError] = []
        self._last = 0
        self._pipe = 0
        self._ends_at: int | None = None
        self.is_done = False

    # -- events --------------------------------------------------------------------------------

    def receive(self, event: ApplicationEvent, now: int) -> list[PacketOriginated]:
        """Take one event; gives the packets that it sends."""
        match event:
            case Started():
                return self._send(now)
            case PacketArrived(arrival):
                self._read(arrival, now)
            case TimePassed():
                if self._ends_at is not None and now >= self._ends_at:
                    self.is_done = True
                elif (due := self.next_deadline()) is not None and due <= now:
                    return self._send(now)
        return []

    def next_deadline(self) -> int | None:
        """When the next request goes, or the waiting ends."""
        if self.is_done:
            return None
        if self._ends_at is not None:
            return self._ends_at
        return self._sent[-1] + self.options.interval_ns if self._sent else None

    @property
    def result(self) -> PingResult:
        """What it has found so far."""
        start = self._sent[0] if self._sent else 0
        return PingResult(
            self._target,
            self._destination,
            self.options,
            len(self._sent),
            tuple(self._answers),
            max(self._last - start, 0),
            pipe=self._pipe,
        )

    # -- requests ------------------------------------------------------------------------------

    def _send(self, now: int) -> list[PacketOriginated]:
        if self.options.count <= 0:
            self.is_done = True
            return []
        self._sent.append(now)
        self._last = now
        if len(self._sent) >= self.options.count:
            self._ends_at = now + self.options.timeout_ns
        sequence = len(self._sent)
        packet = ip_packet(
            self._source,
            self._destination,
            IpProtocol.ICMP if self._source.version == 4 else IpProtocol.ICMPV6,
            self._request(sequence),
            hop_limit=self._hop_limit,
            identification=0 if self.options.dont_fragment else sequence & 0xFFFF,
            traffic_class=self.options.traffic_class,
            dont_fragment=self.options.dont_fragment,
        )
        return [PacketOriginated(packet, self._interface)]

    def _request(self, sequence: int) -> bytes:
        version = self._source.version
        data = bytes(at & 0xFF for at in range(self.options.size))
        tail = self._identifier.to_bytes(2, "big") + (sequence & 0xFFFF).to_bytes(2, "big") + data
        kind = bytes((_ECHO_REQUEST[version], 0))
        start = 0
        if version == 6:
            length = len(tail) + 4
            start = pseudo_sum(self._source, self._destination, IpProtocol.ICMPV6, length)
        return kind + checksum(kind + b"\0\0" + tail, start).to_bytes(2, "big") + tail

    # -- answers -------------------------------------------------------------------------------

    def _read(self, arrival: Arrival, now: int) -> None:
        if arrival.version != self._source.version or len(arrival.payload) < 8:
            return
        if arrival.payload[0] == _ECHO_REPLY[arrival.version]:
            self._read_reply(arrival, now)
        elif (notice := notice_of(arrival)) is not None:
            self._read_notice(notice, now)
        if self._ends_at is not None and len(self._answered | self._failed) >= len(self._sent):
            self.is_done = True

    def _read_reply(self, arrival: Arrival, now: int) -> None:
        sequence = self._sequence(arrival.payload)
        if sequence is None:
            return
        self._pipe = max(self._pipe, len(self._sent) - sequence + 1)
        again = sequence in self._answered
        self._answered.add(sequence)
        self._last = now
        self._answers.append(
            Reply(
                sequence,
                arrival.source,
                arrival.hop_limit,
                now - self._sent[sequence - 1],
                len(arrival.payload),
                again,
            )
        )

    def _read_notice(self, notice: Notice, now: int) -> None:
        quote = notice.quote
        if quote is None or quote.destination != self._destination or len(quote.head) < 8:
            return
        if quote.head[0] != _ECHO_REQUEST[notice.version]:
            return
        sequence = self._sequence(quote.head)
        if sequence is None:
            return
        if notice.kind is not NoticeKind.REDIRECT:
            self._failed.add(sequence)
        self._pipe = max(self._pipe, len(self._sent) - sequence + 1)
        self._last = now
        self._answers.append(PingError(sequence, notice.reporter, notice))

    def _sequence(self, message: bytes) -> int | None:
        """Which request an echo message belongs to; None: not ours."""
        if int.from_bytes(message[4:6], "big") != self._identifier:
            return None
        low = int.from_bytes(message[6:8], "big")
        # numbers wrap after 65,535: the latest request that has this one is meant
        sequence = len(self._sent) - ((len(self._sent) - low) & 0xFFFF)
        return sequence if sequence >= 1 else None
