"""What the checks and the policies of a neighbour make of a path, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.importing import Refusal, changed, refusals
from fingerpost.bgp.origination import family_of
from fingerpost.bgp.peer_terms import import_terms
from fingerpost.bgp.policy_place import place_of
from fingerpost.policy.policy import Policy
from fingerpost.rib.verdict import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.addr import Prefix
    from fingerpost.bgp.config import PeerFamily
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer


@dataclass(frozen=True, slots=True)
class Judged:
    """`refusals` come before any policy; `lines` are those of the policy that had a say."""

    refusals: tuple[Refusal, ...]
    lines: tuple[Line, ...]


def judged_on_import(bgp: Bgp, peer: Peer, prefix: Prefix, received: bytes) -> Judged | None:
    """What becomes of canonical bytes that a neighbour said; None: their family is none of its."""
    family = peer.family(family_of(prefix))
    if family is None:
        return None
    terms = import_terms(bgp, peer, family)
    said = AttributeSet.decode(received)
    found = refusals(said, terms)
    if found:
        return Judged(found, ())
    seen = changed(said, terms).encode()
    return Judged((), policy_lines(bgp, peer, family, prefix, seen, peer.number, is_import=True))


def policy_lines(
    bgp: Bgp,
    peer: Peer,
    family: PeerFamily,
    prefix: Prefix,
    octets: bytes,
    source: int,
    *,
    is_import: bool,
) -> tuple[Line, ...]:
    """The lines of a neighbour's policy that mean canonical bytes, in order; none without one."""
    policy = family.import_policy if is_import else family.export_policy
    if not isinstance(policy, Policy):
        return ()
    place = place_of(bgp.config, peer, family.family, is_import=is_import)
    number = bgp.policing.number(policy, place)
    looked = bgp.table.look_policy(number, octets, prefix, source)
    return () if looked is None else tuple(_lines(policy, looked[3]))


def _lines(policy: Policy, places: Sequence[int]) -> list[Line]:
    statements = policy.statements
    end = Line(policy.name, "end", f"{policy.otherwise.value}, for no line decided")
    return [
        Line(policy.name, statements[one].name, statements[one].did)
        if one < len(statements)
        else end
        for one in places
    ]
