"""Addresses for whatever the file leaves without: from pools, in the order of the file.

The same file gets the same addresses. What the file gives is never given again: a subnet that
overlaps anything in it is passed over. A link on which the file numbers some ends has the others
numbered in the same subnets; on a link where it numbers none, every end gets one address a family,
but for the IPv6 addresses of hosts that make their own. What the file says is empty stays so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address, Interface, PrefixSet
from fingerpost.lab.model import EndKind, NodeKind
from fingerpost.router.config import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.addr import Prefix
    from fingerpost.lab.topology.draft import Draft, DraftEnd, DraftInterface, DraftLink

_LENGTHS = {("link", 4): 31, ("link", 6): 64, ("lan", 4): 24, ("lan", 6): 64}
_POINT_TO_POINT_IPV6 = 127  # RFC 6164 section 6: the subnet of a link between two routers


def number(draft: Draft) -> None:
    """Give out what is missing; faults where a pool or subnet is too small."""
    given = PrefixSet(
        [one.prefix for one in _given(draft)] + [p for k in draft.links for p in k.prefixes]
    )
    families = draft.pools.families
    if families is None:
        families = _families_of(draft)
    supply = _Supply(draft, given)
    for node in draft.nodes.values():
        if node.loopback is None:
            node.loopback = []
            if node.kind is NodeKind.ROUTER:
                found = [supply.take("loopback", family) for family in families]
                node.loopback = [Interface(prefix) for prefix in found if prefix is not None]
    for link in draft.links:
        _number_link(draft, link, supply, families)


def _given(draft: Draft) -> Iterator[Interface]:
    for node in draft.nodes.values():
        yield from node.loopback or ()
        for interface in node.interfaces.values():
            yield from interface.addresses


def _families_of(draft: Draft) -> tuple[int, ...]:
    """The families in which the file numbers interfaces; if it numbers none, those it routes."""
    found = {prefix.version for link in draft.links for prefix in link.prefixes}
    for node in draft.nodes.values():
        for interface in node.interfaces.values():
            found.update(one.version for one in interface.addresses)
    return tuple(sorted(found)) or _routed_families(draft)


def _routed_families(draft: Draft) -> tuple[int, ...]:
    """Both families, unless every router is routed by protocols of one."""
    found: set[int] = set()
    for node in draft.nodes.values():
        if node.kind is NodeKind.ROUTER and not node.is_bridge:
            words = node.routing or draft.routing
            protocols = [name for said in node.router for name in said.value if name in FAMILIES]
            protocols += words.protocols if words is not None else ()
            if not protocols:
                return (4, 6)
            found.update(FAMILIES.get(name, 4) for name in protocols)
    return tuple(sorted(found)) or (4, 6)


class _Supply:
    """The pools, and how far each has been given out."""

    def __init__(self, draft: Draft, given: PrefixSet) -> None:
        self._draft, self._given = draft, given
        self._streams: dict[tuple[str, int], Iterator[Prefix]] = {}
        self._empty: set[tuple[str, int]] = set()

    def take(self, use: str, version: int) -> Prefix | None:
        """The next prefix that overlaps nothing given; None, with a fault, where none is left."""
        key = (use, version)
        if key not in self._streams:
            pool = self._draft.pools.of(use, version)
            length = max(_LENGTHS.get(key, 32 if version == 4 else 128), pool.length)
            self._streams[key] = pool.subnets(length)
            if use == "loopback" and pool.length < pool.bits:
                next(self._streams[key])  # x.y.0.0 is an address, but looks like none
        for prefix in self._streams[key]:
            if not self._given.overlaps(prefix):
                return prefix
        if key not in self._empty:
            self._empty.add(key)
            path = ("numbering", f"{use}{version}")
            pool = self._draft.pools.of(use, version)
            self._draft.fault(path, f"{pool} is too small for this network; give a larger pool")
        return None


def _number_link(draft: Draft, link: DraftLink, supply: _Supply, families: tuple[int, ...]) -> None:
    ends = [
        (end, draft.nodes[end.node].interfaces[end.interface or ""])
        for end in link.ends
        if end.kind is EndKind.NODE
    ]
    subnets = list(link.prefixes)
    for _, interface in ends:
        subnets += [one.prefix for one in interface.addresses if one.prefix not in subnets]
    use = "link" if _is_between_routers(draft, link) else "lan"
    if not subnets and not all(interface.is_bare for _, interface in ends):
        found = [supply.take(use, family) for family in families]
        subnets = [prefix for prefix in found if prefix is not None]
        if use == "link":
            subnets = [_point_to_point(prefix) for prefix in subnets]
    link.prefixes = tuple(subnets)
    for version in (4, 6):
        of_family = [prefix for prefix in subnets if prefix.version == version]
        if of_family:
            _number_ends(draft, link, _routers_first(draft, ends), of_family[0])


def _point_to_point(prefix: Prefix) -> Prefix:
    if prefix.version == 4 or prefix.length >= _POINT_TO_POINT_IPV6:
        return prefix
    return next(prefix.subnets(_POINT_TO_POINT_IPV6))


def _is_between_routers(draft: Draft, link: DraftLink) -> bool:
    return len(link.ends) == 2 and all(
        end.kind is EndKind.NODE and draft.nodes[end.node].kind is NodeKind.ROUTER
        for end in link.ends
    )


Ends = list[tuple["DraftEnd", "DraftInterface"]]


def _routers_first(draft: Draft, ends: Ends) -> Ends:
    return sorted(ends, key=lambda one: draft.nodes[one[0].node].kind is NodeKind.HOST)


def _number_ends(draft: Draft, link: DraftLink, ends: Ends, subnet: Prefix) -> None:
    """Give every end without an address of the subnet's family the first free one in it."""
    taken = {one.address for _, interface in ends for one in interface.addresses}
    free = (address for address in _hosts(subnet) if address not in taken)
    for end, interface in ends:
        if interface.is_bare or any(one.version == subnet.version for one in interface.addresses):
            continue
        if subnet.version == 6 and draft.nodes[end.node].slaac:
            continue  # it makes itself one
        address = next(free, None)
        if address is None:
            draft.fault(
                end.path or link.path,
                f"{subnet} has no free address left for {end.node}; `prefixes:` takes a larger one",
            )
            return
        interface.addresses.append(Interface(f"{address}/{subnet.length}"))


def _hosts(subnet: Prefix) -> Iterable[Address]:
    """The addresses that an interface of the subnet may have, from the first on."""
    if subnet.version == 4:
        return subnet.hosts()
    # the first address of an IPv6 subnet belongs to all its routers (RFC 4291 section 2.6.1),
    # but not on a link between two (RFC 6164 section 6)
    hosts = iter(subnet)
    if subnet.length < _POINT_TO_POINT_IPV6:
        next(hosts)
    return hosts
