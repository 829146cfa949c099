"""A control packet (RFC 5880 4.1).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
|Vers |  Diag   |Sta|P|F|C|A|D|M|  Detect Mult  |    Length     |
|                       My Discriminator                        |
|                      Your Discriminator                       |
|                    Desired Min TX Interval                    |
|                   Required Min RX Interval                    |
|                 Required Min Echo RX Interval                 |
|                authentication section, if A ...               |
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING

from fingerpost.bfd.authentication_section import AuthenticationSection, decode_section
from fingerpost.bfd.constants import AUTHENTICATED_LENGTH, MANDATORY_LENGTH, VERSION
from fingerpost.bfd.state import State
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

LAYER = "bfd"
_LAYOUT = Struct(">BBBBIIIII")
_POLL, _FINAL, _INDEPENDENT, _AUTHENTICATED, _DEMAND, _MULTIPOINT = 32, 16, 8, 4, 2, 1


@dataclass(frozen=True, slots=True)
class ControlPacket:
    """The fields in the RFC's words; intervals in microseconds, `diagnostic` as on the wire.

    `extra` is what stands within Length behind all that is known.
    """

    state: State
    multiplier: int
    my_discriminator: int
    your_discriminator: int
    desired_min_tx_us: int
    required_min_rx_us: int
    required_min_echo_rx_us: int = 0
    diagnostic: int = 0
    poll: bool = False
    final: bool = False
    control_plane_independent: bool = False
    demand: bool = False
    authentication: AuthenticationSection | None = None
    extra: bytes = b""

    @classmethod
    def decode(cls, data: Buffer) -> ControlPacket:
        """Take a packet apart; bytes behind its Length are no part of it.

        Raises `DecodeError`, nothing else: the checks of RFC 5880 6.8.6 that need no session, in
        their order. `field` names the one that failed.
        """
        reader = Reader(data, LAYER, section="RFC 5880 6.8.6")
        available = reader.end
        first, second, multiplier, length, mine, yours, transmit, receive, echo = reader.unpack(
            _LAYOUT, "length"
        )
        if first >> 5 != VERSION:
            reader.refuse("version", first >> 5, str(VERSION), at=0)
        has_authentication = bool(second & _AUTHENTICATED)
        least = AUTHENTICATED_LENGTH if has_authentication else MANDATORY_LENGTH
        if not least <= length <= available:
            reader.refuse("length", length, f"{least} to {available}", at=3)
        if not multiplier:
            reader.refuse("detect mult", 0, "1 to 255", at=2)
        if second & _MULTIPOINT:
            reader.refuse("multipoint", 1, "0", at=1)
        if not mine:
            reader.refuse("my discriminator", 0, "another number", at=4)
        rest = reader.sub(length - MANDATORY_LENGTH, "length")
        section = decode_section(rest) if has_authentication else None
        return cls(
            State(second >> 6),
            multiplier,
            mine,
            yours,
            transmit,
            receive,
            echo,
            diagnostic=first & 0x1F,
            poll=bool(second & _POLL),
            final=bool(second & _FINAL),
            control_plane_independent=bool(second & _INDEPENDENT),
            demand=bool(second & _DEMAND),
            authentication=section,
            extra=rest.rest(),
        )

    def encode(self) -> bytes:
        """As bytes of the wire."""
        section = b"" if self.authentication is None else self.authentication.encode()
        flags = (
            self.poll * _POLL
            | self.final * _FINAL
            | self.control_plane_independent * _INDEPENDENT
            | (self.authentication is not None) * _AUTHENTICATED
            | self.demand * _DEMAND
        )
        head = _LAYOUT.pack(
            VERSION << 5 | self.diagnostic,
            self.state << 6 | flags,
            self.multiplier,
            MANDATORY_LENGTH + len(section) + len(self.extra),
            self.my_discriminator,
            self.your_discriminator,
            self.desired_min_tx_us,
            self.required_min_rx_us,
            self.required_min_echo_rx_us,
        )
        return head + section + self.extra
