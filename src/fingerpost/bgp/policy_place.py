"""`PolicyPlace`: what is the same for every path that a policy judges at one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.bgp.relation import expected_relation, local_asn

if TYPE_CHECKING:
    from fingerpost.bgp.config import BgpConfig, Neighbor
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.relation import Relation


@dataclass(frozen=True, slots=True)
class PolicyPlace:
    """A neighbour, a family, and which way. `names` are what the neighbour is called."""

    is_import: bool
    names: tuple[str, ...]
    family: str
    relation: Relation
    remote_as: int
    local_as: int
    address: Address | None = None
    role: str | None = None
    default_local_preference: int = 100

    def named(self, name: str) -> object:
        """What a condition on a place asks about."""
        if name == "neighbor":
            return self.names
        if name == "relation":
            return self.relation.word
        found: object = getattr(self, name)
        return found


def place_of(config: BgpConfig, peer: Peer, family: Family, *, is_import: bool) -> PolicyPlace:
    """Where the policy of a neighbour is asked."""
    address = None if peer.address is None else peer.address.without_zone
    names = (peer.name.partition(":")[0], peer.name, peer.interface, address)
    return PolicyPlace(
        is_import,
        tuple(dict.fromkeys(str(one) for one in names if one is not None)),
        str(family),
        peer.relation,
        peer.asn,
        local_asn(config, peer.config, peer.relation),
        address,
        peer.config.role and peer.config.role.word,
        config.decision.default_local_preference,
    )


def expected_place(
    config: BgpConfig, neighbor: Neighbor, family: Family, *, is_import: bool
) -> PolicyPlace:
    """The same before it is there, by what is configured."""
    relation = expected_relation(config, neighbor)
    wanted = neighbor.remote_as
    names = (neighbor.name, neighbor.interface, neighbor.address)
    return PolicyPlace(
        is_import,
        tuple(str(one) for one in names if one is not None),
        str(family),
        relation,
        wanted if isinstance(wanted, int) else config.asn,
        local_asn(config, neighbor, relation),
        # whoever comes has one
        Address("0.0.0.0") if neighbor.address is None else neighbor.address,
        neighbor.role and neighbor.role.word,
        config.decision.default_local_preference,
    )
