"""Who has which address on a link: ARP (RFC 826) and neighbour discovery (RFC 4861)."""

from __future__ import annotations

from fingerpost.forwarding.neighbor.table import Neighbors, Waiting

__all__ = ["Neighbors", "Waiting"]
