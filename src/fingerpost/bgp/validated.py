"""What the RPKI says of a path, for people: its validity, by which VRPs, and its ASPA state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.attributes import AsPath
from fingerpost.rpki.aspa import PathState, verify
from fingerpost.rpki.validity import Validity, Vrp, verdict
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.bgp.config import Role
    from fingerpost.bgp.machine import Bgp

COVERING_MOST: Final = 20
"""VRPs that are shown of one prefix, the narrowest first."""
_DOWN: Final = "customer"


def direction_of(role: str | None) -> bool | None:
    """Whether paths of a neighbour come from a provider, by what we are to it; None: who knows."""
    return None if role is None else role == _DOWN


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
    }


def _aspa(bgp: Bgp, path: AsPath, number: int) -> str | None:
    peer = bgp.peers.get(number)
    if peer is None:
        return None
    role = role_name(peer.config.role)
    from_provider = direction_of(role)
    if from_provider is None:
        return str(PathState.UNKNOWN)
    members = None
    if not path.has_set:
        outside = (one for one in path.segments if not one.is_confederation)
        members = [number for one in outside for number in one.numbers]
    aspas = bgp.validating.aspas
    return str(verify(aspas, members, heard_from(role, peer.asn), from_provider=from_provider))


def role_name(role: Role | None) -> str | None:
    """What a role is called in policies."""
    return None if role is None else role.name.lower().replace("_", "-")


def line_of(found: dict[str, object]) -> str:
    """In words."""
    covering = found["covering"]
    assert isinstance(covering, list)
    if not covering:
        return f"rpki {found['state']}: no VRP covers it"
    told = "; ".join(f"{one['vrp']}: {one['verdict']}" for one in covering[:3])
    count = found["covering_count"]
    more = f" and {int(str(count)) - 3} more" if int(str(count)) > 3 else ""
    return f"rpki {found['state']}: {told}{more}"
