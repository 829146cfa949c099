"""Ping: echo requests at an interval, and what came back (RFC 792, RFC 4443 4).

`Ping` is the machine that a host runs, `PingResult` what it found; its text is that of iputils.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING

from fingerpost.forwarding.events import PacketOriginated, TimePassed
from fingerpost.host.application import PacketArrived, Started
from fingerpost.host.ip_packet import ip_packet
from fingerpost.host.notice import NoticeKind, notice_of
from fingerpost.lab.icmp_text import said
from fingerpost.lab.round_trip import MILLISECOND, SECOND, RoundTrips, named, ping_time
from fingerpost.wire.checksum import checksum, pseudo_sum
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.host.application import ApplicationEvent
    from fingerpost.host.arrival import Arrival
    from fingerpost.host.notice import Notice

_ECHO_REQUEST = {4: 8, 6: 128}
_ECHO_REPLY = {4: 0, 6: 129}
_HEADERS = {4: 28, 6: 48}  # IP and ICMP


@dataclass(frozen=True, slots=True)
class PingOptions:
    """What ping is asked for. `size` counts data bytes, without the 8 of the ICMP header.

    `timeout_ns`: how long to wait for an answer after the last request. `ttl` None: the host's own.
    """

    count: int = 4
    interval_ns: int = SECOND
    size: int = 56
    timeout_ns: int = 10 * SECOND
    ttl: int | None = None
    dont_fragment: bool = False
    traffic_class: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """An echo reply; `size` is that of the whole ICMP message."""

    sequence: int
    source: Address
    ttl: int
    time_ns: int
    size: int
    is_duplicate: bool = False


@dataclass(frozen=True, slots=True)
class PingError:
    """An ICMP error that came instead of a reply."""

    sequence: int
    reporter: Address
    notice: Notice

    def __str__(self) -> str:
        """What ping says of it."""
        return said(self.notice)


@dataclass(frozen=True, slots=True)
class PingResult:
    """What a ping found; true if anything came back.

    `answers` holds replies and errors in the order in which they came. `time_ns` is from the first
    request to the last thing that happened. `failure`: why nothing could be sent at all, or "".
    """

    target: str
    address: Address | None
    options: PingOptions
    transmitted: int = 0
    answers: tuple[Reply | PingError, ...] = ()
    time_ns: int = 0
    failure: str = ""
    names: Mapping[Address, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def replies(self) -> tuple[Reply, ...]:
        """The first reply to each request, in the order of arrival."""
        return tuple(one for one in self._replies() if not one.is_duplicate)

    def _replies(self) -> tuple[Reply, ...]:
        return tuple(one for one in self.answers if isinstance(one, Reply))

    @property
    def errors(self) -> tuple[PingError, ...]:
        """The errors, redirects left out: those come beside replies."""
        return tuple(
            one
            for one in self.answers
            if isinstance(one, PingError) and one.notice.kind is not NoticeKind.REDIRECT
        )

    @property
    def received(self) -> int:
        """How many requests were answered."""
        return len(self.replies)

    @property
    def duplicates(self) -> int:
        """How many replies came again."""
        return len(self._replies()) - self.received

    @property
    def lost(self) -> int:
        """How many requests were not answered."""
        return self.transmitted - self.received

    @property
    def loss(self) -> float:
        """The share of requests that were not answered, 0 to 1."""
        return self.lost / self.transmitted if self.transmitted else 1.0

    @property
    def round_trips(self) -> RoundTrips:
        """The statistics of the replies' times."""
        return RoundTrips.of([one.time_ns for one in self._replies()])

    def __bool__(self) -> bool:
        """Whether anything came back."""
        return self.received > 0

    def __str__(self) -> str:
        """As iputils' ping prints it."""
        if self.address is None or self.failure:
            return f"ping: {self.failure}"
        return "\n".join((self._head(), *map(self._line, self.answers), "", *self._tail()))

    def summary(self) -> str:
        """One line: who was asked, and how many answered."""
        if self.failure:
            return f"ping {self.target}: {self.failure}"
        text = f"ping {self.target}: {self.received} of {self.transmitted} answered"
        if self.errors:
            error = self.errors[-1]
            text += f"; {named(error.reporter, self.names)}: {error}"
        return text

    def __repr__(self) -> str:
        """The summary, for the prompt."""
        return f"<{self.summary()}>"

    def _head(self) -> str:
        assert self.address is not None
        version, size = self.address.version, self.options.size
        sizes = (
            f"{size}({size + _HEADERS[4]}) bytes of data."
            if version == 4
            else (f"{size} data bytes")
        )
        return f"PING {self.target} ({self.address}) {sizes}"

    def _line(self, answer: Reply | PingError) -> str:
        if isinstance(answer, PingError):
            colon = ":" if answer.notice.kind is NoticeKind.REDIRECT else ""
            who = named(answer.reporter, self.names)
            return f"From {who}{colon} icmp_seq={answer.sequence} {answer}"
        again = " (DUP!)" if answer.is_duplicate else ""
        return (
            f"{answer.size} bytes from {named(answer.source, self.names)}:"
            f" icmp_seq={answer.sequence} ttl={answer.ttl} time={ping_time(answer.time_ns)} ms"
            f"{again}"
        )

    def _tail(self) -> list[str]:
        more = f", +{self.duplicates} duplicates" if self.duplicates else ""
        more += f", +{len(self.errors)} errors" if self.errors else ""
        lines = [
            f"--- {self.target} ping statistics ---",
            f"{self.transmitted} packets transmitted, {self.received} received{more},"
            f" {self.loss * 100:.6g}% packet loss, time {self.time_ns // MILLISECOND}ms",
        ]
        return [*lines, str(self.round_trips)] if self.received else lines

    def as_dict(self) -> dict[str, object]:
        """The same as plain data, for JSON."""
        trips = self.round_trips
        return {
            "target": self.target,
            "address": str(self.address) if self.address is not None else None,
            "transmitted": self.transmitted,
            "received": self.received,
            "duplicates": self.duplicates,
            "loss": self.loss,
            "time_ns": self.time_ns,
            "failure": self.failure or None,
            "rtt_ns": trips._asdict() if self.received else None,
            "answers": [self._answer(one) for one in self.answers],
        }

    def _answer(self, one: Reply | PingError) -> dict[str, object]:
        if isinstance(one, Reply):
            return {
                "sequence": one.sequence,
                "from": str(one.source),
                "name": self.names.get(one.source),
                "ttl": one.ttl,
                "time_ns": one.time_ns,
                "size": one.size,
                "duplicate": one.is_duplicate,
            }
        return {
            "sequence": one.sequence,
            "from": str(one.reporter),
            "name": self.names.get(one.reporter),
            "error": str(one),
            "type": one.notice.type,
            "code": one.notice.code,
        }

    def _repr_html_(self) -> str:
        """For notebooks: the same text."""
        return f"<pre>{escape(str(self))}</pre>"


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


def with_names(
    result: PingResult, names_of: Callable[[Iterable[Address]], dict[Address, str]]
) -> PingResult:
    """The result with the names of the addresses that occur in it."""
    seen = [one.source if isinstance(one, Reply) else one.reporter for one in result.answers]
    return replace(result, names=names_of(seen))
