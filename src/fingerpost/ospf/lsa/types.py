"""The types of LSAs, and how far each is flooded (RFC 2328 A.4.1, RFC 5250 3, RFC 5340 A.4.2.1)."""

from __future__ import annotations

from enum import IntEnum

U_BIT = 0x8000  # version 3: flood it even if the type is unknown
SCOPE_AT, SCOPE_BITS = 13, 3
FUNCTION_BITS = 0x1FFF


class LsaTypeV2(IntEnum):
    """The types of version 2."""

    ROUTER = 1
    NETWORK = 2
    SUMMARY = 3
    ASBR_SUMMARY = 4
    EXTERNAL = 5
    GROUP_MEMBERSHIP = 6  # of MOSPF, RFC 1584
    NSSA = 7  # RFC 3101
    EXTERNAL_ATTRIBUTES = 8  # never came to be
    OPAQUE_LINK = 9  # RFC 5250
    OPAQUE_AREA = 10
    OPAQUE_AS = 11


class LsaTypeV3(IntEnum):
    """The types of version 3, with their bits of scope (RFC 5340 A.4.2.1)."""

    ROUTER = 0x2001
    NETWORK = 0x2002
    INTER_AREA_PREFIX = 0x2003
    INTER_AREA_ROUTER = 0x2004
    EXTERNAL = 0x4005
    GROUP_MEMBERSHIP = 0x2006
    NSSA = 0x2007
    LINK = 0x0008
    INTRA_AREA_PREFIX = 0x2009
    INTRA_AREA_TE = 0xA00A  # RFC 5329
    GRACE = 0x000B  # RFC 5187
    ROUTER_INFORMATION_LINK = 0x800C  # RFC 7770
    ROUTER_INFORMATION_AREA = 0xA00C
    ROUTER_INFORMATION_AS = 0xC00C
    E_ROUTER = 0xA021  # these: RFC 8362
    E_NETWORK = 0xA022
    E_INTER_AREA_PREFIX = 0xA023
    E_INTER_AREA_ROUTER = 0xA024
    E_EXTERNAL = 0xC025
    E_NSSA = 0xA027
    E_LINK = 0x8028
    E_INTRA_AREA_PREFIX = 0xA029


class Scope(IntEnum):
    """How far an LSA is flooded; the numbers are those of version 3's S2 and S1."""

    LINK = 0
    AREA = 1
    AS = 2
    RESERVED = 3


_SCOPES_V2: dict[int, Scope] = {
    LsaTypeV2.EXTERNAL: Scope.AS,
    LsaTypeV2.OPAQUE_LINK: Scope.LINK,
    LsaTypeV2.OPAQUE_AS: Scope.AS,
    LsaTypeV2.EXTERNAL_ATTRIBUTES: Scope.AS,
}
_KNOWN_V2 = frozenset(map(int, LsaTypeV2))
_FUNCTIONS_V3 = frozenset(one & FUNCTION_BITS for one in LsaTypeV3)


def is_known(kind: int, version: int) -> bool:
    """Tell whether a type is one of those above."""
    if version == 2:
        return kind in _KNOWN_V2
    return kind & FUNCTION_BITS in _FUNCTIONS_V3


def scope_of(kind: int, version: int) -> Scope:
    """Tell how far an LSA of this type is flooded.

    In version 2 an unknown type is not flooded at all (RFC 2328 13 step 2), which is the caller's
    to ask (`is_known`). In version 3 an unknown type without U stays on its link (RFC 5340 4.5.2).
    """
    if version == 2:
        return _SCOPES_V2.get(kind, Scope.AREA)
    if not kind & U_BIT and kind & FUNCTION_BITS not in _FUNCTIONS_V3:
        return Scope.LINK
    return Scope(kind >> SCOPE_AT & SCOPE_BITS)
