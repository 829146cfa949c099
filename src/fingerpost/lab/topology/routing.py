"""What the routing process of a node is told: protocols on its interfaces, its static routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.lab.model import EndKind, NodeKind
from fingerpost.rib.static import StaticRoute as RibStatic
from fingerpost.rip.config import RipConfig, RipInterface
from fingerpost.router.config import MAIN, ProtocolConfig, RouterConfig, TableConfig

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fingerpost.lab.model import StaticRoute
    from fingerpost.lab.topology.draft import Draft, DraftInterface, DraftNode

_LOOPBACK = "lo"


def router_config(
    draft: Draft, node: DraftNode, protocols: Sequence[str], routes: Iterable[StaticRoute]
) -> RouterConfig:
    """The configuration of a node that runs `protocols` on all its interfaces."""
    return RouterConfig(
        next((one.address for one in node.loopback or ()), None),
        {MAIN: TableConfig(tuple(map(_static, routes)))},
        protocols={
            name: ProtocolConfig(name, RipConfig(tuple(_interfaces(draft, node))))
            for name in protocols
        },
    )


def _static(static: StaticRoute) -> RibStatic:
    route = static.route
    return RibStatic(static.prefix, route.next_hops, route.kind, static.distance, static.tag)


def _interfaces(draft: Draft, node: DraftNode) -> Iterator[RipInterface]:
    """Every interface: passive where nobody could answer, the node's own addresses told."""
    if node.loopback:
        yield RipInterface(_LOOPBACK, is_loopback=True)
    for name, interface in node.interfaces.items():
        yield RipInterface(name, is_passive=not _has_neighbors(draft, node, interface))


def _has_neighbors(draft: Draft, node: DraftNode, interface: DraftInterface) -> bool:
    """Whether another router, or somebody outside of the lab, is on the link."""
    if interface.link is None:
        return False
    return any(
        end.kind is not EndKind.NODE or draft.nodes[end.node].kind is NodeKind.ROUTER
        for end in draft.links[interface.link].ends
        if end.node != node.name
    )
