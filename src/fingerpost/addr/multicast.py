"""Multicast addresses that follow from others, and the hardware addresses they travel on."""

from __future__ import annotations

from fingerpost._core import Address, Prefix
from fingerpost.errors import AddressError

_MULTICAST = {4: Prefix("224.0.0.0/4"), 6: Prefix("ff00::/8")}
_SOLICITED_NODE = int(Address("ff02::1:ff00:0"))
_PREFIX_BASED = int(Address("ff30::"))
_PREFIX_BASED_V4 = int(Address("234.0.0.0"))


def solicited_node(address: Address) -> Address:
    """The group that a node with this IPv6 address must join: `ff02::1:ffXX:XXXX`.

    The last 24 bits are those of the address (RFC 4291 2.7.1). Raises AddressError for IPv4.
    """
    if address.version != 6:
        raise AddressError(f"{address} has no solicited-node group; only IPv6 has them", address)
    return Address(_SOLICITED_NODE | int(address) & 0xFF_FFFF, 6)


def multicast_mac(group: Address) -> str:
    """The Ethernet address that a multicast group travels on.

    IPv4: 01:00:5e and the low 23 bits (RFC 1112 6.4), so 32 groups share one. IPv6: 33:33 and the
    low 32 bits (RFC 2464 7). Raises AddressError for an address that is not multicast.
    """
    if group not in _MULTICAST[group.version]:
        wanted = _MULTICAST[group.version]
        raise AddressError(f"{group} is not a multicast group; give one in {wanted}", group)
    if group.version == 4:
        octets = 0x01_00_5E_00_00_00 | int(group) & 0x7F_FFFF
    else:
        octets = 0x33_33_00_00_00_00 | int(group) & 0xFFFF_FFFF
    return octets.to_bytes(6, "big").hex(":")


def multicast_group(prefix: Prefix, group_id: int, scope: int = 14) -> Address:
    """The multicast address that the owner of a unicast prefix may use without asking anyone.

    IPv6 (RFC 3306 4): `ff3<scope>:<length>:<prefix>:<group_id>`, prefix up to /64, a group_id of 32
    bits. IPv4 (RFC 6034 3): 234, the prefix, then group_id in what remains, prefix up to /24;
    `scope` does not apply. Raises AddressError where the prefix or a number does not fit.
    """
    longest = 64 if prefix.version == 6 else 24
    if prefix.length > longest:
        raise AddressError(f"{prefix} is too long to embed in a group; at most /{longest}", prefix)
    group_bits = 32 if prefix.version == 6 else 24 - prefix.length
    if not 0 <= group_id < 1 << group_bits:
        raise AddressError(f"group {group_id} does not fit in {group_bits} bits", group_id)
    if prefix.version == 4:
        return Address(_PREFIX_BASED_V4 | int(prefix.address) >> 8 | group_id)
    if not 1 <= scope <= 15:
        raise AddressError(f"scope {scope} does not exist; give 1 to 15 (RFC 7346 2)", scope)
    fixed = _PREFIX_BASED | scope << 112 | prefix.length << 96
    return Address(fixed | int(prefix.address) >> 64 << 32 | group_id, 6)
