"""Version 2 as the machine sees it (RFC 2328)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from fingerpost.addr import Address
from fingerpost.ospf.config import AreaKind, NetworkType
from fingerpost.ospf.faults import Fault, Reason
from fingerpost.ospf.lsa.options import OptionsV2
from fingerpost.ospf.packet import PacketType, v2
from fingerpost.wire.checksum import checksum

if TYPE_CHECKING:
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.config import OspfConfig
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.packet import Hello, PacketHeader
    from fingerpost.ospf.packet.body import Body
    from fingerpost.protocol.events import PacketReceived

IP_HEADER = 20
DESCRIPTION = 8  # before the LSA headers (RFC 2328 A.3.3)
LSA_HEADER = 20
BY_ADDRESS = frozenset(
    {NetworkType.BROADCAST, NetworkType.NON_BROADCAST, NetworkType.POINT_TO_MULTIPOINT}
)
ALL_ONES = 0xFFFFFFFF


class DialectV2:
    """OSPFv2; the instance id is that of RFC 6549."""

    version: Literal[2, 3] = 2
    family: Literal[4, 6] = 4
    name = "ospf"
    header_length = v2.HEADER_LENGTH

    def __init__(self, config: OspfConfig) -> None:
        """Speak as an instance is configured."""
        self._instance_id = config.instance_id

    decode_header = staticmethod(v2.decode_header)
    decode_body = staticmethod(v2.decode_body)

    def encode(
        self, interface: Interface, router_id: int, body: Body, destination: Address
    ) -> bytes:
        """Give a packet without authentication; its destination is no part of it."""
        del destination
        return v2.encode(router_id, interface.area.id, self.instance_id(interface), body)

    def overhead(self, interface: Interface) -> int:
        """Headers of IP and of the packet."""
        del interface
        return IP_HEADER + v2.HEADER_LENGTH

    def description_room(self, room: int) -> int:
        """Give a multiple of the size of a header."""
        return max(room - DESCRIPTION, LSA_HEADER) // LSA_HEADER * LSA_HEADER

    def options(self, area: Area) -> int:
        """E where externals are flooded, N in a not-so-stubby area (RFC 2328 A.2, RFC 3101 2.4)."""
        return _AREA_OPTIONS[area.config.kind]

    def description_options(self, area: Area, *, is_opaque_capable: bool) -> int:
        """The same, and O (RFC 5250 3.1)."""
        return self.options(area) | (OptionsV2.O if is_opaque_capable else 0)

    def takes_opaque(self, options: int) -> bool:
        """Whether the O bit is set."""
        return bool(options & OptionsV2.O)

    def instance_id(self, interface: Interface) -> int:
        """Give the high octet of the authentication type (RFC 6549 2)."""
        said = interface.config.instance_id
        return self._instance_id if said is None else said

    def source(self, addresses: Sequence[InterfaceAddress]) -> Address | None:
        """Give the first address of IPv4."""
        return next((one.address for one in addresses if one.version == 4), None)

    def designation(self, interface: Interface, router_id: int) -> int:
        """Give our address on the network."""
        del router_id
        return 0 if interface.address is None else int(interface.address)

    def key(self, interface: Interface, router_id: int, source: Address) -> int:
        """Give the address where many routers share a network, else the router id (10.5)."""
        return int(source) if interface.network_type in BY_ADDRESS else router_id

    def hello_place(self, interface: Interface) -> tuple[int | None, int | None]:
        """Give the mask, 0 on unnumbered and virtual links (RFC 2328 9.5)."""
        return own_mask(interface), None

    def refuses(self, event: PacketReceived, interface: Interface) -> Reason | None:
        """Judge where a packet comes from (RFC 2328 8.2: the source is of the network)."""
        if interface.has_two_ends:
            return None
        own = interface.source_prefix
        if own is None or event.source not in own.prefix:
            network = "none" if own is None else str(own.prefix)
            return Reason(Fault.NETWORK, str(event.source), network)
        return None

    def unchanging(self, payload: bytes) -> bytes:
        """Give router id, area id, instance id and authentication."""
        return payload[4:12] + payload[14:24]

    def is_intact(self, event: PacketReceived) -> bool:
        """Judge a packet without authentication, whose 8 bytes are zero and sum up to nothing."""
        payload = event.payload
        return (
            payload[0] == v2.VERSION
            and payload[1] <= PacketType.ACKNOWLEDGMENT
            and payload[2] << 8 | payload[3] == len(payload)
            and not checksum(payload)
        )

    def refuses_checksum(self, event: PacketReceived, header: PacketHeader) -> Reason | None:
        """Judge the checksum of what has no digest."""
        if v2.has_right_checksum(header, event.payload):
            return None
        right = v2.checksum(event.payload[: header.length])
        return Reason(Fault.CHECKSUM, f"{header.checksum:#06x}", f"{right:#06x}")

    def refuses_hello(self, hello: Hello, interface: Interface) -> Reason | None:
        """Compare the masks, where they mean something (RFC 2328 10.5)."""
        if interface.has_two_ends or hello.mask == own_mask(interface):
            return None
        ours = Address(own_mask(interface), 4)
        return Reason(Fault.MASK, str(Address(hello.mask or 0, 4)), str(ours))


_AREA_OPTIONS = {
    AreaKind.NORMAL: int(OptionsV2.E),
    AreaKind.STUB: 0,
    AreaKind.NSSA: int(OptionsV2.NP),
}


def own_mask(interface: Interface) -> int:
    """Give the mask of an interface's network; 0 where there is none."""
    held = interface.source_prefix
    if interface.is_virtual or interface.is_unnumbered or held is None:
        return 0
    return ALL_ONES << (32 - held.length) & ALL_ONES
