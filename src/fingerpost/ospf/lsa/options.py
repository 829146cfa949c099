"""What a router can do, in the options of Hellos, descriptions and LSAs.

Version 2 has 8 bits (RFC 2328 A.2, IANA "OSPFv2 Options"), version 3 has 24 (RFC 5340 A.2, IANA
"OSPFv3 Options"). Packets and LSAs hold plain numbers, which these name.
"""

from __future__ import annotations

from enum import IntFlag


class OptionsV2(IntFlag):
    """The options of version 2. NP is N in a Hello and P in a type 7 LSA."""

    MT = 0x01  # more topologies (RFC 4915 3.1)
    E = 0x02  # AS externals are flooded here (RFC 2328 4.5)
    MC = 0x04  # multicast forwarding (RFC 1584)
    NP = 0x08  # not-so-stubby areas, and their LSAs that translators pass on (RFC 3101 2.4)
    L = 0x10  # an LLS block follows (RFC 5613 2.1); the same bit was EA of external attributes
    DC = 0x20  # demand circuits (RFC 1793 2)
    O = 0x40  # opaque LSAs (RFC 5250 3), in descriptions  # noqa: E741 - the RFC's name
    DN = 0x80  # came down from a VPN's backbone (RFC 4576 4), in LSAs


class OptionsV3(IntFlag):
    """The options of version 3."""

    V6 = 0x000001  # to be used in IPv6 routing (RFC 5340 A.2)
    E = 0x000002  # AS externals are flooded here
    X = 0x000004  # was multicast forwarding
    N = 0x000008  # not-so-stubby areas
    R = 0x000010  # forwards, and is no mere host
    DC = 0x000020  # demand circuits
    AF = 0x000100  # address families (RFC 5838 2.2)
    L = 0x000200  # an LLS block follows (RFC 5613 2.1)
    AT = 0x000400  # an authentication trailer follows (RFC 7166 2.1)


class PrefixOptions(IntFlag):
    """What stands beside a prefix of version 3 (RFC 5340 A.4.1.1)."""

    NU = 0x01  # not for unicast
    LA = 0x02  # an address of the router itself
    MC = 0x04  # was multicast
    P = 0x08  # translators of not-so-stubby areas pass it on
    DN = 0x10  # came down from a VPN's backbone (RFC 6565)
    N = 0x20  # names the router (RFC 8362 3.1)
    AC = 0x80  # an anycast address (RFC 9513)


class RouterFlags(IntFlag):
    """What a router is to its area; both versions share them."""

    B = 0x01  # an area border router
    E = 0x02  # an AS boundary router
    V = 0x04  # the end of a virtual link through this area
    W = 0x08  # was a wild-card multicast receiver (RFC 1584)
    NT = 0x10  # translates type 7 whatever others do (RFC 3101 B)
    S = 0x40  # was a shortcut border router
    H = 0x80  # no transit through it (RFC 8770 3)


def option_names(options: int, version: int) -> str:
    """Write options by their bits, the highest first: "O|E"; unknown bits in hex, "-" for none."""
    return flag_names(OptionsV2(options) if version == 2 else OptionsV3(options))


def flag_names(flags: IntFlag) -> str:
    """Write flags by their names, the highest first; unknown bits in hex, "-" for none."""
    known = list(flags)
    unknown = int(flags) & ~sum(known)
    names = [flag.name or "" for flag in reversed(known)]
    return "|".join([*names, hex(unknown)] if unknown else names) or "-"
