"""Ties the arithmetic written in Python to the native classes, at this one place.

The classes are made in Rust for speed; what people ask for, rather than packets, is written in
Python to be read. `_core.pyi` declares both alike.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from fingerpost._core import Address, Interface, Prefix
from fingerpost.addr import arithmetic, embedded, foreign, multicast, names

_PROPERTIES: dict[type, dict[str, Callable[[Any], object]]] = {
    Address: {
        "reverse_name": names.reverse_name,
        "ipv4_mapped": embedded.ipv4_mapped,
        "sixtofour": embedded.sixtofour,
        "teredo": embedded.teredo,
        "eui64_mac": embedded.eui64_mac,
        "solicited_node": multicast.solicited_node,
        "multicast_mac": multicast.multicast_mac,
    },
    Prefix: {
        "host_count": arithmetic.host_count,
        "first_host": arithmetic.first_host,
        "last_host": arithmetic.last_host,
        "sibling": arithmetic.sibling,
        "neighbours": arithmetic.neighbours,
        "halves": arithmetic.halves,
        "reverse_zones": names.reverse_zones,
    },
    Interface: {
        "network_part": arithmetic.interface_network_part,
        "host_part": arithmetic.interface_host_part,
    },
}

_METHODS: dict[type, dict[str, object]] = {
    Address: {
        "from_eui64": staticmethod(embedded.from_eui64),
        "to_ipaddress": foreign.address_to_ipaddress,
    },
    Prefix: {
        "hosts": arithmetic.hosts,
        "subnets": arithmetic.subnets,
        "supernet": arithmetic.supernet,
        "supernets": arithmetic.supernets,
        "exclude": arithmetic.exclude,
        "multicast_group": multicast.multicast_group,
        "to_ipaddress": foreign.prefix_to_ipaddress,
        "__iter__": arithmetic.addresses,
        "__getitem__": arithmetic.address_at,
    },
    Interface: {"to_ipaddress": foreign.interface_to_ipaddress},
}

# Questions to the registries. Their modules are imported when the first of them is asked.
_PREDICATES = (
    "is_benchmarking", "is_broadcast", "is_documentation", "is_global", "is_ipv4",
    "is_ipv4_mapped", "is_ipv6", "is_link_local", "is_loopback", "is_multicast", "is_private",
    "is_reserved", "is_shared", "is_site_local", "is_unicast", "is_unicast_global",
    "is_unicast_link_local", "is_unique_local", "is_unspecified", "multicast_scope",
)  # fmt: skip
_CONVERSIONS = (
    "to_canonical", "to_ipv4", "to_ipv4_mapped", "to_ipv6_compatible", "to_ipv6_mapped",
)  # fmt: skip


def attach() -> None:
    """Give the native classes their Python members."""
    for name in _PREDICATES:
        setattr(Address, name, property(_on_first_use("predicates", name, property)))
    for name in _CONVERSIONS:
        setattr(Address, name, _on_first_use("ipv4_forms", name, None))
    for cls, properties in _PROPERTIES.items():
        for name, getter in properties.items():
            setattr(cls, name, property(getter))
    for cls, methods in _METHODS.items():
        for name, method in methods.items():
            setattr(cls, name, method)


def _on_first_use(
    module: str, name: str, wrap: Callable[[Any], object] | None
) -> Callable[[Address], object]:
    """A stand-in that puts the real member in its own place and answers with it."""

    def member(address: Address) -> object:
        real = getattr(import_module(f"fingerpost.addr.{module}"), name)
        setattr(Address, name, wrap(real) if wrap else real)
        return real(address)

    return member
