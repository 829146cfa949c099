"""Where a neighbour stands to us, and what we call ourselves there (RFC 4271 1.1, RFC 5065 3)."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.bgp.config import BgpConfig, Neighbor
    from fingerpost.rib.verdict import Filter


class Relation(IntEnum):
    """As the core numbers it."""

    EXTERNAL = 0
    CONFEDERATION = 1  # another AS of our confederation
    INTERNAL = 2
    CLIENT = 3  # internal, and a client of ours as its route reflector (RFC 4456)

    @property
    def is_internal(self) -> bool:
        """Whether it is of our AS."""
        return self >= Relation.INTERNAL

    @property
    def word(self) -> str:
        """As policies have it."""
        return self.name.lower()


def relation_of(config: BgpConfig, neighbor: Neighbor, asn: int) -> Relation:
    """Where a neighbour of an AS stands."""
    if asn == config.asn:
        return Relation.CLIENT if neighbor.is_client else Relation.INTERNAL
    confederation = config.confederation
    if confederation is not None and asn in confederation.members:
        return Relation.CONFEDERATION
    return Relation.EXTERNAL


def expected_relation(config: BgpConfig, neighbor: Neighbor) -> Relation:
    """The same before its OPEN has come: by what is configured."""
    wanted = neighbor.remote_as
    if wanted == "internal":
        return relation_of(config, neighbor, config.asn)
    if wanted == "external":
        return Relation.EXTERNAL
    first = wanted if isinstance(wanted, int) else next(iter(wanted), 0)
    return relation_of(config, neighbor, first)


def is_expected(config: BgpConfig, neighbor: Neighbor, asn: int) -> bool:
    """Whether a neighbour may be of an AS."""
    wanted = neighbor.remote_as
    if wanted == "internal":
        return asn == config.asn
    if wanted == "external":
        return asn != config.asn
    return asn == wanted if isinstance(wanted, int) else asn in wanted


def local_asn(config: BgpConfig, neighbor: Neighbor, relation: Relation) -> int:
    """What we call ourselves to a neighbour: outside of a confederation, that (RFC 5065 3)."""
    if neighbor.local_as is not None and relation is Relation.EXTERNAL:
        return neighbor.local_as
    if config.confederation is not None and relation is Relation.EXTERNAL:
        return config.confederation.identifier
    return config.asn


def behind_asn(config: BgpConfig, neighbor: Neighbor, relation: Relation) -> int:
    """Our AS that stands behind `local_as` in what is told (RFC 7705 3.3); 0: none."""
    if neighbor.local_as is None or neighbor.replaces_as or relation is not Relation.EXTERNAL:
        return 0
    confederation = config.confederation
    own = config.asn if confederation is None else confederation.identifier
    return 0 if own == neighbor.local_as else own


def prepended_asn(config: BgpConfig, neighbor: Neighbor, relation: Relation) -> int:
    """The AS that is put in front of what comes from a neighbor (RFC 7705 3.1); 0: none."""
    if neighbor.local_as in (None, config.asn) or relation is not Relation.EXTERNAL:
        return 0
    return (neighbor.local_as or 0) if neighbor.prepends_local_as else 0


def lacks_policy(config: BgpConfig, relation: Relation, policy: Filter | None) -> bool:
    """Whether nothing is taken or told for want of a policy (RFC 8212)."""
    return policy is None and config.needs_policy and relation is Relation.EXTERNAL
