"""`routing: bgp`: each router an AS, each link to another AS a session, and what is said of both.

A node says its AS by `as:`; one that says none has a private number (RFC 6996). It announces its
loopbacks. A link says by `bgp:` what router.yaml says of neighbours; of the two ends of a link one
need say its role alone (RFC 9234). With roles, paths by customers go before those by peers, and
those before paths by providers (Gao and Rexford), by their weight; and nothing is told to providers
and peers that came from such, which is what roles are for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.lab.model import EndKind, NodeKind
from fingerpost.lab.topology.draft import BGP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fingerpost.addr import Address
    from fingerpost.lab.topology.draft import (
        Draft,
        DraftEnd,
        DraftInterface,
        DraftLink,
        DraftNode,
        Said,
    )
    from fingerpost.lab.topology.layers import Layers

FACING: Final = {
    "provider": "customer",
    "customer": "provider",
    "peer": "peer",
    "route-server": "route-server-client",
    "route-server-client": "route-server",
}
"""What the other end of a link is (RFC 9234 4.2)."""
WEIGHTS: Final = {"provider": 200, "peer": 100}
"""By what we are to who says a path: customers' before peers', and both before providers'."""
_FEW, _PRIVATE, _PRIVATE_LONG = 1_000, 64_512, 4_200_000_000


def asn_of(draft: Draft, node: DraftNode, number: int) -> int:
    """The AS of a node: what its router says, or the node; otherwise a private one."""
    for said in reversed(node.router):
        section = said.value.get(BGP)
        if isinstance(section, dict) and isinstance(section.get("as"), int):
            found: int = section["as"]
            return found
    if node.asn is not None:
        return node.asn
    return number + (_PRIVATE if len(draft.nodes) <= _FEW else _PRIVATE_LONG)


def lay(draft: Draft, node: DraftNode, numbers: Mapping[str, int], layers: Layers) -> None:
    """Lay down what `routing: bgp` says of a node."""
    own = asn_of(draft, node, numbers[node.name])
    origin = (*node.path, "routing")
    networks = [str(one.prefix) for one in node.loopback or ()]
    settled = {"as": own, "requires-policy": False, "networks": networks, "neighbors": {}}
    layers.lay({BGP: settled}, origin)
    for interface in node.interfaces.values():
        for address, settled, said in _neighbors(draft, node, interface, numbers, own):
            where = (BGP, "neighbors", str(address))
            layers.lay(settled, origin, where)
            role = _role(said)
            if role is not None:
                layers.lay({"role": role, "weight": WEIGHTS.get(role, 0)}, origin, where)
            for one in said[1]:
                layers.lay(one.value, one.origin, where)


Both = tuple[list["Said"], list["Said"]]  # what the other end says, what this end says


def _neighbors(
    draft: Draft,
    node: DraftNode,
    interface: DraftInterface,
    numbers: Mapping[str, int],
    own: int,
) -> Iterator[tuple[Address, dict[str, object], Both]]:
    """Who of other ASes is on the link of an interface, routers and recorded peers: address, what
    follows from the lab, what is said.
    """
    if interface.link is None:
        return
    link = draft.links[interface.link]
    mine = [end for end in link.ends if (end.node, end.interface) == (node.name, interface.name)]
    for end in link.ends:
        other = draft.nodes.get(end.node) if end.kind is EndKind.NODE else None
        if other is None or end.node == node.name or not _speaks(other):
            continue
        theirs = asn_of(draft, other, numbers[other.name])
        if theirs == own:
            continue
        facing = other.interfaces[end.interface or ""]
        families = {one.version for one in interface.addresses}
        for held in facing.addresses:
            if held.version in families and not held.address.is_link_local:
                both = (_said(link, end), _said(link, *mine))
                if other.kind is NodeKind.HOST:  # one session is enough, which it opens
                    yield held.address, {"as": theirs, "passive": True}, both
                    break
                yield held.address, {"as": theirs}, both


def _speaks(node: DraftNode) -> bool:
    return node.kind is NodeKind.ROUTER or node.replay is not None


def _said(link: DraftLink, *ends: DraftEnd) -> list[Said]:
    """What a link and one end of it say of the session, the more general first."""
    given = [link.options, *(end.options for end in ends)]
    return [options[BGP] for options in given if BGP in options]


def _role(said: Both) -> str | None:
    """What this end is: as it says, or as it faces what the other says."""
    theirs, ours = (_last(one, "role") for one in said)
    return ours if ours is not None else FACING.get(theirs or "")


def _last(said: list[Said], option: str) -> str | None:
    given = [one.value[option] for one in said if option in (one.value or {})]
    return given[-1] if given and isinstance(given[-1], str) else None
