"""Path attributes (RFC 4271 5): one class each, and `AttributeSet`, which the core holds as bytes.

>>> from fingerpost.addr import Address
>>> hop = NextHop.of(Address("192.0.2.1"))
>>> made = AttributeSet.of(Origin(OriginCode.IGP), AsPath.of(65001), hop)
>>> AttributeSet.decode(made.encode()) == made
True
"""

from __future__ import annotations

from fingerpost.bgp.attributes.aggregation import Aggregator, As4Aggregator, AtomicAggregate
from fingerpost.bgp.attributes.aigp import Aigp
from fingerpost.bgp.attributes.as_path import As4Path, AsPath, Segment, SegmentKind
from fingerpost.bgp.attributes.attribute import (
    Attribute,
    Flags,
    RawAttribute,
    Type,
    UnknownAttribute,
    framed,
    split,
)
from fingerpost.bgp.attributes.attribute_set import AttributeSet, canonical, read_attribute
from fingerpost.bgp.attributes.communities import (
    Communities,
    ExtendedCommunities,
    Ipv6ExtendedCommunities,
    LargeCommunities,
)
from fingerpost.bgp.attributes.multiprotocol import MpReach, MpUnreach
from fingerpost.bgp.attributes.next_hop import NextHop
from fingerpost.bgp.attributes.origin import Origin, OriginCode
from fingerpost.bgp.attributes.preferences import LocalPref, MultiExitDisc, OnlyToCustomer, Weight
from fingerpost.bgp.attributes.reflection import ClusterList, OriginatorId

__all__ = [
    "Aggregator",
    "Aigp",
    "As4Aggregator",
    "As4Path",
    "AsPath",
    "AtomicAggregate",
    "Attribute",
    "AttributeSet",
    "ClusterList",
    "Communities",
    "ExtendedCommunities",
    "Flags",
    "Ipv6ExtendedCommunities",
    "LargeCommunities",
    "LocalPref",
    "MpReach",
    "MpUnreach",
    "MultiExitDisc",
    "NextHop",
    "OnlyToCustomer",
    "Origin",
    "OriginCode",
    "OriginatorId",
    "RawAttribute",
    "Segment",
    "SegmentKind",
    "Type",
    "UnknownAttribute",
    "Weight",
    "canonical",
    "framed",
    "read_attribute",
    "split",
]
