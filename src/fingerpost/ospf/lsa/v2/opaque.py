"""Opaque LSAs, types 9, 10 and 11 (RFC 5250 A.2): what they are, by the opaque type.

The link state id is the opaque type in its first byte and an opaque id in the other three.
"""

from __future__ import annotations

from typing import TypeAlias

from fingerpost.ospf.lsa import grace, router_information, traffic_engineering
from fingerpost.ospf.lsa.grace import GraceLsa
from fingerpost.ospf.lsa.router_information import RouterInformationLsa
from fingerpost.ospf.lsa.traffic_engineering import TrafficEngineeringLsa
from fingerpost.ospf.lsa.v2 import extended_link, extended_prefix
from fingerpost.ospf.lsa.v2.extended_link import ExtendedLinkLsa
from fingerpost.ospf.lsa.v2.extended_prefix import ExtendedPrefixLsa
from fingerpost.ospf.lsa.words import LOW, under

OpaqueBody: TypeAlias = (
    TrafficEngineeringLsa | GraceLsa | RouterInformationLsa | ExtendedPrefixLsa | ExtendedLinkLsa
)
OPAQUE_BODIES: dict[int, type[OpaqueBody]] = {
    traffic_engineering.OPAQUE_TYPE: TrafficEngineeringLsa,
    grace.OPAQUE_TYPE: GraceLsa,
    router_information.OPAQUE_TYPE: RouterInformationLsa,
    extended_prefix.OPAQUE_TYPE: ExtendedPrefixLsa,
    extended_link.OPAQUE_TYPE: ExtendedLinkLsa,
}


def opaque_type(link_state_id: int) -> int:
    """Give what the body is."""
    return link_state_id >> 24


def opaque_id(link_state_id: int) -> int:
    """Give which of its kind it is."""
    return link_state_id & LOW


def link_state_id(opaque_type: int, opaque_id: int = 0) -> int:
    """Give the link state id of an opaque LSA; raises `UsageError` for an id above 24 bits."""
    return under(opaque_type, opaque_id, "opaque id")
