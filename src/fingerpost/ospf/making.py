"""The parts of an instance put together: what `Ospf` is given as `parts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.origination.originator import Originator
from fingerpost.ospf.parts import Parts
from fingerpost.ospf.routing import Routing

if TYPE_CHECKING:
    from fingerpost.ospf.machine import Ospf


def make_parts(ospf: Ospf) -> Parts:
    """Give the originator and the routing part of an instance, which know each other."""
    originator = Originator(ospf)
    return Parts(originator, Routing(ospf, originator))
