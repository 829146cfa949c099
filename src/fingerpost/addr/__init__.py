"""Addresses, prefixes and their arithmetic.

`Address`, `Prefix` and `Interface` are native, immutable, hashable and ordered. Every function
takes what `AddressLike` and `PrefixLike` name: our objects, those of `ipaddress`, text, bytes,
numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost._core import Address, Interface, Prefix, PrefixSet
from fingerpost.addr.arithmetic import Neighbours, host_part, network_part
from fingerpost.addr.attach import attach
from fingerpost.addr.embedded import Teredo
from fingerpost.addr.ranges import from_range, ranges, summarize
from fingerpost.addr.types import AddressLike, PrefixLike

if TYPE_CHECKING:
    from fingerpost.addr.classification import Classification, classify, classify_prefix
    from fingerpost.addr.registry import registry_table
    from fingerpost.addr.verdicts import Verdict, is_forwardable, is_valid_source
else:
    # the registries are read when somebody asks about them, not by all who have an address
    from fingerpost.late import late

    __getattr__ = late(
        __name__,
        {
            "Classification": "fingerpost.addr.classification",
            "Verdict": "fingerpost.addr.verdicts",
            "classify": "fingerpost.addr.classification",
            "classify_prefix": "fingerpost.addr.classification",
            "is_forwardable": "fingerpost.addr.verdicts",
            "is_valid_source": "fingerpost.addr.verdicts",
            "registry_table": "fingerpost.addr.registry",
        },
    )


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
