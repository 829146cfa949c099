from __future__ import annotations

from types import MappingProxyType

import pytest

from fingerpost.addr import Prefix
from fingerpost.ospf.config import (
    AreaKind,
    AreaRange,
    BorderKind,
    OspfArea,
    Redistribution,
    VirtualLink,
)
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.lsa.options import RouterFlags

from ..network import Network
from .places import Places, Version, around, default, outside, prefix, router_id
from .whole import entries, gone, lsas, static, table

VERSIONS = pytest.mark.parametrize("version", [2, 3])
STATIC = MappingProxyType({"static": Redistribution()})
ROUTER, SUMMARY, BOUNDARY, EXTERNAL, NSSA = 1, 3, 4, 5, 7
KINDS = {
    2: {kind: kind for kind in (ROUTER, SUMMARY, BOUNDARY, EXTERNAL, NSSA)},
    3: {ROUTER: 0x2001, SUMMARY: 0x2003, BOUNDARY: 0x2004, EXTERNAL: 0x4005, NSSA: 0x2007},
}


def chain(version: Version, area: OspfArea, **border: object) -> Places:
    """An inner router a, two border routers b and c of `area`, d in the backbone behind them."""
    places = Places(version)
    places.router("a", areas=(area,), redistributes=STATIC)
    places.router("b", areas=(area,), **border)
    places.router("c", areas=(area,), **border)
    places.router("d", redistributes=STATIC)
    places.link(1, "b", "a", area=area.id)
    places.link(2, "c", "a", area=area.id)
    places.link(1, "b", "d")
    places.link(2, "c", "d")
    places.stub(9, "a", area=area.id)
    places.stub(9, "d")
    return places


def told(network: Network, router: str, kind: int, area: int | None) -> set[tuple[str, int]]:
    """Prefixes of LSAs of a type that a router holds, each with its originator's number."""
    found = set()
    for header, body in entries(network, router, KINDS[network.version][kind], area):
        if network.version == 2:
            text = str(Prefix(f"{_dotted(header.id)}/{body.mask.bit_count()}"))
        else:
            text = str(body.prefix.prefix())
        found.add((text, header.router // 0x01010101))
    return found


def _dotted(number: int) -> str:
    return ".".join(str(part) for part in number.to_bytes(4, "big"))


def flags(network: Network, router: int, area: int) -> RouterFlags:
    number = router_id(router) if network.version == 2 else 0
    holder = "abcd"[router - 1]
    body = lsas(network, holder, KINDS[network.version][ROUTER], area)[number, router_id(router)]
    return RouterFlags(body.flags)


@VERSIONS
def test_areas_hear_of_each_other(version: Version) -> None:
    network = chain(version, OspfArea(1)).begin(90)
    assert flags(network, 2, 0) == flags(network, 2, 1) == RouterFlags.B
    route = table(network, "d")[prefix(version, 1, 9)]
    assert (route.metric, len(route.next_hops)) == (30, 2)
    assert route.attributes == {"path_type": "inter-area", "area": "0.0.0.0"}
    assert table(network, "a")[prefix(version, 0, 9)].metric == 30


@VERSIONS
def test_a_lost_network_is_taken_back_everywhere(version: Version) -> None:
    network = chain(version, OspfArea(1)).begin(90)
    network.down("a", "1.9")
    network.run(30)
    assert prefix(version, 1, 9) not in table(network, "d")
    assert all(text != str(prefix(version, 1, 9)) for text, _ in told(network, "d", SUMMARY, 0))


@VERSIONS
def test_stub_area_hears_no_externals_but_a_default_route(version: Version) -> None:
    """RFC 2328 3.6, 12.4.3.1."""
    network = chain(version, OspfArea(1, AreaKind.STUB, default_cost=5)).begin(90)
    network.give("d", static(outside(version, 1)))
    network.run(30)
    assert Prefix(outside(version, 1)) in table(network, "b")
    held = table(network, "a")
    assert Prefix(outside(version, 1)) not in held
    assert held[Prefix(default(version))].metric == 15
    assert prefix(version, 0, 9) in held
    assert (default(version), 2) in told(network, "a", SUMMARY, 1)


@VERSIONS
def test_what_a_stub_area_has_from_outside_stays_there(version: Version) -> None:
    """RFC 2328 3.6: no boundary router in a stub area, nor its E bit."""
    network = chain(version, OspfArea(1, AreaKind.STUB)).begin(90)
    network.give("a", static(outside(version, 1)))
    network.run(30)
    assert Prefix(outside(version, 1)) not in table(network, "d")
    assert not flags(network, 1, 1) & RouterFlags.E


@VERSIONS
def test_totally_stubby_area_hears_of_nothing_else(version: Version) -> None:
    network = chain(version, OspfArea(1, AreaKind.STUB, has_summaries=False)).begin(90)
    assert told(network, "a", SUMMARY, 1) == {(default(version), 2), (default(version), 3)}
    assert prefix(version, 1, 9) in table(network, "d")


@VERSIONS
def test_range_hides_what_lies_in_it_and_comes_back_out(version: Version) -> None:
    """RFC 2328 12.4.3, and again without it when the configuration says so."""
    held = around(version, 1)
    network = chain(version, OspfArea(1, ranges=(AreaRange(held),))).begin(90)
    assert told(network, "d", SUMMARY, 0) == {(str(held), 2), (str(held), 3)}
    assert table(network, "d")[held].metric == 30
    assert str(table(network, "b")[held].kind.value) == "blackhole"
    for name in "bc":
        network.reconfigure(name, areas=(OspfArea(1),))
    network.run(30)
    assert held not in table(network, "d")
    assert held not in table(network, "b")
    assert prefix(version, 1, 9) in table(network, "d")


@VERSIONS
def test_nssa_is_told_to_the_outside_by_one_translator(version: Version) -> None:
    """RFC 3101 2.4, 3.1, 3.2: that of the higher router id; the forwarding address is kept."""
    network = chain(version, OspfArea(1, AreaKind.NSSA)).begin(90)
    network.give("a", static(outside(version, 1)))
    network.run(30)
    assert told(network, "b", NSSA, 1) == {(outside(version, 1), 1)}
    assert told(network, "d", EXTERNAL, None) == {(outside(version, 1), 3)}
    ((_, body),) = entries(network, "d", KINDS[version][EXTERNAL], None)
    own = network.routers["a"].interfaces["1.1"].addresses[0].address
    assert int(body.forwarding) == int(own)
    route = table(network, "d")[Prefix(outside(version, 1))]
    assert (route.metric, route.attributes) == (
        20,
        {"path_type": "external 2", "cost_inside": 20 + 10 * (len(route.next_hops) == 2)},
    )
    network.give("a", gone(outside(version, 1)))
    network.run(30)
    assert told(network, "d", EXTERNAL, None) == set()


@VERSIONS
def test_another_translates_when_the_translator_is_gone(version: Version) -> None:
    """RFC 3101 3.1."""
    network = chain(version, OspfArea(1, AreaKind.NSSA)).begin(90)
    network.give("a", static(outside(version, 1)))
    network.run(30)
    network.down("c", "1.2")
    network.run(120)
    assert (outside(version, 1), 2) in told(network, "d", EXTERNAL, None)
    assert (outside(version, 1), 3) not in told(network, "d", EXTERNAL, None)
    network.up("c", "1.2")
    network.run(120)
    assert told(network, "d", EXTERNAL, None) == {(outside(version, 1), 3)}


@VERSIONS
def test_who_is_reached_in_the_nssa_alone_does_not_translate_for_others(version: Version) -> None:
    """RFC 3101 3.1: the list is of those that are reached over the AS's transit topology too."""
    places = chain(version, OspfArea(1, AreaKind.NSSA))
    places.stub(8, "c")  # its part of the backbone, which the others do not reach
    network = places.begin(90)
    network.give("a", static(outside(version, 1)))
    network.run(30)
    network.down("c", "0.2")
    network.run(120)
    assert flags(network, 3, 1) & RouterFlags.B
    assert (outside(version, 1), 2) in told(network, "d", EXTERNAL, None)
    network.up("c", "0.2")
    network.run(120)
    assert told(network, "d", EXTERNAL, None) == {(outside(version, 1), 3)}


@VERSIONS
def test_nssa_hears_no_externals_of_others(version: Version) -> None:
    """RFC 3101 1.3; with a default route by type 7 if its border routers are told to."""
    area = OspfArea(1, AreaKind.NSSA, originates_default=True, default_cost=8)
    network = chain(version, area).begin(90)
    network.give("d", static(outside(version, 2)))
    network.run(30)
    held = table(network, "a")
    assert Prefix(outside(version, 2)) not in held
    assert held[Prefix(default(version))].attributes == {
        "path_type": "nssa 2",
        "area": "0.0.0.1",
        "cost_inside": 10,
    }
    assert told(network, "d", EXTERNAL, None) == {(outside(version, 2), 4)}


@VERSIONS
def test_totally_stubby_nssa_has_its_default_by_summary(version: Version) -> None:
    """RFC 3101 2.7."""
    network = chain(version, OspfArea(1, AreaKind.NSSA, has_summaries=False)).begin(90)
    assert told(network, "a", SUMMARY, 1) == {(default(version), 2), (default(version), 3)}
    assert told(network, "a", NSSA, 1) == set()


@VERSIONS
def test_a_border_router_tells_an_nssa_what_no_translator_passes_on(version: Version) -> None:
    """RFC 3101 2.4: it tells the AS by type 5 itself, so P is clear."""
    area = OspfArea(1, AreaKind.NSSA)
    network = chain(version, area, redistributes=STATIC).begin(90)
    network.give("b", static(outside(version, 3)))
    network.run(30)
    assert told(network, "a", NSSA, 1) == {(outside(version, 3), 2)}
    assert told(network, "d", EXTERNAL, None) == {(outside(version, 3), 2)}
    ((header, body),) = entries(network, "a", KINDS[version][NSSA], 1)
    bits = header.options if version == 2 else body.prefix.options
    assert not bits & 8
    assert Prefix(outside(version, 3)) in table(network, "a")


@VERSIONS
def test_nssa_range_and_no_forwarding_address(version: Version) -> None:
    """RFC 3101 3.2."""
    wide = "192.0.0.0/16" if version == 2 else "2001:db9::/32"
    ranges = (AreaRange(Prefix(wide), tag=7),)
    area = OspfArea(1, AreaKind.NSSA, external_ranges=ranges, keeps_forwarding=False)
    network = chain(version, area).begin(90)
    other = "198.51.100.0/24" if version == 2 else "2001:dba::/32"
    network.give("a", static(outside(version, 1), outside(version, 2), other))
    network.run(30)
    assert told(network, "d", EXTERNAL, None) == {(wide, 3), (other, 3)}
    bodies = [body for _, body in entries(network, "d", KINDS[version][EXTERNAL], None)]
    assert {(body.metric, body.tag or 0) for body in bodies} == {(21, 7), (20, 0)}
    assert all(not body.forwarding for body in bodies)


@VERSIONS
def test_boundary_routers_of_other_areas_are_told(version: Version) -> None:
    """RFC 2328 12.4.3, type 4; E1 adds the way inside, E2 does not."""
    network = chain(version, OspfArea(1)).begin(90)
    network.give("a", static(outside(version, 1)))
    network.run(30)
    held = lsas(network, "d", KINDS[version][BOUNDARY], 0)
    named = {key[0] if version == 2 else body.router for key, body in held.items()}
    assert (named, {body.metric for body in held.values()}) == ({router_id(1)}, {10})
    assert table(network, "d")[Prefix(outside(version, 1))].metric == 20
    network.reconfigure(
        "a", redistributes=MappingProxyType({"static": Redistribution(metric=3, metric_type=1)})
    )
    network.run(30)
    assert table(network, "d")[Prefix(outside(version, 1))].metric == 23


def virtual(version: Version) -> Places:
    """a in the backbone, b and d the ends of a virtual link through c, e behind d."""
    places = Places(version)
    ends = {"b": 4, "d": 2}
    for name in "abcde":
        links = (VirtualLink(router_id(ends[name])),) if name in ends else ()
        places.router(name, areas=(OspfArea(1, virtual_links=links),), border=BorderKind.CISCO)
    places.link(1, "a", "b")
    places.link(1, "b", "c", area=1)
    places.link(2, "c", "d", area=1)
    places.link(1, "d", "e", area=2)
    return places


@VERSIONS
def test_virtual_link_joins_an_area_to_the_backbone(version: Version) -> None:
    """RFC 2328 15: cost and addresses are those of the way; the next hops too."""
    network = virtual(version).begin(120)
    ends = [network.routers[name].virtual for name in "bd"]
    (one,), (other,) = (list(end.values()) for end in ends)
    assert one.state is other.state is InterfaceState.POINT_TO_POINT
    assert (one.cost, one.address, one.far_address) == (20, other.far_address, other.address)
    assert table(network, "a")[prefix(version, 2, 1)].metric == 40
    route = table(network, "e")[prefix(version, 0, 1)]
    assert route.metric == 40
    assert [hop.interface for hop in table(network, "d")[prefix(version, 0, 1)].next_hops] == [
        "1.2"
    ]
    number = router_id(2) if version == 2 else 0
    body = lsas(network, "c", KINDS[version][ROUTER], 1)[number, router_id(2)]
    assert RouterFlags(body.flags) == RouterFlags.B | RouterFlags.V


@VERSIONS
def test_virtual_link_goes_with_its_way_and_comes_back(version: Version) -> None:
    """RFC 2328 15."""
    network = virtual(version).begin(120)
    network.down("c", "1.2")
    network.run(60)
    (link,) = network.routers["b"].virtual.values()
    assert link.state is InterfaceState.DOWN
    assert prefix(version, 2, 1) not in table(network, "a")
    network.up("c", "1.2")
    network.run(120)
    assert prefix(version, 2, 1) in table(network, "a")


@VERSIONS
@pytest.mark.parametrize(
    ("kind", "is_border"),
    [(BorderKind.STANDARD, True), (BorderKind.CISCO, False), (BorderKind.IBM, False)],
)
def test_who_is_a_border_router_without_the_backbone(
    version: Version, kind: BorderKind, is_border: bool
) -> None:
    """RFC 3509 2.1."""
    places = Places(version)
    places.router("a")
    places.router("b", border=kind)
    places.router("c")
    places.link(1, "a", "b", area=1)
    places.link(1, "b", "c", area=2)
    network = places.begin(60)
    assert (flags(network, 2, 1) == RouterFlags.B) is is_border
    assert (prefix(version, 2, 1) in table(network, "a")) is is_border


@VERSIONS
def test_a_translated_forwarding_address_follows_its_lsa(version: Version) -> None:
    """RFC 3101 2.3, 3.2: the inner router's own address, as long as it has that interface."""
    network = chain(version, OspfArea(1, AreaKind.NSSA)).begin(90)
    network.give("a", static(outside(version, 1)))
    network.run(30)
    network.down("a", "1.1")
    network.run(60)
    ((_, body),) = entries(network, "d", KINDS[version][EXTERNAL], None)
    inner = [
        held.address
        for held in network.routers["a"].interfaces["1.2"].addresses
        if not held.address.is_unicast_link_local
    ]
    assert int(body.forwarding) == int(inner[0])
    assert Prefix(outside(version, 1)) in table(network, "d")


@VERSIONS
def test_who_becomes_a_border_router_asks_for_no_translation_any_more(version: Version) -> None:
    """RFC 3101 2.4: P is cleared, and its own type 5 takes the place of the translator's."""
    places = chain(version, OspfArea(1, AreaKind.NSSA))
    places.link(3, "a", "d")
    network = places.begin(0)
    network.down("a", "0.3")
    network.run(90)
    network.give("a", static(outside(version, 1)))
    network.run(30)
    assert told(network, "d", EXTERNAL, None) == {(outside(version, 1), 3)}
    network.up("a", "0.3")
    network.run(90)
    assert flags(network, 1, 1) & RouterFlags.B
    assert told(network, "d", EXTERNAL, None) == {(outside(version, 1), 1)}
