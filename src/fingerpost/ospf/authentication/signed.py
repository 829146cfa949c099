"""Digests of version 2: keyed MD5 (RFC 2328 D.4.3), HMAC-SHA (RFC 5709), 64-bit numbers (RFC 7474).

The authentication field of the header, and what stands behind the packet:

    type 2  | 0                 | key id  | length  |   +-----------------+
            +-------------------+---------+---------+   | packet          |
            | sequence number                       |   | digest          |
                                                        | LLS block       |

    type 3  | 0                           | length  |   | packet          |
            +-----------------------------+---------+   | sequence, 8     |
            | key id                                |   | digest          |
                                                        | LLS block       |

The digest is made of the packet, its number included, with the key (MD5) or Apad (HMAC) in the
digest's place; type 3 begins Apad with the source address and puts the id of OSPFv2 (3) behind the
key. Numbers may not fall from packet to packet (type 2), and must rise from packet to packet of one
type (type 3).

With type 3 the length is read with and without the 8 bytes of the number, and written without: it
is the length of the digest (RFC 2328 D.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.authentication import link_local
from fingerpost.ospf.authentication.keyed import Keyed, router_of, wrong_digest, wrong_size
from fingerpost.ospf.authentication.layout import (
    TYPE,
    V2_HEADER,
    V2_KIND,
    packet_length,
    v2_has_lls,
)
from fingerpost.ospf.authentication.plain import (
    CRYPTOGRAPHIC,
    EXTENDED,
    KINDS,
    kind_of,
    too_short,
)
from fingerpost.ospf.authentication.sequence import HeardNumbers, SequenceNumbers
from fingerpost.ospf.authentication.verdict import Check, Verdict, accepted
from fingerpost.protocol.keys import APAD

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.ospf.authentication.keyring import KeyedDigest
    from fingerpost.ospf.authentication.settings import KeyChain

_PROTOCOL_ID = b"\0\3"  # OSPFv2 in IANA's registry of cryptographic protocol ids (RFC 7474 6, 9)
_NUMBER = 8  # bytes of the number behind a packet of type 3


class DigestAuthentication(Keyed):
    """Type 2: 32-bit numbers in the header."""

    __slots__ = ()

    kind = KINDS[CRYPTOGRAPHIC]

    @property
    def overhead(self) -> int:
        """The longest digest."""
        return self._ring.longest

    def sign(self, packet: bytes, source: Address, now: int) -> bytes:
        """Write kind and number over checksum and data, and put the digest behind."""
        del source
        keyed = self._ring.sending(now)
        sequence = self._numbers.narrow(now)
        length = int.from_bytes(packet[2:4], "big")
        data = bytes((CRYPTOGRAPHIC, 0, 0, keyed.key.id, keyed.size)) + sequence.to_bytes(4, "big")
        unsigned = packet[:12] + b"\0\0" + packet[14:V2_KIND] + data + packet[V2_HEADER:length]
        signed = unsigned + keyed.digest(unsigned)
        if len(packet) == length:
            return signed
        return signed + link_local.seal(packet[length:], keyed, sequence, None)

    def verify(self, payload: bytes, source: Address, now: int) -> Verdict:
        """Check kind, key, its time, number and digest, in this order (RFC 2328 D.5.3)."""
        length = packet_length(payload, V2_HEADER)
        if length is None:
            return too_short(payload, V2_HEADER)
        if payload[V2_KIND] != CRYPTOGRAPHIC:
            return Verdict(Check.KIND, kind_of(payload[V2_KIND]), kind_of(CRYPTOGRAPHIC))
        keyed = self._find(payload[18], now)
        if isinstance(keyed, Verdict):
            return keyed
        end = length + keyed.size
        if payload[19] != keyed.size or len(payload) < end:
            return wrong_size(keyed, min(payload[19], len(payload) - length))
        sequence = int.from_bytes(payload[20:24], "big")
        peer = self._peer(router_of(payload), source)
        stale = self._stale(peer, 0, sequence, rises=False)
        if stale is not None:
            return stale
        digest = payload[length:end]
        if not self._fits(keyed, payload[:length], digest, None):
            return wrong_digest(keyed, digest)
        self._heard.note(peer, 0, sequence, keyed.key.id, now)
        return _with_lls(payload, length, end, keyed, sequence, None)

    def summary(self, now: int) -> dict[str, object]:
        """Its kind and the key that signs."""
        return self._summary(self.kind, now)


class ExtendedAuthentication(Keyed):
    """Type 3: 64-bit numbers behind the packet, and the source address in the digest."""

    __slots__ = ()

    kind = KINDS[EXTENDED]

    def __init__(
        self,
        chain: KeyChain,
        numbers: SequenceNumbers,
        heard: HeardNumbers,
        *,
        by_router: bool,
    ) -> None:
        """As `Keyed`."""
        super().__init__(chain, numbers, heard, by_router=by_router, suffix=_PROTOCOL_ID)

    @property
    def overhead(self) -> int:
        """The number and the longest digest."""
        return _NUMBER + self._ring.longest

    def sign(self, packet: bytes, source: Address, now: int) -> bytes:
        """Write kind and key over checksum and data, and put number and digest behind."""
        keyed = self._ring.sending(now)
        sequence = self._numbers.wide(now)
        length = int.from_bytes(packet[2:4], "big")
        data = bytes((EXTENDED, 0, 0, 0, keyed.size)) + keyed.key.id.to_bytes(4, "big")
        head = packet[:12] + b"\0\0" + packet[14:V2_KIND] + data
        unsigned = head + packet[V2_HEADER:length] + sequence.to_bytes(_NUMBER, "big")
        pad = _pad(source, keyed)
        signed = unsigned + keyed.digest(unsigned, pad)
        if len(packet) == length:
            return signed
        return signed + link_local.seal(packet[length:], keyed, sequence, pad)

    def verify(self, payload: bytes, source: Address, now: int) -> Verdict:
        """Check kind, key, its time, number and digest, in this order (RFC 7474 2 to 5)."""
        length = packet_length(payload, V2_HEADER)
        if length is None:
            return too_short(payload, V2_HEADER)
        if payload[V2_KIND] != EXTENDED:
            return Verdict(Check.KIND, kind_of(payload[V2_KIND]), kind_of(EXTENDED))
        keyed = self._find(int.from_bytes(payload[20:24], "big"), now)
        if isinstance(keyed, Verdict):
            return keyed
        start = length + _NUMBER
        end = start + keyed.size
        if payload[19] not in (keyed.size, keyed.size + _NUMBER) or len(payload) < end:
            return wrong_size(keyed, max(min(payload[19], len(payload) - start), 0))
        sequence = int.from_bytes(payload[length:start], "big")
        peer = self._peer(router_of(payload), source)
        stale = self._stale(peer, payload[TYPE], sequence, rises=True)
        if stale is not None:
            return stale
        digest = payload[start:end]
        pad = _pad(source, keyed)
        if not self._fits(keyed, payload[:start], digest, pad):
            return wrong_digest(keyed, digest)
        self._heard.note(peer, payload[TYPE], sequence, keyed.key.id, now)
        return _with_lls(payload, length, end, keyed, sequence, pad)

    def forget(self, router_id: int, source: Address) -> None:
        """Let a neighbour count anew, unless its numbers are to outlive adjacencies."""
        if not self._chain.keeps_sequence:
            super().forget(router_id, source)

    def summary(self, now: int) -> dict[str, object]:
        """Its kind and the key that signs."""
        return self._summary(self.kind, now)


def _pad(source: Address, keyed: KeyedDigest) -> bytes:
    """Apad that begins with the source address (RFC 7474 5)."""
    return source.packed + APAD * (keyed.size // len(APAD) - 1)


def _with_lls(
    payload: bytes, length: int, end: int, keyed: KeyedDigest, sequence: int, pad: bytes | None
) -> Verdict:
    """Accept a packet, and its LLS block where that holds by itself (RFC 5613 2.5)."""
    if not v2_has_lls(payload, length):
        return accepted()
    block = link_local.whole(payload[end:])
    if block is None:
        return accepted(ignored=f"it is cut off after {len(payload) - end} bytes")
    why = link_local.fault(block, keyed, sequence, pad)
    return accepted(block) if why is None else accepted(ignored=why)
