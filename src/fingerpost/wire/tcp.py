"""The TCP segment (RFC 9293 3.1; the flag AE of RFC 9768).

 0                             16                               31
+-----------------------------+--------------------------------+
| source port                 | destination port               |
+-----------------------------+--------------------------------+
| sequence number                                              |
+--------------------------------------------------------------+
| acknowledgment number                                        |
+------+-----+----------------+--------------------------------+
|offset|rsrvd|AE CE U A P R S F| window                        |
+------+-----+----------------+--------------------------------+
| checksum                    | urgent pointer                 |
+-----------------------------+--------------------------------+
| options padded to whole words, then data                     |
+--------------------------------------------------------------+
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from struct import Struct
from typing import TYPE_CHECKING

from fingerpost.wire.checksum import checksum, ones_sum, pseudo_sum
from fingerpost.wire.fields import unsigned
from fingerpost.wire.reader import Reader
from fingerpost.wire.tcp_options import FIXED_HEADER, TcpOption, decode_options, encode_options

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from fingerpost.addr import Address

LAYER = "tcp"
SECTION = "RFC 9293 3.1"
PROTOCOL = 6

_HEADER = Struct("!HHIIHHHH")
_CHECK_AT = 16


class TcpFlag(IntFlag):
    """The control bits."""

    FIN = 0x001
    SYN = 0x002
    RST = 0x004
    PSH = 0x008
    ACK = 0x010
    URG = 0x020
    ECE = 0x040
    CWR = 0x080
    AE = 0x100


_FLAG_BITS = 0x1FF
_NONE = TcpFlag(0)


@dataclass(frozen=True, slots=True)
class Tcp:
    """A segment; `window` is the field, not scaled, `reserved` the three bits of no use yet."""

    source_port: int
    destination_port: int
    sequence: int = 0
    acknowledgment: int = 0
    flags: TcpFlag = _NONE
    window: int = 0
    urgent: int = 0
    options: tuple[TcpOption, ...] = ()
    payload: bytes = b""
    reserved: int = 0

    @classmethod
    def decode(
        cls, data: Buffer, source: Address | None = None, destination: Address | None = None
    ) -> Tcp:
        """Take a segment apart; raises `DecodeError`, nothing else.

        The checksum is verified when both addresses are given.
        """
        reader = Reader(data, LAYER, section=SECTION)
        source_port, destination_port, sequence, acknowledgment, word, window, _, urgent = (
            reader.unpack(_HEADER, "header")
        )
        header = word >> 12 << 2
        if not FIXED_HEADER <= header <= reader.end:
            reader.refuse("data offset", word >> 12, f"5 to {min(15, reader.end // 4)}", at=12)
        if source is not None and destination is not None:
            _verify(data, source, destination)
        options = decode_options(reader.take(header - FIXED_HEADER, "options"))
        flags, reserved = TcpFlag(word & _FLAG_BITS), word >> 9 & 7
        return cls(
            source_port,
            destination_port,
            sequence,
            acknowledgment,
            flags,
            window,
            urgent,
            options,
            reader.rest(),
            reserved,
        )

    def encode(self, source: Address, destination: Address) -> bytes:
        """Give the segment as it goes from `source` to `destination`.

        Raises `UsageError` for a field out of range. Options are padded with zeros to whole words.
        """
        options = encode_options(self.options)
        words = (FIXED_HEADER + len(options)) // 4
        flags = unsigned(self.reserved, 3, "tcp reserved") << 9 | unsigned(
            self.flags, 9, "tcp flags"
        )
        header = _HEADER.pack(
            unsigned(self.source_port, 16, "tcp source_port"),
            unsigned(self.destination_port, 16, "tcp destination_port"),
            unsigned(self.sequence, 32, "tcp sequence"),
            unsigned(self.acknowledgment, 32, "tcp acknowledgment"),
            words << 12 | flags,
            unsigned(self.window, 16, "tcp window"),
            0,
            unsigned(self.urgent, 16, "tcp urgent"),
        )
        segment = header + options + self.payload
        check = checksum(segment, pseudo_sum(source, destination, PROTOCOL, len(segment)))
        return segment[:_CHECK_AT] + check.to_bytes(2, "big") + segment[_CHECK_AT + 2 :]


def _verify(data: Buffer, source: Address, destination: Address) -> None:
    """Refuse a wrong checksum (RFC 9293 3.1)."""
    segment = bytes(data)
    pseudo = pseudo_sum(source, destination, PROTOCOL, len(segment))
    if ones_sum(segment, pseudo) != 0xFFFF:
        found = segment[_CHECK_AT : _CHECK_AT + 2]
        right = checksum(segment[:_CHECK_AT] + b"\0\0" + segment[_CHECK_AT + 2 :], pseudo)
        reader = Reader(segment, LAYER, section=SECTION)
        reader.refuse("checksum", f"0x{found.hex()}", f"0x{right:04x}", at=_CHECK_AT)
