"""Who has which address on a link: ARP (RFC 826) and neighbour discovery (RFC 4861)."""

from __future__ import annotations

from fingerpost.forwarding.neighbor.entry import Neighbor
from fingerpost.forwarding.neighbor.neighbors import Neighbors
from fingerpost.forwarding.neighbor.settings import Claiming, NeighborSettings
from fingerpost.forwarding.neighbor.state import State
from fingerpost.forwarding.neighbor.waiting import Waiting

__all__ = ["Claiming", "Neighbor", "NeighborSettings", "Neighbors", "State", "Waiting"]
