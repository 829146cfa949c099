"""What an IPv6 address carries inside: IPv4 addresses and hardware addresses, and back.

RFC 4291 2.5.5.2 (IPv4-mapped), RFC 3056 (6to4), RFC 4380 (Teredo), RFC 4291 appendix A (EUI-64).
"""

from __future__ import annotations

from typing import NamedTuple

from fingerpost._core import Address, Prefix
from fingerpost.addr.types import PrefixLike
from fingerpost.errors import AddressError

_MAPPED = Prefix("::ffff:0:0/96")
_SIXTOFOUR = Prefix("2002::/16")
_TEREDO = Prefix("2001::/32")

# the universal/local bit, which EUI-64 interface identifiers invert (RFC 4291 2.5.1)
_UNIVERSAL_LOCAL = 0x02
# separator -> hexadecimal digits between two of them
_MAC_FORMS = {":": 2, "-": 2, ".": 4}


class Teredo(NamedTuple):
    """The IPv4 addresses of a Teredo address, and what else stands in it (RFC 4380 4)."""

    server: Address
    client: Address
    port: int
    flags: int


def ipv4_mapped(address: Address) -> Address | None:
    """The IPv4 address of `::ffff:a.b.c.d` (RFC 4291 2.5.5.2), else None."""
    return Address(address.packed[12:]) if address in _MAPPED else None


def sixtofour(address: Address) -> Address | None:
    """The IPv4 address of the 6to4 site of `2002:AABB:CCDD::/48` (RFC 3056 2), else None."""
    return Address(address.packed[2:6]) if address in _SIXTOFOUR else None


def teredo(address: Address) -> Teredo | None:
    """Server and client of a Teredo address (RFC 4380 4), else None.

    Port and client are stored with all bits inverted and given here in the clear.
    """
    if address not in _TEREDO:
        return None
    packed = address.packed
    inverted = bytes(byte ^ 0xFF for byte in packed[10:16])
    return Teredo(
        server=Address(packed[4:8]),
        client=Address(inverted[2:6]),
        port=int.from_bytes(inverted[:2], "big"),
        flags=int.from_bytes(packed[8:10], "big"),
    )


def from_eui64(prefix: PrefixLike, mac: str | bytes) -> Address:
    """The address in `prefix` whose interface identifier is made of a hardware address.

    `mac`: six or eight bytes, or text such as 34-56-78-9a-bc-de, 34:56:78:9a:bc:de and
    3456.789a.bcde. The universal/local bit is inverted and ff:fe put in the middle of 48 bits
    (RFC 4291 appendix A). Raises AddressError unless the prefix is IPv6 of at most 64 bits.
    """
    net = Prefix(prefix)
    if net.version != 6 or net.length > 64:
        raise AddressError(
            f"{net} leaves no room for an interface identifier; give an IPv6 prefix up to /64"
        )
    octets = parse_mac(mac)
    if len(octets) == 6:
        octets = octets[:3] + b"\xff\xfe" + octets[3:]
    identifier = int.from_bytes(bytes([octets[0] ^ _UNIVERSAL_LOCAL]) + octets[1:], "big")
    return Address(int(net.address) | identifier, 6)


def eui64_mac(address: Address) -> str | None:
    """The 48-bit hardware address in the interface identifier, else None.

    Recognised by ff:fe in the middle (RFC 4291 appendix A): a random identifier looks so once
    in 65,536.
    """
    if address.version != 6:
        return None
    identifier = address.packed[8:]
    if identifier[3:5] != b"\xff\xfe":
        return None
    octets = bytes([identifier[0] ^ _UNIVERSAL_LOCAL]) + identifier[1:3] + identifier[5:]
    return octets.hex(":")


def parse_mac(mac: str | bytes) -> bytes:
    """Six or eight bytes of a hardware address. Raises AddressError for anything else."""
    octets = mac if isinstance(mac, bytes) else _octets_of_text(mac)
    if len(octets) not in (6, 8):
        raise AddressError(
            f"{mac!r} is not a hardware address; write six octets such as 34:56:78:9a:bc:de",
            mac,
            "mac",
        )
    return octets


def _octets_of_text(text: str) -> bytes:
    """The bytes of a text in one of the usual forms, nothing for any other."""
    for separator, digits in _MAC_FORMS.items():
        parts = text.split(separator)
        if len(parts) > 1:
            whole = all(len(part) == digits and part.isalnum() for part in parts)
            try:
                return bytes.fromhex("".join(parts)) if whole else b""
            except ValueError:
                return b""
    return b""
