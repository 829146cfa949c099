"""The messages of BMP (RFC 7854 4, RFC 8671, RFC 9069), one class each.

Messages of BGP in them are octets, whole with their headers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from fingerpost.addr import Address
from fingerpost.bmp.constants import (
    GAUGES,
    OF_FAMILY,
    DownReason,
    MessageKind,
    MirrorType,
    TerminationType,
)
from fingerpost.bmp.header import PeerHeader, framed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.wire.reader import Reader

_HEADER: Final = 19
_COUNTER, _GAUGE = 4, 8
Tlv: TypeAlias = tuple[int, bytes]


def _read_tlvs(reader: Reader) -> tuple[Tlv, ...]:
    found = []
    while reader:
        kind = reader.u16("TLV type")
        found.append((kind, reader.take(reader.u16("TLV length"), "TLV value")))
    return tuple(found)


def _tlvs(pairs: Iterable[Tlv]) -> bytes:
    return b"".join(
        kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value for kind, value in pairs
    )


def _bgp_message(reader: Reader, field: str) -> bytes:
    """One message of BGP, by the length in its header."""
    length = int.from_bytes(reader.peek(_HEADER)[16:18], "big")
    if length < _HEADER:
        reader.refuse(field, length, f"a length of {_HEADER} or more", "RFC 4271 4.1", at=reader.at)
    return reader.take(length, field)


@dataclass(frozen=True, slots=True)
class Initiation:
    """Who speaks (4.3); the first message of a session."""

    information: tuple[Tlv, ...]
    kind: ClassVar[MessageKind] = MessageKind.INITIATION

    @classmethod
    def read(cls, reader: Reader) -> Initiation:
        """Read the body."""
        return cls(_read_tlvs(reader))

    def encode(self) -> bytes:
        """As a whole message."""
        return framed(self.kind, _tlvs(self.information))


@dataclass(frozen=True, slots=True)
class Termination:
    """Why the session ends (4.5); the last message."""

    information: tuple[Tlv, ...]
    kind: ClassVar[MessageKind] = MessageKind.TERMINATION

    @property
    def reason(self) -> int | None:
        """The number of the reason, of `TerminationReason`; None: it says none."""
        for kind, value in self.information:
            if kind == TerminationType.REASON:
                return int.from_bytes(value, "big")
        return None

    @classmethod
    def read(cls, reader: Reader) -> Termination:
        """Read the body."""
        return cls(_read_tlvs(reader))

    def encode(self) -> bytes:
        """As a whole message."""
        return framed(self.kind, _tlvs(self.information))


@dataclass(frozen=True, slots=True)
class PeerUp:
    """A session came up (4.10), with the OPENs that made it."""

    peer: PeerHeader
    local: Address
    local_port: int
    remote_port: int
    sent: bytes
    received: bytes
    information: tuple[Tlv, ...] = ()
    kind: ClassVar[MessageKind] = MessageKind.PEER_UP

    @classmethod
    def read(cls, reader: Reader) -> PeerUp:
        """Read the body; the local address is of IPv6 where its first 12 octets are not zero, or
        where the peer's is.
        """
        peer = PeerHeader.read(reader)
        octets = reader.take(16, "local address")
        is_v6 = any(octets[:12]) or len(peer.address.packed) == 16
        local = Address(octets if is_v6 else octets[12:])
        local_port, remote_port = reader.u16("local port"), reader.u16("remote port")
        sent = _bgp_message(reader, "sent OPEN")
        received = _bgp_message(reader, "received OPEN")
        return cls(peer, local, local_port, remote_port, sent, received, _read_tlvs(reader))

    def encode(self) -> bytes:
        """As a whole message."""
        body = self.peer.encode() + self.local.packed.rjust(16, b"\0")
        body += self.local_port.to_bytes(2, "big") + self.remote_port.to_bytes(2, "big")
        return framed(self.kind, body + self.sent + self.received + _tlvs(self.information))


@dataclass(frozen=True, slots=True)
class PeerDown:
    """A session ended (4.9). `data`: the NOTIFICATION, the code of the event, or TLVs."""

    peer: PeerHeader
    reason: DownReason | int
    data: bytes = b""
    kind: ClassVar[MessageKind] = MessageKind.PEER_DOWN

    @classmethod
    def read(cls, reader: Reader) -> PeerDown:
        """Read the body."""
        peer, number = PeerHeader.read(reader), reader.u8("reason")
        known = DownReason(number) if 1 <= number <= max(DownReason) else number
        return cls(peer, known, reader.rest())

    def encode(self) -> bytes:
        """As a whole message."""
        return framed(self.kind, self.peer.encode() + bytes((int(self.reason),)) + self.data)


@dataclass(frozen=True, slots=True)
class RouteMonitoring:
    """An UPDATE that came, or one that stands for the state of a table (4.6)."""

    peer: PeerHeader
    update: bytes
    kind: ClassVar[MessageKind] = MessageKind.ROUTE_MONITORING

    @classmethod
    def read(cls, reader: Reader) -> RouteMonitoring:
        """Read the body."""
        peer = PeerHeader.read(reader)
        update = _bgp_message(reader, "UPDATE")
        reader.finish("octets behind the UPDATE", "RFC 7854 4.6")
        return cls(peer, update)

    def encode(self) -> bytes:
        """As a whole message."""
        return framed(self.kind, self.peer.encode() + self.update)


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of a statistics report; `family` is (AFI, SAFI) where it is of one.

    `octets` are what stands there where that is not as long as the type says (RFC 7854 4.8); above
    8 of them it is no number, and `value` is 0.
    """

    type: int
    value: int
    family: tuple[int, int] | None = None
    octets: bytes | None = None

    @property
    def size(self) -> int:
        """How many octets the number has by its type."""
        return _GAUGE if self.type in GAUGES or self.family is not None else _COUNTER


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counters and gauges of a peer (4.8)."""

    peer: PeerHeader
    counted: tuple[Counted, ...]
    kind: ClassVar[MessageKind] = MessageKind.STATISTICS

    @classmethod
    def read(cls, reader: Reader) -> Statistics:
        """Read the body."""
        peer = PeerHeader.read(reader)
        count = reader.u32("stats count")
        if count > reader.remaining // 4:
            reader.refuse("stats count", count, f"at most {reader.remaining // 4} that have room")
        found = []
        for _ in range(count):
            kind = reader.u16("stat type")
            value = reader.sub(reader.u16("stat length"), "stat")
            family = None
            if kind in OF_FAMILY:
                family = value.u16("address family"), value.u8("subsequent address family")
            found.append(_read_counted(kind, family, value.rest()))
        reader.finish("octets behind the last number", "RFC 7854 4.8")
        return cls(peer, tuple(found))

    def encode(self) -> bytes:
        """As a whole message: counters of 32 bits, gauges of 64."""
        body = self.peer.encode() + len(self.counted).to_bytes(4, "big")
        return framed(self.kind, body + _tlvs(map(_counted, self.counted)))


def _read_counted(kind: int, family: tuple[int, int] | None, octets: bytes) -> Counted:
    number = int.from_bytes(octets, "big") if len(octets) <= _GAUGE else 0
    one = Counted(kind, number, family)
    return one if one.size == len(octets) else replace(one, octets=octets)


def _counted(one: Counted) -> Tlv:
    value = one.octets
    if value is None:
        value = (one.value & ((1 << 8 * one.size) - 1)).to_bytes(one.size, "big")
    if one.family is not None:
        afi, safi = one.family
        value = afi.to_bytes(2, "big") + bytes((safi,)) + value
    return one.type, value


@dataclass(frozen=True, slots=True)
class RouteMirroring:
    """Messages word for word (4.7), here such as had faults."""

    peer: PeerHeader
    information: tuple[Tlv, ...]
    kind: ClassVar[MessageKind] = MessageKind.ROUTE_MIRRORING

    @property
    def messages(self) -> tuple[bytes, ...]:
        """The messages of BGP in it."""
        return tuple(value for kind, value in self.information if kind == MirrorType.MESSAGE)

    @classmethod
    def read(cls, reader: Reader) -> RouteMirroring:
        """Read the body."""
        return cls(PeerHeader.read(reader), _read_tlvs(reader))

    def encode(self) -> bytes:
        """As a whole message."""
        return framed(self.kind, self.peer.encode() + _tlvs(self.information))


Message: TypeAlias = (
    Initiation | Termination | PeerUp | PeerDown | RouteMonitoring | Statistics | RouteMirroring
)
