"""Ties the arithmetic written in Python to the native classes, at this one place.

The classes are made in Rust for speed; what people ask for, rather than packets, is written in
Python to be read. `_core.pyi` declares both alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fingerpost._core import Address, Interface, Prefix
from fingerpost.addr import arithmetic, embedded, foreign, multicast, names
from fingerpost.addr.ipv4_forms import CONVERSIONS
from fingerpost.addr.predicates import PREDICATES, multicast_scope

_PROPERTIES: dict[type, dict[str, Callable[[Any], object]]] = {
    Address: {
        "reverse_name": names.reverse_name,
        "ipv4_mapped": embedded.ipv4_mapped,
        "sixtofour": embedded.sixtofour,
        "teredo": embedded.teredo,
        "eui64_mac": embedded.eui64_mac,
        "solicited_node": multicast.solicited_node,
        "multicast_mac": multicast.multicast_mac,
        "multicast_scope": multicast_scope,
        **{predicate.__name__: predicate for predicate in PREDICATES},
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
        **{conversion.__name__: conversion for conversion in CONVERSIONS},
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


def attach() -> None:
    """Give the native classes their Python members."""
    for cls, properties in _PROPERTIES.items():
        for name, getter in properties.items():
            setattr(cls, name, property(getter))
    for cls, methods in _METHODS.items():
        for name, method in methods.items():
            setattr(cls, name, method)
