"""Random small tables, and what each address must match by reading every prefix."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

from hypothesis import settings
from hypothesis import strategies as st

from fingerpost.fib import Fib

Plain = IPv4Address | IPv6Address

# few distinct high bits, so that prefixes nest and addresses hit
_four = st.builds(lambda high, low: high << 28 | low, st.integers(0, 3), st.integers(0, 2**28 - 1))
_six = st.builds(
    lambda high, low: 0x2001_0DB8 << 96 | high << 92 | low,
    st.integers(0, 3),
    st.integers(0, 2**92 - 1),
)

fours: st.SearchStrategy[Plain] = _four.map(IPv4Address)
sixes: st.SearchStrategy[Plain] = _six.map(IPv6Address)
addresses = st.one_of(fours, sixes)

brief = settings(max_examples=15, deadline=None)  # a loaded machine is slow, not wrong


@st.composite
def _prefixes(draw: st.DrawFn) -> str:
    address = draw(addresses)
    longest = address.max_prefixlen
    return f"{address}/{draw(st.integers(0, longest))}"


tables = st.lists(_prefixes(), max_size=20).map(
    lambda texts: {str(ip_network(text, strict=False)): at for at, text in enumerate(texts)}
)


def scan(table: dict[str, int], rows: list[Plain]) -> list[tuple[str | None, int | None]]:
    """For each address the longest prefix that holds it, and its value, as a child finds it."""
    networks = sorted(map(ip_network, table), key=lambda network: network.prefixlen)
    found: list[tuple[str | None, int | None]] = []
    for row in rows:
        holding = [str(network) for network in networks if row in network]
        found.append((holding[-1], table[holding[-1]]) if holding else (None, None))
    return found


def fib_of(table: dict[str, int]) -> Fib[int]:
    return Fib(table)


def sample() -> Fib[str]:
    """A table that a reader of a test can hold in mind."""
    return Fib(
        {
            "10.0.0.0/8": "ten",
            "10.1.0.0/16": "ten-one",
            "192.0.2.0/24": "doc",
            "2001:db8::/32": "doc6",
            "2001:db8:1::/48": "doc6-one",
        }
    )
