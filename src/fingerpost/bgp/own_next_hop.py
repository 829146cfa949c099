"""Our own next hop on a session, as in messages (RFC 4271 5.1.3, RFC 2545 3, RFC 8950 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.constants import Afi

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.bgp.links import Links
    from fingerpost.bgp.negotiation import AgreedFamily

_MAPPED = bytes(10) + b"\xff\xff"


def own_next_hop(
    links: Links, local: Address, agreed: AgreedFamily, place: str | None = None
) -> bytes:
    """4 octets of IPv4; 16 of IPv6, or 32 with a link-local one; empty where we have none.

    It is the address that the session runs from where that is of the right version, else one of
    the same interface, which is `place` where an end is link-local. Prefixes of families that are
    carried only have that of the session.
    """
    name = place or links.of(local)
    if agreed.family.afi == Afi.IPV6 or (agreed.extended_next_hop and local.version == 6):
        return _ipv6(links, local, name)
    if agreed.family.afi != Afi.IPV4 and local.version == 6:
        return _ipv6(links, local, name)
    if local.version == 4:
        return local.packed
    own = [] if name is None else links.addresses(name, 4)
    return own[0].packed if own else b""


def _ipv6(links: Links, local: Address, name: str | None) -> bytes:
    own = [] if name is None else links.addresses(name, 6)
    global_ones = [one for one in own if not one.is_link_local]
    link_local = [one for one in own if one.is_link_local]
    if local.version == 6 and not local.is_link_local:
        first = local.without_zone.packed
    elif global_ones:
        first = global_ones[0].packed
    elif link_local:
        return link_local[0].packed
    else:
        return _MAPPED + local.packed if local.version == 4 else local.without_zone.packed
    return first + (link_local[0].packed if link_local else b"")
