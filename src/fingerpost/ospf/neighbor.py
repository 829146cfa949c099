"""`Neighbor`: what is known of a router on the other side of an interface (RFC 2328 10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.ospf.neighbor_state import NeighborState

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.ospf.config import StaticNeighbor
    from fingerpost.ospf.faults import Reason
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.packet import DatabaseDescription, Hello


@dataclass(slots=True, eq=False)
class Exchange:
    """A database exchange (RFC 2328 10.6, 10.8). `is_master`: we are.

    `sent` is what is sent again, and `received` what a duplicate is compared with. `ended` is the
    instant of ExchangeDone, after which the slave keeps `sent` for a dead interval.
    """

    sequence: int
    is_master: bool = True
    sent: DatabaseDescription | None = None
    received: DatabaseDescription | None = None
    ended: int | None = None
    retransmissions: int = 0


@dataclass(slots=True, eq=False)
class Neighbor:
    """A neighbour of `interface`; `number` is its own in the database.

    `designated` and `backup` are what it says in its Hellos: an interface address in version 2, a
    router id in version 3, 0 for none. `cost` is that of the link to it where it has one of its
    own. `reason` is the last thing that was wrong with what it sent.
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
    helped_until: int | None = None
    static: StaticNeighbor | None = None
    heard: int = 0  # the instant of its last Hello
    hello: Hello | None = None  # its last one
    payload: bytes = b""  # the bytes of that, where the next may be compared with it
    destination: Address | None = None
    hop_limit: int | None = None
    mtu: int | None = None  # of its last description
    is_watched: bool = False  # the inactivity timer runs by itself
    watched: Address | None = None  # by BFD, at this address
    is_reached: bool | None = None  # what BFD says
    exchange: Exchange | None = None
    began: int = -(1 << 62)  # when the last exchange did
    sequence: int = 0  # of the last description of an exchange that is over
    reason: Reason | None = None
    changes: int = 0  # of its state
    adjacencies: int = 0  # how often it became Full

    @property
    def designation(self) -> int:
        """What names it in a Hello as Designated Router: its address, or in version 3 its id."""
        return self.router_id if self.address.version == 6 else int(self.address)

    @property
    def cost(self) -> int | None:
        """The cost that an operator gives the link to it; None for that of the interface."""
        return self.static.cost if self.static is not None else None

    @property
    def is_adjacent(self) -> bool:
        """Whether it is told of in our LSAs: fully adjacent (RFC 2328 12.4.1)."""
        return self.state is NeighborState.FULL or self.is_helped
