"""Addresses, prefixes and their arithmetic.

`Address`, `Prefix` and `Interface` are native, immutable, hashable and ordered. Every function
takes what `AddressLike` and `PrefixLike` name: our objects, those of `ipaddress`, text, bytes,
numbers.
"""

from __future__ import annotations

from importlib import import_module
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
    _LATE = {
        "Classification": "classification",
        "Verdict": "verdicts",
        "classify": "classification",
        "classify_prefix": "classification",
        "is_forwardable": "verdicts",
        "is_valid_source": "verdicts",
        "registry_table": "registry",
    }

    def __getattr__(name):  # noqa: ANN001, ANN202 - type checkers read the imports above
        """Import a late name (PEP 562)."""
        if name not in _LATE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
        return globals()[name]


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
