"""Recursive next hops (RFC 4271 5.1.3)."""

from __future__ import annotations

from fingerpost.addr import Address
from fingerpost.fib import Fib
from fingerpost.forwarding.resolve import resolve
from fingerpost.forwarding.route import BLACKHOLE, NextHop, Route

LIMIT = 8


def via(gateway: str, interface: str | None = None, weight: int = 1) -> NextHop:
    return NextHop(interface, Address(gateway), weight)


def fib(entries: dict[str, Route]) -> Fib[Route]:
    return Fib(entries)


def test_direct_next_hops_are_taken_as_they_are() -> None:
    route = Route((via("10.0.0.1", "eth0"), NextHop("eth1")))
    assert resolve(fib({}), route, LIMIT) is route.next_hops


def test_a_gateway_on_a_connected_network_is_itself_the_neighbour() -> None:
    entries = fib({"10.0.0.0/24": Route((NextHop("eth0"),))})
    assert resolve(entries, Route((via("10.0.0.9"),)), LIMIT) == (via("10.0.0.9", "eth0"),)


def test_a_gateway_behind_another_takes_the_other_as_neighbour() -> None:
    entries = fib(
        {
            "10.0.0.0/24": Route((NextHop("eth0"),)),
            "192.0.2.1/32": Route((via("10.0.0.1", "eth0"),)),
            "198.51.100.0/24": Route((via("192.0.2.1"),)),
        }
    )
    assert resolve(entries, Route((via("198.51.100.7"),)), LIMIT) == (via("10.0.0.1", "eth0"),)


def test_a_next_hop_divides_its_share_among_what_it_rests_on() -> None:
    entries = fib({"192.0.2.1/32": Route((via("10.0.0.1", "eth0", 3), via("10.0.1.1", "eth1", 1)))})
    found = resolve(entries, Route((via("192.0.2.1", weight=2), via("10.0.2.1", "eth2"))), LIMIT)
    assert found == (
        via("10.0.0.1", "eth0", 3),  # 3/4 of 2 in 3
        via("10.0.1.1", "eth1", 1),  # 1/4 of 2 in 3
        via("10.0.2.1", "eth2", 2),  # 1 in 3
    )


def test_two_chains_that_end_at_one_neighbour_are_one_next_hop_with_both_shares() -> None:
    entries = fib(
        {
            "192.0.2.1/32": Route((via("10.0.0.1", "eth0"),)),
            "192.0.2.2/32": Route((via("10.0.0.1", "eth0"),)),
        }
    )
    found = resolve(entries, Route((via("192.0.2.1"), via("192.0.2.2"))), LIMIT)
    assert found == (via("10.0.0.1", "eth0"),)


def test_a_gateway_gets_no_more_traffic_for_resting_on_many() -> None:
    many = Route(tuple(via(f"10.0.0.{n}", f"eth{n}") for n in range(1, 5)))
    entries = fib({"192.0.2.1/32": many})
    found = resolve(entries, Route((via("192.0.2.1"), via("10.9.9.9", "eth9"))), LIMIT)
    assert [hop.weight for hop in found] == [1, 1, 1, 1, 4]


def test_shares_that_no_table_of_buckets_can_hold_are_rounded() -> None:
    entries = fib(
        {"192.0.2.1/32": Route((via("10.0.0.1", "eth0", 99_991), via("10.0.1.1", "eth1")))}
    )
    found = resolve(entries, Route((via("192.0.2.1"), via("10.0.2.1", "eth2", 7))), LIMIT)
    assert sum(hop.weight for hop in found) <= 65_537
    assert min(hop.weight for hop in found) == 1


def test_a_circle_leads_nowhere() -> None:
    entries = fib(
        {
            "192.0.2.1/32": Route((via("192.0.2.2"),)),
            "192.0.2.2/32": Route((via("192.0.2.1"),)),
        }
    )
    assert resolve(entries, Route((via("192.0.2.1"),)), LIMIT) == ()


def test_a_default_route_that_rests_on_itself_leads_nowhere() -> None:
    default = Route((via("192.0.2.1"),))
    assert resolve(fib({"0.0.0.0/0": default}), default, LIMIT) == ()


def test_a_chain_longer_than_the_limit_leads_nowhere() -> None:
    chain = {f"192.0.2.{n}/32": Route((via(f"192.0.2.{n + 1}"),)) for n in range(1, 12)}
    chain["192.0.2.12/32"] = Route((via("10.0.0.1", "eth0"),))
    entries = fib(chain)
    assert resolve(entries, Route((via("192.0.2.1"),)), LIMIT) == ()
    assert resolve(entries, Route((via("192.0.2.6"),)), LIMIT) == (via("10.0.0.1", "eth0"),)


def test_what_rests_on_a_blackhole_or_on_nothing_is_left_out() -> None:
    entries = fib({"192.0.2.0/24": BLACKHOLE})
    hops = (via("192.0.2.1"), via("203.0.113.1"), via("10.0.0.1", "eth0"))
    assert resolve(entries, Route(hops), LIMIT) == (via("10.0.0.1", "eth0"),)


def test_an_ipv4_route_may_rest_on_an_ipv6_next_hop() -> None:
    entries = fib({"2001:db8::/64": Route((NextHop("eth0"),))})
    assert resolve(entries, Route((via("2001:db8::1"),)), LIMIT) == (via("2001:db8::1", "eth0"),)
