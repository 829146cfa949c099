"""`Family`: what kind of prefixes an UPDATE is about (RFC 4760 3)."""

from __future__ import annotations

from typing import Final, NamedTuple

from fingerpost.bgp.constants import Afi, Safi
from fingerpost.errors import UsageError


class Family(NamedTuple):
    """AFI and SAFI. Those without a name print as numbers, "25/65"."""

    afi: int
    safi: int

    @property
    def code(self) -> int:
        """As the core numbers it: AFI << 8 | SAFI."""
        return self.afi << 8 | self.safi

    @property
    def name(self) -> str:
        """As operators write it: "ipv4", "ipv6-multicast", "l2vpn-evpn"."""
        return _NAMES.get(self, f"{self.afi}/{self.safi}")

    @property
    def is_unicast(self) -> bool:
        """Whether we route by it; prefixes of all others are carried only."""
        return self in (IPV4, IPV6)

    def __str__(self) -> str:
        """Its name."""
        return self.name


IPV4: Final = Family(Afi.IPV4, Safi.UNICAST)
IPV6: Final = Family(Afi.IPV6, Safi.UNICAST)

_NAMES: Final = {
    IPV4: "ipv4",
    IPV6: "ipv6",
    Family(Afi.IPV4, Safi.MULTICAST): "ipv4-multicast",
    Family(Afi.IPV6, Safi.MULTICAST): "ipv6-multicast",
    Family(Afi.IPV4, Safi.LABELED): "ipv4-labeled",
    Family(Afi.IPV6, Safi.LABELED): "ipv6-labeled",
    Family(Afi.IPV4, Safi.VPN): "ipv4-vpn",
    Family(Afi.IPV6, Safi.VPN): "ipv6-vpn",
    Family(Afi.IPV4, Safi.FLOWSPEC): "ipv4-flowspec",
    Family(Afi.IPV6, Safi.FLOWSPEC): "ipv6-flowspec",
    Family(Afi.IPV4, Safi.FLOWSPEC_VPN): "ipv4-flowspec-vpn",
    Family(Afi.IPV6, Safi.FLOWSPEC_VPN): "ipv6-flowspec-vpn",
    Family(Afi.L2VPN, Safi.EVPN): "l2vpn-evpn",
    Family(Afi.LINK_STATE, Safi.LINK_STATE): "link-state",
}
_BY_NAME: Final = {name: family for family, name in _NAMES.items()}


def family_named(name: str) -> Family:
    """The family of a name. Raises `UsageError` for a name that none has."""
    found = _BY_NAME.get(name)
    if found is None:
        raise UsageError(f"{name!r} is no address family; there are {', '.join(_BY_NAME)}")
    return found


def family_of(code: int) -> Family:
    """The family of a number of the core."""
    return Family(code >> 8, code & 0xFF)
