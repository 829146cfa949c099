"""A session begins or ends for the core: what comes is taken in, what goes is worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.bgp.config import BeyondLimit, PeerFamily, PrivateAs
from fingerpost.bgp.own_next_hop import own_next_hop
from fingerpost.bgp.peer_terms import export_terms
from fingerpost.bgp.policy_place import place_of
from fingerpost.bgp.relation import Relation, local_asn, prepended_asn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.bgp.family import Family
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.negotiation import Agreed, AgreedFamily
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.session import Session

PATHS_MOST: Final = 1 << 24
"""Paths of a family that a neighbour may tell in any case: sixteen times the Internet."""

_PATHS_TOLD_MOST = 64
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
        prepends=prepended_asn(bgp.config, config, relation),
    )


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
    terms = export_terms(bgp, peer, agreed, one, hop)
    place = place_of(bgp.config, peer, one.family, is_import=False)
    bgp.table.tell(
        peer.number,
        one.family.code,
        hop,
        relation=int(terms.relation),
        local_asn=terms.local_asn,
        behind_asn=terms.behind_asn,
        asn=terms.asn,
        role=None if terms.role is None else terms.role.value,
        policy=bgp.policing.number(family.export_policy, place),
        own_only=terms.own_only,
        next_hop_self=terms.next_hop_self,
        reflects_as_self=terms.reflects_as_self,
        next_hop_unchanged=terms.next_hop_unchanged,
        overrides_as=terms.overrides_as,
        private_as=_PRIVATE[terms.private_as],
        sends_communities=terms.sends_communities,
        aigp=terms.aigp,
        takes_long_lived=terms.takes_long_lived,
        as4=terms.as4,
        longest=terms.longest,
        extended_next_hop=terms.extended_next_hop,
        paths=min(family.add_path.sends, _PATHS_TOLD_MOST) if one.path_ids_out else 0,
        default_route=bgp.origination.default(one.family, family.default_condition)
        if family.default_route
        else 0,
        advertisement=peer.config.timers.advertisement_ns,
        again=again,
    )


def close_session(bgp: Bgp, peer: Peer, kept: Iterable[Family]) -> None:
    """Nothing comes or goes any more; what it told stays as stale in families that are kept."""
    bgp.table.tell_no_more(peer.number)
    bgp.table.close_session(peer.number, [one.code for one in kept])
