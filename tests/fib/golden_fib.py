"""Tables for both the product and the golden scan, and answers of both in one form."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network

from hypothesis import strategies as st

from fingerpost.addr import Prefix
from fingerpost.fib import Fib
from golden.networks import any_network
from golden.scan import Network, ScanTable

FORMS = ("compact", "fast")

Route = tuple[Network, int]


def tables() -> st.SearchStrategy[dict[Network, int]]:
    """Routes of both families, nested; different values, so that an answer tells the route."""
    networks = st.lists(any_network(), max_size=40, unique=True)
    return networks.map(lambda found: {network: at for at, network in enumerate(found, 1)})


def both(routes: dict[Network, int], form: str) -> tuple[Fib[int], ScanTable[int]]:
    return Fib(routes.items(), form=form), ScanTable(dict(routes))


def plain(entries: Iterable[tuple[Prefix, int]]) -> list[Route]:
    """The product's entries with the standard library's prefixes."""
    return [(ip_network(str(prefix)), value) for prefix, value in entries]
