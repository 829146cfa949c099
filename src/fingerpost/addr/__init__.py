"""Addresses, prefixes and their arithmetic.

`Address`, `Prefix` and `Interface` are native, immutable, hashable and ordered. Every function
takes what `AddressLike` and `PrefixLike` name: our objects, those of `ipaddress`, text, bytes,
numbers.
"""

from __future__ import annotations

from fingerpost._core import Address, Interface, Prefix, PrefixSet
from fingerpost.addr.arithmetic import Neighbours, host_part, network_part
from fingerpost.addr.attach import attach
from fingerpost.addr.classify import Classification, classify, classify_prefix
from fingerpost.addr.embedded import Teredo
from fingerpost.addr.ranges import from_range, ranges, summarize
from fingerpost.addr.registry import registry_table
from fingerpost.addr.types import AddressLike, PrefixLike
from fingerpost.addr.verdicts import Verdict, is_forwardable, is_valid_source

attach()

__all__ = [
    "Address",
    "AddressLike",
    "Classification",
    "Interface",
    "Neighbours",
    "Prefix",
    "PrefixLike",
    "PrefixSet",
    "Teredo",
    "Verdict",
    "classify",
    "classify_prefix",
    "from_range",
    "host_part",
    "is_forwardable",
    "is_valid_source",
    "network_part",
    "ranges",
    "registry_table",
    "summarize",
]
