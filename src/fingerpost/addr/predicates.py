"""Yes-or-no questions about one address: those of Rust's standard library and of `ipaddress`.

Each asks the registry row that won in `classify`, so all of them agree with each other and with
the registries. Where Rust and Python disagree, or disagree with the registries, the rows decide;
docs/classification.md lists every such case. `addr/__init__.py` makes them properties of
`Address`, under the same names.

None looks inside an IPv4-mapped address: that is what `to_canonical` is for.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from fingerpost._core import Address
from fingerpost.addr.classification import cell_of
from fingerpost.addr.registry import Kind
from fingerpost.addr.scopes import MulticastScope
from fingerpost.addr.verdicts import is_globally_reachable

if TYPE_CHECKING:
    from fingerpost.addr.types import AddressLike

_SITE_OWNED = frozenset((Kind.PRIVATE, Kind.UNIQUE_LOCAL))
_HELD_BACK = frozenset(
    (Kind.RESERVED, Kind.UNALLOCATED, Kind.SITE_LOCAL, Kind.IPV4_COMPATIBLE),
)
_NOT_UNICAST = frozenset((Kind.MULTICAST, Kind.BROADCAST))
_NOT_UNICAST_GLOBAL = _NOT_UNICAST | {
    Kind.LOOPBACK,
    Kind.LINK_LOCAL,
    Kind.UNIQUE_LOCAL,
    Kind.UNSPECIFIED,
    Kind.DOCUMENTATION,
    Kind.BENCHMARKING,
    # in IPv4 only, for which Rust has no such predicate
    Kind.PRIVATE,
    Kind.SHARED,
    Kind.THIS_NETWORK,
    Kind.RESERVED,
}


def _kind(address: AddressLike) -> Kind:
    return _kind_of(address if type(address) is Address else Address(address))


@lru_cache(maxsize=8192)  # routers ask the same of the addresses of each packet
def _kind_of(address: Address) -> Kind:
    return cell_of(address).entry.kind


def is_unspecified(address: AddressLike) -> bool:
    """0.0.0.0 or ::."""
    return _kind(address) is Kind.UNSPECIFIED


def is_loopback(address: AddressLike) -> bool:
    """127.0.0.0/8 (RFC 1122 3.2.1.3) or ::1 (RFC 4291 2.5.3)."""
    return _kind(address) is Kind.LOOPBACK


def is_private(address: AddressLike) -> bool:
    """Set aside for any site's own use: RFC 1918 blocks, or unique local fc00::/7 (RFC 4193).

    Narrower than `ipaddress`, whose `is_private` means "not globally reachable": ask `is_global`.
    """
    return _kind(address) in _SITE_OWNED


def is_global(address: AddressLike) -> bool:
    """Globally reachable by the registries, see `is_globally_reachable`; "N/A" is False."""
    return is_globally_reachable(address).answer


def is_shared(address: AddressLike) -> bool:
    """100.64.0.0/10, between a provider and its customers' translators (RFC 6598)."""
    return _kind(address) is Kind.SHARED


def is_link_local(address: AddressLike) -> bool:
    """169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 2.4)."""
    return _kind(address) is Kind.LINK_LOCAL


def is_site_local(address: AddressLike) -> bool:
    """fec0::/10, deprecated by RFC 3879."""
    return _kind(address) is Kind.SITE_LOCAL


def is_unique_local(address: AddressLike) -> bool:
    """fc00::/7 (RFC 4193)."""
    return _kind(address) is Kind.UNIQUE_LOCAL


def is_benchmarking(address: AddressLike) -> bool:
    """198.18.0.0/15 (RFC 2544) or 2001:2::/48 (RFC 5180)."""
    return _kind(address) is Kind.BENCHMARKING


def is_documentation(address: AddressLike) -> bool:
    """The three TEST-NETs (RFC 5737), 2001:db8::/32 (RFC 3849) or 3fff::/20 (RFC 9637)."""
    return _kind(address) is Kind.DOCUMENTATION


def is_reserved(address: AddressLike) -> bool:
    """Held back for the future: 240.0.0.0/4 less the broadcast address, or IPv6 "Reserved by IETF".

    A special-purpose block inside reserved IPv6 space, as 64:ff9b::/96, is not reserved.
    """
    return _kind(address) in _HELD_BACK


def is_broadcast(address: AddressLike) -> bool:
    """255.255.255.255 (RFC 919 7)."""
    return _kind(address) is Kind.BROADCAST


def is_multicast(address: AddressLike) -> bool:
    """224.0.0.0/4 (RFC 1112 4) or ff00::/8 (RFC 4291 2.7)."""
    return _kind(address) is Kind.MULTICAST


def is_unicast(address: AddressLike) -> bool:
    """Neither multicast nor the limited broadcast address."""
    return _kind(address) not in _NOT_UNICAST


def is_unicast_link_local(address: AddressLike) -> bool:
    """Unicast with link-local scope; the name that Rust gives `is_link_local` in IPv6."""
    return is_link_local(address)


def is_unicast_global(address: AddressLike) -> bool:
    """Unicast, and not of a kind that is confined or not real.

    Not: loopback, link-local, unique local, unspecified, documentation, benchmarking; in IPv4
    also private, shared, 0.0.0.0/8 and 240.0.0.0/4. True of much that is not reachable, as
    site-local, IPv4-mapped and unallocated addresses: for that ask `is_global`.
    """
    return _kind(address) not in _NOT_UNICAST_GLOBAL


def is_ipv4(address: AddressLike) -> bool:
    """An IPv4 address; an IPv4-mapped one is not."""
    return Address(address).version == 4


def is_ipv6(address: AddressLike) -> bool:
    """An IPv6 address."""
    return Address(address).version == 6


def is_ipv4_mapped(address: AddressLike) -> bool:
    """::ffff:0:0/96 (RFC 4291 2.5.5.2)."""
    return _kind(address) is Kind.IPV4_MAPPED


def multicast_scope(address: AddressLike) -> MulticastScope | None:
    """How far a group reaches; None for unicast and for scopes that no RFC assigns.

    IPv4 groups by RFC 2365: link-local 224.0.0.0/24, organization-local 239.192.0.0/14, scope
    3 239.255.0.0/16, none in the rest of 239.0.0.0/8, global elsewhere.
    """
    return cell_of(Address(address)).entry.scope


PREDICATES = (
    is_benchmarking,
    is_broadcast,
    is_documentation,
    is_global,
    is_ipv4,
    is_ipv4_mapped,
    is_ipv6,
    is_link_local,
    is_loopback,
    is_multicast,
    is_private,
    is_reserved,
    is_shared,
    is_site_local,
    is_unicast,
    is_unicast_global,
    is_unicast_link_local,
    is_unique_local,
    is_unspecified,
)
"""Every predicate, in the order of their names."""
