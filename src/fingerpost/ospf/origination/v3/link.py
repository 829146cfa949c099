"""What our link-LSA says (RFC 5340 4.4.3.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.ospf.lsa.v3.link import LinkLsa
from fingerpost.ospf.lsa.v3.prefix import LsaPrefix
from fingerpost.ospf.origination.adjacency import networks

if TYPE_CHECKING:
    from fingerpost.ospf.interface import Interface


def link_lsa(
    interface: Interface, options: int, *, family: int = 6, hides: bool = False
) -> LinkLsa | None:
    """Tell the others of a link our address there, and the prefixes that we see on it.

    None where there is no address to tell. `family` is that of the instance's routes: of IPv4 the
    address stands in the first four bytes (RFC 5838 2.5). Prefixes that are for transit only are
    left out, so that no Designated Router tells them either (RFC 6860 3).
    """
    address = interface.address
    held = list(networks(interface, family))
    if family == 4:
        address = Address(held[0].address.packed + bytes(12)) if held else None
    if address is None:
        return None
    prefixes = {} if hides else {one.prefix: None for one in held}
    told = tuple(LsaPrefix.of(one) for one in prefixes)
    return LinkLsa(interface.config.priority, options, address.without_zone, told)
