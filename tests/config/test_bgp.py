"""BGP in router files: neighbours, templates, and what is refused at its field."""

from __future__ import annotations

import pytest
from texts import file_of

from fingerpost.addr import Address, Prefix
from fingerpost.bgp.config import BeyondLimit, BgpConfig, Condition, Neighbor, PrefixLimit, Role
from fingerpost.bgp.family import IPV4, IPV6
from fingerpost.config.build import build
from fingerpost.config.faults import FileError
from fingerpost.protocol.ao_keys import AoKey

HEAD = "router: {id: 10.0.0.1}\n"


def bgp(text: str) -> BgpConfig:
    settings = build(file_of(HEAD + text)).protocols["bgp"].settings
    assert isinstance(settings, BgpConfig)
    return settings


def neighbor(said: str, more: str = "") -> Neighbor:
    (found,) = bgp(f"bgp: {{as: 65000, neighbors: {{{said}}}{more}}}").neighbors
    return found


def test_a_neighbor_is_named_by_where_it_is() -> None:
    assert neighbor("10.0.1.2: {as: 65001}").address == Address("10.0.1.2")
    assert neighbor("eth0: {as: external}").interface == "eth0"
    some = neighbor("10.8.0.0/16: {as: [65001, 65002], most: 7}")
    assert (some.prefix, some.most, some.is_passive) == (Prefix("10.8.0.0/16"), 7, True)
    assert some.remote_as == (65001, 65002)
    assert neighbor("2001:db8::1: {as: '1.10'}").remote_as == 65546


def test_a_template_says_what_the_neighbor_does_not() -> None:
    more = ", templates: {far: {as: 65001, hops: 3, weight: 5, role: customer}}"
    one = neighbor("10.0.1.2: {use: far, hops: 2}", more)
    assert (one.remote_as, one.hops, one.role) == (65001, 2, Role.CUSTOMER)
    assert one.families[0].weight == 5


def test_a_family_says_what_differs_from_its_neighbor() -> None:
    said = "10.0.1.2: {as: 65001, limit: 100, families: {ipv4: , ipv6: {limit: {prefixes: 9, "
    one = neighbor(said + "beyond: warns}}}}")
    assert [held.family for held in one.families] == [IPV4, IPV6]
    assert one.families[0].limit == PrefixLimit(100)
    assert one.families[1].limit == PrefixLimit(9, BeyondLimit.WARNS)


def test_a_neighbor_of_one_family_names_it_alone() -> None:
    one = neighbor("10.0.1.2: {as: 65001, families: ipv6}")
    assert [held.family for held in one.families] == [IPV6]


def test_networks_may_be_bare_prefixes() -> None:
    found = bgp(
        "bgp: {as: 65000, networks: [192.0.2.0/24, {prefix: 198.51.100.0/24, needs-route: false}]}"
    ).networks
    assert [(str(one.prefix), one.needs_route) for one in found] == [
        ("192.0.2.0/24", True),
        ("198.51.100.0/24", False),
    ]


def test_a_default_and_a_network_may_be_told_on_a_condition() -> None:
    said = "default-route: {if-present: [192.0.2.0/24, 198.51.100.0/24], if-absent: 10.9.0.0/16}"
    given = neighbor(f"10.0.1.2: {{as: 65001, {said}}}").families[0]
    prefixes = (Prefix("192.0.2.0/24"), Prefix("198.51.100.0/24"))
    assert given.default_route
    assert given.default_condition == Condition(prefixes, (Prefix("10.9.0.0/16"),))
    for switch in (True, False):
        family = neighbor(f"10.0.1.2: {{as: 65001, default-route: {str(switch).lower()}}}")
        assert family.families[0].default_route == switch
        assert family.families[0].default_condition is None
    (network,) = bgp(
        "bgp: {as: 65000, networks: {prefix: 192.0.2.0/24, if-absent: 10.9.0.0/16}}"
    ).networks
    assert network.condition == Condition((), (Prefix("10.9.0.0/16"),))


def test_keys_of_tcp_ao() -> None:
    one = neighbor(
        "10.0.1.2: {as: 65001, tcp-ao: [{send-id: 1, secret: horse}, {send-id: 2, receive-id: 7, "
        "secret: hex:00ff, algorithm: aes-128-cmac-96}]}"
    )
    assert one.security.ao == (AoKey(1, 1, b"horse"), AoKey(2, 7, b"\0\xff", "aes-128-cmac-96"))
    assert neighbor("10.0.1.2: {as: 65001, tcp-ao: {send-id: 1, secret: x}}").security.ao


@pytest.mark.parametrize(
    ("said", "place", "right"),
    [
        ("10.0.1.2: {}", "bgp.neighbors.10.0.1.2", "which AS is it?"),
        ("10.0.1.2: {as: 0}", "bgp.neighbors.10.0.1.2.as", "write an AS number"),
        ("10.0.1.2: {as: 1.10}", "bgp.neighbors.10.0.1.2.as", "in quotes"),
        ("10.0.1.2: {as: 1, use: x}", "bgp.neighbors.10.0.1.2.use", "no template is called x"),
        ("10.0.1.2: {as: 1, timers: {hold: 2s}}", "timers", "from 3s to 65535s"),
        ("10.0.1.2: {as: 1, families: [ipv5]}", "families", "ipv4, ipv6"),
        ("10.0.1.2: {as: 1, role: boss}", "role", "provider"),
        ("10.0.1.2: {as: 1, weigth: 3}", "weigth", "weight"),
        ("10.0.1.2: {as: 1, tcp-ao: {send-id: 256, secret: x}}", "send-id", "255"),
        ("10.0.1.2: {as: 1, tcp-ao: {send-id: 1, secret: x, algorithm: md5}}", "algorithm", "aes"),
        ("10.0.1.2: {as: 1, password: x, tcp-ao: {send-id: 1, secret: x}}", "bgp", "exclude"),
        (
            "10.0.1.2: {as: 1, tcp-ao: [{send-id: 1, secret: x}, {send-id: 1, secret: y}]}",
            "bgp.neighbors.10.0.1.2",
            "two TCP-AO keys have the send_id 1",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_field(said: str, place: str, right: str) -> None:
    with pytest.raises(FileError) as caught:
        neighbor(said)
    assert place in str(caught.value)
    assert right in str(caught.value)


def test_it_needs_a_router_id() -> None:
    with pytest.raises(FileError, match="no router id"):
        build(file_of("bgp: {as: 65000}"))


def test_what_a_policy_asks_that_no_path_has_is_told_at_its_line() -> None:
    file = file_of(
        """\
        router: {id: 10.0.0.1}
        as-sets: {few: [64512-64520, AS65001]}
        policies:
          from-b:
            - {match: {origin-as: few, med: "<5"}, set: {local-preference: 200}}
            - match: {tag: 7}
            - set: {next-hop: self}
        bgp:
          as: 65000
          neighbors:
            192.0.2.1: {as: 65001, import: from-b, export: from-b}
        """
    )
    with pytest.raises(FileError) as caught:
        build(file)
    told = [(one.line, one.field, one.message) for one in caught.value.faults]
    assert told == [
        (
            6,
            "policies.from-b[1].match.tag",
            "a path of BGP has no tag: tags are of the routing table; mark paths with communities, "
            "as in add-community: 65000:100; neighbor 192.0.2.1 asks this policy",
        ),
        (
            7,
            "policies.from-b[2].set.next-hop",
            "self is for export policies: on the way in nothing is told; neighbor 192.0.2.1 asks "
            "this policy",
        ),
    ]
