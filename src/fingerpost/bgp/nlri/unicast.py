"""Prefixes of IPv4 and IPv6 (RFC 4271 4.3): length in bits (8), the octets that it takes."""

from __future__ import annotations

from fingerpost.addr import Address, Prefix
from fingerpost.bgp.nlri.framing import LAYER, LONGEST_BITS
from fingerpost.wire.reader import Reader


def decode_prefix(octets: bytes, afi: int) -> Prefix:
    """Read a prefix of AFI 1 or 2; bits behind its length mean nothing. Raises `DecodeError`."""
    reader = Reader(octets, LAYER, section="RFC 4271 4.3")
    prefix = read_prefix(reader, afi, reader.u8("prefix length"))
    reader.finish("prefix")
    return prefix


def read_prefix(reader: Reader, afi: int, length: int) -> Prefix:
    """Read the address of a prefix of `length` bits."""
    bits = next((bits for kind, bits in LONGEST_BITS.items() if kind == afi), None)
    if bits is None:
        reader.refuse("AFI", afi, "1 or 2")
    if length > bits:
        reader.refuse("prefix length", length, f"0 to {bits}")
    octets = reader.take((length + 7) // 8, "prefix")
    return Prefix(Address(octets.ljust(bits // 8, b"\0")), length)


def encode_prefix(prefix: Prefix) -> bytes:
    """As bytes of the wire."""
    return bytes((prefix.length,)) + prefix.network.packed[: (prefix.length + 7) // 8]
