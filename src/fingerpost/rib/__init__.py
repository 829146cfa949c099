"""The routing table: routes of all sources, the best of each prefix, and what rests on what."""

from __future__ import annotations

from fingerpost.rib.best import Decision, Rule
from fingerpost.rib.changes import ChangeGroup, ChangeSet
from fingerpost.rib.channel import Channel
from fingerpost.rib.connected import Connected
from fingerpost.rib.distance import DISTANCES, NEVER, distance_of
from fingerpost.rib.events import (
    AnnounceAlike,
    AnnounceRoutes,
    Change,
    RibEvent,
    RoutesChanged,
    WithdrawRoutes,
)
from fingerpost.rib.explain import RibTrace, WhyNot
from fingerpost.rib.feed import feed
from fingerpost.rib.limit import Limit, OnLimit
from fingerpost.rib.route import RibRoute
from fingerpost.rib.static import StaticRoute, StaticRoutes
from fingerpost.rib.table import Rib
from fingerpost.rib.tables import Leak, Tables
from fingerpost.rib.verdict import Context, Direction, Filter, Line, Verdict

__all__ = [
    "DISTANCES",
    "NEVER",
    "AnnounceAlike",
    "AnnounceRoutes",
    "Change",
    "ChangeGroup",
    "ChangeSet",
    "Channel",
    "Connected",
    "Context",
    "Decision",
    "Direction",
    "Filter",
    "Leak",
    "Limit",
    "Line",
    "OnLimit",
    "Rib",
    "RibEvent",
    "RibRoute",
    "RibTrace",
    "RoutesChanged",
    "Rule",
    "StaticRoute",
    "StaticRoutes",
    "Tables",
    "Verdict",
    "WhyNot",
    "WithdrawRoutes",
    "distance_of",
    "feed",
]
