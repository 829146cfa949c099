"""LSAs of version 3 (RFC 5340 4.4.3, RFC 7770 2.2); the address family is the instance's."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from fingerpost.errors import DecodeError
from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.dialect_v3 import is_ipv4_instance
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.lsa.types import LsaTypeV3
from fingerpost.ospf.lsa.v3 import LinkLsa, decode_lsa
from fingerpost.ospf.origination.adjacency import adjacent, is_hidden, speaks_for_network
from fingerpost.ospf.origination.content import AS_SCOPE, Content, Subject, Topic
from fingerpost.ospf.origination.information import router_information
from fingerpost.ospf.origination.v3.link import link_lsa
from fingerpost.ospf.origination.v3.network import network_lsa
from fingerpost.ospf.origination.v3.numbers import Numbers
from fingerpost.ospf.origination.v3.outside import (
    boundary_router_lsa,
    external_lsa,
    summary_lsa,
)
from fingerpost.ospf.origination.v3.prefixes import (
    HeardLink,
    network_prefixes,
    of_network,
    of_router,
    router_prefixes,
)
from fingerpost.ospf.origination.v3.recalled import prefix_lsas, subjects
from fingerpost.ospf.origination.v3.router import router_lsa

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from fingerpost.addr import Address, Prefix
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.lsa.v3 import IntraAreaPrefixLsa, PrefixWithMetric
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.origination.external import External
    from fingerpost.ospf.origination.standing import Standing

ROUTER: Final = int(LsaTypeV3.ROUTER)
NETWORK: Final = int(LsaTypeV3.NETWORK)
INTER_AREA_PREFIX: Final = int(LsaTypeV3.INTER_AREA_PREFIX)
INTER_AREA_ROUTER: Final = int(LsaTypeV3.INTER_AREA_ROUTER)
EXTERNAL: Final = int(LsaTypeV3.EXTERNAL)
NSSA: Final = int(LsaTypeV3.NSSA)
LINK: Final = int(LsaTypeV3.LINK)
INTRA_AREA_PREFIX: Final = int(LsaTypeV3.INTRA_AREA_PREFIX)
INFORMATION: Final = int(LsaTypeV3.ROUTER_INFORMATION_AREA)

ONLY = 0  # the link state id of what we tell once in an area
MOST_PREFIXES = 60  # in one LSA: of whatever length, it fits into a packet of 1,280 bytes


class FormV3:
    """What an instance of version 3 tells."""

    def __init__(self, ospf: Ospf) -> None:
        """Tell of `ospf`."""
        self._ospf = ospf
        self.family = 4 if is_ipv4_instance(ospf.config.instance_id) else 6
        self._numbers = Numbers()
        self._by_topic: defaultdict[tuple[Topic, int], Numbers] = defaultdict(Numbers)

    def recall(self, now: int) -> None:
        """Keep the link state ids of our LSAs from before a restart (RFC 5187 3)."""
        del now
        self._numbers.recall(prefix_lsas(self._ospf))
        for place, given in subjects(self._ospf, self.family).items():
            self._by_topic[place].recall(given)

    def router(self, area: Area, flags: int, standing: Standing) -> list[Content]:
        """Give the router-LSA; one is enough for 4,000 links (RFC 5340 4.4.3.2)."""
        ospf = self._ospf
        body = router_lsa(
            area.interfaces.values(),
            ospf.router_id,
            flags,
            ospf.dialect.options(area),
            is_stub_router=standing.is_stub,
        )
        return [Content(ROUTER, ONLY, 0, body.pack())]

    def network(self, interface: Interface) -> list[Content]:
        """Give the network-LSA, named by our interface id (RFC 5340 4.4.3.3)."""
        if not speaks_for_network(interface):
            return []
        body = network_lsa(interface, self._ospf.router_id, self._links(interface))
        return [Content(NETWORK, interface.number, 0, body.pack())]

    def link(self, interface: Interface) -> list[Content]:
        """Give the link-LSA, named by our interface id (RFC 5340 4.4.3.8).

        None goes to virtual links, nor where nobody listens.
        """
        body = self._link(interface)
        return [] if body is None else [Content(LINK, interface.number, 0, body.pack())]

    def router_prefixes(self, area: Area) -> list[Content]:
        """Give the intra-area-prefix-LSAs that refer to our router-LSA (RFC 5340 4.4.3.9)."""
        ospf = self._ospf
        found = router_prefixes(
            area.interfaces.values(),
            family=self.family,
            hides_networks=ospf.config.hides_networks,
            needs_address=bool(area.config.virtual_links),
        )
        parts = [of_router(ospf.router_id, some) for some in _parted(found)]
        return self._numbered(parts, area.scope)

    def network_prefixes(self, interface: Interface) -> list[Content]:
        """Give the intra-area-prefix-LSAs that refer to our network-LSA (RFC 5340 4.4.3.9)."""
        if not speaks_for_network(interface):
            return []
        found = network_prefixes(self._links(interface), family=self.family)
        number, router_id = interface.number, self._ospf.router_id
        parts = [of_network(router_id, number, some) for some in _parted(found)]
        return self._numbered(parts, interface.scope)

    def information(self, area: Area) -> list[Content]:
        """Give the router information LSA of the area (RFC 7770 2.2)."""
        del area
        config = self._ospf.config
        if not config.tells_router_information:
            return []
        return [Content(INFORMATION, ONLY, 0, router_information(config.graceful_restart).pack())]

    def _numbered(self, lsas: Sequence[IntraAreaPrefixLsa], of: int) -> list[Content]:
        """Give LSAs of an area or network with link state ids, which say nothing (4.4.3.9)."""
        return [
            Content(INTRA_AREA_PREFIX, self._numbers.of((of, at)), 0, lsa.pack())
            for at, lsa in enumerate(lsas)
        ]

    def summary(self, area: Area, prefix: Prefix, metric: int) -> list[Content]:
        """Give the inter-area-prefix-LSA (RFC 5340 4.4.3.4)."""
        number = self._number(Topic.SUMMARY, area.scope, prefix)
        return [Content(INTER_AREA_PREFIX, number, 0, summary_lsa(prefix, metric).pack())]

    def boundary_router(self, area: Area, router: int, metric: int) -> list[Content]:
        """Give the inter-area-router-LSA (RFC 5340 4.4.3.5)."""
        number = self._number(Topic.BOUNDARY_ROUTER, area.scope, router)
        body = boundary_router_lsa(router, self._ospf.dialect.options(area), metric)
        return [Content(INTER_AREA_ROUTER, number, 0, body.pack())]

    def external(
        self, prefix: Prefix, external: External, forwarding: Address | None
    ) -> list[Content]:
        """Give the AS-external-LSA (RFC 5340 4.4.3.6)."""
        number = self._number(Topic.EXTERNAL, AS_SCOPE, prefix)
        return [Content(EXTERNAL, number, 0, external_lsa(prefix, external, forwarding).pack())]

    def nssa(
        self,
        area: Area,
        prefix: Prefix,
        external: External,
        forwarding: Address | None,
        *,
        propagates: bool,
    ) -> list[Content]:
        """Give the NSSA-LSA; the P bit is one of its prefix's options (RFC 5340 4.4.3.7)."""
        number = self._number(Topic.NSSA, area.scope, prefix)
        body = external_lsa(prefix, external, forwarding, propagates=propagates)
        return [Content(NSSA, number, 0, body.pack())]

    def _number(self, topic: Topic, scope: int, about: Hashable) -> int:
        """Give the link state id of a subject, the same as long as it is told."""
        return self._by_topic[topic, scope].of(about)

    def release(self, subject: Subject) -> None:
        """Take the link state id of a subject back."""
        numbers = self._by_topic.get((subject.topic, subject.scope))
        if numbers is not None:
            numbers.release(subject.about)

    def take_moved(self) -> list[Subject]:
        """Give nothing: link state ids never move."""
        return []

    # ---- links

    def _link(self, interface: Interface) -> LinkLsa | None:
        ospf = self._ospf
        if (
            interface.state in (InterfaceState.DOWN, InterfaceState.LOOPBACK)
            or interface.network_type is NetworkType.VIRTUAL
        ):
            return None
        return link_lsa(
            interface,
            ospf.dialect.options(interface.area),
            family=self.family,
            hides=is_hidden(interface, ospf.config.hides_networks),
        )

    def _links(self, interface: Interface) -> list[HeardLink]:
        """Give the link-LSAs of those that are on a network: the adjacent ones, and we."""
        ospf = self._ospf
        wanted = {one.router_id: one.interface_id for one in adjacent(interface)}
        found = []
        own = self._link(interface)
        if own is not None:
            found.append(HeardLink(ospf.router_id, own))
        for _, octets in ospf.database.entries(ospf.now, interface.scope, LINK):
            try:
                lsa = decode_lsa(octets)
            except DecodeError:
                continue
            header = lsa.header
            if isinstance(lsa.body, LinkLsa) and wanted.get(header.router) == header.id:
                found.append(HeardLink(header.router, lsa.body))
        return found


def _parted(prefixes: Sequence[PrefixWithMetric]) -> list[Sequence[PrefixWithMetric]]:
    """Give the prefixes in parts that fit into an LSA each."""
    return [prefixes[at : at + MOST_PREFIXES] for at in range(0, len(prefixes), MOST_PREFIXES)]
