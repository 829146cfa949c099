"""Link state advertisements: their header, checksum and age here, their bodies in `v2` and `v3`."""

from __future__ import annotations

from fingerpost.ospf.lsa.compare import Comparison, Step, compare, is_newer
from fingerpost.ospf.lsa.header import DO_NOT_AGE, HEADER_LENGTH, LsaHeader, LsaKey
from fingerpost.ospf.lsa.options import OptionsV2, OptionsV3, PrefixOptions, RouterFlags
from fingerpost.ospf.lsa.types import LsaTypeV2, LsaTypeV3, Scope, scope_of
from fingerpost.ospf.lsa.whole import Lsa, UnknownLsa

__all__ = [
    "DO_NOT_AGE",
    "HEADER_LENGTH",
    "Comparison",
    "Lsa",
    "LsaHeader",
    "LsaKey",
    "LsaTypeV2",
    "LsaTypeV3",
    "OptionsV2",
    "OptionsV3",
    "PrefixOptions",
    "RouterFlags",
    "Scope",
    "Step",
    "UnknownLsa",
    "compare",
    "is_newer",
    "scope_of",
]
