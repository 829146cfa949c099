"""The common header and the per-peer header (RFC 7854 4.1 and 4.2).

```text
|    Version    |   Message Length (32)                 |  Msg. Type    |

|   Peer Type   |  Peer Flags   |   Peer Distinguisher (64)             |
|                 Peer Address (16 bytes)                               |
|                           Peer AS (32)                                |
|                         Peer BGP ID (32)                              |
|                    Timestamp (seconds, 32)                            |
|                  Timestamp (microseconds, 32)                         |
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.bmp.constants import COMMON, VERSION, MessageKind, PeerFlags, PeerType

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

LAYER: Final = "BMP"
_NS_PER_S: Final = 1_000_000_000
_NO_FLAGS: Final = PeerFlags(0)
_NO_ADDRESS: Final = Address("0.0.0.0")


def framed(kind: MessageKind, body: bytes) -> bytes:
    """A whole message."""
    return bytes((VERSION,)) + (COMMON + len(body)).to_bytes(4, "big") + bytes((kind,)) + body


@dataclass(frozen=True, slots=True)
class PeerHeader:
    """Whom a message is about, and when it happened; `instant_ns` 0: not known.

    `type` and `flags` choose the table: those of RFC 7854 4.2, the Adj-RIB-Out of RFC 8671, the
    Loc-RIB of RFC 9069.
    """

    address: Address = _NO_ADDRESS
    asn: int = 0
    router_id: int = 0
    instant_ns: int = 0
    type: PeerType | int = PeerType.GLOBAL
    flags: PeerFlags = _NO_FLAGS
    distinguisher: int = 0

    @property
    def is_loc_rib(self) -> bool:
        """Whether it is about the best paths (RFC 9069)."""
        return self.type == PeerType.LOC_RIB

    @property
    def view(self) -> str:
        """Which table: "pre-policy", "post-policy", "out", "out pre-policy" or "loc-rib"."""
        if self.is_loc_rib:
            return "loc-rib"
        is_post = bool(self.flags & PeerFlags.POST_POLICY)
        if self.flags & PeerFlags.ADJ_RIB_OUT:
            return "out" if is_post else "out pre-policy"
        return "post-policy" if is_post else "pre-policy"

    @property
    def key(self) -> tuple[int, int, Address]:
        """What tells peers apart (RFC 7854 4.2), whatever the table of them."""
        return int(self.type), self.distinguisher, self.address

    def encode(self) -> bytes:
        """As it stands in a message; the flag of IPv6 follows from the address."""
        octets = self.address.packed
        flags = self.flags
        if not self.is_loc_rib:
            flags &= ~PeerFlags.IPV6
            flags |= PeerFlags.IPV6 if len(octets) == 16 else PeerFlags(0)
        seconds, rest = divmod(self.instant_ns, _NS_PER_S)
        return (
            bytes((int(self.type), int(flags)))
            + self.distinguisher.to_bytes(8, "big")
            + octets.rjust(16, b"\0")
            + self.asn.to_bytes(4, "big")
            + self.router_id.to_bytes(4, "big")
            + (seconds & 0xFFFF_FFFF).to_bytes(4, "big")
            + (rest // 1_000).to_bytes(4, "big")
        )

    @classmethod
    def read(cls, reader: Reader) -> PeerHeader:
        """Read it; raises `DecodeError`."""
        number, flags = reader.u8("peer type"), PeerFlags(reader.u8("peer flags") & 0xF0)
        distinguisher = reader.u64("peer distinguisher")
        octets = reader.take(16, "peer address")
        is_v6 = bool(flags & PeerFlags.IPV6) and number != PeerType.LOC_RIB
        address = Address(octets if is_v6 else octets[12:])
        asn, router_id = reader.u32("peer AS"), reader.u32("peer BGP ID")
        seconds, micros = reader.u32("timestamp"), reader.u32("microseconds")
        instant = seconds * _NS_PER_S + micros * 1_000
        kind = PeerType(number) if number <= max(PeerType) else number
        return cls(address, asn, router_id, instant, kind, flags, distinguisher)
