"""What LSAs say, in the same words for both versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from fingerpost.addr import Address, Prefix
from fingerpost.ospf.lsa import v2, v3
from fingerpost.ospf.lsa.header import LsaHeader

from .world import World

INFINITY = 0xFFFFFF
B, E, V = 1, 2, 4


class Node(NamedTuple):
    """A vertex; `router` is the designated router of a network of version 3."""

    is_network: bool
    id: int
    router: int = 0


@dataclass(frozen=True)
class Link:
    """A link that a vertex says it has; kind 0 leads from a network."""

    to: Node
    kind: int
    data: int
    cost: int


@dataclass
class Said:
    """What the LSAs of a vertex say together."""

    flags: int = 0
    is_host: bool = False
    links: list[Link] = field(default_factory=list)


class Offer(NamedTuple):
    """A prefix at a vertex."""

    node: Node
    prefix: Prefix
    cost: int
    is_network_lsa: bool = False


class Summary(NamedTuple):
    """What a border router tells of a prefix or a router of other areas."""

    border: int
    to: Prefix | int
    cost: int
    is_down: bool


class External(NamedTuple):
    """What a boundary router tells of a prefix outside."""

    scope: int
    boundary: int
    prefix: Prefix
    cost: int
    is_type_2: bool
    forwarding: Address | None
    tag: int
    propagates: bool
    is_down: bool


def bodies(world: World, scope: int, *types: int) -> Iterator[tuple[LsaHeader, object]]:
    """Give the LSAs of some types, decoded, lowest link state id first."""
    decode = v2.decode_lsa if world.version == 2 else v3.decode_lsa
    for (of, key), data in sorted(world.lsas.items(), key=lambda item: item[0][1]):
        if of == scope and key.type in types:
            if key.type == 1 and key.id != key.router:
                continue  # RFC 2328 12.1.4
            lsa = decode(data)
            yield lsa.header, lsa.body


def masked(address: int, mask: int) -> Prefix:
    """Make a prefix of an address and a mask."""
    return Prefix(Address(address, 4), mask.bit_count())


def vertices(world: World, scope: int) -> dict[Node, Said]:
    """Give the routers and networks of an area."""
    found: dict[Node, Said] = {}
    for header, body in bodies(world, scope, 1, 2, 0x2001, 0x2002):
        match body:
            case v2.RouterLsa():
                said = found.setdefault(Node(False, header.router), Said(body.flags & 7))
                said.links += [
                    Link(Node(one.type == 2, one.id), one.type, one.data, one.metric)
                    for one in body.links
                    if one.type in (1, 2, 4)
                ]
            case v2.NetworkLsa():
                said = found.setdefault(Node(True, header.id), Said())
                said.links += [Link(Node(False, router), 0, 0, 0) for router in body.routers]
            case v3.RouterLsa():
                node = Node(False, header.router)
                is_host = not body.options & 0x10
                said = found.setdefault(node, Said(body.flags & 7, is_host))
                if world.family == 6 and not body.options & 1:
                    continue  # RFC 5340 A.2: without the V6 bit it has no part
                for one in body.links:
                    network = Node(True, one.neighbor_interface_id, one.neighbor_router_id)
                    to = network if one.type == 2 else Node(False, one.neighbor_router_id)
                    said.links.append(Link(to, one.type, one.interface_id, one.metric))
            case v3.NetworkLsa():
                said = found.setdefault(Node(True, header.id, header.router), Said())
                said.links += [Link(Node(False, router), 0, 0, 0) for router in body.routers]
    return found


def offers(world: World, scope: int) -> Iterator[Offer]:
    """Give the prefixes of an area."""
    for header, body in bodies(world, scope, 1, 2, 0x2009):
        match body:
            case v2.RouterLsa():
                for one in body.links:
                    if one.type == 3:
                        prefix = masked(one.id, one.data)
                        yield Offer(Node(False, header.router), prefix, one.metric)
            case v2.NetworkLsa() if body.mask != 0xFFFFFFFF:  # RFC 6860 2.2
                yield Offer(Node(True, header.id), masked(header.id, body.mask), 0, True)
            case v3.IntraAreaPrefixLsa():
                if body.referenced_type == 0x2001:
                    node = Node(False, body.referenced_router)
                else:
                    node = Node(True, body.referenced_id, body.referenced_router)
                for stub in body.prefixes:
                    of_lsa = stub.prefix.prefix(world.family)
                    if of_lsa is not None and not stub.prefix.options & 1:
                        yield Offer(node, of_lsa, stub.metric)


def summaries(world: World, scope: int) -> Iterator[Summary]:
    """Give what is told of other areas, but for what the router tells itself."""
    for header, body in bodies(world, scope, 3, 4, 0x2003, 0x2004):
        to: Prefix | int | None
        match body:
            case v2.SummaryLsa():
                to = masked(header.id, body.mask) if header.type == 3 else header.id
                is_down = header.type == 3 and bool(header.options & 0x80)
            case v3.InterAreaPrefixLsa():
                to = body.prefix.prefix(world.family)
                is_down = bool(body.prefix.options & 0x10)
                if body.prefix.options & 1:
                    continue
            case v3.InterAreaRouterLsa():
                to, is_down = body.router, False
            case _:
                continue
        is_own = world.router_id in (header.router, to)
        if body.metric != INFINITY and to is not None and not is_own:
            yield Summary(header.router, to, body.metric, is_down)


def externals(world: World) -> Iterator[External]:
    """Give what is told of outside, but for what the router tells itself."""
    for scope in (0, *world.areas):
        types = (5, 0x4005) if scope == 0 else (7, 0x2007)
        for header, body in bodies(world, scope, *types):
            forwarding: Address | None
            prefix: Prefix | None
            match body:
                case v2.ExternalLsa():
                    prefix, tag = masked(header.id, body.mask), body.tag
                    forwarding = Address(body.forwarding, 4) if body.forwarding else None
                    propagates, is_down = header.options & 0x08, header.options & 0x80
                case v3.ExternalLsa():
                    prefix, tag = body.prefix.prefix(world.family), body.tag or 0
                    forwarding = body.forwarding
                    if forwarding is not None and world.family == 4:
                        forwarding = Address(forwarding.packed[:4])
                    propagates, is_down = body.prefix.options & 0x08, body.prefix.options & 0x10
                    if body.prefix.options & 1:
                        continue
                case _:
                    continue
            if prefix is None or body.metric == INFINITY or header.router == world.router_id:
                continue
            yield External(
                scope, header.router, prefix, body.metric, body.is_type_2,
                forwarding, tag, bool(propagates), bool(is_down),
            )  # fmt: skip
