"""Prefixes of any family as people read them."""

from __future__ import annotations

from fingerpost.bgp.constants import Afi, Safi
from fingerpost.bgp.family import Family
from fingerpost.bgp.nlri.evpn import EvpnRoute
from fingerpost.bgp.nlri.flowspec import FlowRule
from fingerpost.bgp.nlri.labeled import LabeledPrefix
from fingerpost.bgp.nlri.link_state import LinkState
from fingerpost.bgp.nlri.unicast import decode_prefix
from fingerpost.errors import DecodeError


def nlri_text(family: Family, octets: bytes) -> str:
    """Give a prefix in words; hex digits for what is wrong inside, and for what nobody knows."""
    try:
        return _text(family, octets)
    except DecodeError:
        return f"0x{octets.hex()}"


def _text(family: Family, octets: bytes) -> str:
    afi, safi = family
    is_ip = afi in (Afi.IPV4, Afi.IPV6)
    if is_ip and safi in (Safi.UNICAST, Safi.MULTICAST):
        return str(decode_prefix(octets, afi))
    if is_ip and safi in (Safi.LABELED, Safi.VPN):
        return str(LabeledPrefix.decode(octets, afi, has_rd=safi == Safi.VPN))
    if is_ip and safi in (Safi.FLOWSPEC, Safi.FLOWSPEC_VPN):
        return str(FlowRule.decode(octets, afi, has_rd=safi == Safi.FLOWSPEC_VPN))
    if family == (Afi.L2VPN, Safi.EVPN):
        return str(EvpnRoute.decode(octets))
    if afi == Afi.LINK_STATE:
        return str(LinkState.decode(octets))
    return f"0x{octets.hex()}"
