"""An interface as the forwarding plane sees it: a name, a link, addresses, and its policy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from fingerpost.forwarding.neighbor.advertising import DEFAULTS, Advertising

if TYPE_CHECKING:
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.wire.mac import Mac


class ReversePath(Enum):
    """How the source of a packet is checked against the table (RFC 3704 2)."""

    OFF = "off"
    LOOSE = "loose"  # some route leads back (2.4)
    STRICT = "strict"  # the best route leads back through the same interface (2.2)


class Role(Enum):
    """Where an interface stands."""

    INSIDE = "inside"
    BORDER = "border"  # towards the public Internet: nothing private crosses it


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface; a change makes a new one (`dataclasses.replace`).

    `index` is the number that ICMP extensions carry (RFC 5837 4.1). `mtu` counts bytes of an IP
    packet. `is_loopback`: no link; its addresses are the router's own. `forwards`: packets that
    came in here may go on. Without `addresses` an interface is unnumbered (RFC 1812 2.2.7).
    `speed` counts bit/s, None where nobody knows; `is_point_to_point`: its link has two ends by its
    nature. Both are for protocols; nothing is forwarded by them.
    """

    name: str
    index: int
    mac: Mac
    mtu: int = 1500
    addresses: tuple[InterfaceAddress, ...] = ()
    is_up: bool = True
    is_loopback: bool = False
    forwards: bool = True
    role: Role = Role.INSIDE
    reverse_path: ReversePath = ReversePath.OFF
    directed_broadcast: bool = False  # RFC 2644: off unless asked for
    sends_redirects: bool = True
    dad_transmits: int = 1  # RFC 4862 5.1 DupAddrDetectTransmits; 0 takes addresses unchecked
    autoconfigures: bool = False  # hosts heed routers, and make addresses (RFC 4862)
    advertises: bool = False  # router advertisements (RFC 4861 6.2.1 AdvSendAdvertisements)
    advertising: Advertising = DEFAULTS  # what they say
    speed: int | None = None
    is_point_to_point: bool = False

    @property
    def speaks_ipv6(self) -> bool:
        """Whether it has an IPv6 address, or is told to do what needs one."""
        if self.is_loopback:
            return False
        return self.autoconfigures or self.advertises or self.address_of(6) is not None

    def address_of(self, version: int) -> InterfaceAddress | None:
        """The first address of a family that is not link-local, else the first; None if none."""
        found = [own for own in self.addresses if own.version == version]
        routable = [own for own in found if not own.address.is_link_local]
        return next(iter(routable or found), None)

    def link_local(self) -> InterfaceAddress | None:
        """The IPv6 link-local address, from which neighbour discovery speaks."""
        own = (a for a in self.addresses if a.version == 6 and a.address.is_link_local)
        return next(own, None)
