"""What the routing process of a node is told: `router:` of its layers, `routing:`, its routes.

`router:` of a node holds what router.yaml holds, read by `fingerpost.config`; a lab adds that
options may come from the defaults, from kinds and from links, and that "*" among the interfaces of
a protocol means all of them.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.config.build import build
from fingerpost.config.faults import Fault, FileError
from fingerpost.config.load import understood
from fingerpost.config.names import meant
from fingerpost.config.tree.ospf_interface import area_id
from fingerpost.lab.model import EndKind, NodeKind
from fingerpost.lab.topology import autonomous
from fingerpost.lab.topology.draft import BGP, Said
from fingerpost.lab.topology.layers import Layers
from fingerpost.ospf.text import dotted
from fingerpost.rib.static import StaticRoute as RibStatic
from fingerpost.router.config import FAMILIES, MAIN, RouterConfig

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fingerpost.lab.model import StaticRoute
    from fingerpost.lab.topology.draft import Draft, DraftInterface, DraftNode

EVERY = "*"
_LOOPBACK = "lo"
_OF_MACHINES = ("kernel", "api", "rollback")  # sections that a lab has no use for


def router_config(
    draft: Draft,
    node: DraftNode,
    numbers: Mapping[str, int],
    protocols: Iterable[str],
    routes: Iterable[StaticRoute],
) -> RouterConfig | None:
    """The configuration of a node; `protocols` run on all its interfaces.

    `numbers`: of the nodes in the file, bridges counted, from 1. None where it is faulty,
    which is noted in the draft.
    """
    layers = _layers(draft, node, numbers, protocols)
    try:
        file = understood(layers.tree, draft.source)
        config = build(
            file, epoch_ns=draft.start_ns, router_id=_router_id(node, numbers[node.name])
        )
    except FileError as error:
        _note(draft, layers, error)
        return None
    main = config.table(MAIN)
    statics = (*main.statics, *map(_static, routes))
    return replace(
        config,
        tables={**config.tables, MAIN: replace(main, statics=statics)},
    )


def _router_id(node: DraftNode, number: int) -> Address:
    """The first IPv4 address of the loopback; without one, the number of the node."""
    own = (one.address for one in node.loopback or () if one.version == 4)
    return next(own, Address(dotted(number)))


def _static(static: StaticRoute) -> RibStatic:
    route = static.route
    return RibStatic(static.prefix, route.next_hops, route.kind, static.distance, static.tag)


def _note(draft: Draft, layers: Layers, error: FileError) -> None:
    """Tell the faults; those of a layer that several nodes share once."""
    for fault in error.faults:
        found = Fault(fault.line, layers.origin_of(fault.field), fault.message)
        if found not in draft.faults:
            draft.faults.append(found)


# -- layers ----------------------------------------------------------------------------------------


def _layers(
    draft: Draft, node: DraftNode, numbers: Mapping[str, int], protocols: Iterable[str]
) -> Layers:
    layers = Layers(draft.line)
    for name in protocols:
        if name == BGP:
            autonomous.lay(draft, node, numbers, layers)
            continue
        layers.lay({"interfaces": {EVERY: {}}}, (*node.path, "routing"), (name,))
    for said in node.router:
        value = {name: one for name, one in said.value.items() if name not in _OF_MACHINES}
        layers.lay(value, said.origin)
    for name in FAMILIES:
        if name in layers.tree.value:
            _spread(draft, node, layers, name)
    return layers


def _spread(draft: Draft, node: DraftNode, layers: Layers, protocol: str) -> None:
    """Give each interface what is said of it: of all, of its link, of itself."""
    where = (protocol, "interfaces")
    given = layers.at(where)
    if not isinstance(given, dict):
        return  # nothing, or what the configuration refuses
    own = {name: Said(value, layers.origin((*where, name))) for name, value in given.items()}
    layers.lay(None, layers.origin(where), where)
    layers.lay({}, layers.origin(where), where)
    known = [*([_LOOPBACK] if node.loopback else []), *node.interfaces]
    for name in own:
        if name != EVERY and name not in known:
            message = f"{node.name} has no interface {name!r}{meant(name, known)}"
            draft.fault(own[name].origin, message)
    for name in known:
        if EVERY in own or name in own:
            for said in _said(draft, node, name, protocol, own):
                layers.lay(said.value or {}, said.origin, (*where, name))


def _said(
    draft: Draft, node: DraftNode, name: str, protocol: str, own: Mapping[str, Said]
) -> Iterator[Said]:
    """What is said of an interface, the most general first."""
    interface = node.interfaces.get(name)
    if EVERY in own:
        if interface is None:
            loopback: dict[str, object] = {"announce-only": True}
            if protocol.startswith("ospf"):
                loopback |= _home(draft, node, protocol, own)
            yield Said(loopback, own[EVERY].origin)
        else:
            yield Said(_assumed(draft, node, interface, protocol), own[EVERY].origin)
            yield own[EVERY]
    if interface is not None and interface.link is not None:
        link = draft.links[interface.link]
        ends = [end for end in link.ends if (end.node, end.interface) == (node.name, name)]
        for options in (link.options, *(end.options for end in ends)):
            if protocol in options:
                yield options[protocol]
    if name in own:
        yield own[name]


def _home(
    draft: Draft, node: DraftNode, protocol: str, own: Mapping[str, Said]
) -> dict[str, object]:
    """The area of the loopback: one that its links are in, as it alone makes no border router."""
    areas = []
    for name, interface in node.interfaces.items():
        if _has_neighbors(draft, node, interface):
            said = [one.value for one in _said(draft, node, name, protocol, own)]
            given = [one["area"] for one in said if isinstance(one, dict) and "area" in one]
            with suppress(ValueError):  # told as a fault of that interface
                areas.append(area_id(given[-1]) if given else 0)
    return {"area": min(areas)} if areas else {}


def _assumed(
    draft: Draft, node: DraftNode, interface: DraftInterface, protocol: str
) -> dict[str, object]:
    """What holds of an interface about which nobody says anything."""
    assumed: dict[str, object] = {}
    if not _has_neighbors(draft, node, interface):
        assumed["passive"] = True
    if protocol.startswith("ospf") and interface.link is not None:
        link = draft.links[interface.link]
        assumed["cost"] = min(link.cost, 0xFFFF)
        if len(link.ends) == 2 and "passive" not in assumed:
            assumed["type"] = "point-to-point"
    return assumed


def _has_neighbors(draft: Draft, node: DraftNode, interface: DraftInterface) -> bool:
    """Whether another router, or somebody outside of the lab, is on the link."""
    if interface.link is None:
        return False
    return any(
        end.kind is not EndKind.NODE or draft.nodes[end.node].kind is NodeKind.ROUTER
        for end in draft.links[interface.link].ends
        if end.node != node.name
    )
