"""A session begins or ends for the core: what comes is taken in, what goes is worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.bgp.config import BeyondLimit, PrivateAs
from fingerpost.bgp.exporting import Terms
from fingerpost.bgp.importing import Ourselves
from fingerpost.bgp.own_next_hop import own_next_hop
from fingerpost.bgp.policy_place import place_of
from fingerpost.bgp.relation import Relation, local_asn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.bgp.config import Neighbor, PeerFamily
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.negotiation import Agreed, AgreedFamily
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.session import Session

PATHS_MOST: Final = 1 << 24
"""Paths of a family that a neighbour may tell in any case: sixteen times the Internet."""

_NOBODY = Address("::")
_PRIVATE = {one: number for number, one in enumerate(PrivateAs)}


def set_peer(bgp: Bgp, peer: Peer) -> None:
    """Tell the core of a neighbour, or what is known of it now."""
    config = peer.config
    relation, agreed = peer.relation, peer.agreed
    is_external = relation is Relation.EXTERNAL
    bgp.table.set_peer(
        peer.number,
        relation=int(relation),
        asn=peer.asn,
        local_asn=local_asn(bgp.config, config, relation),
        address=_NOBODY if peer.address is None else peer.address,
        router_id=0 if agreed is None else agreed.router_id,
        role=config.role.value if config.role is not None and is_external else None,
        checks_first_as=config.checks_first_as,
        families={
            one.family.code: (
                _import_policy(bgp, peer, one),
                one.allow_own_as,
                one.weight,
                _blocks_above(one),
            )
            for one in config.families
        },
        is_direct=is_external and config.hops == 1,
        damping={
            one.family.code: (
                one.damping.half_life_s,
                one.damping.longest_s,
                one.damping.suppress,
                one.damping.reuse,
            )
            for one in config.families
            if one.damping is not None
        },
        takes_aigp={one.family.code: one.aigp for one in config.families if one.aigp is not None},
        prepends_local_asn=config.prepends_local_as and _has_local_as(bgp, config, relation),
    )


def _has_local_as(bgp: Bgp, config: Neighbor, relation: Relation) -> bool:
    """Whether we go by another AS there than by our own (RFC 7705 3.1)."""
    is_other = config.local_as not in (None, bgp.config.asn)
    return is_other and relation is Relation.EXTERNAL


def _own_asn(bgp: Bgp, config: Neighbor, relation: Relation) -> int:
    """Our AS as it stands behind that in paths that are told; 0 where it does not."""
    if config.replaces_as or not _has_local_as(bgp, config, relation):
        return 0
    confederation = bgp.config.confederation
    return bgp.config.asn if confederation is None else confederation.identifier


def _import_policy(bgp: Bgp, peer: Peer, one: PeerFamily) -> int:
    place = place_of(bgp.config, peer, one.family, is_import=True)
    return bgp.policing.number(one.import_policy, place)


def _blocks_above(one: PeerFamily) -> int:
    limit = one.limit
    is_blocked = limit is not None and limit.beyond is BeyondLimit.BLOCKS
    return limit.prefixes if limit is not None and is_blocked else PATHS_MOST


def open_session(bgp: Bgp, peer: Peer, session: Session, agreed: Agreed) -> None:
    """Routes are exchanged from now on."""
    assert session.local is not None  # it is connected
    set_peer(bgp, peer)
    hops = {
        one.family: own_next_hop(bgp.links, session.local, one, peer.interface)
        for one in agreed.families
    }
    place = peer.interface or bgp.links.of(session.local)
    bgp.table.open_session(
        peer.number,
        as4=agreed.as4,
        longest_out=agreed.longest_out,
        longest_in=agreed.longest_in,
        families=[
            (
                one.family.code,
                one.path_ids_in,
                one.path_ids_out,
                one.extended_next_hop,
                hops[one.family],
            )
            for one in agreed.families
        ],
        scope=0 if place is None else bgp.links.index(place),
    )
    if not bgp.is_waiting:
        tell_all(bgp, peer, session, agreed)


def tell_all(
    bgp: Bgp, peer: Peer, session: Session, agreed: Agreed, *, again: bool = False
) -> None:
    """Tell a neighbour all families that were agreed on, where we have a next hop of our own."""
    assert session.local is not None  # it is connected
    for one in agreed.families:
        hop = own_next_hop(bgp.links, session.local, one, peer.interface)
        if hop:
            tell(bgp, peer, agreed, one, hop, again=again)
        else:
            what = f"{peer.name}: nothing of {one.family} is told, for we have no address of it"
            bgp.put_happened("no next hop", peer, what)


def tell(
    bgp: Bgp, peer: Peer, agreed: Agreed, one: AgreedFamily, hop: bytes, *, again: bool = False
) -> None:
    """Tell a neighbour a family from now on, or by other rules (`again`)."""
    family = peer.family(one.family)
    if family is None:
        return
    by = terms_of(bgp, peer, agreed, one, family, hop)
    bgp.table.tell(
        peer.number,
        one.family.code,
        hop,
        relation=int(by.relation),
        local_asn=by.local_asn,
        own_asn=by.own_asn,
        asn=by.asn,
        role=None if by.role is None else by.role.value,
        policy=_export_policy(bgp, peer, family),
        own_only=by.own_only,
        next_hop_self=by.next_hop_self,
        next_hop_unchanged=by.next_hop_unchanged,
        overrides_as=by.overrides_as,
        private_as=_PRIVATE[by.private_as],
        sends_communities=by.sends_communities,
        aigp=by.aigp,
        takes_long_lived=by.takes_long_lived,
        as4=agreed.as4,
        longest=agreed.longest_out,
        extended_next_hop=by.extended_next_hop,
        local_preference=0 if by.is_external else by.local_preference,
        paths=family.add_path.sends if one.path_ids_out else 0,
        again=again,
    )


def terms_of(
    bgp: Bgp, peer: Peer, agreed: Agreed, one: AgreedFamily, family: PeerFamily, hop: bytes
) -> Terms:
    """What a neighbour is told a family by; `hop` is our next hop there."""
    config, relation = bgp.config, agreed.relation
    cluster = config.router_id if config.cluster_id is None else config.cluster_id
    return Terms(
        Ourselves(config.asn, config.router_id, cluster),
        relation,
        agreed.asn,
        local_asn(config, peer.config, relation),
        one.family,
        hop,
        own_asn=_own_asn(bgp, peer.config, relation),
        role=agreed.role,
        is_refused=_export_policy(bgp, peer, family) < 0,
        own_only=family.own_only,
        next_hop_self=bool(family.next_hop_self),
        next_hop_unchanged=family.next_hop_unchanged,
        overrides_as=family.as_override,
        private_as=family.private_as,
        sends_communities=family.sends_communities,
        aigp=relation.is_internal if family.aigp is None else family.aigp,
        takes_long_lived=one.takes_long_lived,
        extended_next_hop=one.extended_next_hop,
        local_preference=config.decision.default_local_preference,
    )


def _export_policy(bgp: Bgp, peer: Peer, family: PeerFamily) -> int:
    place = place_of(bgp.config, peer, family.family, is_import=False)
    return bgp.policing.number(family.export_policy, place)


def close_session(bgp: Bgp, peer: Peer, kept: Iterable[Family]) -> None:
    """Nothing comes or goes any more; what it told stays as stale in families that are kept."""
    bgp.table.tell_no_more(peer.number)
    bgp.table.close_session(peer.number, [one.code for one in kept])
