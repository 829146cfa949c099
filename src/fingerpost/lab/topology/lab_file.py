"""From the entries of `lab.yaml` to a draft: defaults and kinds applied, texts taken apart."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from fingerpost.config.names import meant
from fingerpost.forwarding.interface import ReversePath, Role
from fingerpost.lab.model import EndKind, NodeKind, Replayed
from fingerpost.lab.topology import containerlab
from fingerpost.lab.topology.draft import (
    PROTOCOLS,
    Draft,
    DraftEnd,
    DraftInterface,
    DraftLink,
    DraftNode,
    Pools,
    Said,
)
from fingerpost.lab.topology.quality import quality_changes
from fingerpost.lab.topology.schema import NodeEntry
from fingerpost.lab.topology.validate import LAB

if TYPE_CHECKING:
    from fingerpost.config.faults import Path
    from fingerpost.config.yaml_tree import Tree
    from fingerpost.lab.topology.schema import (
        EndpointEntry,
        LabFile,
        LinkEntry,
        ReplayEntry,
        TopologyEntry,
    )

MACHINE = {"tap": EndKind.TAP, "host": EndKind.DEVICE}  # words before the name of a device
_LINK_TYPES = (None, "veth", "tap", "host")


def draft_of(tree: Tree, source: str) -> Draft:
    """The draft of a lab file; what is wrong with its fields is in `faults` of the draft."""
    warnings = containerlab.pass_over(tree)
    file = LAB.validate(tree)
    stem = source.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    draft = Draft(stem or "lab", source, tree.line, warnings=warnings, faults=tree.faults)
    if file is not None:
        _fill(draft, file, tree)
    return draft


def _fill(draft: Draft, file: LabFile, tree: Tree) -> None:
    draft.name = file.name or draft.name
    draft.seed, draft.until_ns, draft.routing = file.seed, file.until, file.routing
    draft.start_ns = file.start or 0
    numbering = {k: v for k, v in file.numbering.model_dump().items() if v is not None}
    draft.pools = Pools(numbering.pop("families", None), numbering)
    for name, prefix in numbering.items():
        if prefix.version != int(name[-1]):
            draft.fault(("numbering", name), f"{prefix} is no pool for IPv{name[-1]}")
    topology = file.topology
    nodes: Path = ("topology", "nodes")
    for name, entry in topology.nodes.items():
        draft.nodes[name] = _node(draft, file, name, entry, (*nodes, name))
    for at, link in enumerate(topology.links):
        if link is not None:
            draft.links.append(_link(draft, link, ("topology", "links", at)))
        elif ("topology", "links", at) not in tree.passed_over:
            draft.lost_links = True
    draft.timeline, draft.expectations = file.timeline, file.expect


class _Layers:
    """A node's own entry, that of its kind, and the defaults: the first that says it counts."""

    def __init__(self, *entries: NodeEntry) -> None:
        self._entries = entries

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - fields of any type
        return next(
            (getattr(one, name) for one in self._entries if getattr(one, name) is not None), None
        )

    def merged(self, name: str) -> dict[str, Any]:
        """A mapping whose keys are gathered from all."""
        whole: dict[str, Any] = {}
        for entry in reversed(self._entries):
            whole.update(getattr(entry, name))
        return whole


def _node(draft: Draft, file: LabFile, name: str, own: NodeEntry, path: Path) -> DraftNode:
    topology = file.topology
    word = own.kind if own.kind is not None else topology.defaults.kind
    of_kind = topology.kinds.get(word) if word is not None else None
    layers = _Layers(own, *([of_kind] if of_kind else []), topology.defaults)
    kind, is_bridge = containerlab.kind_of(word)
    if kind is None and of_kind is None:
        known = ["router", "host", "bridge", *topology.kinds, *containerlab.KINDS]
        hint = meant(word or "", known)
        *first, last = ["router", "host", "bridge", *topology.kinds]
        right = f"write {', '.join(first)} or {last}{hint if 'did you mean' in hint else ''}"
        draft.fault((*path, "kind"), f"{word!r}: {right}")
    if kind is None and of_kind is not None and of_kind.kind is not None:
        kind, is_bridge = containerlab.kind_of(of_kind.kind)
    node = DraftNode(
        name,
        kind or NodeKind.ROUTER,
        path,
        is_bridge=is_bridge,
        label=layers["label"] or "",
        loopback=None if layers["loopback"] is None else list(layers["loopback"]),
        routing=layers["routing"],
        gateways=layers["gateway"] or (),
        slaac=layers["slaac"] or False,
        profile=layers["profile"] or "lab",
        role=layers["role"] or Role.INSIDE,
        reverse_path=layers["urpf"] or ReversePath.OFF,
        position=own.position,
        asn=layers["as_"],
    )
    node.routes = [
        (route, (*path, "routes", at)) for at, route in enumerate(layers["routes"] or []) if route
    ]
    for route, place in node.routes:
        if route.passed_over:
            draft.warn(place, f"passed over: {', '.join(route.passed_over)}")
    _interfaces(draft, node, layers, path)
    _router(draft, node, topology, word, own)
    if own.replay is not None:
        node.replay = _replay(draft, node, own.replay)
    return node


def _replay(draft: Draft, node: DraftNode, entry: ReplayEntry) -> Replayed | None:
    """What a host plays, and as whom: its own AS, or the one of the peer."""
    path: Path = (*node.path, "replay")
    if node.kind is not NodeKind.HOST:
        draft.fault(path, "is for hosts; a router says what it knows: kind: host")
        return None
    if node.asn is None and isinstance(entry.peer, int):
        node.asn = entry.peer
    if node.asn is None:
        draft.fault(path, "routers have to know its AS; give the node that of the peer: as: 3333")
        return None
    file = FilePath(draft.source).parent / entry.file
    if not file.is_file():
        draft.fault(path, f"{file}: no such file")
    peer = node.asn if entry.peer is None else entry.peer
    return Replayed(str(file), node.asn, peer, entry.speed)


def _router(
    draft: Draft, node: DraftNode, topology: TopologyEntry, word: str | None, own: NodeEntry
) -> None:
    """What is said to its routing process: by the defaults, by its kind, by itself."""
    kind = topology.kinds.get(word or "", NodeEntry())
    if own.router is not None and node.kind is NodeKind.HOST:
        draft.fault((*node.path, "router"), "is for routers")
    elif node.kind is NodeKind.ROUTER:
        holders = (
            (topology.defaults, ("topology", "defaults")),
            (kind, ("topology", "kinds", word or "")),
            (own, node.path),
        )
        node.router = [
            Said(entry.router, (*path, "router"))
            for entry, path in holders
            if entry.router is not None
        ]


def _interfaces(draft: Draft, node: DraftNode, layers: _Layers, path: Path) -> None:
    for name, entry in layers.merged("interfaces").items():
        node.interfaces[name] = DraftInterface(
            name,
            (*path, "interfaces", name),
            list(entry.addresses or ()),
            entry.mtu,
            entry.role or node.role,
            entry.urpf or node.reverse_path,
            entry.mac,
            is_bare=entry.addresses == (),
        )
    for name, addresses in layers.merged("addresses").items():
        place = (*path, "addresses", name)
        known = node.interfaces.get(name)
        if known is None:
            known = node.interfaces[name] = DraftInterface(
                name, place, role=node.role, reverse_path=node.reverse_path
            )
        elif known.addresses:
            draft.fault(place, f"{name} has addresses under interfaces already; keep one")
            continue
        known.addresses.extend(addresses)
        known.is_bare = not addresses


def _link(draft: Draft, entry: LinkEntry, path: Path) -> DraftLink:
    if entry.type not in _LINK_TYPES:
        said = f"{entry.type!r}: write veth, or leave it out; for a device of this machine "
        draft.fault((*path, "type"), said + "write an endpoint tap:NAME or host:NAME")
    ends = [_end(draft, one, (*path, "endpoints", at)) for at, one in enumerate(entry.endpoints)]
    for family, slots in (("ipv4", entry.ipv4), ("ipv6", entry.ipv6)):
        if len(slots) > len(ends):
            draft.fault((*path, family), f"{len(slots)} addresses for {len(ends)} endpoints")
        for end, slot in zip(ends, slots, strict=False):
            if slot is not None and slot.version != int(family[-1]):
                draft.fault((*path, family), f"{slot} is not {family}")
            elif slot is not None:
                end.addresses.append(slot)
    for name, quality in entry.directions.items():
        found = [end for end in ends if name in (end.node, f"{end.node}:{end.interface}")]
        if not found:
            said = f"not an end of this link{meant(name, [end.node for end in ends])}"
            draft.fault((*path, "directions", name), said)
        for end in found:
            end.quality = quality_changes(quality)
    return DraftLink(
        ends,
        path,
        entry.name,
        quality_changes(entry),
        entry.mtu,
        entry.cost or 1,
        entry.prefixes,
        _options(entry, path),
    )


def _options(entry: LinkEntry | EndpointEntry, path: Path) -> dict[str, Said]:
    """What is said of the interfaces at a link, or of the one at an end, by protocol."""
    said = {name: getattr(entry, name) for name in PROTOCOLS}
    return {name: Said(value, (*path, name)) for name, value in said.items() if value is not None}


def _end(draft: Draft, entry: EndpointEntry, path: Path) -> DraftEnd:
    kind = EndKind.NODE
    if entry.node not in draft.nodes and entry.node in MACHINE:
        kind = MACHINE[entry.node]
        if entry.interface is None:
            draft.fault(path, f"which device of this machine? write {entry.node}:NAME")
        return DraftEnd("", entry.interface or "", kind, path, entry.mac)
    options = _options(entry, path)
    return DraftEnd(entry.node, entry.interface, kind, path, entry.mac, options=options)
