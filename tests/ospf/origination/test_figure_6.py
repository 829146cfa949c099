from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fingerpost.addr import Prefix
from fingerpost.ospf.lsa.options import RouterFlags
from fingerpost.ospf.lsa.v2.network import NetworkLsa
from fingerpost.ospf.lsa.v2.router import LinkType, RouterLink
from fingerpost.ospf.lsa.v2.summary import SummaryLsa
from fingerpost.ospf.text import dotted, undotted

from ..network import Network
from .figure_6 import EXTERNALS, IDS, NETWORKS, RANGE_OF_AREA_3, RANGE_OF_BACKBONE, figure_6
from .whole import entries, lsas, table

MASK = 0xFFFFFF00


@pytest.fixture(scope="module")
def network() -> Network:
    built = figure_6()
    built.run(200)
    return built


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> dict[str, Any]:
    text = (shared_data / "conformance/rfc-examples/ospf-rfc2328.json").read_text()
    return json.loads(text)["multi_area"]  # type: ignore[no-any-return]


def test_router_lsa_of_rt3_for_area_1(network: Network) -> None:
    """RFC 2328 12.4.1, the first example."""
    rt3 = undotted(IDS["RT3"])
    body = lsas(network, "RT3", 1, 1)[rt3, rt3]
    assert body.flags == RouterFlags.B
    assert body.links == (
        RouterLink(LinkType.TRANSIT, undotted("192.1.1.4"), undotted("192.1.1.3"), 1),
        RouterLink(LinkType.STUB, undotted("192.1.4.0"), MASK, 2),
    )


def test_router_lsa_of_rt3_for_the_backbone(network: Network) -> None:
    """RFC 2328 12.4.1, the second example: an unnumbered serial line."""
    rt3 = undotted(IDS["RT3"])
    body = lsas(network, "RT3", 1, 0)[rt3, rt3]
    index = network.routers["RT3"].interfaces["RT6"].index
    link = RouterLink(LinkType.POINT_TO_POINT, undotted("18.10.0.6"), index, 8)
    assert (body.flags, body.links) == (RouterFlags.B, (link,))


def test_network_lsa_of_n3(network: Network) -> None:
    """RFC 2328 12.4.2, the example."""
    designated = undotted("192.1.1.4")
    routers = tuple(undotted(IDS[f"RT{number}"]) for number in (1, 2, 3, 4))
    held = lsas(network, "RT1", 2, 1)
    assert held == {(designated, designated): NetworkLsa(MASK, routers)}


def test_summaries_of_rt4(network: Network) -> None:
    """RFC 2328 12.4.3, both examples."""
    rt4 = undotted(IDS["RT4"])
    backbone = lsas(network, "RT6", 3, 0)
    assert backbone[undotted("192.1.2.0"), rt4] == SummaryLsa(MASK, 4)
    into_area_1 = lsas(network, "RT1", 4, 1)
    assert into_area_1[undotted(IDS["RT7"]), rt4] == SummaryLsa(0, 14)


def test_area_1_as_the_backbone_hears_of_it(network: Network, expected: dict[str, Any]) -> None:
    """RFC 2328 3.4, table 4."""
    for name, metrics in expected["advertised_into_backbone"].items():
        for router, metric in metrics.items():
            assert _summary(network, "RT5", 0, router, NETWORKS[name]) == metric


def test_the_rest_as_area_1_hears_of_it(network: Network, expected: dict[str, Any]) -> None:
    """RFC 2328 3.4, table 5."""
    for name, metrics in expected["advertised_into_area_1"].items():
        for router, metric in metrics.items():
            if "ASBR" in name:
                key = (undotted(IDS[name.split()[0]]), undotted(IDS[router]))
                assert lsas(network, "RT2", 4, 1)[key].metric == metric
                continue
            prefix = NETWORKS.get(name)
            if prefix is None:
                prefix = RANGE_OF_AREA_3 if name.startswith("N9") else RANGE_OF_BACKBONE
            assert _summary(network, "RT2", 1, router, prefix) == metric, (name, router)


def test_area_3_is_told_by_its_range_alone(network: Network) -> None:
    """RFC 2328 12.4.3: RT11 condenses it, at the greatest cost of what lies in it."""
    rt11 = undotted(IDS["RT11"])
    told = {h.id: body.metric for h, body in entries(network, "RT5", 3) if h.router == rt11}
    inside = Prefix(RANGE_OF_AREA_3)
    assert {number for number in told if dotted(number) in inside} == {int(inside.network)}
    assert told[int(inside.network)] == 11


def test_virtual_link_is_part_of_the_backbone(network: Network) -> None:
    """RFC 2328 15, 12.4.1.3, and the V bits of area 2."""
    rt10, rt11 = undotted(IDS["RT10"]), undotted(IDS["RT11"])
    links = lsas(network, "RT5", 1, 0)[rt11, rt11].links
    address = undotted("192.2.8.11")
    assert links == (RouterLink(LinkType.VIRTUAL, rt10, address, 2),)
    for router in (rt10, rt11):
        assert lsas(network, "RT8", 1, 2)[router, router].flags & RouterFlags.V


def test_every_router_reaches_every_network(network: Network) -> None:
    inside = {Prefix(NETWORKS[name]) for name in NETWORKS}
    outside = {Prefix(text) for text in EXTERNALS.values()}
    for router, ospf in network.routers.items():
        held = table(network, router)
        own = {a.prefix for one in ospf.interfaces.values() for a in one.addresses}
        own |= set(ospf.originator.outside.redistributor.externals)  # type: ignore[attr-defined]
        for prefix in (inside | outside) - own:
            assert any(prefix in covering for covering in held), (router, prefix)


def test_active_range_is_discarded_where_it_is_made(network: Network) -> None:
    """RFC 2328 11.1: what lies in it and nobody has goes nowhere."""
    route = table(network, "RT11")[Prefix(RANGE_OF_AREA_3)]
    assert str(route.kind.value) == "blackhole"
    assert Prefix(RANGE_OF_AREA_3) not in table(network, "RT12")


def _summary(network: Network, holder: str, area: int, originator: str, prefix: str) -> int:
    wanted = Prefix(prefix)
    body = lsas(network, holder, 3, area)[int(wanted.network), undotted(IDS[originator])]
    assert body.mask == int(wanted.netmask)
    return int(body.metric)
