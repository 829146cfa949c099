"""The authentication trailer of version 3 (RFC 7166).

    +-------------------+-------------------+
    | 1, HMAC           | length of all     |    behind the packet and its LLS block
    +-------------------+-------------------+
    | reserved          | SA id             |    the key's number
    +-------------------+-------------------+
    | sequence number, 8 bytes              |
    +---------------------------------------+
    | digest ...

The digest is made of packet, LLS block and trailer, with Apad in the digest's place: the source
address and then 0x878FE1F3 (4.5). The key is the secret with the id of OSPFv3 (1) behind it. The
AT-bit among the options says that the trailer is there; packets without options have it too, as
all are signed on an interface that signs. Numbers must rise from packet to packet of one type.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from fingerpost.ospf.authentication import link_local
from fingerpost.ospf.authentication.keyed import Keyed, router_of, wrong_digest, wrong_size
from fingerpost.ospf.authentication.keyring import KeyedDigest
from fingerpost.ospf.authentication.layout import (
    TYPE,
    V3_HEADER,
    lls_length,
    packet_length,
    v3_has_lls,
    v3_has_trailer,
    with_trailer_bit,
)
from fingerpost.ospf.authentication.plain import TRAILER, too_short
from fingerpost.ospf.authentication.sequence import HeardNumbers, SequenceNumbers
from fingerpost.ospf.authentication.verdict import Check, Verdict, accepted
from fingerpost.protocol.keys import APAD

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.ospf.authentication.settings import KeyChain

_HMAC = 1
_FIXED = Struct("!HHHHQ")
_ADDRESS = 16
_PROTOCOL_ID = b"\0\1"  # RFC 7166 4.4
_SWAPPED_ID = b"\1\0"


class TrailerAuthentication(Keyed):
    """Of one interface of version 3."""

    __slots__ = ()

    kind = TRAILER

    def __init__(
        self,
        chain: KeyChain,
        numbers: SequenceNumbers,
        heard: HeardNumbers,
    ) -> None:
        """As `Keyed`; neighbours of version 3 are known by their router id (RFC 5340 4.2)."""
        suffix = _SWAPPED_ID if chain.swapped_protocol_id else _PROTOCOL_ID
        super().__init__(chain, numbers, heard, by_router=True, suffix=suffix)

    @property
    def overhead(self) -> int:
        """The trailer with the longest digest."""
        return _FIXED.size + self._ring.longest

    def sign(self, packet: bytes, source: Address, now: int) -> bytes:
        """Set the AT-bit, clear the checksums and put the trailer behind (RFC 7166 4.5)."""
        keyed = self._ring.sending(now)
        length = int.from_bytes(packet[2:4], "big")
        cleared = with_trailer_bit(packet[:12] + b"\0\0" + packet[14:length])
        if len(packet) > length:
            cleared += link_local.without_checksum(packet[length:])
        size = _FIXED.size + keyed.size
        unsigned = cleared + _FIXED.pack(_HMAC, size, 0, keyed.key.id, self._numbers.wide(now))
        return unsigned + keyed.digest(unsigned, _pad(source, keyed))

    def verify(self, payload: bytes, source: Address, now: int) -> Verdict:
        """Check kind, key, its time, number and digest, in this order (RFC 7166 4.6)."""
        length = packet_length(payload, V3_HEADER)
        if length is None:
            return too_short(payload, V3_HEADER)
        said = v3_has_trailer(payload, length)
        if said is False or len(payload) == length:
            bit = "" if said is None else f" (AT-bit {'set' if said else 'clear'})"
            return Verdict(Check.KIND, f"none{bit}", TRAILER)
        block = 0
        if v3_has_lls(payload, length):
            found = lls_length(payload[length:])
            if found is None:
                return Verdict(Check.LENGTH, "an LLS block that is cut off", "all of it")
            block = found
        return self._check(payload, length + block, block, source, now)

    def _check(self, payload: bytes, at: int, block: int, source: Address, now: int) -> Verdict:
        """Check the trailer that begins at `at`, behind an LLS block of `block` bytes."""
        start = at + _FIXED.size
        if len(payload) < start:
            theirs = f"a trailer of {len(payload) - at} bytes"
            return Verdict(Check.LENGTH, theirs, f"at least {_FIXED.size}")
        kind, size, _, key_id, sequence = _FIXED.unpack_from(payload, at)
        if kind != _HMAC:
            return Verdict(Check.KIND, f"{TRAILER} of type {kind}", f"{TRAILER} of type {_HMAC}")
        keyed = self._find(key_id, now)
        if isinstance(keyed, Verdict):
            return keyed
        end = start + keyed.size
        if size != _FIXED.size + keyed.size or len(payload) < end:
            return wrong_size(keyed, max(min(size, len(payload) - at) - _FIXED.size, 0))
        peer = self._peer(router_of(payload), source)
        stale = self._stale(peer, payload[TYPE], sequence, rises=True)
        if stale is not None:
            return stale
        message, digest, pad = payload[:start], payload[start:end], _pad(source, keyed)
        if not self._fits(keyed, message, digest, pad):
            return wrong_digest(keyed, digest, self._hint(keyed, message, digest, pad))
        self._heard.note(peer, payload[TYPE], sequence, key_id, now)
        return accepted(payload[at - block : at])

    def _hint(self, keyed: KeyedDigest, message: bytes, digest: bytes, pad: bytes) -> str:
        """Tell whether the digest is right but for the order of the protocol id's bytes."""
        suffix = _PROTOCOL_ID if self._chain.swapped_protocol_id else _SWAPPED_ID
        if not self._fits(KeyedDigest(keyed.key, suffix), message, digest, pad):
            return ""
        word = "without" if self._chain.swapped_protocol_id else "with"
        return f"it fits {word} swapped_protocol_id"

    def forget(self, router_id: int, source: Address) -> None:
        """Let a neighbour count anew, unless its numbers are to outlive adjacencies."""
        if not self._chain.keeps_sequence:
            super().forget(router_id, source)

    def summary(self, now: int) -> dict[str, object]:
        """Its kind and the key that signs."""
        return self._summary(self.kind, now)


def _pad(source: Address, keyed: KeyedDigest) -> bytes:
    """Apad that begins with the source address (RFC 7166 4.5)."""
    return source.packed + APAD * ((keyed.size - _ADDRESS) // len(APAD))
