"""UDP (RFC 768; over IPv6 RFC 8200 8.1).

     0                 2                  4         6           8
    +-----------------+------------------+---------+-----------+---------
    | source port     | destination port | length  | checksum  | payload
    +-----------------+------------------+---------+-----------+---------

Bytes behind the length are not UDP's: they are not kept. A length of 0 says that the datagram fills
its packet, as in jumbograms it must (RFC 2675 4); IPv4 knows no such thing. A checksum of 0 says
that there is none, which IPv6 allows to tunnels alone, at ports that they name (RFC 8200 8.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error
from typing import TYPE_CHECKING, NoReturn

from fingerpost.wire.checksum import checksum, ones_sum, pseudo_sum
from fingerpost.wire.fields import at_most, unfit, unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from fingerpost.addr import Address

LAYER = "udp"
HEADER_LENGTH = 8
LONGEST = 0xFFFF
PROTOCOL = 17

_HEADER = Struct("!HHHH")


@dataclass(frozen=True, slots=True)
class Udp:
    """A datagram; `has_checksum` is False where an IPv4 sender left it out."""

    source_port: int
    destination_port: int
    payload: bytes = b""
    has_checksum: bool = True

    @classmethod
    def decode(
        cls, data: Buffer, source: Address | None = None, destination: Address | None = None
    ) -> Udp:
        """Take a datagram apart; raises `DecodeError`, nothing else.

        The checksum is verified when both addresses are given.
        """
        packet = data if type(data) is bytes else bytes(data)
        available = len(packet)
        if available < HEADER_LENGTH:
            Reader(packet, LAYER, section="RFC 768").unpack(_HEADER, "header")
        source_port, destination_port, length, check = _HEADER.unpack_from(packet)
        over_ipv6 = source is not None and source.version == 6
        if length == 0 and (over_ipv6 or available > LONGEST):
            length = available
        if not HEADER_LENGTH <= length <= available:
            reader = Reader(packet, LAYER, section="RFC 768")
            reader.refuse("length", length, f"{HEADER_LENGTH} to {available}", at=4)
        if source is not None and destination is not None:
            datagram = packet if length == available else packet[:length]
            _verify(datagram, check, source, destination)
        return cls(source_port, destination_port, packet[HEADER_LENGTH:length], check != 0)

    @classmethod
    def decode_quoted(cls, data: Buffer) -> Udp:
        """Decode what an ICMP error quotes: the header, and of the payload what is there."""
        reader = Reader(data, LAYER, section="RFC 768")
        source_port, destination_port, length, check = reader.unpack(_HEADER, "header")
        payload = reader.rest()[: max(0, length - HEADER_LENGTH)]
        return cls(source_port, destination_port, payload, check != 0)

    def encode(self, source: Address, destination: Address) -> bytes:
        """Give the datagram as it goes from `source` to `destination`.

        Raises `UsageError` for a field out of range, and for no checksum over IPv6.
        """
        length = HEADER_LENGTH + len(self.payload)
        field = length if length <= LONGEST or source.version == 4 else 0
        check = 0
        try:
            if self.has_checksum:
                number = pseudo_sum(source, destination, PROTOCOL, length)
                number += self.source_port + self.destination_port + field
                check = ones_sum(self.payload, number) ^ 0xFFFF or 0xFFFF
            elif source.version == 6:
                unfit("udp has_checksum", self.has_checksum, "True over IPv6 (RFC 8200 8.1)")
            header = _HEADER.pack(self.source_port, self.destination_port, field, check)
        except error:
            self._refuse()
        return header + self.payload

    def _refuse(self) -> NoReturn:
        """Say which field is out of range; one is."""
        unsigned(self.source_port, 16, "udp source_port")
        unsigned(self.destination_port, 16, "udp destination_port")
        at_most(self.payload, LONGEST - HEADER_LENGTH, "udp payload")
        unfit("udp payload", self.payload, "bytes")


def _verify(datagram: bytes, check: int, source: Address, destination: Address) -> None:
    """Refuse a wrong checksum, and over IPv6 a missing one."""
    if check == 0:
        if source.version == 6:
            reader = Reader(datagram, LAYER, section="RFC 8200 8.1")
            reader.refuse("checksum", "0x0000", "one, which IPv6 asks for", at=6)
        return
    pseudo = pseudo_sum(source, destination, PROTOCOL, len(datagram))
    if ones_sum(datagram, pseudo) != 0xFFFF:
        right = checksum(datagram[:6] + b"\0\0" + datagram[8:], pseudo) or 0xFFFF
        reader = Reader(datagram, LAYER, section="RFC 768")
        reader.refuse("checksum", f"0x{check:04x}", f"0x{right:04x}", at=6)
