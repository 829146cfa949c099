"""What the paths of a neighbour are taken and told by, in the words of the readable rules.

`importing`, `exporting` and `decision` ask no configuration: they are given what stands here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.bgp import exporting, importing
from fingerpost.bgp.config import PeerFamily
from fingerpost.bgp.importing import Ourselves
from fingerpost.bgp.path_view import Standing
from fingerpost.bgp.relation import Relation, behind_asn, lacks_policy, local_asn, prepended_asn

if TYPE_CHECKING:
    from fingerpost.bgp.config import BgpConfig
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.negotiation import Agreed, AgreedFamily
    from fingerpost.bgp.peer import Peer

_NOBODY: Final = Address("0.0.0.0")


def import_terms(bgp: Bgp, peer: Peer, family: PeerFamily) -> importing.Terms:
    """What the paths of a neighbour in a family are taken by."""
    config, relation = bgp.config, peer.relation
    is_external = relation is Relation.EXTERNAL
    own, networks = bgp.links.surroundings()
    return importing.Terms(
        ourselves_of(config),
        relation,
        peer.asn,
        local_asn(config, peer.config, relation),
        family.family,
        role=peer.config.role if is_external else None,
        checks_first_as=peer.config.checks_first_as,
        allow_own_as=family.allow_own_as,
        is_refused=lacks_policy(config, relation, family.import_policy),
        weight=family.weight,
        takes_aigp=family.aigp,
        direct=peer.address if is_external and peer.config.hops == 1 else None,
        own=frozenset(own),
        networks=tuple(networks),
        prepends=prepended_asn(config, peer.config, relation),
    )


def export_terms(
    bgp: Bgp, peer: Peer, agreed: Agreed, one: AgreedFamily, hop: bytes
) -> exporting.Terms:
    """What a neighbour is told a family by; `hop`: our next hop there."""
    family = peer.family(one.family) or PeerFamily(one.family)
    config, relation = bgp.config, agreed.relation
    return exporting.Terms(
        ourselves_of(config),
        relation,
        agreed.asn,
        local_asn(config, peer.config, relation),
        hop,
        one.family,
        peer=peer.number,
        behind_asn=behind_asn(config, peer.config, relation),
        role=agreed.role,
        is_refused=lacks_policy(config, relation, family.export_policy),
        own_only=family.own_only,
        next_hop_self=bool(family.next_hop_self),
        reflects_as_self=family.reflects_as_self,
        next_hop_unchanged=family.next_hop_unchanged,
        overrides_as=family.as_override,
        private_as=family.private_as,
        sends_communities=family.sends_communities,
        aigp=relation.is_internal if family.aigp is None else family.aigp,
        takes_long_lived=one.takes_long_lived,
        default_preference=config.decision.default_local_preference,
        as4=agreed.as4,
        longest=agreed.longest_out,
        extended_next_hop=one.extended_next_hop,
    )


def ourselves_of(config: BgpConfig) -> Ourselves:
    """Who we are, for the rules of what comes and goes."""
    return Ourselves(
        config.asn,
        config.router_id,
        config.router_id if config.cluster_id is None else config.cluster_id,
        0 if config.confederation is None else config.confederation.identifier,
        config.takes_sets,
    )


def standing_of(bgp: Bgp, number: int) -> Standing:
    """What the choice asks of who told a path; 0, and who is gone, stand as we do ourselves."""
    peer = bgp.peers.get(number)
    if peer is None:
        return Standing(Relation.INTERNAL, bgp.config.router_id, _NOBODY)
    router_id = 0 if peer.agreed is None else peer.agreed.router_id
    return Standing(peer.relation, router_id, peer.address or _NOBODY)
