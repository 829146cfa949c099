"""The IPv6 header (RFC 8200 3), and payloads beyond 65,535 bytes (RFC 2675).

     0     4              12                                       31
    +-----+--------------+------------------------------------------+
    | 6   | traffic class| flow label                               |
    +-----+--------------+---------+---------------+----------------+
    | payload length               | next header   | hop limit      |
    +------------------------------+---------------+----------------+
    | source, destination: 16 bytes each                            |
    +---------------------------------------------------------------+

The payload still holds the extension headers; `fingerpost.wire.ipv6_extension` takes them apart.
`decode` trims the padding of the link behind the payload length; so that padding is the one thing
that `encode` does not give back.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error
from typing import TYPE_CHECKING, NoReturn

from fingerpost.addr import Address
from fingerpost.wire.fields import at_most, packed, unfit, unsigned
from fingerpost.wire.ipv6_options import jumbo_length
from fingerpost.wire.protocol import IpProtocol
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

LAYER = "ipv6"
FIXED_HEADER = 40
LONGEST = 0xFFFF
LONGEST_JUMBO = 0xFFFFFFFF

_HEADER = Struct("!IHBB16s16s")
_HOP_BY_HOP = int(IpProtocol.HOPOPTS)


@dataclass(frozen=True, slots=True)
class Ipv6:
    """A packet; `next_header` says what `payload` begins with."""

    source: Address
    destination: Address
    next_header: int
    payload: bytes = b""
    hop_limit: int = 64
    traffic_class: int = 0
    flow_label: int = 0

    @property
    def dscp(self) -> int:
        """The differentiated services code point, 0 to 63 (RFC 2474 3)."""
        return self.traffic_class >> 2

    @property
    def ecn(self) -> int:
        """Congestion notification, 0 to 3: Not-ECT, ECT(1), ECT(0), CE (RFC 3168 5)."""
        return self.traffic_class & 3

    @classmethod
    def decode(cls, data: Buffer) -> Ipv6:
        """Take a packet apart; raises `DecodeError`, nothing else."""
        packet = data if type(data) is bytes else bytes(data)
        if len(packet) < FIXED_HEADER or packet[0] >> 4 != 6:
            _refuse_header(packet)
        length = packet[4] << 8 | packet[5]
        if length == 0 and packet[6] == _HOP_BY_HOP and len(packet) > FIXED_HEADER:
            length = _jumbo_length(packet)
        if FIXED_HEADER + length > len(packet):
            at_most = f"at most {len(packet) - FIXED_HEADER}"
            reader = Reader(packet, LAYER, section="RFC 8200 3")
            reader.refuse("payload length", length, at_most, at=4)
        return cls._of(packet, FIXED_HEADER + length)

    @classmethod
    def _of(cls, packet: bytes, end: int) -> Ipv6:
        word, _, next_header, hop_limit, source, destination = _HEADER.unpack_from(packet)
        return cls(
            Address(source),
            Address(destination),
            next_header,
            packet[FIXED_HEADER:end],
            hop_limit,
            word >> 20 & 0xFF,
            word & 0xFFFFF,
        )

    @classmethod
    def decode_quoted(cls, data: Buffer) -> Ipv6:
        """Decode what an ICMPv6 error quotes: a header, and of its payload what is there.

        The payload length is not checked: the quote is cut. So `encode` gives another than it had.
        """
        packet = data if type(data) is bytes else bytes(data)
        if len(packet) < FIXED_HEADER or packet[0] >> 4 != 6:
            _refuse_header(packet)
        length = packet[4] << 8 | packet[5]
        if length == 0 and packet[6] == _HOP_BY_HOP:  # a jumbogram, or meant to be one
            length = LONGEST_JUMBO
        return cls._of(packet, min(FIXED_HEADER + length, len(packet)))

    def encode(self) -> bytes:
        """Give the packet; raises `UsageError` for a field out of range.

        A payload of more than 65,535 bytes must begin with a hop-by-hop header whose jumbo option
        says its length (RFC 2675 3).
        """
        source, destination = self.source, self.destination
        length = len(self.payload)
        if length > LONGEST:
            length = self._jumbo(length)
        if source.version != 6 or destination.version != 6 or self.flow_label >> 20:
            self._refuse()
        try:
            word = 0x60000000 | self.traffic_class << 20 | self.flow_label
            return (
                _HEADER.pack(
                    word if word < 0x70000000 else -1, length, self.next_header, self.hop_limit,
                    source.packed, destination.packed,
                )
                + self.payload
            )  # fmt: skip
        except error:
            self._refuse()

    def _jumbo(self, length: int) -> int:
        """Give the payload length of a jumbogram, which is 0; refuse what says no jumbo length."""
        said = jumbo_length(self.payload) if self.next_header == _HOP_BY_HOP else None
        if said != length:
            expected = (
                f"at most {LONGEST}, or a hop-by-hop header with the jumbo option of {length}"
            )
            unfit("ipv6 payload length", length, expected)
        return 0

    def _refuse(self) -> NoReturn:
        """Say which field is out of range; one is."""
        packed(self.source, 6, "ipv6 source")
        packed(self.destination, 6, "ipv6 destination")
        for field in ("next_header", "hop_limit", "traffic_class"):
            unsigned(getattr(self, field), 8, f"ipv6 {field}")
        at_most(self.payload, LONGEST_JUMBO, "ipv6 payload")
        unfit("ipv6 flow_label", self.flow_label, "a number from 0 to 1048575")


def _jumbo_length(packet: bytes) -> int:
    """Give the payload length of a jumbogram; refuse one that does not say it (RFC 2675 3)."""
    length = jumbo_length(packet[FIXED_HEADER:])
    if length is None:
        reader = Reader(packet, LAYER, section="RFC 2675 3")
        reader.refuse("payload length", 0, "a jumbo payload option, or another length", at=4)
    return length


def _refuse_header(packet: bytes) -> NoReturn:
    """Say what a packet that is no IPv6 lacks."""
    reader = Reader(packet, LAYER, section="RFC 8200 3")
    reader.take(FIXED_HEADER, "header")
    reader.refuse("version", packet[0] >> 4, "6", at=0)
