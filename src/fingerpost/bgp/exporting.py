"""What becomes of a best path on its way out: why it is not told, and as what it is told.

The life of a path that is told: it is admitted here (`refusals`), then the export policy is asked,
which sees it as the import policy left it, then it is written here for the neighbour (`written`).
The core does the same (rust/core/src/bgp/out/export.rs); tests hold both to each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from fingerpost.bgp.asn_text import asn_text
from fingerpost.bgp.attributes import (
    Aigp,
    AsPath,
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
    Segment,
    SegmentKind,
    Weight,
)
from fingerpost.bgp.community_text import community_text
from fingerpost.bgp.config import PrivateAs, Role
from fingerpost.bgp.family import IPV4, IPV6
from fingerpost.bgp.relation import Relation

if TYPE_CHECKING:
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.importing import Ourselves

NO_EXPORT: Final = 0xFFFF_FF01
NO_ADVERTISE: Final = 0xFFFF_FF02
NO_EXPORT_SUBCONFED: Final = 0xFFFF_FF03
NO_PEER: Final = 0xFFFF_FF04
LLGR_STALE: Final = 0xFFFF_0006
_CARRIED_ONLY: Final = 133  # flow specification and beyond: their next hop is nobody's


class Why(IntEnum):
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
    SUPPRESSED = 12


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a path is not told: as the core numbers it, in words with the values, and who says so."""

    why: Why
    reason: str
    section: str = ""

    def __str__(self) -> str:
        """In words."""
        return f"{self.reason} ({self.section})" if self.section else self.reason


@dataclass(frozen=True, slots=True)
class Told:
    """A path that could be told: its attributes and who said it; `relation` None: ourselves.

    `router_id` is that of who said it. `is_long_lived`: it is stale for long (RFC 9494).
    `keeps_med`, `keeps_hop`: the export policy set its MULTI_EXIT_DISC, its next hop.
    """

    attributes: AttributeSet
    relation: Relation | None = None
    router_id: int = 0
    is_long_lived: bool = False
    keeps_med: bool = False
    keeps_hop: bool = False

    @property
    def is_learned(self) -> bool:
        """Whether a neighbour said it."""
        return self.relation is not None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a neighbour is told a family by.

    `local_asn`: what we call ourselves there; `own_asn`: our AS where it stands behind that in
    paths (RFC 7705 3.1), else 0; `role`: what we are to it (RFC 9234); `hop`: our next hop there,
    as it stands in messages. `is_refused`: there is no policy and one is needed (RFC
    8212). `own_only`: nothing that came from a neighbour is told. `local_preference`: of paths that
    have none.
    """

    ourselves: Ourselves
    relation: Relation
    asn: int
    local_asn: int
    family: Family = IPV4
    hop: bytes = bytes(4)
    own_asn: int = 0
    role: Role | None = None
    is_refused: bool = False
    own_only: bool = False
    next_hop_self: bool = False
    next_hop_unchanged: bool = False
    overrides_as: bool = False
    private_as: PrivateAs = PrivateAs.KEPT
    sends_communities: bool = True
    aigp: bool = False
    takes_long_lived: bool = True
    extended_next_hop: bool = False
    local_preference: int = 100

    @property
    def is_external(self) -> bool:
        """Whether it is of another AS, outside of our confederation."""
        return self.relation is Relation.EXTERNAL


def refusals(path: Told, terms: Terms) -> tuple[Refusal, ...]:
    """Everything for which a path is not told, before any policy is asked, the core's reason first.

    None: it goes to the policy, and what that lets through to `written`.
    """
    found = []
    for why, section, check in _CHECKS:
        reason = check(path, terms)
        if reason is not None:
            found.append(Refusal(why, reason, section))
    return tuple(found)


def _inside(path: Told, terms: Terms) -> str | None:
    if path.relation is Relation.INTERNAL and terms.relation is Relation.INTERNAL:
        return "it came from inside our AS, and neither of both is a client"
    return None


def _no_advertise(path: Told, _: Terms) -> str | None:
    return _has(path, NO_ADVERTISE)


def _no_export(path: Told, terms: Terms) -> str | None:
    found = _has(path, NO_EXPORT) if terms.is_external else None
    if found is None and not terms.relation.is_internal:
        found = _has(path, NO_EXPORT_SUBCONFED)
    if found is None and terms.is_external and terms.role is Role.PEER:
        found = _has(path, NO_PEER)
    return found


def _has(path: Told, community: int) -> str | None:
    if community in path.attributes.communities:
        return f"it has the community {community_text(community)}"
    return None


def _leak(path: Told, terms: Terms) -> str | None:
    """RFC 9234 5: what is for customers only goes to nobody beside or above us."""
    held = path.attributes.get(OnlyToCustomer)
    if held is None or not terms.family.is_unicast or terms.role not in _UPWARD:
        return None
    return f"AS {asn_text(held.asn)} marked it for customers only, and it would leak"


def _long_lived(path: Told, terms: Terms) -> str | None:
    if is_long_lived(path) and not terms.takes_long_lived:
        return "it is stale for long, which this neighbor does not know of"
    return None


def is_long_lived(path: Told) -> bool:
    """Whether it is stale for long, here or where it came from (RFC 9494 4.3)."""
    return path.is_long_lived or LLGR_STALE in path.attributes.communities


def _own_only(path: Told, terms: Terms) -> str | None:
    if terms.own_only and path.is_learned:
        return "only our own routes are told there"
    return None


def _no_policy(_: Told, terms: Terms) -> str | None:
    if terms.is_refused:
        return "an external neighbor without an export policy: give it one"
    return None


_Check = Callable[[Told, Terms], "str | None"]
_CHECKS: Final[tuple[tuple[Why, str, _Check], ...]] = (
    (Why.INTERNAL, "RFC 4456 6", _inside),
    (Why.NO_ADVERTISE, "RFC 1997", _no_advertise),
    (Why.NO_EXPORT, "RFC 1997, RFC 3765", _no_export),
    (Why.LEAK, "RFC 9234 5", _leak),
    (Why.LONG_LIVED_STALE, "RFC 9494 4.3", _long_lived),
    (Why.POLICY, "", _own_only),
    (Why.NO_POLICY, "RFC 8212", _no_policy),
)
_UPWARD: Final = (Role.CUSTOMER, Role.PEER, Role.ROUTE_SERVER_CLIENT)
_DOWNWARD: Final = (Role.PROVIDER, Role.PEER, Role.ROUTE_SERVER)


def written(path: Told, terms: Terms) -> AttributeSet | Refusal:
    """Give what is told of a path that policy let through, or why it cannot be."""
    hop = _next_hop(path, terms)
    if not _fits(hop, terms):
        reason = f"the next hop {NextHop(hop)} is not one that it could use for {terms.family}"
        return Refusal(Why.NEXT_HOP, reason, "RFC 8950 4")
    made = path.attributes.without(Weight).having(NextHop(hop), _path(path, terms))
    if path.attributes.get(AsPath) is None and terms.relation.is_internal:
        made = made.without(AsPath)
    made = _inside_only(path, terms, made)
    if terms.family.is_unicast and terms.role in _DOWNWARD and made.get(OnlyToCustomer) is None:
        made = made.having(OnlyToCustomer(terms.local_asn))  # RFC 9234 5
    if path.is_long_lived and LLGR_STALE not in made.communities:
        made = made.having(Communities((*made.communities, LLGR_STALE)))  # RFC 9494 4.3
    if not terms.sends_communities:
        made = made.without(*_COMMUNITIES)
    return made if terms.aigp else made.without(Aigp)  # RFC 7311 3.4


_COMMUNITIES: Final = (
    Communities,
    ExtendedCommunities,
    Ipv6ExtendedCommunities,
    LargeCommunities,
)


def _inside_only(path: Told, terms: Terms, made: AttributeSet) -> AttributeSet:
    """What is for our AS or confederation alone comes with it, or goes."""
    if not terms.relation.is_internal:
        made = made.without(OriginatorId, ClusterList)  # RFC 4456 8
    if terms.is_external:
        made = made.without(LocalPref)  # RFC 4271 5.1.5
        if path.is_learned and not path.keeps_med:
            made = made.without(MultiExitDisc)  # 5.1.4: it is not for a third AS
    elif made.get(LocalPref) is None:
        made = made.having(LocalPref(terms.local_preference))
    is_inside = path.relation is not None and path.relation.is_internal
    if not (is_inside and terms.relation.is_internal):
        return made
    clusters = made.get(ClusterList)
    before = () if clusters is None else clusters.clusters
    made = made.having(ClusterList((terms.ourselves.cluster_id, *before)))  # RFC 4456 8
    if made.get(OriginatorId) is None:
        made = made.having(OriginatorId(path.router_id))
    return made


# ---- the next hop (RFC 4271 5.1.3, RFC 2545 3, RFC 8950)


def _next_hop(path: Told, terms: Terms) -> bytes:
    held = path.attributes.get(NextHop)
    theirs = b"" if held is None else held.octets
    is_set = terms.next_hop_self and (path.is_learned or terms.is_external)
    if not terms.family.is_unicast:  # labels and rules belong to the next hop that they came with
        is_own = terms.family.safi < _CARRIED_ONLY and (not theirs or is_set)
        return terms.hop if is_own else theirs
    goes_out = terms.is_external and not terms.next_hop_unchanged
    is_local = len(theirs) == 20  # link-local alone: known on that link only
    if not theirs or is_local or (not path.keeps_hop and (is_set or goes_out)):
        return terms.hop
    return theirs[:16] if len(theirs) == 36 else theirs  # RFC 2545 3


def _fits(hop: bytes, terms: Terms) -> bool:
    if terms.family == IPV4:
        return len(hop) == 4 or (terms.extended_next_hop and len(hop) in (16, 32))
    return terms.family != IPV6 or len(hop) in (16, 32)


# ---- the AS path (RFC 4271 5.1.2, RFC 5065 4)


def _path(path: Told, terms: Terms) -> AsPath:
    held = path.attributes.as_path
    if terms.relation.is_internal:
        return held
    if not terms.is_external:
        return held.prepended(terms.ourselves.asn, kind=SegmentKind.CONFED_SEQUENCE)
    outside = tuple(one for one in held.segments if not one.is_confederation)
    if terms.overrides_as:
        outside = _mapped(outside, lambda one: terms.local_asn if one == terms.asn else one)
    made = AsPath(_without_private(outside, terms))
    if terms.role is Role.ROUTE_SERVER:  # RFC 7947 2.2.2.1: it is not on the way
        return made
    numbers = (terms.local_asn, terms.own_asn) if terms.own_asn else (terms.local_asn,)
    return made.prepended(*numbers)


def _without_private(segments: tuple[Segment, ...], terms: Terms) -> tuple[Segment, ...]:
    match terms.private_as:
        case PrivateAs.REPLACED:
            return _mapped(segments, lambda one: terms.local_asn if is_private(one) else one)
        case PrivateAs.REMOVED:
            is_all = all(is_private(number) for one in segments for number in one.numbers)
            return () if is_all else segments
        case PrivateAs.REMOVED_ALL:
            left = (
                Segment(one.kind, tuple(n for n in one.numbers if not is_private(n)))
                for one in segments
            )
            return tuple(one for one in left if one.numbers)
    return segments


def _mapped(segments: tuple[Segment, ...], of: Callable[[int], int]) -> tuple[Segment, ...]:
    return tuple(Segment(one.kind, tuple(map(of, one.numbers))) for one in segments)


def is_private(asn: int) -> bool:
    """Whether an AS number is for private use (RFC 6996 5)."""
    return 64512 <= asn <= 65534 or 4_200_000_000 <= asn <= 4_294_967_294
