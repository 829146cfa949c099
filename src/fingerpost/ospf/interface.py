"""`Interface`: one place where OSPF meets others (RFC 2328 9), virtual links among them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.interface_state import InterfaceState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.authentication import Authenticator
    from fingerpost.ospf.config import OspfInterface
    from fingerpost.ospf.election import Election
    from fingerpost.ospf.faults import Fault
    from fingerpost.ospf.neighbor import Neighbor
    from fingerpost.ospf.neighbor_state import NeighborState
    from fingerpost.protocol.events import SendPacket


@dataclass(frozen=True, slots=True)
class Speaker:
    """A neighbour that floods to us, and how the packets come that were taken."""

    neighbor: Neighbor
    destination: Address
    hop_limit: int | None


@dataclass(slots=True, eq=False)
class Interface:
    """An interface in an area. `number` is its own in the database and the Interface ID of
    version 3; `scope` that of its link-local LSAs.

    `address` is what our packets come from: None while it has none, an unnumbered one borrows.
    `addresses` are all it has. `neighbors` by what identifies them (RFC 2328 10.5): the address on
    broadcast, NBMA and point-to-multipoint networks in version 2, else the router id. Those that
    an operator names and that were not heard yet are only in `expected`, by address.
    `designated` and `backup` are as in a Hello. `cost` is that which is told.
    """

    name: str
    number: int
    scope: int
    area: Area
    config: OspfInterface
    network_type: NetworkType
    authenticator: Authenticator
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
    expected: dict[Address, Neighbor] = field(default_factory=dict)
    virtual_end: int | None = None  # of a virtual link: the router at its other end
    transit_area: int | None = None  # of a virtual link: the area that it goes through
    far_address: Address | None = None  # of a virtual link: where its other end is
    election: Election | None = None  # the last, with its steps
    wait_ends: int | None = None
    has_expired_keys: bool = False  # which was told
    # Hellos that go out unchanged, and those of neighbours that came before just so
    hellos: tuple[SendPacket, ...] | None = None
    repeats: dict[bytes, Neighbor] = field(default_factory=dict)
    speakers: dict[bytes, Speaker] = field(default_factory=dict)  # by what headers have in common
    groups: tuple[Address, ...] = ()
    received: Counter[int] = field(default_factory=Counter)  # packets by type
    sent: Counter[int] = field(default_factory=Counter)
    faults: Counter[Fault] = field(default_factory=Counter)

    @property
    def is_multi_access(self) -> bool:
        """Whether it has a Designated Router (RFC 2328 1.2)."""
        return self.network_type in (NetworkType.BROADCAST, NetworkType.NON_BROADCAST)

    @property
    def is_virtual(self) -> bool:
        """Whether it is a virtual link (RFC 2328 15)."""
        return self.virtual_end is not None

    @property
    def has_two_ends(self) -> bool:
        """Whether there is one neighbour at most, so that masks and addresses mean nothing."""
        return self.network_type in (NetworkType.POINT_TO_POINT, NetworkType.VIRTUAL)

    @property
    def speaks(self) -> bool:
        """Whether packets are sent and heard here."""
        return (
            self.state not in (InterfaceState.DOWN, InterfaceState.LOOPBACK)
            and not self.config.is_passive
        )

    def forget_speakers(self) -> None:
        """Let no packet take a short way because others did before."""
        self.repeats.clear()
        self.speakers.clear()

    @property
    def keeps_hellos(self) -> bool:
        """Whether one Hello is as good as the next: not signed anew, and not for these or those."""
        return (
            self.config.authentication is None
            and self.network_type is not NetworkType.NON_BROADCAST
        )

    @property
    def elects_us(self) -> bool:
        """Whether we are Designated Router or its Backup here."""
        return self.state in (InterfaceState.DR, InterfaceState.BACKUP)

    @property
    def source_prefix(self) -> InterfaceAddress | None:
        """The address that packets come from with the network that it stands in, if it is ours."""
        for held in self.addresses:
            if held.address.without_zone == self.address:
                return held
        return None

    def known(self) -> Iterator[Neighbor]:
        """Every neighbour, those that are expected and were not heard among them."""
        yield from self.neighbors.values()
        for neighbor in self.expected.values():
            if neighbor.router_id == 0:
                yield neighbor

    def at_least(self, state: NeighborState) -> list[Neighbor]:
        """The neighbours in a state or beyond it."""
        return [one for one in self.neighbors.values() if one.state >= state]
