"""Each rule of the calculation by an example, router 1 being the one that calculates.

Area 0 has scope 1, area 7 scope 2. Routers are joined by point-to-point links whose interface has
the number of the neighbour, whose address is 192.0.2.N.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from fingerpost._core import RouteCalculator
from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.ospf.lsa import v2, v3

from .golden.reading import B, E, V
from .random_network import encoded_v2, encoded_v3

BACKBONE, OTHER = 1, 2
INFINITY = 0xFFFFFF
Links = dict[int, int]
Stubs = dict[str, int]


def mask(length: int) -> int:
    """Give a mask as a number."""
    return (1 << 32) - (1 << 32 - length)


def stub(text: str, cost: int) -> v2.RouterLink:
    """Give a stub link."""
    network, _, length = text.partition("/")
    return v2.RouterLink(3, int(Address(network)), mask(int(length)), cost)


class Net:
    """A calculator of router 1, told link by link."""

    def __init__(self, areas: Iterable[int] = (BACKBONE,), *, kind: int = 0) -> None:
        self.calculator = RouteCalculator(2, 1, 4)
        for scope in areas:
            self.calculator.set_area(scope, (scope - 1) * 7, kind if scope == OTHER else 0)
        self.options(is_area_border=len(list(areas)) > 1)

    def options(self, *, is_area_border: bool = False, rfc1583: bool = False) -> None:
        """Say what concerns the router."""
        self.calculator.set_options(is_area_border=is_area_border, rfc1583=rfc1583)

    def router(
        self,
        number: int,
        links: Links,
        stubs: Stubs | None = None,
        *,
        flags: int = 0,
        scope: int = BACKBONE,
        virtual: Links | None = None,
    ) -> None:
        """Say a router-LSA: costs by neighbour, costs by prefix."""
        body = [v2.RouterLink(1, to, 0xC0000200 + number, cost) for to, cost in links.items()]
        body += [v2.RouterLink(4, to, number, cost) for to, cost in (virtual or {}).items()]
        body += [stub(text, cost) for text, cost in (stubs or {}).items()]
        lsa = encoded_v2(1, number, number, v2.RouterLsa(flags, tuple(body)))
        self.calculator.apply(scope, lsa)
        if number == 1:
            hops = [(1, to, 0xC0000201, to) for to in links]
            hops += [(4, to, 1, OTHER) for to in virtual or {}]
            self.calculator.set_first_hops(scope, hops)

    def summary(self, border: int, text: str, cost: int, scope: int = BACKBONE) -> None:
        """Say a summary of a network."""
        network, _, length = text.partition("/")
        body = v2.SummaryLsa(mask(int(length)), cost)
        lsa = encoded_v2(3, int(Address(network)), border, body)
        self.calculator.apply(scope, lsa)

    def boundary(self, border: int, router: int, cost: int, scope: int = BACKBONE) -> None:
        """Say a summary of a boundary router."""
        lsa = encoded_v2(4, router, border, v2.SummaryLsa(0, cost))
        self.calculator.apply(scope, lsa)

    def external(
        self,
        router: int,
        text: str,
        cost: int,
        *,
        forwarding: str = "0.0.0.0",
        is_type_2: bool = False,
        tag: int = 0,
        nssa: bool = False,
        propagates: bool = False,
    ) -> None:
        """Say an external."""
        network, _, length = text.partition("/")
        body = v2.ExternalLsa(mask(int(length)), cost, is_type_2, int(Address(forwarding)), tag)
        options = 0x08 if propagates else 0
        lsa = encoded_v2(7 if nssa else 5, int(Address(network)), router, body, options)
        self.calculator.apply(OTHER if nssa else 0, lsa)

    def route(self, text: str) -> tuple[int, int, int, list[int]] | None:
        """Give path type, cost, cost of type 2 and the interfaces of next hops."""
        self.calculator.run()
        found = self.calculator.route(text)
        return found and (*found[:3], [interface for interface, _ in found[5]])

    def rules(self, text: str) -> list[str]:
        """Give how each way to a prefix fared."""
        self.calculator.run()
        return [rule for rule, _, _ in self.calculator.candidates(text)]


PREFIX = "10.0.0.0/24"


def test_equal_paths_give_all_their_next_hops() -> None:
    """RFC 2328 16.8."""
    net = Net()
    net.router(1, {2: 1, 3: 2})
    net.router(2, {1: 1, 4: 2})
    net.router(3, {1: 1, 4: 1})
    net.router(4, {2: 1, 3: 1}, {PREFIX: 5})
    assert net.route(PREFIX) == (0, 8, 0, [2, 3])
    hops = net.calculator.route(PREFIX)
    assert hops is not None
    assert hops[5][0] == (2, Address("192.0.2.2"))
    net.calculator.set_options(is_area_border=False, maximum_paths=1)
    assert net.route(PREFIX) == (0, 8, 0, [2])


def test_link_that_is_not_answered_is_no_link() -> None:
    """RFC 2328 16.1 step 2b."""
    net = Net()
    net.router(1, {2: 1})
    net.router(2, {}, {PREFIX: 1})
    assert net.route(PREFIX) is None
    assert net.rules(PREFIX) == ["unreachable"]


def test_links_of_maximum_cost_are_links_all_the_same() -> None:
    """RFC 6987 2: a stub router is avoided, not cut off."""
    net = Net()
    net.router(1, {2: 0xFFFF})
    net.router(2, {1: 1}, {PREFIX: 0xFFFF})
    assert net.route(PREFIX) == (0, 2 * 0xFFFF, 0, [2])


def test_summary_of_infinite_cost_is_no_way() -> None:
    """RFC 2328 16.2 step 1."""
    net = Net()
    net.router(1, {2: 1})
    net.router(2, {1: 1}, flags=B)
    net.summary(2, PREFIX, INFINITY)
    assert net.route(PREFIX) is None
    net.summary(2, PREFIX, INFINITY - 1)
    assert net.route(PREFIX) == (1, INFINITY, 0, [2])


def test_path_within_the_area_is_preferred_to_a_cheaper_summary() -> None:
    """RFC 2328 11 and 16.2 step 6."""
    net = Net()
    net.router(1, {2: 1, 3: 1})
    net.router(2, {1: 1}, flags=B)
    net.router(3, {1: 1}, {PREFIX: 99})
    net.summary(2, PREFIX, 1)
    assert net.route(PREFIX) == (0, 100, 0, [3])
    assert net.rules(PREFIX) == ["used", "path type"]


def test_border_router_uses_summaries_of_the_backbone_alone() -> None:
    """RFC 2328 16.2."""
    net = Net((BACKBONE, OTHER))
    net.router(1, {2: 1}, flags=B)
    net.router(2, {1: 1}, flags=B)
    net.router(1, {3: 1}, flags=B, scope=OTHER)
    net.router(3, {1: 1}, flags=B, scope=OTHER)
    net.summary(2, PREFIX, 9)
    net.summary(3, PREFIX, 1, OTHER)
    assert net.route(PREFIX) == (1, 10, 0, [2])
    assert net.rules(PREFIX) == ["used", "not of the backbone"]
    net.options(is_area_border=False)
    assert net.route(PREFIX) == (1, 2, 0, [3])


def test_summary_that_is_an_active_range_of_ours_is_left() -> None:
    """RFC 2328 16.2 step 3."""
    net = Net((BACKBONE, OTHER))
    net.calculator.set_area(OTHER, 7, ranges=["10.0.0.0/16"])
    net.router(1, {2: 1}, flags=B)
    net.router(2, {1: 1}, flags=B)
    net.summary(2, "10.0.0.0/16", 1)
    assert net.route("10.0.0.0/16") == (1, 2, 0, [2]), "nothing is in it"
    net.router(1, {}, {PREFIX: 1}, flags=B, scope=OTHER)
    assert net.route("10.0.0.0/16") is None
    assert net.rules("10.0.0.0/16") == ["own active range"]
    net.router(1, {}, flags=B, scope=OTHER)
    assert net.route("10.0.0.0/16") == (1, 2, 0, [2])


def test_virtual_link_leads_where_its_end_is_in_the_transit_area() -> None:
    """RFC 2328 15, 16.1, 16.3: and the transit area may have something nearer."""
    net = Net((BACKBONE, OTHER))
    net.router(1, {2: 1, 4: 1}, flags=B | V, scope=OTHER)
    net.router(2, {1: 1, 3: 1}, scope=OTHER)
    net.router(3, {2: 1}, flags=B | V, scope=OTHER)
    net.router(4, {1: 1}, flags=B, scope=OTHER)
    net.router(1, {}, flags=B, virtual={3: 2})
    net.router(3, {}, {PREFIX: 10}, flags=B, virtual={1: 2})
    assert net.route(PREFIX) == (0, 12, 0, [2])
    net.summary(4, PREFIX, 11, OTHER)
    assert net.route(PREFIX) == (0, 12, 0, [2, 4])
    net.summary(4, PREFIX, 3, OTHER)
    assert net.route(PREFIX) == (0, 4, 0, [4])
    assert net.rules(PREFIX) == ["used", "cost"]
    net.router(2, {1: 1}, scope=OTHER)
    assert net.route(PREFIX) is None, "the virtual link leads nowhere"
    assert "no next hop" in net.rules(PREFIX)


def test_type_1_is_preferred_to_type_2_whatever_they_cost() -> None:
    """RFC 2328 16.4 step 6b."""
    net = Net()
    net.router(1, {2: 1, 3: 1, 4: 2})
    for number, cost in ((2, 1), (3, 1), (4, 1)):
        net.router(number, {1: cost}, flags=E)
    net.external(2, PREFIX, 1, is_type_2=True)
    net.external(3, PREFIX, 2, is_type_2=True)
    net.external(4, PREFIX, 1, is_type_2=True)
    assert net.route(PREFIX) == (3, 1, 1, [2])
    assert sorted(net.rules(PREFIX)) == ["cost", "type 2 cost", "used"]
    net.external(3, PREFIX, 999)
    assert net.route(PREFIX) == (2, 1000, 0, [3])
    assert sorted(net.rules(PREFIX)) == ["path type", "path type", "used"]


@pytest.mark.parametrize("rfc1583", [False, True])
def test_boundary_router_is_reached_through_areas_other_than_the_backbone(rfc1583: bool) -> None:
    """RFC 2328 16.4.1: unless as RFC 1583 had it, where cost alone counts."""
    net = Net((BACKBONE, OTHER))
    net.options(is_area_border=True, rfc1583=rfc1583)
    for scope, cost in ((BACKBONE, 1), (OTHER, 5)):
        net.router(1, {scope + 1: 1}, flags=B, scope=scope)
        net.router(scope + 1, {1: 1, 9: cost}, scope=scope)
        net.router(9, {scope + 1: 1}, flags=E, scope=scope)
    net.external(9, PREFIX, 10)
    assert net.route(PREFIX) == ((2, 12, 0, [2]) if rfc1583 else (2, 16, 0, [3]))


@pytest.mark.parametrize("rfc1583", [False, True])
def test_of_several_boundary_routers_that_in_an_area_other_than_the_backbone(
    rfc1583: bool,
) -> None:
    """RFC 2328 16.4 step 6c, 16.4.1."""
    net = Net((BACKBONE, OTHER))
    net.options(is_area_border=True, rfc1583=rfc1583)
    net.router(1, {2: 1}, flags=B)
    net.router(1, {3: 5}, flags=B, scope=OTHER)
    net.router(2, {1: 1}, flags=E)
    net.router(3, {1: 5}, flags=E, scope=OTHER)
    net.external(2, PREFIX, 1)
    net.external(3, PREFIX, 1)
    assert net.route(PREFIX) == ((2, 2, 0, [2]) if rfc1583 else (2, 6, 0, [3]))
    assert net.rules(PREFIX) == ["used", "cost" if rfc1583 else "path preference"]


def test_boundary_router_of_another_area_is_told_by_summaries() -> None:
    """RFC 2328 16.2 for AS boundary routers, 16.4 step 3."""
    net = Net()
    net.router(1, {2: 1, 3: 1})
    net.router(2, {1: 1}, flags=B)
    net.router(3, {1: 1}, flags=B)
    net.external(9, PREFIX, 10)
    assert net.route(PREFIX) is None
    net.boundary(2, 9, 4)
    assert net.route(PREFIX) == (2, 15, 0, [2])
    net.boundary(3, 9, 4)
    assert net.route(PREFIX) == (2, 15, 0, [2, 3])
    assert net.calculator.routers(BACKBONE)[-1][:4] == (9, E, 1, 5)


def test_forwarding_address_is_looked_up_among_routes_inside_the_as() -> None:
    """RFC 2328 16.4 step 3: the longest match, and it has to be inside."""
    net = Net()
    net.router(1, {2: 1, 3: 1})
    net.router(2, {1: 1}, flags=E)
    net.router(3, {1: 1}, {"192.168.0.0/16": 7})
    net.external(2, PREFIX, 10, forwarding="192.168.3.4")
    net.external(2, "192.168.3.0/24", 1)
    assert net.route(PREFIX) == (2, 18, 0, [3]), "the nearer match is outside"
    net.router(3, {1: 1})
    assert net.route(PREFIX) is None
    assert net.rules(PREFIX) == ["forwarding address unreachable"]


def test_forwarding_address_on_a_network_of_ours_is_the_next_hop_itself() -> None:
    """RFC 2328 16.4 step 5."""
    net = Net()
    net.router(1, {2: 1}, {"192.168.0.0/24": 3})
    net.router(2, {1: 1}, flags=E)
    net.external(2, PREFIX, 10, forwarding="192.168.0.9")
    assert net.route(PREFIX) is None, "nobody said which interface that is"
    net.calculator.set_connected(BACKBONE, [("192.168.0.0/24", 77)])
    assert net.route(PREFIX) == (2, 13, 0, [77])
    route = net.calculator.route(PREFIX)
    assert route is not None
    assert route[5:] == (((77, Address("192.168.0.9")),), False)


def test_external_that_is_to_be_forwarded_to_ourselves_is_no_route() -> None:
    """RFC 2328 16.4 step 3: a boundary router on our network means us to know better."""
    net = Net()
    net.router(1, {2: 1}, {"192.0.2.0/24": 3})
    net.router(2, {1: 1}, flags=E)
    net.calculator.set_connected(BACKBONE, [("192.0.2.0/24", 77)])
    net.external(2, PREFIX, 10, forwarding="192.0.2.1")
    assert net.route(PREFIX) is None
    assert net.rules(PREFIX) == ["own forwarding address"]
    net.external(2, PREFIX, 10, forwarding="192.0.2.3")
    assert net.route(PREFIX) == (2, 13, 0, [77])


def test_own_externals_and_summaries_are_no_routes() -> None:
    """RFC 2328 16.2 step 2, 16.4 step 2."""
    net = Net()
    net.router(1, {2: 1}, flags=B | E)
    net.router(2, {1: 1})
    net.external(1, PREFIX, 1)
    net.summary(1, PREFIX, 1)
    assert net.rules(PREFIX) == []


def nssa(*, is_area_border: bool) -> Net:
    """Give an NSSA with boundary routers 2 and 3, of which 3 is also in the backbone."""
    net = Net((BACKBONE, OTHER) if is_area_border else (OTHER,), kind=2)
    net.router(1, {2: 1, 3: 1}, flags=B if is_area_border else 0, scope=OTHER)
    net.router(2, {1: 1}, {"172.16.0.0/24": 1}, flags=E, scope=OTHER)
    net.router(3, {1: 1}, flags=B | E, scope=OTHER)
    if is_area_border:
        net.router(1, {3: 1}, flags=B)
        net.router(3, {1: 1}, flags=B | E)
    return net


def test_nssa_lsa_that_is_passed_on_is_preferred_to_its_translation() -> None:
    """RFC 3101 2.5 step 6e: same forwarding address, same cost; first with P bit, then type 5."""
    net = nssa(is_area_border=True)
    where = {"forwarding": "172.16.0.1", "is_type_2": True}
    net.external(3, PREFIX, 5, **where, tag=5)  # type: ignore[arg-type]
    assert net.route(PREFIX) == (3, 2, 5, [2])
    net.external(2, PREFIX, 5, **where, tag=7, nssa=True)  # type: ignore[arg-type]
    assert net.route(PREFIX) == (3, 2, 5, [2]), "without P bit it comes last"
    net.external(2, PREFIX, 5, **where, tag=7, nssa=True, propagates=True)  # type: ignore[arg-type]
    assert net.route(PREFIX) == (5, 2, 5, [2])
    route = net.calculator.route(PREFIX)
    assert route is not None
    assert route[3:5] == (7, 7), "area and tag are those of the NSSA-LSA"


def test_border_router_takes_no_default_from_an_nssa_unless_it_is_passed_on() -> None:
    """RFC 3101 2.5 step 3."""
    inside, border = nssa(is_area_border=False), nssa(is_area_border=True)
    for net in (inside, border):
        net.external(2, "0.0.0.0/0", 1, nssa=True)
    assert inside.route("0.0.0.0/0") == (4, 2, 0, [2])
    assert border.route("0.0.0.0/0") is None
    assert border.rules("0.0.0.0/0") == ["default of an NSSA"]
    border.external(2, "0.0.0.0/0", 1, nssa=True, propagates=True)
    assert border.route("0.0.0.0/0") == (4, 2, 0, [2])
    border.calculator.set_area(OTHER, 7, 2, imports_summaries=False)
    assert border.route("0.0.0.0/0") is None


def test_boundary_router_in_an_nssa_tells_nothing_of_type_5_through_it() -> None:
    """RFC 3101 2.5 step 3: type 5 goes through areas that it is flooded in."""
    net = nssa(is_area_border=True)
    net.external(3, PREFIX, 1)
    assert net.route(PREFIX) == (2, 2, 0, [3])
    net.router(3, {}, flags=B | E)
    assert net.route(PREFIX) is None


def version_3(options: int) -> RouteCalculator:
    """Give routers 1, 2, 3 in a row, 2 with these options; 2 and 3 have a prefix."""
    calculator = RouteCalculator(3, 1, 6)
    calculator.set_area(BACKBONE, 0)
    calculator.set_first_hops(BACKBONE, [(1, 2, 5, 5)])
    calculator.set_addresses(BACKBONE, [(5, 2, "fe80::2")])
    rows = {1: (0x11, (2,)), 2: (options, (1, 3)), 3: (0x11, (2,))}
    for number, (bits, far) in rows.items():
        links = tuple(v3.RouterLink(1, 1, 5, 5, to) for to in far)
        prefix = v3.PrefixWithMetric(v3.LsaPrefix(64, 0, bytes([32, number] + [0] * 6)), 1)
        stubs = v3.IntraAreaPrefixLsa(0x2001, 0, number, (prefix,))
        for lsa in encoded_v3(1, 0x2001, 0, number, v3.RouterLsa(0, bits, links)).values():
            calculator.apply(BACKBONE, lsa)
        for lsa in encoded_v3(1, 0x2009, 0, number, stubs).values():
            calculator.apply(BACKBONE, lsa)
    calculator.run()
    return calculator


def test_router_without_the_r_bit_is_reached_but_not_passed() -> None:
    """RFC 5340 4.8.1, A.2; RFC 5340 4.8.1 too for the V6 bit: without it, not even reached."""
    both = version_3(0x11)
    assert [route[1] for _, route in both.routes_in("2000::/8")] == [1, 2, 3]
    assert both.route("2003::/64") == (0, 3, 0, 0, 0, ((5, Address("fe80::2")),), False)
    assert [route[1] for _, route in version_3(0x01).routes_in("2000::/8")] == [1, 2]
    assert [route[1] for _, route in version_3(0x10).routes_in("2000::/8")] == [1]


def test_what_is_refused() -> None:
    with pytest.raises(UsageError, match="ospf version 2 with addresses of IPv6"):
        RouteCalculator(2, 1, 6)
    calculator = RouteCalculator(2, 1, 4)
    with pytest.raises(UsageError, match="kind of area is 3"):
        calculator.set_area(1, 0, 3)
    with pytest.raises(UsageError, match="scope 0 cannot be of area 5"):
        calculator.set_area(0, 5)
    calculator.set_area(1, 0)
    with pytest.raises(UsageError, match="scope 1 cannot be of area 5"):
        calculator.set_area(1, 5)
    with pytest.raises(UsageError, match="maximum_paths is 0"):
        calculator.set_options(is_area_border=False, maximum_paths=0)
    with pytest.raises(UsageError, match="lsa has 19 bytes"):
        calculator.apply(1, bytes(19))
    calculator.apply(1, bytes(20))  # no LSA of any use
    assert calculator.run().kind == "whole"


def test_kind_of_a_run_says_how_much_it_had_to_do() -> None:
    """RFC 2328 16.5, 16.6: what only names prefixes needs no tree."""
    net = Net()
    net.router(1, {2: 1})
    net.router(2, {1: 1, 3: 1}, flags=B | E)
    net.router(3, {2: 1})
    calculator = net.calculator
    assert calculator.run().kind == "whole"
    assert calculator.run().kind == "nothing"
    net.router(2, {1: 1, 3: 1}, {PREFIX: 1}, flags=B | E)
    result = calculator.run()
    assert (result.kind, result.vertices, result.prefixes) == ("prefixes", 0, 1)
    assert [list(map(str, prefixes)) for _, prefixes in result.announced] == [[PREFIX]]
    net.summary(2, "10.2.0.0/16", 1)
    net.external(2, "10.3.0.0/16", 1)
    result = calculator.run()
    assert (result.kind, result.vertices, result.prefixes) == ("partial", 0, 2)
    net.router(3, {2: 5})
    result = calculator.run()
    assert (result.kind, result.announced, len(result.withdrawn)) == ("incremental", [], 0)
    net.router(2, {1: 1, 3: 2}, {PREFIX: 1}, flags=B | E)
    assert calculator.run().announced == [], "router 3 has no prefix"
    calculator.withdraw(BACKBONE, 1, 2, 2)
    assert sorted(map(str, calculator.run().withdrawn)) == [PREFIX, "10.2.0.0/16", "10.3.0.0/16"]


def test_hidden_network_is_crossed_and_no_destination() -> None:
    """RFC 6860 2.2: a network-LSA whose mask is that of a host tells no route."""
    calculator = RouteCalculator(2, 1, 4)
    calculator.set_area(BACKBONE, 0, 0)
    calculator.set_first_hops(BACKBONE, [(2, int(Address("192.0.2.2")), 1, 5)])
    designated = int(Address("192.0.2.2"))
    for number, stubs in ((1, ()), (2, (stub("10.2.0.0/16", 3),))):
        data = int(Address(f"192.0.2.{number}")) if number > 1 else 1
        links = (v2.RouterLink(2, designated, data, 10), *stubs)
        calculator.apply(BACKBONE, encoded_v2(1, number, number, v2.RouterLsa(0, links)))
    for length, is_told in ((32, False), (24, True)):
        body = v2.NetworkLsa(mask(length), (1, 2))
        calculator.apply(BACKBONE, encoded_v2(2, designated, 2, body))
        calculator.run()
        network = "192.0.2.2/32" if length == 32 else "192.0.2.0/24"
        assert (calculator.route(network) is not None) is is_told
        found = calculator.route("10.2.0.0/16")
        assert found is not None
        assert found[1] == 13


def test_router_lsa_that_is_not_named_by_its_router_is_nobodys() -> None:
    """RFC 2328 12.1.4: its link state id is its router's id; another adds no links to it."""
    net = Net()
    net.router(1, {2: 1})
    net.router(2, {1: 1})
    body = v2.RouterLsa(0, (stub("10.2.0.0/16", 3),))
    net.calculator.apply(BACKBONE, encoded_v2(1, 77, 2, body))
    assert net.route("10.2.0.0/16") is None
