"""What becomes of a path on its way in: why it is refused, and what we change of it.

The life of a path: it is read and judged by RFC 7606 (`packet.update_reading`), then checked here,
then changed here, and then a policy is asked, which sees the path as changed. One that is refused
is held as it came and takes no part in the choice, so that one can ask why. The core does the same
(rust/core/src/bgp/table/import.rs); tests hold both to each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.bgp.asn_text import asn_text
from fingerpost.bgp.attributes import (
    Aigp,
    AttributeSet,
    ClusterList,
    LocalPref,
    NextHop,
    OnlyToCustomer,
    OriginatorId,
    Weight,
)
from fingerpost.bgp.config import Role
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.path_view import PathFlags
from fingerpost.bgp.relation import Relation

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.bgp.family import Family

GRACEFUL_SHUTDOWN: Final = 0xFFFF_0000


@dataclass(frozen=True, slots=True)
class Ourselves:
    """Who we are. `confederation` 0: we are in none. `takes_sets`: against RFC 9774."""

    asn: int
    router_id: int
    cluster_id: int
    confederation: int = 0
    takes_sets: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What the paths of a neighbour in a family are taken by.

    `local_asn`: what we call ourselves there; `prepends`: what is put in front of its paths, 0 for
    nothing. `role`: what we are to it (RFC 9234). `is_refused`:
    there is no policy and one is needed (RFC 8212). `takes_aigp` None: where it is of our AS or
    confederation. `direct`: the address of one that is one hop away. `own`: our addresses,
    `networks`: those of our links, none if they are not known.
    """

    ourselves: Ourselves
    relation: Relation
    asn: int
    local_asn: int
    family: Family = IPV4
    role: Role | None = None
    checks_first_as: bool = True
    allow_own_as: int = 0
    is_refused: bool = False
    weight: int = 0
    takes_aigp: bool | None = None
    direct: Address | None = None
    own: frozenset[Address] = frozenset()
    networks: tuple[Prefix, ...] = ()
    prepends: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a path is refused: what the core calls it, in words with the values, and who says so."""

    flag: PathFlags
    reason: str
    section: str


def refusals(received: AttributeSet, terms: Terms) -> tuple[Refusal, ...]:
    """Everything for which a path is refused, before any policy is asked; none: it is not."""
    found = []
    for flag, section, check in _CHECKS:
        reason = check(received, terms)
        if reason is not None:
            found.append(Refusal(flag, reason, section))
    return tuple(found)


def changed(received: AttributeSet, terms: Terms) -> AttributeSet:
    """Give the attributes as a policy sees them, of a path that is not refused."""
    made = received
    if received.get(OnlyToCustomer) is None and _role(terms) in _DOWNWARD:
        made = made.having(OnlyToCustomer(terms.asn))  # RFC 9234 5: it came from above or beside
    is_external = terms.relation is Relation.EXTERNAL
    if terms.prepends and is_external:
        made = made.having(made.as_path.prepended(terms.prepends))  # RFC 7705 3.1
    if terms.weight:
        made = made.having(Weight(terms.weight))
    if not (not is_external if terms.takes_aigp is None else terms.takes_aigp):
        made = made.without(Aigp)  # RFC 7311 3.1
    if is_external and GRACEFUL_SHUTDOWN in received.communities:
        made = made.having(LocalPref(0))  # RFC 8326 4.2
    return made


_DOWNWARD: Final = (Role.CUSTOMER, Role.PEER, Role.ROUTE_SERVER_CLIENT)


def _role(terms: Terms) -> Role | None:
    """RFC 9234 5: where it is about routes of the Internet."""
    return terms.role if terms.family.is_unicast else None


def _own_as(received: AttributeSet, terms: Terms) -> str | None:
    ours = {terms.ourselves.asn, terms.local_asn, terms.ourselves.confederation} - {0}
    count = sum(number in ours for number in received.as_path.numbers)
    if count <= terms.allow_own_as:
        return None
    path, allowed = received.as_path, terms.allow_own_as
    return f"our AS stands {count} times in its path {path}, {allowed} times are allowed"


def _cluster(received: AttributeSet, terms: Terms) -> str | None:
    if not terms.relation.is_internal:
        return None
    originator, clusters = received.get(OriginatorId), received.get(ClusterList)
    if originator is not None and originator.router_id == terms.ourselves.router_id:
        return f"we are its originator, {originator}"
    if clusters is not None and terms.ourselves.cluster_id in clusters.clusters:
        return f"our cluster is in its list {clusters}"
    return None


def _first_as(received: AttributeSet, terms: Terms) -> str | None:
    first = received.as_path.neighbor
    if terms.relation is not Relation.EXTERNAL or not terms.checks_first_as:
        return None
    if first == terms.asn:
        return None
    said = "no AS" if first is None else f"AS {asn_text(first)}"
    return f"{said} stands first in its path, and not AS {asn_text(terms.asn)} of the neighbor"


def _leak(received: AttributeSet, terms: Terms) -> str | None:
    held, role = received.get(OnlyToCustomer), _role(terms)
    if held is None:
        return None
    if role in (Role.PROVIDER, Role.ROUTE_SERVER):
        return f"AS {asn_text(held.asn)} marked it for customers only, and it comes from one"
    if role is Role.PEER and held.asn != terms.asn:
        of = f"AS {asn_text(held.asn)} marked it for customers only"
        return f"{of}, and it comes from the peer AS {asn_text(terms.asn)}"
    return None


def _as_set(received: AttributeSet, terms: Terms) -> str | None:
    if terms.ourselves.takes_sets or not received.as_path.has_set:
        return None
    return f"its path {received.as_path} has a set"


def _next_hop(received: AttributeSet, terms: Terms) -> str | None:
    """RFC 4271 6.3: a next hop with a link-local address is on the link that it came by."""
    held = received.get(NextHop)
    if held is None:
        return None
    named = held.addresses or _of_vpn(held.octets)
    mine = next((one for one in named if one in terms.own), None)
    if mine is not None:
        return f"its next hop {mine} is ours"
    is_checked = terms.direct is not None and terms.relation is Relation.EXTERNAL
    if not is_checked or not named or named[-1].is_link_local or named[0] == terms.direct:
        return None
    if not terms.networks or any(named[0] in one for one in terms.networks):
        return None
    return f"its next hop {named[0]} is neither the neighbor nor on a link of ours"


def _of_vpn(octets: bytes) -> tuple[Address, ...]:
    """RFC 4364 4.3.2: an address behind a distinguisher of 8 octets."""
    return (Address(octets[8:]),) if len(octets) in (12, 24) else ()


def _no_policy(_: AttributeSet, terms: Terms) -> str | None:
    if not terms.is_refused:
        return None
    return "the neighbor is external and has no import policy: give it one"


_CHECKS: Final[tuple[tuple[PathFlags, str, Callable[[AttributeSet, Terms], str | None]], ...]] = (
    (PathFlags.AS_LOOP, "RFC 4271 9.1.2", _own_as),
    (PathFlags.CLUSTER_LOOP, "RFC 4456 8", _cluster),
    (PathFlags.FIRST_AS, "RFC 4271 6.3", _first_as),
    (PathFlags.LEAK, "RFC 9234 5", _leak),
    (PathFlags.AS_SET, "RFC 9774 3", _as_set),
    (PathFlags.NEXT_HOP, "RFC 4271 6.3", _next_hop),
    (PathFlags.NO_POLICY, "RFC 8212 2", _no_policy),
)
