from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.ospf.area import Area
from fingerpost.ospf.authentication import SequenceNumbers, make
from fingerpost.ospf.config import NetworkType, OspfArea, OspfInterface, StaticNeighbor
from fingerpost.ospf.interface import Interface
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.lsa.options import PrefixOptions
from fingerpost.ospf.lsa.v2.router import LinkType, RouterLink
from fingerpost.ospf.lsa.v3 import LinkLsa, LsaPrefix, PrefixWithMetric
from fingerpost.ospf.lsa.v3 import RouterLink as Leg
from fingerpost.ospf.neighbor import Neighbor
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.origination.forwarding_address import own_address, shared_gateway
from fingerpost.ospf.origination.v2.network import network_lsa as network_v2
from fingerpost.ospf.origination.v2.router import links_of as links_v2
from fingerpost.ospf.origination.v2.router import router_lsa as router_v2
from fingerpost.ospf.origination.v3.link import link_lsa
from fingerpost.ospf.origination.v3.network import network_lsa as network_v3
from fingerpost.ospf.origination.v3.prefixes import (
    HeardLink,
    network_prefixes,
    router_prefixes,
)
from fingerpost.ospf.origination.v3.router import links_of as links_v3
from fingerpost.ospf.text import undotted

US, OTHER, THIRD = 0x01010101, 0x02020202, 0x03030303
NUMBER = 5
ALL = 0xFFFFFFFF
MASK = 0xFFFFFF00
OWN = undotted("192.0.2.1")
NET = undotted("192.0.2.0")


def made(
    kind: NetworkType,
    state: InterfaceState,
    *addresses: str,
    neighbors: Iterable[tuple[int, str]] = (),
    designated: str | None = None,
    is_unnumbered: bool = False,
    **said: object,
) -> Interface:
    """An interface of cost 10 with full neighbours; `designated` is an address or router id."""
    config = OspfInterface("eth0", **said)  # type: ignore[arg-type]
    held = tuple(map(InterfaceAddress, addresses))
    own = held[0].address.without_zone if held else None
    area = Area(0, 1, OspfArea(0))
    plain = make(None, 2, numbers=SequenceNumbers(), by_router=False)
    interface = Interface("eth0", NUMBER, 2, area, config, kind, plain, held, own)
    interface.cost, interface.index, interface.state = 10, 3, state
    interface.is_unnumbered = is_unnumbered
    if kind is NetworkType.VIRTUAL:
        interface.virtual_end = OTHER
    for router, text in neighbors:
        neighbor = Neighbor(interface, router, router, Address(text), state=NeighborState.FULL)
        neighbor.interface_id = router & 0xFF
        interface.neighbors[router] = neighbor
    if designated is not None:
        interface.designated = undotted(designated)
    return interface


FULL_V2 = ((OTHER, "192.0.2.2"), (THIRD, "192.0.2.3"))
FULL_V3 = ((OTHER, "fe80::2"), (THIRD, "fe80::3"))
LAN, P2P, MANY = NetworkType.BROADCAST, NetworkType.POINT_TO_POINT, NetworkType.POINT_TO_MULTIPOINT
STUB_NET = RouterLink(LinkType.STUB, NET, MASK, 10)


@pytest.mark.parametrize(
    ("interface", "expected"),
    [
        pytest.param(made(P2P, InterfaceState.DOWN, "192.0.2.1/24"), [], id="12.4.1: down"),
        pytest.param(
            made(NetworkType.LOOPBACK, InterfaceState.LOOPBACK, "192.0.2.1/24", "127.0.0.1/8"),
            [RouterLink(LinkType.STUB, OWN, ALL, 0)],
            id="12.4.1: loopback, a host",
        ),
        pytest.param(
            made(P2P, InterfaceState.POINT_TO_POINT, "192.0.2.1/24", neighbors=FULL_V2[:1]),
            [RouterLink(LinkType.POINT_TO_POINT, OTHER, OWN, 10), STUB_NET],
            id="12.4.1.1: numbered",
        ),
        pytest.param(
            made(
                P2P,
                InterfaceState.POINT_TO_POINT,
                "192.0.2.1/32",
                neighbors=FULL_V2[:1],
                is_unnumbered=True,
            ),
            [RouterLink(LinkType.POINT_TO_POINT, OTHER, 3, 10)],
            id="12.4.1.1: unnumbered, by ifIndex and without a stub",
        ),
        pytest.param(
            made(LAN, InterfaceState.WAITING, "192.0.2.1/24"), [STUB_NET], id="12.4.1.2: waiting"
        ),
        pytest.param(
            made(LAN, InterfaceState.DR_OTHER, "192.0.2.1/24", neighbors=FULL_V2,
                 designated="192.0.2.3"),
            [RouterLink(LinkType.TRANSIT, undotted("192.0.2.3"), OWN, 10)],
            id="12.4.1.2: adjacent to the Designated Router",
        ),
        pytest.param(
            made(LAN, InterfaceState.DR_OTHER, "192.0.2.1/24", neighbors=FULL_V2,
                 designated="192.0.2.9"),
            [STUB_NET],
            id="12.4.1.2: not adjacent to it",
        ),
        pytest.param(
            made(LAN, InterfaceState.DR, "192.0.2.1/24", "198.51.100.1/24", neighbors=FULL_V2,
                 designated="192.0.2.1"),
            [
                RouterLink(LinkType.TRANSIT, OWN, OWN, 10),
                RouterLink(LinkType.STUB, undotted("198.51.100.0"), MASK, 10),
            ],
            id="12.4.1.2: is it itself; another network there is a stub",
        ),
        pytest.param(
            made(LAN, InterfaceState.DR, "192.0.2.1/24", designated="192.0.2.1"),
            [STUB_NET],
            id="12.4.1.2: alone",
        ),
        pytest.param(
            made(NetworkType.VIRTUAL, InterfaceState.POINT_TO_POINT, "192.0.2.1/24",
                 neighbors=FULL_V2[:1]),
            [RouterLink(LinkType.VIRTUAL, OTHER, OWN, 10)],
            id="12.4.1.3: virtual link",
        ),
        pytest.param(
            made(MANY, InterfaceState.POINT_TO_POINT, "192.0.2.1/24", neighbors=FULL_V2),
            [
                RouterLink(LinkType.POINT_TO_POINT, OTHER, OWN, 10),
                RouterLink(LinkType.POINT_TO_POINT, THIRD, OWN, 10),
                RouterLink(LinkType.STUB, OWN, ALL, 0),
            ],
            id="12.4.1.4: point-to-multipoint",
        ),
    ],
)  # fmt: skip
def test_links_of_version_2(interface: Interface, expected: list[RouterLink]) -> None:
    """RFC 2328 12.4.1."""
    assert list(links_v2(interface)) == expected


def with_costs(interface: Interface) -> Interface:
    """The same, and its first neighbour has a cost of its own."""
    interface.neighbors[OTHER].static = StaticNeighbor(Address("192.0.2.2"), cost=77)
    return interface


def test_a_neighbour_may_have_its_own_cost() -> None:
    """RFC 2328 C.6 as used on point-to-multipoint networks."""
    interface = with_costs(
        made(MANY, InterfaceState.POINT_TO_POINT, "192.0.2.1/24", neighbors=FULL_V2)
    )
    assert [link.metric for link in links_v2(interface)] == [77, 10, 0]
    other = with_costs(made(MANY, InterfaceState.POINT_TO_POINT, "fe80::1/64", neighbors=FULL_V3))
    assert [leg.metric for leg in links_v3(other, US)] == [77, 10]


def test_stub_router_costs_the_most_but_for_its_own_networks() -> None:
    """RFC 6987 2."""
    interfaces = [
        made(P2P, InterfaceState.POINT_TO_POINT, "192.0.2.1/24", neighbors=FULL_V2[:1]),
        made(MANY, InterfaceState.POINT_TO_POINT, "192.0.2.1/24", neighbors=FULL_V2[:1]),
    ]
    body = router_v2(interfaces, 0, is_stub_router=True)
    assert [(link.type, link.metric) for link in body.links] == [
        (1, 0xFFFF), (3, 10), (1, 0xFFFF), (3, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said", "types"),
    [
        (P2P, {}, [1]),
        (MANY, {}, [1, 1]),
        (P2P, {"hides_network": False}, [1, 3]),
        (P2P, {"is_passive": True}, [1, 3]),
        (NetworkType.LOOPBACK, {"hides_network": True}, [3]),
    ],
)
def test_hidden_networks(kind: NetworkType, said: dict[str, object], types: list[int]) -> None:
    """RFC 6860 2: those for transit only; hosts and networks without routers are told."""
    is_loopback = kind is NetworkType.LOOPBACK
    state = InterfaceState.LOOPBACK if is_loopback else InterfaceState.POINT_TO_POINT
    count = 2 if kind is MANY else 1
    interface = made(kind, state, "192.0.2.1/24", neighbors=FULL_V2[:count])
    interface.config = replace(interface.config, **said)  # type: ignore[arg-type]
    body = router_v2([interface], 0, hides_networks=True)
    assert [link.type for link in body.links] == types


def test_no_forwarding_address_is_on_a_hidden_network() -> None:
    """RFC 6860 2: nobody has a route to it, and none would use the external."""
    gateway = Address("192.0.2.9")
    shared = made(LAN, InterfaceState.DR, "192.0.2.1/24", neighbors=FULL_V2)
    assert shared_gateway(gateway, [shared]) == gateway
    assert shared_gateway(gateway, [shared], hides_networks=True) is None
    assert own_address([shared], 4) == Address("192.0.2.1")
    assert own_address([shared], 4, hides_networks=True) is None
    host = made(NetworkType.LOOPBACK, InterfaceState.LOOPBACK, "198.51.100.1/32")
    assert own_address([shared, host], 4, hides_networks=True) == Address("198.51.100.1")


def test_network_lsa_of_version_2() -> None:
    """RFC 2328 12.4.2: all that are adjacent, and ourselves; RFC 6860 2.2: no network at all."""
    interface = made(LAN, InterfaceState.DR, "192.0.2.1/24", neighbors=FULL_V2)
    interface.neighbors[THIRD].state = NeighborState.EXCHANGE
    assert network_v2(interface, US).routers == (US, OTHER)
    assert network_v2(interface, US).mask == MASK
    assert network_v2(interface, US, hides=True).mask == ALL


@pytest.mark.parametrize(
    ("interface", "expected"),
    [
        (made(LAN, InterfaceState.WAITING, "fe80::1/64"), []),
        (made(NetworkType.LOOPBACK, InterfaceState.LOOPBACK, "2001:db8::1/64"), []),
        (
            made(P2P, InterfaceState.POINT_TO_POINT, "fe80::1/64", neighbors=FULL_V3[:1]),
            [Leg(1, 10, NUMBER, 2, OTHER)],
        ),
        (
            made(LAN, InterfaceState.BACKUP, "fe80::1/64", neighbors=FULL_V3,
                 designated="3.3.3.3"),
            [Leg(2, 10, NUMBER, 3, THIRD)],
        ),
        (
            made(LAN, InterfaceState.DR, "fe80::1/64", neighbors=FULL_V3, designated="1.1.1.1"),
            [Leg(2, 10, NUMBER, NUMBER, US)],
        ),
        (
            made(NetworkType.VIRTUAL, InterfaceState.POINT_TO_POINT, "2001:db8::1/64",
                 neighbors=FULL_V3[:1]),
            [Leg(4, 10, NUMBER, 2, OTHER)],
        ),
        (
            made(MANY, InterfaceState.POINT_TO_POINT, "fe80::1/64", neighbors=FULL_V3),
            [Leg(1, 10, NUMBER, 2, OTHER), Leg(1, 10, NUMBER, 3, THIRD)],
        ),
    ],
)  # fmt: skip
def test_links_of_version_3(interface: Interface, expected: list[Leg]) -> None:
    """RFC 5340 4.4.3.2."""
    assert list(links_v3(interface, US)) == expected


def test_link_lsa() -> None:
    """RFC 5340 4.4.3.8: our address on the link, and what others may use there."""
    interface = made(LAN, InterfaceState.DR, "fe80::1/64", "2001:db8::1/64", "2001:db8::2/64")
    told = LinkLsa(1, 19, Address("fe80::1"), (LsaPrefix.of(Prefix("2001:db8::/64")),))
    assert link_lsa(interface, 19) == told
    hidden = link_lsa(interface, 19, hides=True)
    assert hidden is not None
    assert hidden.prefixes == ()
    assert link_lsa(made(LAN, InterfaceState.DR), 19) is None


def test_link_lsa_of_ipv4() -> None:
    """RFC 5838 2.5: the address stands in the first four bytes."""
    interface = made(LAN, InterfaceState.DR, "fe80::1/64", "192.0.2.1/24")
    found = link_lsa(interface, 0, family=4)
    assert found is not None
    assert found.link_local.packed == Address("192.0.2.1").packed + bytes(12)
    assert [one.prefix(4) for one in found.prefixes] == [Prefix("192.0.2.0/24")]


def metrics(found: list[PrefixWithMetric]) -> dict[str, tuple[int, int]]:
    return {str(one.prefix.prefix()): (one.prefix.options, one.metric) for one in found}


def test_prefixes_of_a_router() -> None:
    """RFC 5340 4.4.3.9: networks at the cost of the interface, hosts at none, no transit ones."""
    interfaces = [
        made(P2P, InterfaceState.POINT_TO_POINT, "fe80::1/64", "2001:db8:1::1/64"),
        made(NetworkType.LOOPBACK, InterfaceState.LOOPBACK, "2001:db8:2::1/64", "::1/128"),
        made(LAN, InterfaceState.DR, "2001:db8:3::1/64", neighbors=FULL_V3, designated="1.1.1.1"),
        made(LAN, InterfaceState.WAITING, "2001:db8:4::1/64"),
        made(P2P, InterfaceState.DOWN, "2001:db8:5::1/64"),
        made(MANY, InterfaceState.POINT_TO_POINT, "2001:db8:6::1/64"),
    ]
    host = int(PrefixOptions.LA)
    expected = {
        "2001:db8:1::/64": (0, 10),
        "2001:db8:2::1/128": (host, 0),
        "2001:db8:4::/64": (0, 10),
        "2001:db8:6::1/128": (host, 0),
    }
    assert metrics(router_prefixes(interfaces)) == expected
    assert metrics(router_prefixes(interfaces, needs_address=True)) == expected
    hidden = metrics(router_prefixes(interfaces, hides_networks=True))
    assert hidden == {"2001:db8:2::1/128": (host, 0)}


def test_an_end_of_a_virtual_link_tells_an_address() -> None:
    """RFC 5340 4.4.3.9: as a host, whatever the interface."""
    interfaces = [
        made(LAN, InterfaceState.DR, "2001:db8:3::1/64", neighbors=FULL_V3, designated="1.1.1.1")
    ]
    found = metrics(router_prefixes(interfaces, needs_address=True))
    assert found == {"2001:db8:3::1/128": (PrefixOptions.LA, 0)}


def heard(router: int, options: int, *prefixes: LsaPrefix) -> HeardLink:
    return HeardLink(router, LinkLsa(1, options, Address("fe80::9"), prefixes))


def test_prefixes_and_options_of_a_network() -> None:
    """RFC 5340 4.4.3.9, 4.4.3.3: of all that are on it, each once, with all their options."""
    wide = Prefix("2001:db8:1::/64")
    links = [
        heard(US, 1, LsaPrefix.of(wide), LsaPrefix.of(Prefix("2001:db8:2::/64"), 8)),
        heard(OTHER, 2, LsaPrefix.of(wide, 8), LsaPrefix.of(Prefix("fe80::/64"))),
        heard(
            THIRD,
            16,
            LsaPrefix.of(Prefix("2001:db8:3::/64"), int(PrefixOptions.NU)),
            LsaPrefix.of(Prefix("2001:db8:4::1/128"), int(PrefixOptions.LA)),
        ),
    ]
    found = metrics(network_prefixes(links))
    assert found == {"2001:db8:1::/64": (8, 0), "2001:db8:2::/64": (8, 0)}
    interface = made(LAN, InterfaceState.DR, "fe80::1/64", neighbors=FULL_V3)
    body = network_v3(interface, US, links)
    assert (body.options, body.routers) == (19, (US, OTHER, THIRD))
