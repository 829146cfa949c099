"""LSAs of version 2 (RFC 2328 12.4, RFC 7770 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.ospf.lsa.options import OptionsV2
from fingerpost.ospf.lsa.router_information import OPAQUE_TYPE
from fingerpost.ospf.lsa.types import LsaTypeV2
from fingerpost.ospf.lsa.v2.opaque import link_state_id
from fingerpost.ospf.origination.adjacency import is_hidden, speaks_for_network
from fingerpost.ospf.origination.content import Content
from fingerpost.ospf.origination.information import router_information
from fingerpost.ospf.origination.v2.network import network_lsa
from fingerpost.ospf.origination.v2.router import router_lsa

if TYPE_CHECKING:
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.origination.standing import Standing

# plain numbers: those of an enumeration are slow to hash
ROUTER: Final = int(LsaTypeV2.ROUTER)
NETWORK: Final = int(LsaTypeV2.NETWORK)
OPAQUE_AREA: Final = int(LsaTypeV2.OPAQUE_AREA)


class FormV2:
    """What an instance of version 2 tells."""

    def __init__(self, ospf: Ospf) -> None:
        """Tell of `ospf`."""
        self._ospf = ospf

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


def options(area: Area) -> int:
    """Give the options in headers of the LSAs of an area: E where externals are flooded."""
    return int(OptionsV2.E) if area.takes_externals else 0
