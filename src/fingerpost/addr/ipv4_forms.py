"""The IPv4 addresses that some IPv6 addresses carry, for what, and the way there and back.

    ::a.b.c.d            IPv4-compatible, deprecated    RFC 4291 2.5.5.1
    ::ffff:a.b.c.d       IPv4-mapped                    RFC 4291 2.5.5.2
    64:ff9b::a.b.c.d     IPv4/IPv6 translation          RFC 6052 2.1
    2002:ab:cd::         6to4: the site's router        RFC 3056 2
    2001:0:ab:cd:...     Teredo: server and client      RFC 4380 4

An address in `64:ff9b:1::/48` (RFC 8215) carries one as well, but only its operator knows where.
The conversions have the names and the meaning that Rust's standard library gives them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fingerpost._core import Address
from fingerpost.addr.embedded import ipv4_mapped, sixtofour, teredo
from fingerpost.addr.registry import Entry, Kind

if TYPE_CHECKING:
    from fingerpost.addr.types import AddressLike

_LOW = 0xFFFF_FFFF
_TRANSLATED = 0x64_FF9B << 64  # the first 96 bits of 64:ff9b::/96

CARRIERS = frozenset((Kind.IPV4_MAPPED, Kind.IPV4_COMPATIBLE, Kind.TRANSLATION, Kind.TUNNEL))
"""Kinds of registry rows whose addresses may carry an IPv4 address."""


def carried(address: Address, entry: Entry) -> Iterator[tuple[str, Address]]:
    """(role, IPv4 address) for each IPv4 address that an address of the row `entry` carries."""
    if entry.kind is Kind.IPV4_COMPATIBLE:
        yield "IPv4-compatible", Address(int(address) & _LOW)
    elif (mapped := ipv4_mapped(address)) is not None:
        yield "IPv4-mapped", mapped
    elif (behind := nat64(address)) is not None:
        yield "behind the translator", behind
    elif (router := sixtofour(address)) is not None:
        yield "6to4 router", router
    elif (tunnel := teredo(address)) is not None:
        yield "Teredo server", tunnel.server
        yield "Teredo client", tunnel.client


def nat64(address: AddressLike) -> Address | None:
    """The IPv4 address behind a translator in 64:ff9b::/96 (RFC 6052 2.1), else None."""
    address = Address(address)
    number = int(address)
    return Address(number & _LOW) if number >> 32 == _TRANSLATED else None


def to_ipv4_mapped(address: AddressLike) -> Address | None:
    """`::ffff:a.b.c.d` as `a.b.c.d`, else None."""
    return ipv4_mapped(Address(address))


def to_ipv4(address: AddressLike) -> Address | None:
    """`::ffff:a.b.c.d` and `::a.b.c.d` as `a.b.c.d`, so `::1` as `0.0.0.1`; else None.

    An IPv4 address is returned unchanged.
    """
    address = Address(address)
    if address.version == 4:
        return address
    number = int(address)
    return Address(number & _LOW) if number >> 32 in (0, 0xFFFF) else None


def to_canonical(address: AddressLike) -> Address:
    """`::ffff:a.b.c.d` as `a.b.c.d`; every other address unchanged."""
    address = Address(address)
    mapped = ipv4_mapped(address)
    return address if mapped is None else mapped


def to_ipv6_mapped(address: AddressLike) -> Address:
    """`a.b.c.d` as `::ffff:a.b.c.d`; an IPv6 address unchanged."""
    address = Address(address)
    return address if address.version == 6 else Address(0xFFFF << 32 | int(address), 6)


def to_ipv6_compatible(address: AddressLike) -> Address:
    """`a.b.c.d` as `::a.b.c.d`, which RFC 4291 2.5.5.1 deprecates; IPv6 unchanged."""
    address = Address(address)
    return address if address.version == 6 else Address(int(address), 6)


CONVERSIONS = (to_canonical, to_ipv4, to_ipv4_mapped, to_ipv6_compatible, to_ipv6_mapped)
"""Every conversion, in the order of their names."""
