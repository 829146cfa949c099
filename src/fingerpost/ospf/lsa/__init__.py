"""Link state advertisements: their header, checksum and age here, their bodies in `v2` and `v3`."""

from __future__ import annotations

from fingerpost.ospf.lsa.compare import Comparison, Step, compare, is_newer
from fingerpost.ospf.lsa.header import DO_NOT_AGE, HEADER_LENGTH, LsaHeader, LsaKey
from fingerpost.ospf.lsa.options import OptionsV2, OptionsV3, PrefixOptions

__all__ = [
    "DO_NOT_AGE",
    "HEADER_LENGTH",
    "Comparison",
    "LsaHeader",
    "LsaKey",
    "OptionsV2",
    "OptionsV3",
    "PrefixOptions",
    "Step",
    "compare",
    "is_newer",
]
