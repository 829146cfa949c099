"""The arithmetic of prefixes that is asked for by people, not per packet.

Hosts, subnets, supernets, neighbours, exclusion: each a few lines on the native classes, to which
`fingerpost.addr.attach` ties them as methods. RFC 4632 is the CIDR of all this.

What counts as a host (RFC 3021, RFC 4291 2.6.1, RFC 6164):

| prefix | hosts |
|---|---|
| IPv4 up to /30 | all but the network and the broadcast address |
| IPv4 /31, IPv6 /127 | both: a link between two routers |
| IPv4 /32, IPv6 /128 | the one |
| IPv6 up to /126 | all but the first, the subnet-router anycast address |

The reserved anycast addresses at the top of an IPv6 subnet (RFC 2526) are counted as hosts.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import NamedTuple, SupportsIndex

from fingerpost._core import Address, Interface, Prefix
from fingerpost.addr.types import AddressLike, PrefixLike
from fingerpost.errors import AddressError


class Neighbours(NamedTuple):
    """The prefixes of the same length around one; None where the address space ends.

    `sibling` is the other half of the next shorter prefix: the last network bit flipped. It is
    always either `previous` or `next`; only with it does a prefix merge.
    """

    previous: Prefix | None
    next: Prefix | None
    sibling: Prefix | None


def network_part(address: AddressLike, length: int) -> Address:
    """The address AND the netmask of `length` bits. Raises AddressError for a bad length."""
    return Prefix(Address(address).without_zone, length).address


def host_part(address: AddressLike, length: int) -> Address:
    """The address AND the complement of the netmask, as an address of the same family.

    Raises AddressError for a length that the family does not have.
    """
    whole = Address(address).without_zone
    hostmask = Prefix(whole, length).hostmask
    return Address(int(whole) & int(hostmask), whole.version)


def interface_network_part(interface: Interface) -> Address:
    """The address AND the netmask."""
    return network_part(interface, interface.length)


def interface_host_part(interface: Interface) -> Address:
    """The address AND the complement of the netmask."""
    return host_part(interface, interface.length)


def first_host(prefix: Prefix) -> Address:
    """The lowest address that a host may have."""
    if prefix.bits - prefix.length <= 1:
        return prefix.first
    return prefix.first.succ()


def last_host(prefix: Prefix) -> Address:
    """The highest address that a host may have."""
    return prefix.last if prefix.broadcast is None else prefix.last.pred()


def host_count(prefix: Prefix) -> int:
    """Number of addresses that hosts may have."""
    return last_host(prefix) - first_host(prefix) + 1


def hosts(prefix: Prefix) -> Iterator[Address]:
    """Every address that a host may have, lowest first, made as it is asked for."""
    return _walk(first_host(prefix), last_host(prefix))


def addresses(prefix: Prefix) -> Iterator[Address]:
    """Every address, lowest first, made as it is asked for."""
    return _walk(prefix.first, prefix.last)


def _walk(address: Address, last: Address) -> Iterator[Address]:
    while address != last:
        yield address
        address = address.succ()
    yield last


def address_at(prefix: Prefix, index: SupportsIndex) -> Address:
    """The address at `index`, counted from the end where negative.

    Raises IndexError outside the prefix.
    """
    offset = operator.index(index)
    size = prefix.size
    if not -size <= offset < size:
        raise IndexError(f"{prefix} has {size} addresses, none at {offset}")
    return prefix.first + (offset if offset >= 0 else offset + size)


def subnets(
    prefix: Prefix, length: int | None = None, *, by: int | None = None
) -> Iterator[Prefix]:
    """The prefixes of `length`, or of `by` bits more (1 unless given), that make up this one.

    In order, made as they are asked for. Raises AddressError where the length is shorter than
    this prefix or exceeds the family's width.
    """
    wanted = _longer(prefix, length, by)
    return _walk_subnets(Prefix(prefix.first, wanted), Prefix(prefix.last, wanted))


def _walk_subnets(subnet: Prefix, last: Prefix) -> Iterator[Prefix]:
    while subnet != last:
        yield subnet
        subnet = subnet.succ()
    yield last


def _longer(prefix: Prefix, length: int | None, by: int | None) -> int:
    if length is not None and by is not None:
        raise AddressError("give a length or a number of bits, not both")
    wanted = prefix.length + (1 if by is None else by) if length is None else length
    if not prefix.length <= wanted <= prefix.bits:
        raise AddressError(
            f"{prefix} has no subnets of length {wanted}; give {prefix.length} to {prefix.bits}",
            wanted,
            "length-range",
        )
    return wanted


def supernet(prefix: Prefix, length: int | None = None, *, by: int | None = None) -> Prefix:
    """The prefix of `length`, or of `by` bits less (1 unless given), that holds this one.

    Raises AddressError where the length is longer than this prefix or below 0.
    """
    if length is not None and by is not None:
        raise AddressError("give a length or a number of bits, not both")
    wanted = prefix.length - (1 if by is None else by) if length is None else length
    if not 0 <= wanted <= prefix.length:
        raise AddressError(
            f"{prefix} has no supernet of length {wanted}; give 0 to {prefix.length}",
            wanted,
            "length-range",
        )
    return Prefix(prefix.address, wanted)


def supernets(prefix: Prefix) -> Iterator[Prefix]:
    """Every shorter prefix that holds this one, the longest first, down to length 0."""
    return (Prefix(prefix.address, length) for length in range(prefix.length - 1, -1, -1))


def sibling(prefix: Prefix) -> Prefix | None:
    """The prefix that differs in the last network bit alone; None for length 0."""
    if prefix.length == 0:
        return None
    last_network_bit = 1 << (prefix.bits - prefix.length)
    flipped = int(prefix.address) ^ last_network_bit
    return Prefix(Address(flipped, prefix.version), prefix.length)


def neighbours(prefix: Prefix) -> Neighbours:
    """The previous and the next prefix of the same length, and the sibling."""
    at_start = int(prefix.first) == 0
    at_end = int(prefix.last) == (1 << prefix.bits) - 1
    return Neighbours(
        previous=None if at_start else prefix.pred(),
        next=None if at_end else prefix.succ(),
        sibling=sibling(prefix),
    )


def halves(prefix: Prefix) -> tuple[Prefix, Prefix]:
    """The two prefixes of one bit more. Raises AddressError for a single address."""
    lower, upper = subnets(prefix, by=1)
    return lower, upper


def exclude(prefix: Prefix, other: PrefixLike) -> list[Prefix]:
    """What is left of this prefix without the other, as the fewest prefixes, in order.

    All of it where they do not overlap, nothing where the other holds it. Never raises for
    disjoint prefixes, unlike `ipaddress`.
    """
    hole = Prefix(other)
    if not prefix.overlaps(hole):
        return [prefix]
    kept = []
    # each split keeps the half without the hole and goes on in the other
    while prefix.length < hole.length:
        lower, upper = halves(prefix)
        keep, prefix = (upper, lower) if hole in lower else (lower, upper)
        kept.append(keep)
    return sorted(kept)
