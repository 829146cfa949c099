"""Networks whose routes are known: those of RFC 2328 2 and 3, and one of the shared data."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fingerpost._core import RouteCalculator
from fingerpost.addr import Address, Prefix
from fingerpost.ospf.lsa import v2
from fingerpost.ospf.lsa.header import LsaHeader
from fingerpost.ospf.text import undotted

AREA = 1
HOST_MASK = 0xFFFFFFFF
BOUNDARY = 2
LINK_TYPES = {
    "point-to-point-link": 1,
    "transit-network-link": 2,
    "stub-network-link": 3,
    "virtual-link": 4,
}


def encoded(kind: int, id_: int, router: int, body: v2.Body) -> bytes:
    """Give an LSA."""
    return v2.encode_lsa(v2.Lsa(LsaHeader(1, 2, kind, id_, router, 1, 0, 0), body))


@pytest.fixture(scope="module")
def rfc(shared_data: Path) -> dict[str, Any]:
    """Give the examples of RFC 2328."""
    path = shared_data / "conformance" / "rfc-examples" / "ospf-rfc2328.json"
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


@dataclass
class Example:
    """A graph of the RFC as LSAs: RT n has the id n, N n is 10.0.n.0/24, others are hosts."""

    edges: dict[str, dict[str, int]]
    externals: list[dict[str, Any]] = field(default_factory=list)

    def router(self, name: str) -> int:
        """Give the id of a router."""
        return int(name[2:])

    def prefix(self, name: str) -> Prefix:
        """Give what a name of the RFC stands for."""
        if name.startswith("N"):
            return Prefix(Address(0x0A000000 + (int(name[1:]) << 8), 4), 24)
        return Prefix(Address(0x0A010000 + {"Ia": 1, "Ib": 2, "H1": 3}[name], 4), 32)

    def address(self, router: str, network: str) -> int:
        """Give the address of a router on a network, or on a serial line by who is there."""
        return int(self.prefix(network).network) + self.router(router)

    def is_transit(self, name: str) -> bool:
        """Whether a network has routers on it that hear each other."""
        return name in self.edges and not name.startswith("RT")

    def lsas(self) -> list[tuple[int, bytes]]:
        """Give all LSAs with their scopes."""
        boundary = {one["asbr"] for one in self.externals}
        found = []
        for name, edges in self.edges.items():
            if not name.startswith("RT"):
                routers = tuple(self.router(router) for router in edges)
                id_ = int(self.prefix(name).network) + routers[0]
                network = v2.NetworkLsa(0xFFFFFF00, routers)
                found.append((AREA, encoded(2, id_, routers[0], network)))
                continue
            links = tuple(self.link(name, to, cost) for to, cost in edges.items())
            flags = BOUNDARY if name in boundary else 0
            id_ = self.router(name)
            found.append((AREA, encoded(1, id_, id_, v2.RouterLsa(flags, links))))
        for one in self.externals:
            prefix = self.prefix(one["dest"])
            body = v2.ExternalLsa(0xFFFFFF00, one["type1_metric"])
            lsa = encoded(5, int(prefix.network), self.router(one["asbr"]), body)
            found.append((0, lsa))
        return found

    def link(self, name: str, to: str, cost: int) -> v2.RouterLink:
        """Give a link of a router-LSA."""
        own = self.router(name)
        if to.startswith("RT"):
            return v2.RouterLink(1, self.router(to), own << 8 | self.router(to), cost)
        prefix = self.prefix(to)
        if self.is_transit(to):
            first = self.router(next(iter(self.edges[to])))
            return v2.RouterLink(2, int(prefix.network) + first, self.address(name, to), cost)
        return v2.RouterLink(3, int(prefix.network), 2**32 - 2 ** (32 - prefix.length), cost)

    def calculator(self, root: str) -> tuple[RouteCalculator, dict[int, str]]:
        """Calculate the routes of a router; its interfaces are numbers of what they lead to."""
        calculator = RouteCalculator(2, self.router(root), 4)
        calculator.set_area(AREA, 0)
        names = dict(enumerate(self.edges[root], 1))
        links = []
        for number, to in names.items():
            link = self.link(root, to, 1)
            if link.type != 3:
                links.append((int(link.type), link.id, link.data, number))
        calculator.set_first_hops(AREA, links)
        for scope, lsa in self.lsas():
            calculator.apply(scope, lsa)
        calculator.run()
        return calculator, names

    def neighbor(self, hop: tuple[int, Address | None], names: dict[int, str]) -> str:
        """Name the next hop: the router at the other end."""
        interface, gateway = hop
        to = names[interface]
        return to if to.startswith("RT") or gateway is None else f"RT{int(gateway) & 0xFF}"


@pytest.fixture(scope="module")
def single_area(rfc: dict[str, Any]) -> Example:
    """Give the AS of RFC 2328 2.1 as one area."""
    return Example(rfc["single_area"]["edges"], rfc["single_area"]["external"])


def test_distances_from_every_router_of_the_sample_as(
    rfc: dict[str, Any], single_area: Example
) -> None:
    """RFC 2328 2.1, figure 2."""
    for root, distances in rfc["single_area"]["all_roots"].items():
        calculator, _ = single_area.calculator(root)
        for name, distance in distances.items():
            if name.startswith("RT"):
                path = calculator.path(AREA, single_area.router(name))
                assert max(cost for _, cost, _ in path) == distance
            else:
                route = calculator.route(single_area.prefix(name))
                assert route is not None
                assert (name, *route[:2]) == (name, 0, distance)


def test_routing_table_of_rt6(rfc: dict[str, Any], single_area: Example) -> None:
    """RFC 2328 2.1 tables 2 and 3: destinations in the AS, and outside of it of type 1."""
    example = rfc["single_area"]
    calculator, names = single_area.calculator("RT6")
    for row in example["expected_local"]:
        if row["dest"].startswith("RT"):
            found = {router: (cost, hops) for router, _, _, cost, hops in calculator.routers(AREA)}
            cost, hops = found[single_area.router(row["dest"])]
        else:
            route = calculator.route(single_area.prefix(row["dest"]))
            assert route is not None
            cost, hops = route[1], route[5]
        assert (row["dest"], cost) == (row["dest"], row["distance"])
        if row["next_hop"] != "*":
            assert [single_area.neighbor(hop, names) for hop in hops] == [row["next_hop"]]
    for row in example["expected_external"]:
        route = calculator.route(single_area.prefix(row["dest"]))
        assert route is not None
        assert (row["dest"], route[0], route[1]) == (row["dest"], 2, row["distance"])
        assert [single_area.neighbor(hop, names) for hop in route[5]] == [row["next_hop"]]


def test_backbone_of_the_sample_area_configuration(rfc: dict[str, Any]) -> None:
    """RFC 2328 3.4: distances in the backbone, and what RT3 and RT4 tell area 1 of it."""
    areas = rfc["multi_area"]
    backbone = Example(areas["backbone_graph"])
    told = {"RT10": {"N8": 3, "N6": 1, "N7": 5}, "RT7": {"N6": 1, "N7": 5, "N8": 4}}
    told["RT11"] = {"N6": 3, "N7": 7, "N8": 2}
    for root, distances in areas["backbone_distances"].items():
        calculator, _ = backbone.calculator(root)
        for name, distance in distances.items():
            if name.startswith("RT"):
                path = calculator.path(AREA, backbone.router(name))
                assert max(cost for _, cost, _ in path) == distance, (root, name)
            else:
                route = calculator.route(backbone.prefix(name))
                assert route is not None
                assert (name, route[1]) == (name, distance)
        calculator.set_options(is_area_border=True)
        for border, nets in told.items():
            id_ = backbone.router(border)
            links = [backbone.link(border, to, c) for to, c in backbone.edges[border].items()]
            calculator.apply(AREA, encoded(1, id_, id_, v2.RouterLsa(1, tuple(links))))
            for name, cost in nets.items():
                network = int(backbone.prefix(name).network)
                summary = v2.SummaryLsa(0xFFFFFF00, cost)
                calculator.apply(AREA, encoded(3, network, id_, summary))
        calculator.run()
        expected = areas["advertised_into_area_1"]
        for name in ("N6", "N7", "N8"):
            route = calculator.route(backbone.prefix(name))
            assert route is not None
            assert (name, *route[:2]) == (name, 1, expected[name][root])


def lsas_of(database: list[dict[str, Any]]) -> list[bytes]:
    """Give the LSAs of a database of the shared data, from their fields."""
    found = []
    for one in database:
        id_, router = undotted(one["lsid"]), undotted(one["adv"])
        body = one["lsa"]["body"]
        if one["type"] == 1:
            links = tuple(
                v2.RouterLink(
                    LINK_TYPES[link["type"]],
                    undotted(link["link-id"]),
                    undotted(link["link-data"]),
                    link["topologies"]["topology"][0]["metric"],
                )
                for link in body["router"]["links"]["link"]
            )
            found.append(encoded(1, id_, router, v2.RouterLsa(0, links)))
        elif one["type"] == 2:
            network = body["network"]
            routers = tuple(
                undotted(text) for text in network["attached-routers"]["attached-router"]
            )
            mask = undotted(network["network-mask"])
            found.append(encoded(one["type"], id_, router, v2.NetworkLsa(mask, routers)))
    return found


def test_every_router_of_a_known_network_has_its_table(shared_data: Path) -> None:
    """Ours from its databases are the tables that another implementation has of them."""
    path = shared_data / "conformance" / "holo" / "topologies" / "ospfv2-topo2-1.json"
    routers = json.loads(path.read_text())["routers"]
    assert len(routers) == 6
    for router in routers.values():
        expect, interfaces = router["expect"], router["interfaces"]
        own = next(one["prefix"] for one in expect["local_rib"] if one["metric"] == 0)
        calculator = RouteCalculator(2, int(Prefix(own).network), 4)
        calculator.set_area(AREA, 0)
        ports = {
            int(Address(text.partition("/")[0])): one["ifindex"]
            for one in interfaces.values()
            for text in one["addresses"]
            if ":" not in text
        }
        number_of = {name: one["ifindex"] for name, one in interfaces.items()}
        lsas = lsas_of(expect["lsdb"])
        links = [
            (int(link.type), link.id, link.data, ports[link.data])
            for body in (v2.decode_lsa(lsa).body for lsa in lsas)
            if isinstance(body, v2.RouterLsa)
            for link in body.links
            if link.type in (1, 2) and link.data in ports
        ]
        calculator.set_first_hops(AREA, links)
        neighbors = [
            (number_of[one["interface"]], undotted(one["router_id"]), one["address"])
            for one in expect["neighbors"]
        ]
        calculator.set_addresses(AREA, neighbors)
        for lsa in lsas:
            calculator.apply(AREA, lsa)
        calculator.run()
        assert len(calculator) == len(expect["local_rib"])
        for one in expect["local_rib"]:
            route = calculator.route(one["prefix"])
            assert route is not None
            ways = [(number_of[name], gateway) for name, gateway in one["nexthops"] if gateway]
            hops = {(number, Address(gateway)) for number, gateway in ways}
            assert (one["prefix"], *route[:2]) == (one["prefix"], 0, one["metric"])
            assert route[6] is not bool(hops), "a network of its own has no next hop"
            assert route[6] or set(route[5]) == hops
