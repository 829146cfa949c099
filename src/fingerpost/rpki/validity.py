"""Origin validation (RFC 6811): the readable form of what the core repeats for each route."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.addr import Prefix


class Validity(IntEnum):
    """What the origin of a route is worth; the numbers are the core's."""

    VALID = 0
    INVALID = 1
    NOT_FOUND = 2

    def __str__(self) -> str:
        """As policies say it."""
        return self.name.lower().replace("_", "-")


class Vrp(NamedTuple):
    """A validated ROA payload (RFC 6811 2): `asn` may originate `prefix`, and what is inside it up
    to `longest` bits. An `asn` of 0 is nobody (RFC 6483 4).
    """

    prefix: Prefix
    longest: int
    asn: int

    def __str__(self) -> str:
        """As ROAs are written down."""
        until = "" if self.longest == self.prefix.length else f"-{self.longest}"
        return f"{self.prefix}{until} AS{self.asn}"

    def covers(self, prefix: Prefix) -> bool:
        """Whether it says something of a prefix."""
        return prefix.version == self.prefix.version and prefix in self.prefix

    def fits(self, prefix: Prefix, origin: int) -> bool:
        """Whether a route of that origin may be, if it covers the prefix.

        Nothing fits a route without a single origin, which is 0 here.
        """
        return origin != 0 and self.asn == origin and prefix.length <= self.longest


def validate(vrps: Iterable[Vrp], prefix: Prefix, origin: int) -> tuple[Validity, list[Vrp]]:
    """Give the state of a route and the VRPs that cover it, narrowest first (RFC 6811 2).

    `_core.VrpTable` gives the same without asking each.
    """
    covering = sorted({one for one in vrps if one.covers(prefix)}, key=_narrowest_first)
    if not covering:
        return Validity.NOT_FOUND, []
    is_valid = any(one.fits(prefix, origin) for one in covering)
    return Validity.VALID if is_valid else Validity.INVALID, covering


def _narrowest_first(one: Vrp) -> tuple[int, int, int]:
    return -one.prefix.length, -one.longest, -one.asn


def verdict(vrp: Vrp, prefix: Prefix, origin: int) -> str:
    """Say what a VRP that covers a prefix has against a route, or that it fits."""
    if vrp.fits(prefix, origin):
        return "fits"
    if vrp.asn == 0:
        return "nobody may originate it"
    if vrp.asn != origin:
        return f"AS{vrp.asn} may, not AS{origin}" if origin else "the path has no single origin"
    return f"/{prefix.length} is longer than /{vrp.longest}"
