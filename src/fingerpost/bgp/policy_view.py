"""A path of BGP as policies see it, a `RibRoute`, and the attributes that it has after one.

The core judges paths by itself (`program`); what is here is the same by the policy's own
statements, for whoever wants to know or to compare.
"""

from __future__ import annotations

from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from fingerpost.bgp.attributes import (
    Aigp,
    AsPath,
    AttributeSet,
    Communities,
    ExtendedCommunities,
    LargeCommunities,
    LocalPref,
    MultiExitDisc,
    NextHop,
    OnlyToCustomer,
    Origin,
    OriginCode,
    Segment,
    SegmentKind,
    Weight,
)
from fingerpost.bgp.community_text import (
    large_community_text,
    parse_community,
    parse_large_community,
)
from fingerpost.bgp.extended_text import extended_community_text, parse_extended_community
from fingerpost.forwarding import route as forwarding
from fingerpost.policy import attributes as named
from fingerpost.policy.communities import Kind, kind_of
from fingerpost.policy.segments import numbers_in, numbers_of
from fingerpost.rib.route import RibRoute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fingerpost.addr import Address, Prefix
    from fingerpost.bgp.policy_place import PolicyPlace

_SOURCE: Final = "bgp"


def as_route(
    attributes: AttributeSet,
    prefix: Prefix,
    place: PolicyPlace,
    *,
    told_by: Address | None = None,
    route_source: str = "external",
    rov: str = "not-found",
    metric: int | None = None,
) -> RibRoute:
    """A path to a prefix, at a place. `told_by` and `route_source`: who told it."""
    found: dict[str, object] = {
        **path_attributes(attributes),
        "neighbor": place.names,
        "peer_address": place.address,
        "remote_as": place.remote_as,
        named.LOCAL_AS: place.local_as,
        "family": place.family,
        "role": place.role,
        "relation": place.relation.word,
        "default_local_preference": place.default_local_preference,
        "route_source": route_source,
        "rov": rov,
        named.IGP_METRIC: metric,
    }
    hop = attributes.get(NextHop)
    gateways = hop.addresses[:1] if hop is not None else ()
    return RibRoute(
        prefix,
        _SOURCE,
        0,
        0,
        tuple(forwarding.NextHop(gateway=one) for one in gateways),
        attributes=MappingProxyType({name: one for name, one in found.items() if one is not None}),
        learned_from=told_by,
    )


def path_attributes(attributes: AttributeSet) -> dict[str, object]:
    """What policies call the attributes of a path; those that it does not have are not there."""
    origin, aigp = attributes.get(Origin), attributes.get(Aigp)
    otc, weight = attributes.get(OnlyToCustomer), attributes.get(Weight)
    found: dict[str, object | None] = {
        named.AS_PATH: _members(attributes.as_path),
        named.COMMUNITIES: _communities(attributes),
        "origin": "incomplete" if origin is None else origin.origin.name.lower(),
        "med": attributes.med,
        "local_preference": attributes.local_preference,
        "weight": None if weight is None else weight.number,
        "aigp": None if aigp is None else aigp.metric,
        "otc": None if otc is None else otc.asn,
    }
    return {name: one for name, one in found.items() if one is not None}


def _members(path: AsPath) -> tuple[object, ...]:
    found: list[object] = []
    for one in path.segments:
        found += one.numbers if one.kind is SegmentKind.SEQUENCE else (str(one),)
    return tuple(found)


def _path(members: tuple[object, ...]) -> AsPath:
    """The path of such members; of a long sequence the first segment is what fills no other."""
    found: list[Segment] = []
    for is_number, some in groupby(members, lambda one: isinstance(one, int)):
        if not is_number:
            kinds = ((_KINDS[str(one)[0]], numbers_of(one)) for one in some)
            found += [Segment(kind, numbers) for kind, numbers in kinds]
            continue
        numbers = numbers_in(tuple(some))
        first = len(numbers) % 255
        found += [Segment(SegmentKind.SEQUENCE, numbers[:first])] if first else []
        found += [
            Segment(SegmentKind.SEQUENCE, numbers[at : at + 255])
            for at in range(first, len(numbers), 255)
        ]
    return AsPath(tuple(found))


def _communities(attributes: AttributeSet) -> tuple[str, ...]:
    standard = (f"{one >> 16}:{one & 0xFFFF}" for one in attributes.communities)
    extended = map(extended_community_text, attributes.extended_communities)
    return (*standard, *extended, *map(large_community_text, attributes.large_communities))


def attributes_after(before: AttributeSet, seen: RibRoute, route: RibRoute) -> AttributeSet:
    """The attributes of a path that a policy saw as one route and left as another."""
    was, after = seen.attributes or {}, route.attributes or {}
    made = before
    for name, (kind, make) in _NUMBERS.items():
        if was.get(name) != after.get(name):
            value: Any = after.get(name)
            made = made.without(kind) if value is None else made.having(make(value))
    if was["origin"] != after["origin"]:
        made = made.having(Origin(OriginCode[str(after["origin"]).upper()]))
    old, new = (_tuple(of, named.AS_PATH) for of in (was, after))
    if old != new:
        added = len(new) - len(old)
        is_longer = added > 0 and new[added:] == old
        path = before.as_path.prepended(*new[:added]) if is_longer else _path(new)
        made = made.having(path)
    for sort in Kind:
        made = _with_communities(made, sort, was, after)
    if route.next_hops is not seen.next_hops:
        gateway = route.next_hops[0].gateway if route.next_hops else None
        made = made.having(NextHop(b"" if gateway is None else gateway.packed))
    return made


def _tuple(of: Mapping[str, object], name: str) -> tuple[Any, ...]:
    found: Any = of.get(name, ())
    return tuple(found)


def _with_communities(
    made: AttributeSet, sort: Kind, was: Mapping[str, object], after: Mapping[str, object]
) -> AttributeSet:
    before, now = (
        [one for one in _tuple(of, named.COMMUNITIES) if kind_of(one) is sort]
        for of in (was, after)
    )
    if before == now:
        return made
    kind, read = _SORTS[sort]
    if not now:
        return made.without(kind)
    held = made.get(kind)
    return made.having(kind(tuple(map(read, now)), held is not None and held.is_partial))


_KINDS: Final = {
    "{": SegmentKind.SET,
    "(": SegmentKind.CONFED_SEQUENCE,
    "[": SegmentKind.CONFED_SET,
}
_NUMBERS: Final[dict[str, tuple[Any, Callable[[int], Any]]]] = {
    "med": (MultiExitDisc, MultiExitDisc),
    "local_preference": (LocalPref, LocalPref),
    "weight": (Weight, Weight),
    "aigp": (Aigp, Aigp.of),
}
_SORTS: Final[dict[Kind, tuple[Any, Callable[[str], Any]]]] = {
    Kind.STANDARD: (Communities, parse_community),
    Kind.EXTENDED: (ExtendedCommunities, parse_extended_community),
    Kind.LARGE: (LargeCommunities, parse_large_community),
}
