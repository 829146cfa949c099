"""Opaque LSAs, types 9, 10 and 11 (RFC 5250 A.2): what they are, by the opaque type.

The link state id is the opaque type in its first byte and an opaque id in the other three.
"""

from __future__ import annotations

from typing import TypeAlias

from fingerpost.ospf.lsa import grace, router_information
from fingerpost.ospf.lsa.grace import GraceLsa
from fingerpost.ospf.lsa.router_information import RouterInformationLsa
from fingerpost.ospf.lsa.words import LOW, under

OpaqueBody: TypeAlias = GraceLsa | RouterInformationLsa
OPAQUE_BODIES: dict[int, type[OpaqueBody]] = {
    grace.OPAQUE_TYPE: GraceLsa,
    router_information.OPAQUE_TYPE: RouterInformationLsa,
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
