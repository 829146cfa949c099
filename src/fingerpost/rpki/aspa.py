"""ASPA (draft-ietf-sidrops-aspa-verification-28): who provides for whom, and what that says of an
AS path. The readable form of what the core repeats.

A path goes up, from customers to providers, then at most once sideways, then down. What came from
a customer or a peer may only have gone up; what came from a provider may have gone down too.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    Providers = Mapping[int, Collection[int]]


class PathState(IntEnum):
    """What an AS path is worth; the numbers are the core's."""

    VALID = 0
    INVALID = 1
    UNKNOWN = 2

    def __str__(self) -> str:
        """As policies say it."""
        return self.name.lower()


class Hop(Enum):
    """What the record of a customer says of an AS (5.3)."""

    NO_ATTESTATION = "no attestation"
    NOT_PROVIDER = "not provider+"
    PROVIDER = "provider+"


def hop(aspas: Providers, customer: int, provider: int) -> Hop:
    """Whether a customer says that an AS is a provider of its."""
    if customer not in aspas:
        return Hop.NO_ATTESTATION
    return Hop.PROVIDER if provider in aspas[customer] else Hop.NOT_PROVIDER


def denied(aspas: Providers, path: Sequence[int]) -> list[tuple[int, int]]:
    """The hops of a path, the origin's first, whose customer says that the other is no provider.

    They are what makes paths invalid (6.6); of one from a provider it takes more than one.
    """
    inward = path[::-1]
    pairs = [two for two in pairwise(inward) if two[0] != two[1]]
    return [two for two in pairs if hop(aspas, *two) is Hop.NOT_PROVIDER]


def verify(
    aspas: Providers,
    path: Sequence[int] | None,
    neighbor: int | None,
    *,
    from_provider: bool,
) -> PathState:
    """What a path is worth (5.5, 5.6), by its members from the neighbour to the origin.

    None: it has an AS_SET.
    `neighbor` None: a route server told it, whose AS does not stand in paths (RFC 7947 2.2.2.1).
    """
    if not path or (neighbor is not None and path[0] != neighbor):
        return PathState.INVALID
    members: list[int] = []
    for asn in reversed(path):  # the origin first, each once in a row
        if not members or members[-1] != asn:
            members.append(asn)
    count = len(members)
    ups = [hop(aspas, members[at], members[at + 1]) for at in range(count - 1)]
    if not from_provider:
        if Hop.NOT_PROVIDER in ups:
            return PathState.INVALID
        return PathState.UNKNOWN if Hop.NO_ATTESTATION in ups else PathState.VALID
    downs = [hop(aspas, members[at], members[at - 1]) for at in range(count - 1, 0, -1)]
    certain, possible = {Hop.PROVIDER}, {Hop.PROVIDER, Hop.NO_ATTESTATION}
    if _ramp(ups, possible) + _ramp(downs, possible) < count:
        return PathState.INVALID
    if _ramp(ups, certain) + _ramp(downs, certain) < count:
        return PathState.UNKNOWN
    return PathState.VALID


def _ramp(hops: Sequence[Hop], taken: Collection[Hop]) -> int:
    """How many AS are on a ramp from its foot up."""
    for at, one in enumerate(hops):
        if one not in taken:
            return at + 1
    return len(hops) + 1
