"""Router advertisement (RFC 4861 4.2), with H (RFC 6275), Prf (RFC 4191 2.2) and P (RFC 4389).

+---------------+---------------+-------------------------------+
|   type 134    |    code 0     |           checksum            |
+---------------+-+-+-+---+-+---+-------------------------------+
| cur hop limit |M|O|H|Prf|P|rsv|      router lifetime, s       |
+---------------+-+-+-+---+-+---+-------------------------------+
|                       reachable time, ms                      |
|                    retransmission timer, ms                   |
+---------------------------------------------------------------+
|                            options                            |
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmpv6_message import Icmpv6Message, Icmpv6Type
from fingerpost.wire.nd.options import NdOption, Preference, encode_options, read_options
from fingerpost.wire.sealing import refuse_code

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!BBHII")
_WHOLE = struct.Struct("!BBHBBHII")
MANAGED, OTHER, HOME_AGENT, PROXY = 0x80, 0x40, 0x20, 0x04


@dataclass(frozen=True, slots=True)
class RouterAdvertisement(Icmpv6Message):
    """The sender is a router, and says how its link is used; 0 leaves a value to the host.

    `hop_limit` for packets of the hosts, `lifetime_s` as default router (0: none), `managed` and
    `other`: DHCPv6 has addresses, or other configuration.
    """

    hop_limit: int = 0
    managed: bool = False
    other: bool = False
    preference: Preference = Preference.MEDIUM
    lifetime_s: int = 0
    reachable_time_ms: int = 0
    retransmit_timer_ms: int = 0
    options: tuple[NdOption, ...] = ()
    home_agent: bool = False
    proxy: bool = False

    TYPE = Icmpv6Type.ROUTER_ADVERTISEMENT

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read the fixed part and the options (RFC 4861 6.1.2)."""
        reader.section = "RFC 4861 6.1.2"
        refuse_code(reader, code, "RFC 4861 6.1.2")
        hop_limit, bits, lifetime, reachable, retransmit = reader.unpack(_BODY, "fixed part")
        return cls(
            hop_limit,
            bool(bits & MANAGED),
            bool(bits & OTHER),
            Preference(bits >> 3 & 3),
            lifetime,
            reachable,
            retransmit,
            read_options(reader),
            bool(bits & HOME_AGENT),
            bool(bits & PROXY),
        )

    def pack(self) -> bytes:
        """Give the message."""
        flags = self.managed << 7 | self.other << 6 | self.home_agent << 5 | self.proxy << 2
        head = _WHOLE.pack(
            self.TYPE, 0, 0, self.hop_limit, flags | self.preference << 3, self.lifetime_s,
            self.reachable_time_ms, self.retransmit_timer_ms,
        )  # fmt: skip
        return head + encode_options(self.options)
