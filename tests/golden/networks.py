"""Random `ipaddress` networks and hosts for hypothesis, with as much nesting as real tables."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_network

from hypothesis import strategies as st

from golden.scan import Host, Network

HOSTS: dict[int, Callable[[int], Host]] = {4: IPv4Address, 6: IPv6Address}
WIDTH = {4: 32, 6: 128}

# Few addresses to cut prefixes from, so that random prefixes nest and neighbour each other; the
# ends of the address space are among them, and IPv6 below 2000::/3 too.
BASES = {
    4: (0, 0xC0000200, 0xC0000280, 0xFFFFFFFF),
    6: (0, 0x20010DB8 << 96, (0x20010DB8 << 96) + (1 << 64), 0xFC << 120, 2**128 - 1),
}


def network_of(version: int, near: int, length: int) -> Network:
    """The prefix of this length that holds the address."""
    spare = WIDTH[version] - length
    return ip_network((HOSTS[version](near >> spare << spare), length))


def hosts(version: int) -> st.SearchStrategy[Host]:
    """Addresses: any, or one bit away from a base."""
    width = WIDTH[version]
    flipped = st.sets(st.integers(0, width - 1), max_size=2)
    near = st.builds(_flip, st.sampled_from(BASES[version]), flipped)
    return st.one_of(near, st.integers(0, 2**width - 1)).map(HOSTS[version])


def networks(version: int) -> st.SearchStrategy[Network]:
    """Prefixes of every length."""
    lengths = st.integers(0, WIDTH[version])
    return st.builds(
        lambda host, length: network_of(version, int(host), length), hosts(version), lengths
    )


def any_network() -> st.SearchStrategy[Network]:
    return st.one_of(networks(4), networks(6))


def any_host() -> st.SearchStrategy[Host]:
    return st.one_of(hosts(4), hosts(6))


def edges(table: list[Network]) -> list[Host]:
    """The addresses where answers change: both ends of each prefix and their neighbours."""
    found: set[Host] = set()
    for network in table:
        make, top = HOSTS[network.version], 2 ** WIDTH[network.version] - 1
        first, last = int(network.network_address), int(network.broadcast_address)
        found.update(make(at) for at in (first - 1, first, last, last + 1) if 0 <= at <= top)
    return sorted(found, key=lambda host: (host.version, int(host)))


def _flip(base: int, bits: set[int]) -> int:
    for bit in bits:
        base ^= 1 << bit
    return base
