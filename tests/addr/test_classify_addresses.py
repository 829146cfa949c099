"""`classify` against a linear scan over the rows, and on the cases that people ask about."""

from __future__ import annotations

import json
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix, classify
from fingerpost.addr.classification import Classification, classify_prefix
from fingerpost.addr.registry import Entry, Kind, entries
from fingerpost.errors import AddressError

Host = IPv4Address | IPv6Address

NETWORKS = {
    version: [(ip_network(str(entry.prefix)), entry) for entry in entries(version)]
    for version in (4, 6)
}
KINDS: dict[int, type[Host]] = {4: IPv4Address, 6: IPv6Address}


@cache
def scan(host: Host) -> list[Entry]:
    """Every row that holds `host`, longest prefix first."""
    matching = [(network, entry) for network, entry in NETWORKS[host.version] if host in network]
    return [entry for _, entry in sorted(matching, key=lambda pair: -pair[0].prefixlen)]


@cache
def borders(version: int) -> list[Host]:
    """First and last address of every row, the one before and the one after."""
    numbers = {
        number
        for network, _ in NETWORKS[version]
        for edge in (int(network.network_address), int(network.broadcast_address))
        for number in (edge - 1, edge, edge + 1)
    }
    end = 2 ** (32 if version == 4 else 128)
    return [KINDS[version](number) for number in sorted(numbers) if 0 <= number < end]


def agrees_with_scan(host: Host) -> None:
    found = classify(host)
    winner, *others = scan(host)
    assert found.entry == winner
    assert [loser.entry for loser in found.losers] == others
    assert str(found.address) == str(Address(host))


@pytest.mark.parametrize("version", [4, 6])
def test_borders_of_every_row_agree_with_a_scan(version: int) -> None:
    for host in borders(version):
        agrees_with_scan(host)


@given(st.one_of(st.ip_addresses(), st.sampled_from([*borders(4), *borders(6)])))
def test_any_address_agrees_with_a_scan(host: Host) -> None:
    agrees_with_scan(host)


@pytest.mark.parametrize("version", [4, 6])
def test_every_row_of_the_capture_speaks_for_its_addresses(shared_data: Path, version: int) -> None:
    file = shared_data / "conformance" / "ip-classification" / f"iana-special-v{version}.json"
    rows = [
        (ip_network(prefix), row)
        for row in json.loads(file.read_text())["entries"]
        for prefix in row["prefixes"]
    ]
    for network, _ in rows:
        first, last = int(network.network_address), int(network.broadcast_address)
        for number in (first - 1, first, last, last + 1):
            if not 0 <= number < 2**network.max_prefixlen:
                continue
            host = KINDS[version](number)
            found = classify(host)
            holding = [pair for pair in rows if host in pair[0]]
            if not holding:
                assert found.registry.value.startswith(("ipv", "multicast"))
                continue
            longest, row = max(holding, key=lambda pair: pair[0].prefixlen)
            assert found.prefix == Prefix(longest)
            assert found.name == row["name"]
            assert found.source is row["source"]
            assert found.destination is row["destination"]
            assert found.forwardable is row["forwardable"]
            assert found.globally_reachable is row["globally_reachable"]
            assert found.reserved_by_protocol is row["reserved_by_protocol"]


@pytest.mark.parametrize(
    ("address", "prefix", "losers"),
    [
        ("192.0.0.9", "192.0.0.9/32", ["192.0.0.0/24", "192.0.0.0/3"]),
        ("192.0.0.1", "192.0.0.0/29", ["192.0.0.0/24", "192.0.0.0/3"]),
        ("192.0.0.200", "192.0.0.0/24", ["192.0.0.0/3"]),
        ("192.88.99.2", "192.88.99.2/32", ["192.88.99.0/24", "192.0.0.0/3"]),
        ("255.255.255.255", "255.255.255.255/32", ["240.0.0.0/4"]),
        ("0.0.0.0", "0.0.0.0/32", ["0.0.0.0/8", "0.0.0.0/1"]),
        ("2001:db8::1", "2001:db8::/32", ["2000::/3"]),
        ("2001:20::1", "2001:20::/28", ["2001::/23", "2000::/3"]),
        ("239.255.1.1", "239.255.0.0/16", ["239.0.0.0/8", "224.0.0.0/4"]),
        ("ff02::1:ff00:1", "ff02::1:ff00:0/104", ["ff02::/16", "ff00::/8"]),
    ],
)
def test_the_most_specific_row_wins_and_says_what_it_beat(
    address: str, prefix: str, losers: list[str]
) -> None:
    found = classify(address)
    assert found.prefix == Prefix(prefix)
    assert [loser.entry.prefix for loser in found.losers] == [Prefix(text) for text in losers]
    for loser in found.losers:
        length = Prefix(prefix).length
        assert loser.reason == f"/{loser.entry.prefix.length} is shorter than /{length}"


@pytest.mark.parametrize("address", ["8.8.8.8", "191.255.0.1", "223.255.255.255", "2a00::1"])
def test_ordinary_addresses_are_global_unicast(address: str) -> None:
    found = classify(address)
    assert (found.kind, found.name) == (Kind.GLOBAL_UNICAST, "Global unicast")
    assert found.globally_reachable is True


@pytest.mark.parametrize("address", ["4000::1", "::1:0:0:0", "200::1", "1000::1", "fe00::1"])
def test_ipv6_space_that_nobody_was_given_is_unallocated(address: str) -> None:
    found = classify(address)
    assert found.kind is Kind.UNALLOCATED
    assert found.globally_reachable is None


def inside(found: Classification) -> list[tuple[str, str, str]]:
    return [
        (inner.role, str(inner.classification.address), inner.classification.name)
        for inner in found.embedded
    ]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("::ffff:10.0.0.1", [("IPv4-mapped", "10.0.0.1", "Private-Use")]),
        ("::192.0.2.1", [("IPv4-compatible", "192.0.2.1", "Documentation (TEST-NET-1)")]),
        ("64:ff9b::127.0.0.1", [("behind the translator", "127.0.0.1", "Loopback")]),
        ("2002:c000:204::1", [("6to4 router", "192.0.2.4", "Documentation (TEST-NET-1)")]),
        (
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # the example of RFC 4380 is this shape
            [
                ("Teredo server", "65.54.227.120", "Global unicast"),
                ("Teredo client", "192.0.2.45", "Documentation (TEST-NET-1)"),
            ],
        ),
        ("64:ff9b:1::1", []),
        ("::1", []),
        ("::", []),
        ("192.52.193.1", []),
        ("2001:3::1", []),
    ],
)
def test_ipv4_addresses_inside_are_classified_as_well(
    address: str, expected: list[tuple[str, str, str]]
) -> None:
    assert inside(classify(address)) == expected


def test_a_mapped_address_keeps_its_own_row() -> None:
    """RFC 4291 2.5.5.2: never on the wire, whatever it carries."""
    found = classify("::ffff:8.8.8.8")
    assert found.kind is Kind.IPV4_MAPPED
    assert found.forwardable is False
    assert found.embedded[0].classification.forwardable is True


def test_a_zone_is_kept_and_changes_nothing() -> None:
    assert classify("fe80::1%eth0").entry is classify("fe80::1").entry
    assert str(classify("fe80::1%eth0").address) == "fe80::1%eth0"


@given(st.ip_addresses())
def test_every_form_of_an_address_is_classified_alike(host: Host) -> None:
    expected = classify(Address(host))
    for form in (host, str(host), host.packed):
        assert classify(form) == expected
    if host.version == 4:
        assert classify(int(host)) == expected


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(AddressError, match="10"):
        classify("10.0.0")


@st.composite
def prefixes(draw: st.DrawFn) -> Prefix:
    """Prefixes of every length, at random places and at the borders of rows."""
    host = draw(st.one_of(st.ip_addresses(), st.sampled_from([*borders(4), *borders(6)])))
    return Prefix((host, draw(st.integers(0, host.max_prefixlen))))


@given(prefixes())
@settings(deadline=None)  # the first ::/0 scans for every border
def test_a_prefix_is_answered_with_every_row_that_speaks_in_it(prefix: Prefix) -> None:
    network = ip_network(str(prefix))
    points = [network.network_address, *(h for h in borders(prefix.version) if h in network)]
    expected = {winner.prefix: winner for winner, *_ in map(scan, points)}
    found = classify_prefix(prefix)
    assert found.entries == tuple(expected[key] for key in sorted(expected))
    assert found.entry == (found.entries[0] if len(expected) == 1 else None)


def test_a_prefix_within_one_row_has_one_answer() -> None:
    assert classify_prefix("10.1.0.0/16").entry == classify("10.1.0.0").entry
    assert classify_prefix("10.0.0.0/7").entry is None
    assert len(classify_prefix("0.0.0.0/0").entries) == len(entries(4))
