"""Version 3 as the machine sees it (RFC 5340, RFC 5838)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from fingerpost.ospf.config import AreaKind
from fingerpost.ospf.constants import IP_PROTOCOL
from fingerpost.ospf.faults import Fault, Reason
from fingerpost.ospf.lsa.options import OptionsV3
from fingerpost.ospf.packet import PacketType, v3
from fingerpost.wire.checksum import checksum, pseudo_sum

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.config import OspfConfig
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.packet import Hello, PacketHeader
    from fingerpost.ospf.packet.body import Body
    from fingerpost.protocol.events import PacketReceived

IP_HEADER = 40
DESCRIPTION = 12  # before the LSA headers (RFC 5340 A.3.3)
LSA_HEADER = 20
IPV4_INSTANCES = range(64, 128)  # unicast and multicast (RFC 5838 2.1)
FIRST_OTHER_FAMILY = 32  # below it all is IPv6 unicast


def is_ipv4_instance(instance_id: int) -> bool:
    """Tell whether an instance of version 3 has routes of IPv4 (RFC 5838 2.1)."""
    return instance_id in IPV4_INSTANCES


class DialectV3:
    """OSPFv3, whatever family its routes are of."""

    version: Literal[2, 3] = 3
    family: Literal[4, 6] = 6
    name = "ospf3"
    header_length = v3.HEADER_LENGTH

    def __init__(self, config: OspfConfig) -> None:
        """Speak as an instance is configured."""
        self._instance_id = config.instance_id
        self._needs_families = config.instance_id >= FIRST_OTHER_FAMILY
        base = OptionsV3.R
        if self._needs_families:
            base |= OptionsV3.AF  # RFC 5838 2.2
        if not is_ipv4_instance(config.instance_id):
            base |= OptionsV3.V6  # clear in other families (RFC 5838 2.2)
        self._options = {
            AreaKind.NORMAL: int(base | OptionsV3.E),
            AreaKind.STUB: int(base),
            AreaKind.NSSA: int(base | OptionsV3.N),
        }

    decode_header = staticmethod(v3.decode_header)
    decode_body = staticmethod(v3.decode_body)

    def encode(
        self, interface: Interface, router_id: int, body: Body, destination: Address
    ) -> bytes:
        """Give a packet with its checksum, which covers both addresses."""
        return v3.encode(
            router_id,
            interface.area.id,
            self.instance_id(interface),
            body,
            interface.address,
            destination,
        )

    def overhead(self, interface: Interface) -> int:
        """Headers of IP and of the packet."""
        del interface
        return IP_HEADER + v3.HEADER_LENGTH

    def description_room(self, room: int) -> int:
        """Give a multiple of the size of a header."""
        return max(room - DESCRIPTION, LSA_HEADER) // LSA_HEADER * LSA_HEADER

    def options(self, area: Area) -> int:
        """V6 and R, E where externals are flooded, N in a not-so-stubby area (RFC 5340 A.2)."""
        return self._options[area.config.kind]

    def description_options(self, area: Area, *, is_opaque_capable: bool) -> int:
        """The same: unknown LSAs are flooded by the bits of their type (RFC 5340 4.5.1)."""
        del is_opaque_capable
        return self.options(area)

    def takes_opaque(self, options: int) -> bool:
        """Every router of version 3 does."""
        del options
        return True

    def instance_id(self, interface: Interface) -> int:
        """Give the instance id of the header (RFC 5340 2.4)."""
        said = interface.config.instance_id
        return self._instance_id if said is None else said

    def source(self, addresses: Sequence[InterfaceAddress]) -> Address | None:
        """Give the first link-local address (RFC 5340 2.5)."""
        for held in addresses:
            if held.version == 6 and held.address.is_unicast_link_local:
                return held.address.without_zone
        return None

    def designation(self, interface: Interface, router_id: int) -> int:
        """Give our router id (RFC 5340 2.11)."""
        del interface
        return router_id

    def key(self, interface: Interface, router_id: int, source: Address) -> int:
        """Give the router id, everywhere (RFC 5340 2.11)."""
        del interface, source
        return router_id

    def hello_place(self, interface: Interface) -> tuple[int | None, int | None]:
        """Give our number of the interface (RFC 5340 4.2.1.1)."""
        return None, interface.number

    def refuses(self, event: PacketReceived, interface: Interface) -> Reason | None:
        """Judge the source, which is link-local but on virtual links (RFC 5340 4.2.2)."""
        if not interface.is_virtual and not event.source.is_unicast_link_local:
            return Reason(Fault.NO_LINK_LOCAL, str(event.source))
        return None

    def unchanging(self, payload: bytes) -> bytes:
        """Give router id, area id and instance id."""
        return payload[4:12] + payload[14:16]

    def is_intact(self, event: PacketReceived) -> bool:
        """Judge a packet without a trailer."""
        payload = event.payload
        length = len(payload)
        if (
            payload[0] != v3.VERSION
            or payload[1] > PacketType.ACKNOWLEDGMENT
            or payload[2] << 8 | payload[3] != length
        ):
            return False
        return not checksum(
            payload, pseudo_sum(event.source, event.destination, IP_PROTOCOL, length)
        )

    def refuses_checksum(self, event: PacketReceived, header: PacketHeader) -> Reason | None:
        """Judge the checksum of what has no authentication trailer (RFC 5340 4.2.2)."""
        source, destination = event.source, event.destination
        if v3.has_right_checksum(header, event.payload, source, destination):
            return None
        right = v3.checksum(event.payload[: header.length], source, destination)
        return Reason(Fault.CHECKSUM, f"{header.checksum:#06x}", f"{right:#06x}")

    def refuses_hello(self, hello: Hello, interface: Interface) -> Reason | None:
        """Judge the address family: others than IPv6 unicast need the AF bit (RFC 5838 2.4)."""
        del interface
        if self._needs_families and not hello.options & OptionsV3.AF:
            return Reason(Fault.FAMILY, "AF bit clear", "AF bit set")
        return None
