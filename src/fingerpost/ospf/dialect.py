"""What versions 2 and 3 have in common for the machine: packets of the same kinds, other bytes.

The machine decides in terms that both share. A dialect makes packets of bodies and back, and knows
what its RFC says about addresses, options and what identifies a neighbour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.faults import Reason
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.packet import Hello, PacketHeader
    from fingerpost.ospf.packet.body import Body
    from fingerpost.protocol.events import PacketReceived


class Dialect(Protocol):
    """OSPFv2 or OSPFv3 as one instance speaks it."""

    version: Literal[2, 3]
    family: Literal[4, 6]
    name: str
    header_length: int

    def decode_header(self, payload: bytes) -> PacketHeader:
        """Read a header; raises `DecodeError`."""
        ...

    def decode_body(self, header: PacketHeader, payload: bytes) -> Body:
        """Read what follows it; raises `DecodeError`."""
        ...

    def encode(
        self, interface: Interface, router_id: int, body: Body, destination: Address
    ) -> bytes:
        """Give a packet that leaves an interface, without authentication."""
        ...

    def overhead(self, interface: Interface) -> int:
        """Bytes of a packet of an interface besides the body: IP header and ours."""
        ...

    def description_room(self, room: int) -> int:
        """How many bytes of LSA headers fit into a description of `room` bytes."""
        ...

    def options(self, area: Area) -> int:
        """The options of our Hellos and LSAs in an area."""
        ...

    def description_options(self, area: Area, *, is_opaque_capable: bool) -> int:
        """The options of our descriptions."""
        ...

    def takes_opaque(self, options: int) -> bool:
        """Whether a neighbour with these options in its descriptions takes every kind of LSA."""
        ...

    def instance_id(self, interface: Interface) -> int:
        """The number of the instance on a link."""
        ...

    def source(self, addresses: Sequence[InterfaceAddress]) -> Address | None:
        """The one of an interface's addresses that packets come from; None if it has none."""
        ...

    def designation(self, interface: Interface, router_id: int) -> int:
        """What names us as Designated Router of an interface's network."""
        ...

    def key(self, interface: Interface, router_id: int, source: Address) -> int:
        """What identifies a neighbour (RFC 2328 10.5, RFC 5340 4.2.2)."""
        ...

    def hello_place(self, interface: Interface) -> tuple[int | None, int | None]:
        """The mask and the interface id that our Hellos hold; the other's is None."""
        ...

    def refuses(self, event: PacketReceived, interface: Interface) -> Reason | None:
        """Why a packet of the area is not believed, apart from its authentication."""
        ...

    def unchanging(self, payload: bytes) -> bytes:
        """What headers of one router have in common, but version, type, length and checksum."""
        ...

    def is_intact(self, event: PacketReceived) -> bool:
        """Whether version, type, length and checksum are right, and nothing follows the packet."""
        ...

    def refuses_checksum(self, event: PacketReceived, header: PacketHeader) -> Reason | None:
        """Whether its checksum is wrong; asked of packets that have one."""
        ...

    def refuses_hello(self, hello: Hello, interface: Interface) -> Reason | None:
        """Why a Hello is not taken, apart from what both versions compare."""
        ...
