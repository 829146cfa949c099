"""Multicast: scopes, the flags of an IPv6 group, and the prefix or rendezvous point inside it.

    |   8    |  4 |  4 |  4 |  4 |   8    |       64       |    32    |
    +--------+----+----+----+----+--------+----------------+----------+
    |11111111|flgs|scop|rsvd|RIID|  plen  | network prefix | group ID |
    +--------+----+----+----+----+--------+----------------+----------+

Scopes: RFC 4291 2.7, RFC 7346. Flags: RFC 4291 2.7, RFC 7371 4. `plen` and prefix: RFC 3306 4.
RIID: RFC 3956 3. IPv4 has no scope field; RFC 2365 sets its blocks beside these scopes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from fingerpost._core import Address, Prefix

MAX_PLEN = 64  # the field that holds the network prefix has 64 bits (RFC 3306 4)


class MulticastScope(IntEnum):
    """How far a group reaches; the value is the `scop` field of RFC 7346 2."""

    INTERFACE_LOCAL = 0x1
    LINK_LOCAL = 0x2
    REALM_LOCAL = 0x3
    ADMIN_LOCAL = 0x4
    SITE_LOCAL = 0x5
    ORGANIZATION_LOCAL = 0x8
    GLOBAL = 0xE

    def __str__(self) -> str:
        """RFC 7346's spelling."""
        return "Global" if self is MulticastScope.GLOBAL else self.name.title().replace("_", "-")


@dataclass(frozen=True, slots=True)
class MulticastFlags:
    """The four flag bits of an IPv6 group, most significant first."""

    reserved: bool
    """The first bit: 0 in RFC 4291, set aside (X) by RFC 7371."""
    embeds_rendezvous_point: bool
    """R: the group carries the address of its rendezvous point (RFC 3956)."""
    is_prefix_based: bool
    """P: the group is made from a unicast prefix (RFC 3306)."""
    is_transient: bool
    """T: not assigned by IANA for good."""

    @classmethod
    def from_bits(cls, bits: int) -> MulticastFlags:
        """Split the 4-bit field."""
        return cls(bool(bits & 8), bool(bits & 4), bool(bits & 2), bool(bits & 1))

    def __str__(self) -> str:
        """The letters of the bits that are set, `-` for the others: "-RPT"."""
        bits = (
            self.reserved,
            self.embeds_rendezvous_point,
            self.is_prefix_based,
            self.is_transient,
        )
        return "".join(
            letter if is_set else "-" for letter, is_set in zip("XRPT", bits, strict=True)
        )


def multicast_flags(address: Address) -> MulticastFlags | None:
    """Flags of an IPv6 group; None for IPv4 and for addresses that are not multicast."""
    number = _group(address)
    return None if number is None else MulticastFlags.from_bits(number >> 116 & 0xF)


def multicast_prefix(address: Address) -> Prefix | None:
    """Unicast prefix from which an IPv6 group is made (RFC 3306 4).

    None where the group is not prefix-based, is source-specific (`plen` 0, RFC 3306 6), or
    claims more than 64 bits.
    """
    number = _group(address)
    if number is None or not number >> 116 & 0x2:
        return None
    plen = number >> 96 & 0xFF
    if not 0 < plen <= MAX_PLEN:
        return None
    network = number >> 32 & (1 << 64) - 1
    return Prefix((Address(network << 64, version=6), plen))


def rendezvous_point(address: Address) -> Address | None:
    """Rendezvous point that an IPv6 group carries (RFC 3956 4).

    The first `plen` bits of its network prefix, zeros, and the four RIID bits. None unless the
    flags are R, P and T, `plen` is from 1 to 64, and RIID is not 0 (reserved).
    """
    number = _group(address)
    if number is None or number >> 116 & 0x7 != 0x7:
        return None
    plen, riid = number >> 96 & 0xFF, number >> 104 & 0xF
    if not 0 < plen <= MAX_PLEN or not riid:
        return None
    network = (number >> 32 & (1 << 64) - 1) >> (64 - plen) << (64 - plen)
    return Address(network << 64 | riid, version=6)


def _group(address: Address) -> int | None:
    """The number of an IPv6 multicast address."""
    if address.version == 4:
        return None
    number = int(address)
    return number if number >> 120 == 0xFF else None
