"""The formats of all rooms for `fingerpost decode`: routing protocols plug into those of packets.

A protocol is imported when the first packet of its own is met.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from fingerpost.wire.dissect import standard

if TYPE_CHECKING:
    from fingerpost.wire.dissect import Dissectors, Layer, Span
    from fingerpost.wire.dissect.span import Dissector


def late(module: str, name: str) -> Dissector:
    """Give the dissector of that name, which is imported when it is first called."""

    def dissector(span: Span) -> Layer:
        found: Dissector = getattr(import_module(module), name)
        return found(span)

    return dissector


@cache
def dissectors() -> Dissectors:
    """Give the tables with every protocol of this package."""
    tables = standard()
    tables.ip_protocol[89] = late("fingerpost.ospf.dissect", "dissect_ospf")
    tables.udp_port[520] = late("fingerpost.rip.dissect", "dissect_rip")
    tables.udp_port[521] = late("fingerpost.rip.dissect", "dissect_ripng")
    tables.tcp_port[179] = late("fingerpost.bgp.dissect", "dissect_bgp")
    for port in (3784, 4784):
        tables.udp_port[port] = late("fingerpost.bfd.dissect", "dissect_bfd")
    return tables
