"""`Area`: the interfaces and the rules of one area (RFC 2328 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.ospf.config import AreaKind, OspfArea

if TYPE_CHECKING:
    from fingerpost.ospf.interface import Interface


@dataclass(slots=True, eq=False)
class Area:
    """An area that has an interface here; `scope` is that of its LSAs in the database.

    `is_transit`: virtual links go through it (RFC 2328 16.1 TransitCapability).
    """

    id: int
    scope: int
    config: OspfArea
    interfaces: dict[str, Interface] = field(default_factory=dict)
    is_transit: bool = False

    @property
    def takes_externals(self) -> bool:
        """ExternalRoutingCapability (RFC 2328 6)."""
        return self.config.kind is AreaKind.NORMAL
