"""What becomes of the best path on its way out: why a neighbor is not told it, and what is told.

The life of a path that was chosen: it is asked here whether it may be told at all (`refusals`),
then a policy is asked, then it is written as the neighbor is to see it (`written`), and last it has
to fit: there has to be a next hop that the neighbor can use, and room in a message. The core does
the same (rust/core/src/bgp/out/export.rs); tests hold both to each other. What is asked first
counts: the core stops there, and so its number is that of the first reason given here.

What an operator asks for by GRACEFUL_SHUTDOWN is done by whom it is told (`importing`, RFC 8326 4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from fingerpost.bgp.attributes import (
    Aigp,
    AttributeSet,
    ClusterList,
    Communities,
    ExtendedCommunities,
    Ipv6ExtendedCommunities,
    LargeCommunities,
    LocalPref,
    MultiExitDisc,
    NextHop,
    OnlyToCustomer,
    OriginatorId,
    Weight,
)
from fingerpost.bgp.config import PrivateAs, Role
from fingerpost.bgp.family import IPV4, IPV6
from fingerpost.bgp.path_telling import told_path
from fingerpost.bgp.path_view import PathFlags
from fingerpost.bgp.relation import Relation
from fingerpost.bgp.room import leaves_room

if TYPE_CHECKING:
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.importing import Ourselves
    from fingerpost.bgp.path_view import PathView

NO_EXPORT: Final = 0xFFFF_FF01
NO_ADVERTISE: Final = 0xFFFF_FF02
NO_EXPORT_SUBCONFED: Final = 0xFFFF_FF03
NO_PEER: Final = 0xFFFF_FF04
BLACKHOLE: Final = 0xFFFF_029A
LLGR_STALE: Final = 0xFFFF_0006


class Refused(IntEnum):
    """Why a path is not told, as the core numbers it."""

    NO_PATH = 1
    ORIGIN = 2
    INTERNAL = 3
    NO_ADVERTISE = 4
    NO_EXPORT = 5
    LEAK = 6
    NO_POLICY = 7
    POLICY = 8
    LONG_LIVED_STALE = 9
    NEXT_HOP = 10
    TOO_LONG = 11
    OWN_ONLY = 12
    SUMMARIZED = 13
    BEYOND = 14


@dataclass(frozen=True, slots=True)
class Terms:
    """What a neighbor is told a family by.

    `peer` is its number. `local_asn`: what we call ourselves there, with `behind_asn` behind it (0:
    nothing). `hop`: our next hop there, as in messages. `role`: what we are to it (RFC 9234).
    `is_refused`: there is no policy and one is needed (RFC 8212). The others are those of
    `config.PeerFamily` and what was agreed on with it.
    """

    ourselves: Ourselves
    relation: Relation
    asn: int
    local_asn: int
    hop: bytes
    family: Family = IPV4
    peer: int = 0
    behind_asn: int = 0
    role: Role | None = None
    is_refused: bool = False
    own_only: bool = False
    next_hop_self: bool = False
    reflects_as_self: bool = False
    next_hop_unchanged: bool = False
    overrides_as: bool = False
    private_as: PrivateAs = PrivateAs.KEPT
    sends_communities: bool = True
    aigp: bool = False
    takes_long_lived: bool = False
    default_preference: int = 100
    as4: bool = True
    longest: int = 4096
    extended_next_hop: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a path is not told: what the core calls it, in words with the values, who says so."""

    number: Refused
    reason: str
    section: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A path as the export policy left it; of what it set itself nothing is taken back."""

    attributes: AttributeSet
    keeps_med: bool = False
    keeps_hop: bool = False


def told(
    path: PathView | None,
    terms: Terms,
    judge: Callable[[AttributeSet], Judged | None] | None = None,
) -> AttributeSet | Refusal:
    """What a neighbor is told of a prefix by its best path, or the first reason why it is not.

    `judge` is the export policy; without one nothing is changed.
    """
    if path is None or path.imported is None:
        return Refusal(Refused.NO_PATH, "there is no path that can be used", "RFC 4271 9.1.3")
    found = refusals(path, terms)
    if found:
        return found[0]
    judged = Judged(path.imported) if judge is None else judge(path.imported)
    if judged is None:
        return Refusal(Refused.POLICY, "the export policy refuses it", "RFC 4271 9.1.3")
    made = written(path, judged, terms)
    return refused_by_form(made, terms) or made


def refusals(path: PathView, terms: Terms) -> tuple[Refusal, ...]:
    """Everything for which a path may not be told, before any policy is asked; none: it may."""
    found = []
    for number, section, check in _CHECKS:
        reason = check(path, terms)
        if reason is not None:
            found.append(Refusal(number, reason, section))
    return tuple(found)


def written(path: PathView, judged: Judged, terms: Terms) -> AttributeSet:
    """Give the attributes as they are told, of a path that a policy let through."""
    made = judged.attributes.without(Weight)
    for step in _STEPS:
        made = step(made, path, judged, terms)
    return made


def refused_by_form(made: AttributeSet, terms: Terms) -> Refusal | None:
    """Whether a neighbor can take what is written."""
    hop = made.get(NextHop)
    octets = b"" if hop is None else hop.octets
    if not _is_usable(octets, terms):
        reason = f"its next hop {NextHop(octets)} is none that the neighbor can use"
        return Refusal(Refused.NEXT_HOP, reason, "RFC 8950 3")
    if terms.family in (IPV4, IPV6) and not leaves_room(
        made, len(octets), terms.family, longest=terms.longest, as4=terms.as4
    ):
        reason = f"its attributes leave no room for a prefix in {terms.longest} octets"
        return Refusal(Refused.TOO_LONG, reason, "RFC 4271 4.3")
    return None


# ---- 1: may it be told at all


def _origin(path: PathView, terms: Terms) -> str | None:
    is_its = path.peer != 0 and path.peer == terms.peer
    return "it came from there" if is_its else None


def _internal(path: PathView, terms: Terms) -> str | None:
    """Of our AS, to our AS: only from and to clients."""
    both = (path.standing.relation, terms.relation)
    if path.peer == 0 or both != (Relation.INTERNAL, Relation.INTERNAL):
        return None
    return "it came from inside our AS, and neither of both is a client"


def _communities(path: PathView, terms: Terms) -> tuple[Refused, str] | None:
    """The first community by which it goes no further counts."""
    held = () if path.imported is None else path.imported.communities
    is_external = terms.relation is Relation.EXTERNAL
    for one in held:
        if one == NO_ADVERTISE:
            return Refused.NO_ADVERTISE, "no-advertise: nobody is told"
        if one == NO_EXPORT and is_external:
            return Refused.NO_EXPORT, "no-export: it does not leave our AS or confederation"
        if one == NO_EXPORT_SUBCONFED and not terms.relation.is_internal:
            return Refused.NO_EXPORT, "no-export-subconfed: it does not leave our AS"
        if one == NO_PEER and is_external and terms.role is Role.PEER:
            return Refused.NO_EXPORT, "no-peer: a peer is not told"
        if one == BLACKHOLE and is_external and _is_of_others(path):
            return Refused.NO_EXPORT, "blackhole, by another AS: it does not leave ours"
    return None


def _no_advertise(path: PathView, terms: Terms) -> str | None:
    found = _communities(path, terms)
    return found[1] if found and found[0] is Refused.NO_ADVERTISE else None


def _no_export(path: PathView, terms: Terms) -> str | None:
    found = _communities(path, terms)
    return found[1] if found and found[0] is Refused.NO_EXPORT else None


def _is_of_others(path: PathView) -> bool:
    return path.peer != 0 and path.standing.relation is Relation.EXTERNAL


def _leak(path: PathView, terms: Terms) -> str | None:
    held = None if path.imported is None else path.imported.get(OnlyToCustomer)
    if held is None or _role(terms) not in (Role.CUSTOMER, Role.PEER, Role.ROUTE_SERVER_CLIENT):
        return None
    return f"AS {held.asn} marked it for customers only, and the neighbor is none"


def _role(terms: Terms) -> Role | None:
    """RFC 9234 5: where it is about routes of the Internet."""
    return terms.role if terms.family.is_unicast else None


def _long_lived_stale(path: PathView, terms: Terms) -> str | None:
    held = () if path.imported is None else path.imported.communities
    is_stale = bool(path.flags & PathFlags.LONG_LIVED_STALE) or LLGR_STALE in held
    if not is_stale or terms.takes_long_lived:
        return None
    return "it is stale for long, and the neighbor does not know of that"


def _own_only(path: PathView, terms: Terms) -> str | None:
    is_kept_back = terms.own_only and path.peer != 0
    return "only what is ours is told (own_only), and a neighbor told it" if is_kept_back else None


def _no_policy(_: PathView, terms: Terms) -> str | None:
    if not terms.is_refused:
        return None
    return "an external neighbor without an export policy: give it one"


_CHECKS: Final[tuple[tuple[Refused, str, Callable[[PathView, Terms], str | None]], ...]] = (
    (Refused.ORIGIN, "RFC 4271 9.2", _origin),
    (Refused.INTERNAL, "RFC 4271 9.2.1, RFC 4456 6", _internal),
    (Refused.NO_ADVERTISE, "RFC 1997", _no_advertise),
    (Refused.NO_EXPORT, "RFC 1997, RFC 3765, RFC 7999 3.2", _no_export),
    (Refused.LEAK, "RFC 9234 5", _leak),
    (Refused.LONG_LIVED_STALE, "RFC 9494 4.3", _long_lived_stale),
    (Refused.OWN_ONLY, "RFC 4271 9.1.3", _own_only),
    (Refused.NO_POLICY, "RFC 8212 2", _no_policy),
)


# ---- 2: how it is told


def _next_hop(made: AttributeSet, path: PathView, judged: Judged, terms: Terms) -> AttributeSet:
    """RFC 4271 5.1.3, RFC 2545 3, RFC 4760 3."""
    hop = made.get(NextHop)
    held = b"" if hop is None else hop.octets
    if _is_own(held, path, judged, terms):
        return made.having(NextHop(terms.hop))
    is_pair = terms.family.is_unicast and len(held) == 36
    return made.having(NextHop(held[:16] if is_pair else held))


def _is_own(held: bytes, path: PathView, judged: Judged, terms: Terms) -> bool:
    """Whether we are told in place of a next hop."""
    is_external = terms.relation is Relation.EXTERNAL
    is_set = terms.next_hop_self and (path.peer != 0 or is_external)
    if path.is_internal and terms.relation.is_internal and not terms.reflects_as_self:
        is_set = False  # RFC 4456 10: who reflects changes none of it
    if not terms.family.is_unicast:
        # labels and rules belong to the next hop that they came with
        return terms.family.safi < 133 and (not held or is_set)
    return (
        not held
        or (not judged.keeps_hop and (is_set or (is_external and not terms.next_hop_unchanged)))
        or len(held) == 20  # link-local alone: known on that link only
    )


def _is_usable(octets: bytes, terms: Terms) -> bool:
    if terms.family == IPV4:
        return len(octets) == 4 or (terms.extended_next_hop and len(octets) in (16, 32))
    return terms.family != IPV6 or len(octets) in (16, 32)


def _as_path(made: AttributeSet, _: PathView, __: Judged, terms: Terms) -> AttributeSet:
    """RFC 4271 5.1.2, RFC 5065 4, RFC 7705 3, RFC 7947 2.2.2.1."""
    if terms.relation.is_internal:
        return made
    return made.having(told_path(made.as_path, terms))


def _preferences(made: AttributeSet, path: PathView, judged: Judged, terms: Terms) -> AttributeSet:
    """RFC 4271 5.1.4, 5.1.5: neither is for another AS, but a MED that is ours."""
    if terms.relation is Relation.EXTERNAL:
        made = made.without(LocalPref)
        return made if path.peer == 0 or judged.keeps_med else made.without(MultiExitDisc)
    if made.local_preference is None:
        return made.having(LocalPref(terms.default_preference))
    return made


def _reflection(made: AttributeSet, path: PathView, _: Judged, terms: Terms) -> AttributeSet:
    """RFC 4456 8: of an AS, and of a member of a confederation too."""
    if not terms.relation.is_internal:
        return made.without(OriginatorId, ClusterList)
    if path.peer == 0 or not path.standing.relation.is_internal:
        return made
    clusters = made.get(ClusterList)
    listed = () if clusters is None else clusters.clusters
    made = made.having(ClusterList((terms.ourselves.cluster_id, *listed)))
    if made.get(OriginatorId) is None:
        made = made.having(OriginatorId(path.standing.router_id))
    return made


def _only_to_customer(made: AttributeSet, _: PathView, __: Judged, terms: Terms) -> AttributeSet:
    """RFC 9234 5: who is told by one above or beside it."""
    is_marked = made.get(OnlyToCustomer) is not None
    if is_marked or _role(terms) not in (Role.PROVIDER, Role.PEER, Role.ROUTE_SERVER):
        return made
    return made.having(OnlyToCustomer(terms.local_asn))


def _marks(made: AttributeSet, path: PathView, _: Judged, terms: Terms) -> AttributeSet:
    """RFC 9494 4.3: it is stale for long. RFC 7999 3.2: a blackhole of others stays in our AS."""
    held = made.communities
    if path.flags & PathFlags.LONG_LIVED_STALE and LLGR_STALE not in held:
        held = (*held, LLGR_STALE)
    is_blackhole = BLACKHOLE in held and _is_of_others(path)
    if is_blackhole and NO_EXPORT not in held and terms.relation is not Relation.EXTERNAL:
        held = (*held, NO_EXPORT)
    return made if held == made.communities else made.having(Communities(held))


def _communities_off(made: AttributeSet, _: PathView, __: Judged, terms: Terms) -> AttributeSet:
    if terms.sends_communities:
        return made
    return made.without(Communities, ExtendedCommunities, LargeCommunities, Ipv6ExtendedCommunities)


def _aigp(made: AttributeSet, path: PathView, judged: Judged, terms: Terms) -> AttributeSet:
    """RFC 7311 3.4: where the next hop becomes ourselves, the way to theirs is added (3.4.3)."""
    held = made.get(Aigp)
    if not terms.aigp or held is None:
        return made.without(Aigp)
    hop = judged.attributes.get(NextHop)
    if not path.metric or not _is_own(b"" if hop is None else hop.octets, path, judged, terms):
        return made
    return made.having(held.raised(path.metric))


_STEPS: Final[tuple[Callable[[AttributeSet, PathView, Judged, Terms], AttributeSet], ...]] = (
    _next_hop,
    _as_path,
    _preferences,
    _reflection,
    _only_to_customer,
    _marks,
    _communities_off,
    _aigp,
)
