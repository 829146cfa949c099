"""The routing table: routes of all sources, the best of each prefix, and what rests on what."""

from __future__ import annotations

from fingerpost.rib.distance import DISTANCES, NEVER, distance_of
from fingerpost.rib.events import AnnounceRoutes, Change, RibEvent, RoutesChanged, WithdrawRoutes
from fingerpost.rib.route import RibRoute

__all__ = [
    "DISTANCES",
    "NEVER",
    "AnnounceRoutes",
    "Change",
    "RibEvent",
    "RibRoute",
    "RoutesChanged",
    "WithdrawRoutes",
    "distance_of",
]
