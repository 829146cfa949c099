"""What our intra-area-prefix-LSAs say: prefixes, and the LSA whose they are (RFC 5340 4.4.3.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fingerpost.addr import Prefix
from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.lsa.options import PrefixOptions
from fingerpost.ospf.lsa.types import LsaTypeV3
from fingerpost.ospf.lsa.v3.intra_area_prefix import IntraAreaPrefixLsa, PrefixWithMetric
from fingerpost.ospf.lsa.v3.prefix import LsaPrefix
from fingerpost.ospf.origination.adjacency import is_hidden, is_transit, networks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.lsa.v3.link import LinkLsa

NOT_COPIED = PrefixOptions.NU | PrefixOptions.LA
ROUTER_LSA_ID = 0  # the link state id of our first router-LSA


class HeardLink(NamedTuple):
    """A link-LSA of a router that is on a network."""

    router: int
    lsa: LinkLsa


def router_prefixes(
    interfaces: Iterable[Interface],
    *,
    family: int = 6,
    hides_networks: bool = False,
    needs_address: bool = False,
) -> list[PrefixWithMetric]:
    """Tell the prefixes of an area that are ours and of no transit network.

    `needs_address`: a virtual link ends here and needs an address of ours to be sent to, which is
    told as a host whatever the interface (RFC 5340 4.4.3.9 item 3).
    """
    found: dict[tuple[Prefix, int], int] = {}
    for interface in interfaces:
        hides = is_hidden(interface, hides_networks)
        for prefix, options, metric in _of_interface(interface, family, hides=hides):
            place = (prefix, options)
            found[place] = min(metric, found.get(place, metric))
    if needs_address and not any(options & PrefixOptions.LA for _, options in found):
        host = _any_address(interfaces, family)
        if host is not None:
            found[Prefix(host.address), PrefixOptions.LA] = 0
    return [
        PrefixWithMetric(LsaPrefix.of(prefix, options), metric)
        for (prefix, options), metric in found.items()
    ]


def _of_interface(
    interface: Interface, family: int, *, hides: bool
) -> Iterator[tuple[Prefix, int, int]]:
    if interface.state is InterfaceState.DOWN or interface.is_virtual:
        return
    is_host = (
        interface.state is InterfaceState.LOOPBACK
        or interface.network_type is NetworkType.POINT_TO_MULTIPOINT
    )
    if hides or is_transit(interface):
        return
    for held in networks(interface, family):
        if is_host:
            yield Prefix(held.address), int(PrefixOptions.LA), 0
        elif held.length == held.bits:
            yield held.prefix, int(PrefixOptions.LA), interface.cost
        else:
            yield held.prefix, 0, interface.cost


def _any_address(interfaces: Iterable[Interface], family: int) -> InterfaceAddress | None:
    for interface in interfaces:
        if interface.state is not InterfaceState.DOWN and not interface.is_virtual:
            for held in networks(interface, family):
                return held
    return None


def network_prefixes(links: Iterable[HeardLink], *, family: int = 6) -> list[PrefixWithMetric]:
    """Tell the prefixes of a network, put together of what its routers see (RFC 5340 4.4.3.9)."""
    found: dict[Prefix, int] = {}
    for link in links:
        for held in link.lsa.prefixes:
            prefix = held.prefix(family)
            if prefix is None or held.options & NOT_COPIED or prefix.network.is_unicast_link_local:
                continue
            found[prefix] = found.get(prefix, 0) | held.options
    return [
        PrefixWithMetric(LsaPrefix.of(prefix, options), 0)
        for prefix, options in sorted(found.items())
    ]


def of_router(router_id: int, prefixes: Iterable[PrefixWithMetric]) -> IntraAreaPrefixLsa:
    """Say that prefixes are those of a router."""
    return IntraAreaPrefixLsa(LsaTypeV3.ROUTER, ROUTER_LSA_ID, router_id, tuple(prefixes))


def of_network(
    router_id: int, interface_id: int, prefixes: Iterable[PrefixWithMetric]
) -> IntraAreaPrefixLsa:
    """Say that prefixes are those of a network, named by its Designated Router."""
    return IntraAreaPrefixLsa(LsaTypeV3.NETWORK, interface_id, router_id, tuple(prefixes))
