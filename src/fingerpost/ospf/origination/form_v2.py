"""LSAs of version 2 (RFC 2328 12.4, RFC 7770 2.1)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Prefix
from fingerpost.ospf.lsa.options import OptionsV2
from fingerpost.ospf.lsa.router_information import OPAQUE_TYPE
from fingerpost.ospf.lsa.types import LsaTypeV2
from fingerpost.ospf.lsa.v2.opaque import link_state_id
from fingerpost.ospf.origination.adjacency import is_hidden, speaks_for_network
from fingerpost.ospf.origination.content import AS_SCOPE, Content, Subject, Topic
from fingerpost.ospf.origination.information import router_information
from fingerpost.ospf.origination.v2.link_state_ids import LinkStateIds
from fingerpost.ospf.origination.v2.network import network_lsa
from fingerpost.ospf.origination.v2.outside import (
    boundary_router_lsa,
    external_lsa,
    summary_lsa,
)
from fingerpost.ospf.origination.v2.router import router_lsa

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.lsa.v2.external import ExternalLsa
    from fingerpost.ospf.lsa.v2.summary import SummaryLsa
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.origination.external import External
    from fingerpost.ospf.origination.standing import Standing

# plain numbers: those of an enumeration are slow to hash
ROUTER: Final = int(LsaTypeV2.ROUTER)
NETWORK: Final = int(LsaTypeV2.NETWORK)
SUMMARY: Final = int(LsaTypeV2.SUMMARY)
ASBR_SUMMARY: Final = int(LsaTypeV2.ASBR_SUMMARY)
EXTERNAL: Final = int(LsaTypeV2.EXTERNAL)
NSSA: Final = int(LsaTypeV2.NSSA)
OPAQUE_AREA: Final = int(LsaTypeV2.OPAQUE_AREA)


class FormV2:
    """What an instance of version 2 tells."""

    def __init__(self, ospf: Ospf) -> None:
        """Tell of `ospf`."""
        self._ospf = ospf
        self._ids: defaultdict[tuple[Topic, int], LinkStateIds] = defaultdict(LinkStateIds)

    def recall(self, now: int) -> None:
        """Do nothing: in version 2 a link state id says what it stands for."""

    def router(self, area: Area, flags: int, standing: Standing) -> list[Content]:
        """Give the router-LSA, named by our router id (RFC 2328 12.4.1)."""
        body = router_lsa(
            area.interfaces.values(),
            flags,
            hides_networks=self._ospf.config.hides_networks,
            is_stub_router=standing.is_stub,
        )
        return [Content(ROUTER, self._ospf.router_id, options(area), body.pack())]

    def network(self, interface: Interface) -> list[Content]:
        """Give the network-LSA, named by our address (RFC 2328 12.4.2)."""
        if not speaks_for_network(interface) or interface.address is None:
            return []
        hides = is_hidden(interface, self._ospf.config.hides_networks)
        body = network_lsa(interface, self._ospf.router_id, hides=hides)
        return [Content(NETWORK, int(interface.address), options(interface.area), body.pack())]

    def link(self, interface: Interface) -> list[Content]:
        """Give nothing: addresses stand in the router-LSA."""
        del interface
        return []

    def router_prefixes(self, area: Area) -> list[Content]:
        """Give nothing: prefixes stand in the router-LSA."""
        del area
        return []

    def network_prefixes(self, interface: Interface) -> list[Content]:
        """Give nothing: the mask stands in the network-LSA."""
        del interface
        return []

    def information(self, area: Area) -> list[Content]:
        """Give the opaque LSA of type 4, of the area (RFC 7770 2.1)."""
        config = self._ospf.config
        if not (config.tells_router_information and config.is_opaque_capable):
            return []
        body = router_information(config.graceful_restart)
        number = link_state_id(OPAQUE_TYPE)
        return [Content(OPAQUE_AREA, number, options(area), body.pack())]

    def summary(self, area: Area, prefix: Prefix, metric: int) -> list[Content]:
        """Give the summary-LSA of type 3 (RFC 2328 12.4.3)."""
        body = summary_lsa(prefix, metric)
        place = (Topic.SUMMARY, area.scope)
        return self._named(place, prefix, SUMMARY, options(area), body)

    def boundary_router(self, area: Area, router: int, metric: int) -> list[Content]:
        """Give the summary-LSA of type 4, named by the router's id (RFC 2328 12.4.3)."""
        body = boundary_router_lsa(metric)
        return [Content(ASBR_SUMMARY, router, options(area), body.pack())]

    def external(
        self, prefix: Prefix, external: External, forwarding: Address | None
    ) -> list[Content]:
        """Give the AS-external-LSA (RFC 2328 12.4.4)."""
        body = external_lsa(prefix, external, forwarding)
        return self._named((Topic.EXTERNAL, AS_SCOPE), prefix, EXTERNAL, int(OptionsV2.E), body)

    def nssa(
        self,
        area: Area,
        prefix: Prefix,
        external: External,
        forwarding: Address | None,
        *,
        propagates: bool,
    ) -> list[Content]:
        """Give the type 7 LSA; the P bit is one of its options (RFC 3101 2.4)."""
        body = external_lsa(prefix, external, forwarding)
        bits = int(OptionsV2.NP) if propagates else 0
        return self._named((Topic.NSSA, area.scope), prefix, NSSA, bits, body)

    def _named(
        self,
        place: tuple[Topic, int],
        prefix: Prefix,
        kind: int,
        bits: int,
        body: SummaryLsa | ExternalLsa,
    ) -> list[Content]:
        """Give an LSA that is named by its network, if it can be."""
        number = self._ids[place].of(prefix)
        return [] if number is None else [Content(kind, number, bits, body.pack())]

    def release(self, subject: Subject) -> None:
        """Take the link state id of a network back."""
        ids = self._ids.get((subject.topic, subject.scope))
        if ids is not None and isinstance(subject.about, Prefix):
            ids.release(subject.about)

    def take_moved(self) -> list[Subject]:
        """Give the networks that get other link state ids (RFC 2328 appendix E)."""
        return [
            Subject(topic, scope, prefix)
            for (topic, scope), ids in self._ids.items()
            for prefix in ids.take_moved()
        ]


def options(area: Area) -> int:
    """Give the options in headers of the LSAs of an area: E where externals are flooded."""
    return int(OptionsV2.E) if area.takes_externals else 0
