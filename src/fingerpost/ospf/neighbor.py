"""`Neighbor`: what is known of a router on the other side of an interface (RFC 2328 10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.ospf.neighbor_state import NeighborState

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.ospf.interface import Interface


@dataclass(slots=True, eq=False)
class Neighbor:
    """A neighbour of `interface`; `number` is its own in the database.

    `designated` and `backup` are what it says in its Hellos: an interface address in version 2, a
    router id in version 3, 0 for none.
    """

    interface: Interface
    number: int
    router_id: int
    address: Address
    priority: int = 1
    designated: int = 0
    backup: int = 0
    options: int = 0
    interface_id: int = 0  # version 3: what it calls its interface
    state: NeighborState = NeighborState.DOWN
    since: int = 0  # the instant at which the state was entered
    is_helped: bool = field(default=False)  # it restarts, and we act as if it were there (RFC 3623)

    @property
    def designation(self) -> int:
        """What names it in a Hello as Designated Router: its address, or in version 3 its id."""
        return self.router_id if self.address.version == 6 else int(self.address)

    @property
    def is_adjacent(self) -> bool:
        """Whether it is told of in our LSAs: fully adjacent (RFC 2328 12.4.1)."""
        return self.state is NeighborState.FULL or self.is_helped
