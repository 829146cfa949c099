"""LLS blocks beside authenticated packets (RFC 5613 2.2 and 2.5).

    +-------------------+-------------------+
    | checksum, 0       | length in words   |
    +-------------------+-------------------+
      ... TLVs ...
    +-------------------+-------------------+
    | 2                 | length of value   |    CA-TLV, the last one, of version 2 only
    +-------------------+-------------------+
    | sequence number of the packet         |
    +---------------------------------------+
    | digest of the block up to here ...

In version 3 the packet's trailer covers the block (RFC 7166 2.2). Ours: where the packet has a
number of 64 bits, which RFC 5613 does not know, the TLV has its low half.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from fingerpost.ospf.authentication.layout import lls_length

if TYPE_CHECKING:
    from fingerpost.ospf.authentication.keyring import KeyedDigest

_CRYPTOGRAPHIC = 2
_BLOCK_HEADER = 4
_TLV_HEADER = 4
_LOW = 0xFFFF_FFFF


def without_checksum(block: bytes) -> bytes:
    """Give a block whose checksum is zero (RFC 7166 4.2)."""
    return b"\0\0" + block[2:]


def seal(block: bytes, keyed: KeyedDigest, sequence: int, pad: bytes | None) -> bytes:
    """Give a block of version 2 with its CA-TLV."""
    tlvs = block[_BLOCK_HEADER:]
    value = 4 + keyed.size
    words = (_BLOCK_HEADER + len(tlvs) + _TLV_HEADER + value) // 4
    head = b"\0\0" + words.to_bytes(2, "big") + tlvs
    tlv = _CRYPTOGRAPHIC.to_bytes(2, "big") + value.to_bytes(2, "big")
    unsigned = head + tlv + (sequence & _LOW).to_bytes(4, "big")
    return unsigned + keyed.digest(unsigned, pad)


def fault(block: bytes, keyed: KeyedDigest, sequence: int, pad: bytes | None) -> str | None:
    """Why a block of version 2 is not believed; None where it is. It has no bytes behind it."""
    at = _find(block)
    if at is None:
        return "it has no CA-TLV"
    value = int.from_bytes(block[at + 2 : at + 4], "big")
    start = at + _TLV_HEADER + 4
    if value != 4 + keyed.size or len(block) < start + keyed.size:
        return f"its CA-TLV has {value} bytes, expected {4 + keyed.size}"
    number = int.from_bytes(block[at + _TLV_HEADER : start], "big")
    if number != sequence & _LOW:
        return f"its sequence number is {number}, that of the packet {sequence & _LOW}"
    expected = keyed.digest(block[:start], pad)
    if not hmac.compare_digest(expected, block[start : start + keyed.size]):
        return f"its digest by key {keyed.key.id} does not fit"
    return None


def _find(block: bytes) -> int | None:
    """Where the first CA-TLV begins."""
    at = _BLOCK_HEADER
    while at + _TLV_HEADER <= len(block):
        if int.from_bytes(block[at : at + 2], "big") == _CRYPTOGRAPHIC:
            return at
        value = int.from_bytes(block[at + 2 : at + 4], "big")
        at += _TLV_HEADER + (value + 3 & ~3)
    return None


def whole(block: bytes) -> bytes | None:
    """Give the block that bytes begin with; None where it is not all there."""
    length = lls_length(block)
    return None if length is None else block[:length]
