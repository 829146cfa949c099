"""To the objects of the standard library's `ipaddress`; the way back is any constructor here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost._core import Address, Interface, Prefix

if TYPE_CHECKING:  # `ipaddress` is imported only where somebody asks for its objects
    from ipaddress import (
        IPv4Address,
        IPv4Interface,
        IPv4Network,
        IPv6Address,
        IPv6Interface,
        IPv6Network,
    )


def address_to_ipaddress(address: Address) -> IPv4Address | IPv6Address:
    """The same address as `ipaddress` has it, with its zone as scope_id."""
    import ipaddress

    return ipaddress.ip_address(str(address))


def prefix_to_ipaddress(prefix: Prefix) -> IPv4Network | IPv6Network:
    """The same prefix as a network of `ipaddress`."""
    import ipaddress

    return ipaddress.ip_network(str(prefix))


def interface_to_ipaddress(interface: Interface) -> IPv4Interface | IPv6Interface:
    """The same address and length as an interface of `ipaddress`, with its zone as scope_id."""
    import ipaddress

    return ipaddress.ip_interface(str(interface))
