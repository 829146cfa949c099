"""`Interface`: one place where OSPF meets others (RFC 2328 9), virtual links among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.interface_state import InterfaceState

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.config import OspfInterface
    from fingerpost.ospf.neighbor import Neighbor


@dataclass(slots=True, eq=False)
class Interface:
    """An interface in an area. `number` is its own in the database and the Interface ID of
    version 3; `scope` that of its link-local LSAs.

    `address` is what our packets come from: None while it has none, an unnumbered one borrows.
    `addresses` are all it has. `neighbors` by what identifies them (RFC 2328 10.5): the address on
    broadcast, NBMA and point-to-multipoint networks in version 2, else the router id.
    `designated` and `backup` are as in a Hello. `cost` is that which is told.
    """

    name: str
    number: int
    scope: int
    area: Area
    config: OspfInterface
    network_type: NetworkType
    addresses: tuple[InterfaceAddress, ...] = ()
    address: Address | None = None
    is_unnumbered: bool = False
    mtu: int = 1500
    index: int = 0
    cost: int = 1
    state: InterfaceState = InterfaceState.DOWN
    since: int = 0
    designated: int = 0
    backup: int = 0
    neighbors: dict[int, Neighbor] = field(default_factory=dict)
    virtual_end: int | None = None  # of a virtual link: the router at its other end

    @property
    def is_multi_access(self) -> bool:
        """Whether it has a Designated Router (RFC 2328 1.2)."""
        return self.network_type in (NetworkType.BROADCAST, NetworkType.NON_BROADCAST)
