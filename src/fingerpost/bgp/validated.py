"""What the RPKI says of a path, for people: its validity, by which VRPs, and its ASPA state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.attributes import AsPath
from fingerpost.bgp.family import IPV4, IPV6
from fingerpost.bgp.relation import Relation
from fingerpost.rpki.aspa import PathState, denied, verify
from fingerpost.rpki.validity import Validity, Vrp, verdict
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.bgp.machine import Bgp

COVERING_MOST: Final = 20
"""VRPs that are shown of one prefix, the narrowest first."""
_DOWN: Final = "customer"
_JUDGED: Final = (str(IPV4), str(IPV6))


def direction_of(
    role: str | None, relation: Relation = Relation.EXTERNAL, family: str = "ipv4"
) -> bool | None:
    """Whether paths of a neighbour come from a provider, by what we are to it.

    None: who knows; paths within an AS or confederation, and those of other families than IPv4 and
    IPv6 unicast, are not judged (draft-ietf-sidrops-aspa-verification-28 6.2).
    """
    if role is None or relation is not Relation.EXTERNAL or family not in _JUDGED:
        return None
    return role == _DOWN


def heard_from(role: str | None, asn: int) -> int | None:
    """The AS that has to stand first in paths of a neighbour; None: none has to.

    A route server does not stand in them (RFC 7947 2.2.2.1).
    """
    return None if role == "route-server-client" else asn


def validity_of(bgp: Bgp, prefix: Prefix, as_path: bytes, peer: int) -> dict[str, object] | None:
    """Of a path with this value of AS_PATH, told by a neighbour; None if nobody is asked what the
    RPKI says.
    """
    validating = bgp.validating
    if not validating.is_on:
        return None
    config, path = bgp.config, AsPath.read(Reader(as_path, "as-path"), 0)
    confederation = config.confederation
    ours = config.asn if confederation is None else confederation.identifier
    asn = (path.origin or 0) if path.length else ours
    state = Validity(validating.vrps.validate(prefix, asn))
    covering = [Vrp(*row) for row in validating.vrps.covering(prefix)]
    return {
        "state": str(state),
        "origin": asn or None,
        "covering": [
            {"vrp": str(one), "verdict": verdict(one, prefix, asn)}
            for one in covering[:COVERING_MOST]
        ],
        "covering_count": len(covering),
        "aspa": _aspa(bgp, path, peer),
        "aspa_denied": _denied(bgp, path),
    }


def _aspa(bgp: Bgp, path: AsPath, number: int) -> str | None:
    peer = bgp.peers.get(number)
    if peer is None:
        return None
    role = peer.config.role and peer.config.role.word
    from_provider = direction_of(role, peer.relation)
    if from_provider is None:
        return str(PathState.UNKNOWN)
    members = _members(path)
    aspas = bgp.validating.aspas
    return str(verify(aspas, members, heard_from(role, peer.asn), from_provider=from_provider))


def _members(path: AsPath) -> list[int] | None:
    """From the neighbour to the origin; None: there is a set."""
    if path.has_set:
        return None
    outside = (one for one in path.segments if not one.is_confederation)
    return [number for one in outside for number in one.numbers]


def _denied(bgp: Bgp, path: AsPath) -> list[dict[str, int]]:
    hops = denied(bgp.validating.aspas, _members(path) or ())
    return [{"customer": customer, "provider": provider} for customer, provider in hops]


def line_of(found: dict[str, object]) -> str:
    """In words; of ASPA only what is not as it should be."""
    told = _origin_line(found)
    hops = found["aspa_denied"]
    if found["aspa"] != str(PathState.INVALID):
        return told
    assert isinstance(hops, list)
    said = ", ".join(f"AS{one['provider']} is no provider of AS{one['customer']}" for one in hops)
    return f"{told}; aspa invalid: {said or 'it has a set, or is not of the neighbour'}"


def _origin_line(found: dict[str, object]) -> str:
    covering = found["covering"]
    assert isinstance(covering, list)
    if not covering:
        return f"rpki {found['state']}: no VRP covers it"
    told = "; ".join(f"{one['vrp']}: {one['verdict']}" for one in covering[:3])
    count = found["covering_count"]
    more = f" and {int(str(count)) - 3} more" if int(str(count)) > 3 else ""
    return f"rpki {found['state']}: {told}{more}"
