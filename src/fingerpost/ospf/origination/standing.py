"""What a router is as a whole, by which all it tells is decided."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """`areas` are attached actively. `is_border`: an area border router (RFC 3509 2.1).
    `is_boundary`: it tells externals (RFC 2328 3.3). `has_nssa`: an NSSA is attached. `is_stub`:
    nobody shall go through it (RFC 6987).
    """

    areas: tuple[int, ...] = ()
    is_border: bool = False
    is_boundary: bool = False
    has_nssa: bool = False
    is_stub: bool = False
