"""The arithmetic of prefixes against `ipaddress`, over both families and all lengths."""

from __future__ import annotations

import ipaddress
from itertools import islice

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fingerpost.addr import Address, Interface, Prefix, host_part, network_part
from fingerpost.errors import AddressError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@st.composite
def networks(draw: st.DrawFn, version: int | None = None) -> Network:
    chosen = version or draw(st.sampled_from([4, 6]))
    bits = 32 if chosen == 4 else 128
    number, length = draw(st.integers(0, 2**bits - 1)), draw(st.integers(0, bits))
    address = ipaddress.IPv4Address(number) if chosen == 4 else ipaddress.IPv6Address(number)
    return ipaddress.ip_network((address, length), strict=False)


@st.composite
def close_pairs(draw: st.DrawFn) -> tuple[Network, Network]:
    """Two networks of one family that differ in few bits, so that they often touch."""
    one = draw(networks())
    bits, number = one.max_prefixlen, int(one.network_address)
    number ^= draw(st.integers(0, 3)) << draw(st.integers(0, bits - 2))
    return one, ipaddress.ip_network((number, draw(st.integers(0, bits))), strict=False) if (
        one.version == 4 or number >= 2**32
    ) else ipaddress.IPv6Network((number, draw(st.integers(0, bits))), strict=False)


def prefixes_of(found: list[Network]) -> list[Prefix]:
    return sorted(map(Prefix, found))


@given(networks())
def test_masks_and_ends_are_those_of_ipaddress(golden: Network) -> None:
    prefix = Prefix(golden)
    assert str(prefix) == str(golden) or prefix.address.ipv4_mapped
    assert prefix.network == prefix.address == prefix.first == Address(golden.network_address)
    assert prefix.netmask == Address(golden.netmask)
    assert prefix.hostmask == Address(golden.hostmask)
    assert prefix.last == Address(golden.broadcast_address)
    assert (prefix.length, prefix.version) == (golden.prefixlen, golden.version)
    assert (prefix.size, prefix.bits) == (golden.num_addresses, golden.max_prefixlen)
    assert (prefix[0], prefix[-1]) == (Address(golden[0]), Address(golden[-1]))
    assert prefix.to_ipaddress() == golden


@given(networks())
def test_broadcast_is_that_of_ipv4_up_to_30(golden: Network) -> None:
    prefix = Prefix(golden)
    has_one = golden.version == 4 and golden.prefixlen <= 30
    assert prefix.broadcast == (Address(golden.broadcast_address) if has_one else None)


@given(networks())
def test_hosts_are_those_of_ipaddress(golden: Network) -> None:
    prefix = Prefix(golden)
    ours, theirs = islice(prefix.hosts(), 4), islice(golden.hosts(), 4)
    assert [str(host) for host in ours] == [
        str(Address(int(host), golden.version)) for host in theirs
    ]
    if prefix.size <= 1024:
        hosts = list(prefix.hosts())
        assert hosts == [Address(host) for host in golden.hosts()]
        assert len(hosts) == prefix.host_count
        assert (hosts[0], hosts[-1]) == (prefix.first_host, prefix.last_host)


@pytest.mark.parametrize(
    ("text", "count", "first", "last"),
    [
        ("192.0.2.0/24", 254, "192.0.2.1", "192.0.2.254"),
        ("192.0.2.0/31", 2, "192.0.2.0", "192.0.2.1"),  # RFC 3021
        ("192.0.2.1/32", 1, "192.0.2.1", "192.0.2.1"),
        ("2001:db8::/64", 2**64 - 1, "2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff"),
        ("2001:db8::/126", 3, "2001:db8::1", "2001:db8::3"),
        ("2001:db8::/127", 2, "2001:db8::", "2001:db8::1"),  # RFC 6164
        ("2001:db8::1/128", 1, "2001:db8::1", "2001:db8::1"),
        ("0.0.0.0/0", 2**32 - 2, "0.0.0.1", "255.255.255.254"),
        ("::/0", 2**128 - 1, "::1", f"{'ffff:' * 7}ffff"),
    ],
)
def test_usable_hosts(text: str, count: int, first: str, last: str) -> None:
    prefix = Prefix(text)
    assert prefix.host_count == count
    assert (prefix.first_host, prefix.last_host) == (Address(first), Address(last))


@given(networks(), st.integers(0, 5))
def test_subnets_are_those_of_ipaddress(golden: Network, by: int) -> None:
    assume(golden.prefixlen + by <= golden.max_prefixlen)
    expected = [Prefix(subnet) for subnet in golden.subnets(prefixlen_diff=by)]
    assert list(Prefix(golden).subnets(by=by)) == expected
    assert list(Prefix(golden).subnets(golden.prefixlen + by)) == expected


def test_subnets_are_made_as_they_are_asked_for() -> None:
    assert list(islice(Prefix("::/0").subnets(128), 2)) == [Prefix("::/128"), Prefix("::1/128")]


@given(networks(), st.integers(1, 128))
def test_supernets_are_those_of_ipaddress(golden: Network, by: int) -> None:
    assume(by <= golden.prefixlen)
    prefix = Prefix(golden)
    expected = Prefix(golden.supernet(prefixlen_diff=by))
    assert prefix.supernet(by=by) == prefix.supernet(golden.prefixlen - by) == expected
    assert list(prefix.supernets())[by - 1] == expected
    assert len(list(prefix.supernets())) == golden.prefixlen


@pytest.mark.parametrize("call", ["subnets", "supernet"])
def test_lengths_that_cannot_be_are_refused_at_once(call: str) -> None:
    method = getattr(Prefix("10.0.0.0/8"), call)
    for arguments in ({"length": 33}, {"length": -1}, {"by": 25}, {"by": -1}):
        with pytest.raises(AddressError, match="give"):
            method(**arguments)
    with pytest.raises(AddressError, match="not both"):
        method(9, by=1)
    with pytest.raises(AddressError):
        Prefix("10.0.0.0/8").subnets(7)
    with pytest.raises(AddressError):
        Prefix("10.0.0.0/8").supernet(9)


@given(networks())
def test_neighbours_lie_on_both_sides(golden: Network) -> None:
    prefix = Prefix(golden)
    around = prefix.neighbours
    if around.previous is None:
        assert int(prefix.first) == 0
        with pytest.raises(AddressError, match="comes before"):
            prefix.pred()
    else:
        assert around.previous.last.succ() == prefix.first
        assert around.previous.succ() == prefix
    if around.next is None:
        assert int(prefix.last) == 2**prefix.bits - 1
        with pytest.raises(AddressError, match="comes after"):
            prefix.succ()
    else:
        assert prefix.last.succ() == around.next.first
        assert around.next.pred() == prefix
    if prefix.length:
        assert around.sibling in (around.previous, around.next)
        assert around.sibling is not None
        assert sorted([prefix, around.sibling]) == list(prefix.supernet().halves)
        assert around.sibling == prefix.sibling
    else:
        assert prefix.sibling is None


def test_a_single_address_has_no_halves() -> None:
    assert Prefix("192.0.2.128/30").halves == (Prefix("192.0.2.128/31"), Prefix("192.0.2.130/31"))
    with pytest.raises(AddressError):
        _ = Prefix("192.0.2.1/32").halves


@given(close_pairs())
def test_containment_and_overlap_are_those_of_ipaddress(pair: tuple[Network, Network]) -> None:
    one, other = Prefix(pair[0]), Prefix(pair[1])
    inside = int(one.first) <= int(other.first) and int(other.last) <= int(one.last)
    assert one.overlaps(other) == pair[0].overlaps(pair[1]) == other.overlaps(one)
    assert (other in one) == one.contains(other) == one.is_supernet_of(other) == inside
    assert other.is_subnet_of(one) == inside
    assert (other.first in one) == (pair[1].network_address in pair[0])
    assert (pair[1].network_address in one) == (pair[1].network_address in pair[0])


def test_families_never_hold_each_other() -> None:
    assert Address("0.0.0.1") not in Prefix("::/0")
    assert "::1" not in Prefix("0.0.0.0/0")
    assert not Prefix("::/0").overlaps("0.0.0.0/0")


def test_an_interface_is_contained_by_its_address_alone() -> None:
    assert Interface("10.1.2.3/8") in Prefix("10.1.0.0/16")
    assert ("10.1.2.3", 8) not in Prefix("10.1.0.0/16")
    assert Address("fe80::1%eth0") in Prefix("fe80::/10")


@given(close_pairs())
def test_exclusion_is_that_of_ipaddress(pair: tuple[Network, Network]) -> None:
    one, other = pair
    left = Prefix(one).exclude(other)
    if not one.overlaps(other):
        assert left == [Prefix(one)]
    elif Prefix(one) in Prefix(other):
        assert left == []
    else:
        assert left == prefixes_of(list(one.address_exclude(other)))  # type: ignore[arg-type]


@given(networks(), st.data())
def test_network_and_host_part_make_up_the_address(golden: Network, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, golden.num_addresses - 1))
    interface = Interface(golden[offset], golden.prefixlen)
    assert interface.prefix == Prefix(golden)
    assert interface.network_part == Prefix(golden).address
    assert int(interface.host_part) == offset
    assert int(interface.network_part) | int(interface.host_part) == int(interface.address)
    assert network_part(golden[offset], golden.prefixlen) == interface.network_part
    assert host_part(golden[offset], golden.prefixlen) == interface.host_part
    assert interface.host_part.version == golden.version
    assert interface.to_ipaddress() == ipaddress.ip_interface((golden[offset], golden.prefixlen))


@given(networks(), st.data())
def test_addresses_are_found_by_index(golden: Network, data: st.DataObject) -> None:
    prefix = Prefix(golden)
    at = data.draw(st.integers(-golden.num_addresses, golden.num_addresses - 1))
    assert prefix[at] == Address(golden[at])
    for outside in (golden.num_addresses, -golden.num_addresses - 1):
        with pytest.raises(IndexError, match="none at"):
            prefix[outside]


def test_iteration_is_lazy_and_complete() -> None:
    assert list(Prefix("192.0.2.254/31")) == [Address("192.0.2.254"), Address("192.0.2.255")]
    assert list(Prefix("255.255.255.255/32")) == [Address("255.255.255.255")]
    assert next(iter(Prefix("::/0"))) == Address("::")
    assert [str(address) for address in islice(Prefix("2001:db8::/32"), 2)] == [
        "2001:db8::",
        "2001:db8::1",
    ]
    with pytest.raises(TypeError):
        len(Prefix("192.0.2.0/24"))  # type: ignore[arg-type]
