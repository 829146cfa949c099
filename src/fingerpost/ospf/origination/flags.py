"""What we are to an area: the bits of a router-LSA, and who is an area border router (RFC 3509).

An area is attached actively while one of its interfaces is not down. A router connected to several
such areas is a border router by RFC 2328; by the custom of Cisco (RFC 3509 2.1) only if the
backbone is among them, by that of IBM if the backbone is configured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.config import AreaKind, BorderKind, TranslatorRole
from fingerpost.ospf.constants import BACKBONE
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.lsa.options import RouterFlags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.ospf.area import Area
    from fingerpost.ospf.interface import Interface


def is_attached(area: Area) -> bool:
    """Tell whether an area is attached actively (RFC 3509 2.1)."""
    return any(one.state is not InterfaceState.DOWN for one in area.interfaces.values())


def is_border(kind: BorderKind, areas: Iterable[Area]) -> bool:
    """Tell whether a router of these areas is an area border router (RFC 3509 2.1)."""
    held = list(areas)
    attached = {one.id for one in held if is_attached(one)}
    match kind:
        case BorderKind.STANDARD:
            return len(attached) > 1
        case BorderKind.CISCO:
            return len(attached) > 1 and BACKBONE in attached
        case BorderKind.IBM:
            return len(attached) > 1 and any(one.id == BACKBONE for one in held)


def has_backbone(kind: BorderKind, areas: Iterable[Area]) -> bool:
    """Tell whether a border router goes by the backbone's summaries alone (RFC 3509 2.2).

    One without an adjacency there takes those of all its areas, except by RFC 2328.
    """
    if kind is BorderKind.STANDARD:
        return True
    backbone = next((one for one in areas if one.id == BACKBONE), None)
    if backbone is None:
        return False
    return any(
        neighbor.is_adjacent
        for interface in backbone.interfaces.values()
        for neighbor in interface.neighbors.values()
    )


def router_flags(
    area: Area,
    *,
    is_border: bool,
    is_boundary: bool,
    has_nssa: bool,
    virtual: Iterable[Interface] = (),
) -> int:
    """Give the bits of our router-LSA of an area (RFC 2328 12.4.1, RFC 3101 3.1, RFC 5340 A.4.3).

    `is_boundary`: we tell externals. `has_nssa`: an NSSA is attached, of which a border router is
    always a boundary router. `virtual`: our virtual links.
    """
    flags = 0
    if is_border:
        flags |= RouterFlags.B
    if area.config.kind is not AreaKind.STUB and (is_boundary or (is_border and has_nssa)):
        flags |= RouterFlags.E
    if any(
        link.transit_area == area.id and any(one.is_adjacent for one in link.neighbors.values())
        for link in virtual
    ):
        flags |= RouterFlags.V
    if (
        is_border
        and area.config.kind is AreaKind.NSSA
        and area.config.translator is TranslatorRole.ALWAYS
    ):
        flags |= RouterFlags.NT
    return int(flags)
