"""Random networks as their LSAs: small costs and few prefixes, so that much is equal.

A network is areas of routers with point-to-point links (numbered, unnumbered, several between the
same two), LANs and stubs. What border and boundary routers tell is made up: the calculation has to
take it as it comes. `change` changes one thing.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from itertools import count

from fingerpost.addr import Address, Prefix
from fingerpost.ospf.lsa import v2, v3
from fingerpost.ospf.lsa.header import LsaHeader, LsaKey

from .golden.reading import INFINITY, B, E, V
from .golden.world import AreaTold, FirstHops, Lsas, World

DOWN_V2, P_V2 = 0x80, 0x08
NU, P_V3, DOWN_V3 = 0x01, 0x08, 0x10


@dataclass
class Port:
    """An interface of a router."""

    router: int
    number: int
    cost: int
    is_told: bool = True


@dataclass
class Wire:
    """A link; a LAN has a designated router, the first of its ports."""

    area: int
    ports: list[Port]
    kind: str  # "numbered", "unnumbered", "lan" or "virtual"
    number: int
    transit: int = 0


@dataclass
class Told:
    """A summary or external as one of them makes it up."""

    scope: int
    router: int
    to: Prefix | int
    cost: int
    is_type_2: bool = False
    forwarding: Address | None = None
    tag: int = 0
    propagates: bool = False
    is_down: bool = False
    is_unicast: bool = True


@dataclass
class Network:
    """All of it, seen by router 1."""

    rng: random.Random
    version: int
    family: int
    areas: dict[int, AreaTold] = field(default_factory=dict)
    members: dict[int, list[int]] = field(default_factory=dict)
    flags: dict[tuple[int, int], int] = field(default_factory=dict)
    hosts: set[int] = field(default_factory=set)  # routers without the R bit
    absent: set[int] = field(default_factory=set)  # without the V6 bit
    wires: list[Wire] = field(default_factory=list)
    stubs: list[tuple[int, int, Prefix, int]] = field(default_factory=list)
    summaries: list[Told] = field(default_factory=list)
    externals: list[Told] = field(default_factory=list)
    gone: set[tuple[int, int]] = field(default_factory=set)  # area, router
    is_area_border: bool = False
    rfc1583: bool = False
    maximum_paths: int = 64
    is_provider_edge: bool = False

    def prefix(self) -> Prefix:
        """Give one of few prefixes."""
        roll = self.rng.randrange(7)
        if roll == 0:
            return Prefix("0.0.0.0/0" if self.family == 4 else "::/0")
        if self.family == 4:
            return Prefix(Address(0x14000000 + (roll << 8), 4), self.rng.choice((16, 24, 24, 32)))
        base = int(Address("2001:db8::")) + (roll << 64)
        return Prefix(Address(base, 6), self.rng.choice((48, 64, 64, 128)))

    def address(self) -> Address:
        """Give an address that may be in one of the prefixes, or on a LAN."""
        if self.family == 4:
            wires = [wire for wire in self.wires if wire.kind == "lan"]
            if wires and self.rng.random() < 0.3:
                wire = self.rng.choice(wires)
                host = self.rng.choice((99, self.rng.choice(wire.ports).number))
                return Address(0x0A000000 + wire.number * 256 + host, 4)
            return self.prefix().network + 1 if self.rng.random() < 0.9 else Address("203.0.113.9")
        return self.prefix().network + 1

    def data(self, wire: Wire, port: Port) -> int:
        """Give the link data or own interface id."""
        if self.version == 3 or wire.kind == "unnumbered":
            return port.number
        return 0x0A000000 + wire.number * 256 + port.number

    def designated(self, wire: Wire) -> Port:
        """Give the port of a LAN's designated router."""
        return wire.ports[0]

    def lsas(self) -> Lsas:
        """Give what all routers tell."""
        found: Lsas = {}
        for scope, members in self.members.items():
            for router in members:
                if (scope, router) not in self.gone:
                    found |= self.of_router(scope, router)
        for told in self.summaries + self.externals:
            found |= self.of_told(told, len(found))
        return found

    def of_router(self, scope: int, router: int) -> Lsas:
        """Give a router's own LSAs of an area: router, network and intra-area-prefix-LSAs."""
        found: Lsas = {}
        own = [
            (wire, port)
            for wire in self.wires
            for port in wire.ports
            if wire.area == scope and port.router == router
        ]
        for wire, port in own:
            if wire.kind == "lan" and port is self.designated(wire):
                routers = tuple(other.router for other in wire.ports if other.is_told)
                found |= self.network_lsa(scope, wire, port, routers)
        flags = self.flags.get((scope, router), 0)
        stubs = [(prefix, cost) for s, r, prefix, cost in self.stubs if (s, r) == (scope, router)]
        told = [(wire, port) for wire, port in own if port.is_told]
        if self.version == 2:
            links = tuple(self.link_v2(wire, port) for wire, port in told)
            ends = tuple(
                v2.RouterLink(3, int(p.network), (1 << 32) - (1 << 32 - p.length), cost)
                for p, cost in stubs
            )
            body = v2.RouterLsa(flags, links + ends)
            return found | {(scope, LsaKey(1, router, router)): encoded_v2(1, router, router, body)}
        options = (0 if router in self.hosts else 0x10) | (0 if router in self.absent else 1)
        parts = [told[:2], told[2:]] if len(told) > 3 else [told]  # fragments (RFC 5340 4.4.3.2)
        for number, part in enumerate(parts):
            of_part = tuple(self.link_v3(wire, port) for wire, port in part)
            router_lsa = v3.RouterLsa(flags, options, of_part)
            found |= encoded_v3(scope, 0x2001, number, router, router_lsa)
        if stubs:
            found |= self.prefixes_v3(scope, router, 0, 0x2001, 0, stubs)
        return found

    def network_lsa(self, scope: int, wire: Wire, port: Port, routers: tuple[int, ...]) -> Lsas:
        """Give the network-LSA of a LAN, in version 3 with its prefixes."""
        if self.version == 2:
            id_ = self.data(wire, port)
            body = v2.NetworkLsa(0xFFFFFF00, routers)
            return {(scope, LsaKey(2, id_, port.router)): encoded_v2(2, id_, port.router, body)}
        found = encoded_v3(scope, 0x2002, port.number, port.router, v3.NetworkLsa(0, routers))
        base = 0x0A000000 + wire.number * 256
        prefix = Prefix(Address(base, 4), 24)
        if self.family == 6:
            prefix = Prefix(Address(int(Address("2001:db8:a::")) + (wire.number << 64), 6), 64)
        stub = [(prefix, 0)]
        return found | self.prefixes_v3(
            scope, port.router, 1000 + port.number, 0x2002, port.number, stub
        )

    def prefixes_v3(
        self,
        scope: int,
        router: int,
        id_: int,
        kind: int,
        of: int,
        stubs: list[tuple[Prefix, int]],
    ) -> Lsas:
        """Give an intra-area-prefix-LSA."""
        prefixes = tuple(v3.PrefixWithMetric(v3.LsaPrefix.of(p), cost) for p, cost in stubs)
        body = v3.IntraAreaPrefixLsa(kind, of, router, prefixes)
        return encoded_v3(scope, 0x2009, id_, router, body)

    def other(self, wire: Wire, port: Port) -> Port:
        """Give the other end of a link of two."""
        return wire.ports[1] if port is wire.ports[0] else wire.ports[0]

    def link_v2(self, wire: Wire, port: Port) -> v2.RouterLink:
        """Give a link of a router-LSA of version 2."""
        data = self.data(wire, port)
        if wire.kind == "lan":
            return v2.RouterLink(2, self.data(wire, self.designated(wire)), data, port.cost)
        kind = 4 if wire.kind == "virtual" else 1
        return v2.RouterLink(kind, self.other(wire, port).router, data, port.cost)

    def link_v3(self, wire: Wire, port: Port) -> v3.RouterLink:
        """Give a link of a router-LSA of version 3."""
        if wire.kind == "lan":
            far = self.designated(wire)
            return v3.RouterLink(2, port.cost, port.number, far.number, far.router)
        far = self.other(wire, port)
        kind = 4 if wire.kind == "virtual" else 1
        return v3.RouterLink(kind, port.cost, port.number, far.number, far.router)

    def of_told(self, told: Told, number: int) -> Lsas:
        """Give a summary or external as an LSA; `number` names it in version 3."""
        is_external = told in self.externals
        if self.version == 2:
            options = (P_V2 if told.propagates else 0) | (DOWN_V2 if told.is_down else 0)
            if isinstance(told.to, int):
                summary = v2.SummaryLsa(0, told.cost)
                key = LsaKey(4, told.to, told.router)
                return {(told.scope, key): encoded_v2(*key, summary)}
            mask = (1 << 32) - (1 << 32 - told.to.length)
            kind = (7 if told.scope else 5) if is_external else 3
            key = LsaKey(kind, int(told.to.network), told.router)
            body: v2.ExternalLsa | v2.SummaryLsa = v2.SummaryLsa(mask, told.cost)
            if is_external:
                forwarding = int(told.forwarding or 0)
                body = v2.ExternalLsa(mask, told.cost, told.is_type_2, forwarding, told.tag)
            return {(told.scope, key): encoded_v2(*key, body, options)}
        if isinstance(told.to, int):
            far = v3.InterAreaRouterLsa(0x11, told.cost, told.to)
            return encoded_v3(told.scope, 0x2004, number, told.router, far)
        options = (P_V3 if told.propagates else 0) | (DOWN_V3 if told.is_down else 0)
        prefix = v3.LsaPrefix.of(told.to, options | (0 if told.is_unicast else NU))
        if not is_external:
            inter = v3.InterAreaPrefixLsa(told.cost, prefix)
            return encoded_v3(told.scope, 0x2003, number, told.router, inter)
        forwarding6 = told.forwarding
        if forwarding6 is not None and self.family == 4:
            forwarding6 = Address(int(forwarding6) << 96, 6)
        tag = told.tag or None
        external = v3.ExternalLsa(told.cost, prefix, told.is_type_2, forwarding6, tag)
        kind = 0x2007 if told.scope else 0x4005
        return encoded_v3(told.scope, kind, number, told.router, external)

    def world(self) -> World:
        """Give what router 1 is told."""
        world = World(
            self.version, self.family, 1, {}, self.lsas(), self.is_area_border, self.rfc1583,
            self.maximum_paths, self.is_provider_edge,
        )  # fmt: skip
        for scope, area in self.areas.items():
            hops: FirstHops = {}
            addresses: dict[tuple[int, int], Address] = {}
            for wire in self.wires:
                if wire.area != scope:
                    continue
                for port in wire.ports:
                    if port.router == 1:
                        self.first_hops(wire, port, hops, addresses)
            world.areas[scope] = replace(area, first_hops=hops, addresses=addresses)
        return world

    def first_hops(
        self,
        wire: Wire,
        port: Port,
        hops: FirstHops,
        addresses: dict[tuple[int, int], Address],
    ) -> None:
        """Note what the machine of router 1 would say of an interface."""
        data = self.data(wire, port)
        if wire.kind == "virtual":
            hops[4, self.other(wire, port).router, data] = wire.transit
        elif wire.kind == "lan":
            id_ = self.data(wire, self.designated(wire)) if self.version == 2 else 0
            hops[2, id_, data] = port.number
        else:
            hops[1, self.other(wire, port).router, data] = port.number
        for other in wire.ports:
            if other is not port and wire.kind != "virtual":
                if self.version == 2 and (wire.kind == "lan" or wire.number % 3):
                    continue  # found in the LSAs
                base = 0x0B000000 if self.family == 4 else int(Address("fe80::"))
                addresses[port.number, other.router] = Address(base + other.number, self.family)


def encoded_v2(kind: int, id_: int, router: int, body: v2.Body, options: int = 0) -> bytes:
    """Give an LSA of version 2."""
    return v2.encode_lsa(v2.Lsa(LsaHeader(1, options, kind, id_, router, 1, 0, 0), body))


def encoded_v3(scope: int, kind: int, id_: int, router: int, body: v3.Body) -> Lsas:
    """Give an LSA of version 3 with its name."""
    lsa = v3.encode_lsa(v3.Lsa(LsaHeader(1, 0, kind, id_, router, 1, 0, 0), body))
    return {(scope, LsaKey(kind, id_, router)): lsa}


def random_network(seed: int, version: int, family: int) -> Network:
    """Make a network of 1 to 3 areas, the first of which is the backbone."""
    rng = random.Random(seed)
    net = Network(rng, version, family)
    sizes = [rng.randint(3, 9) for _ in range(rng.choice((1, 1, 2, 3)))]
    ids = count(2)
    numbers = count(1)
    home = rng.choice((1, 1, len(sizes)))
    for scope, size in enumerate(sizes, 1):
        kind = 0 if scope == 1 else rng.choice((0, 0, 1, 2))
        net.areas[scope] = AreaTold((scope - 1) * 7, kind, rng.random() < 0.5)
        members = [next(ids) for _ in range(size)]
        if scope > 1:
            borders = rng.sample(net.members[1], 2)
            if home == 1 and 1 not in borders and rng.random() < 0.7:
                borders[0] = 1
            members += borders
        if scope == home:
            members.append(1)
        net.members[scope] = members
        wire_up(net, scope, members, numbers)
    net.is_area_border = sum(1 in members for members in net.members.values()) > 1
    for scope in [scope for scope in net.areas if 1 not in net.members[scope]]:
        del net.areas[scope]
    for scope, members in net.members.items():
        for router in members:
            is_border = sum(router in others for others in net.members.values()) > 1
            net.flags[scope, router] = (B if is_border else 0) | rng.choice((0, E))
    if rng.random() < 0.6:
        join_virtually(net, numbers)
    for _ in range(rng.randint(20, 80)):
        change(net, TOLD)
    for _ in range(rng.randint(0, 5)):
        change(net)
    return net


def wire_up(net: Network, scope: int, members: list[int], numbers: count[int]) -> None:
    """Connect the routers of an area, most of them several times."""
    rng = net.rng
    order = rng.sample(members, len(members))
    groups = [[order[at], rng.choice(order[:at])] for at in range(1, len(order))]
    groups += [rng.sample(members, 2) for _ in range(rng.randint(0, len(members)))]
    groups += [rng.sample(members, min(len(members), 4)) for _ in range(rng.randint(0, 2))]
    for group in groups:
        is_lan = len(group) > 2 or rng.random() < 0.2
        kind = "lan" if is_lan else rng.choice(("numbered", "numbered", "unnumbered"))
        ports = [Port(router, next(numbers), rng.randint(1, 3)) for router in group]
        net.wires.append(Wire(scope, ports, kind, len(net.wires) + 1))


def join_virtually(net: Network, numbers: count[int]) -> None:
    """Put virtual links of the backbone across an area, between its border routers."""
    for scope, members in list(net.members.items())[1:]:
        ends = [router for router in members if router in net.members[1]]
        if len(ends) < 2 or scope not in net.areas:
            continue
        for router in ends:
            net.flags[scope, router] |= V
        cost = net.rng.randint(1, 5)
        ports = [Port(router, next(numbers), cost) for router in ends[:2]]
        net.wires.append(Wire(1, ports, "virtual", len(net.wires) + 1, scope))


TOLD = "csssSSSTTEEEEEEENNNNooo"
ANYTHING = TOLD + "cccdddggfhh"


def change(net: Network, kinds: str = ANYTHING) -> None:
    """Change one thing: cost, link, stub, summary, external, router, bits or options."""
    rng = net.rng
    scope = rng.choice(list(net.members))
    router = rng.choice(net.members[scope])
    wire = rng.choice(net.wires)
    port = rng.choice(wire.ports)
    match rng.choice(kinds):
        case "c":
            port.cost = rng.randint(1, 4)
        case "d":
            port.is_told = not port.is_told
        case "s":
            net.stubs.append((scope, router, net.prefix(), rng.randint(0, 2)))
        case "g":
            net.gone ^= {(scope, router)}
        case "f":
            net.flags[scope, router] = net.flags.get((scope, router), 0) ^ rng.choice((B, E, V))
        case "h":
            (net.hosts if rng.random() < 0.7 else net.absent).symmetric_difference_update({router})
        case "o":
            change_options(net)
        case "S" | "T" as kind:
            to: Prefix | int = net.prefix() if kind == "S" else rng.choice(net.members[scope])
            cost = rng.choice((1, 2, 3, 3, INFINITY))
            replace_told(net.summaries, Told(scope, router, to, cost, is_down=rng.random() < 0.1))
        case "E" | "N" as kind:
            area = 0
            if kind == "N":
                nssas = [scope for scope, told in net.areas.items() if told.kind == 2]
                area = rng.choice(nssas) if nssas else 0
            router = rng.choice(net.members[area or scope])
            replace_told(net.externals, random_external(net, area, router))
    for listed in (net.stubs, net.summaries, net.externals):
        if len(listed) > 20 or (listed and rng.random() < 0.03):
            listed.pop(rng.randrange(len(listed)))


def replace_told(told: list[Told], new: Told) -> None:
    """Add what is told, in place of what has the same name in version 2."""
    named = [(o.scope, o.router, o.to if isinstance(o.to, int) else o.to.network) for o in told]
    name = (new.scope, new.router, new.to if isinstance(new.to, int) else new.to.network)
    if name in named:
        told[named.index(name)] = new
    else:
        told.append(new)


def random_external(net: Network, area: int, router: int) -> Told:
    """Make up an external; few metrics, so that several are equal."""
    rng = net.rng
    return Told(
        area, router, net.prefix(), rng.choice((1, 1, 2, 3, INFINITY)), rng.random() < 0.5,
        net.address() if rng.random() < 0.5 else None, rng.randrange(3), rng.random() < 0.5,
        rng.random() < 0.1, rng.random() < 0.95,
    )  # fmt: skip


def change_options(net: Network) -> None:
    """Change what concerns router 1 itself."""
    rng = net.rng
    net.rfc1583 = rng.random() < 0.5
    net.maximum_paths = rng.choice((1, 2, 64))
    net.is_provider_edge = rng.random() < 0.3
    scope = rng.choice(list(net.areas))
    ranges = tuple(dict.fromkeys(net.prefix() for _ in range(rng.randrange(3))))
    own = {prefix: 900 for s, r, prefix, _ in net.stubs if (s, r) == (scope, 1)}
    connected = own if rng.random() < 0.5 else {}
    net.areas[scope] = replace(net.areas[scope], ranges=ranges, connected=connected)
