"""The formats of all rooms for `fingerpost decode`: routing protocols plug into those of packets.

A protocol is imported when the first packet of its own is met.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from fingerpost.wire.dissect import standard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.wire.dissect import Dissectors, Layer, Span
    from fingerpost.wire.dissect.span import Dissector

BARE: Final = {"bgp": -1, "bmp": -2}
"""Formats whose messages may stand alone, with what takes the place of a link type."""


@dataclass(frozen=True, slots=True)
class Format:
    """A protocol above UDP or TCP, its own ports, and who takes it apart."""

    is_tcp: bool
    ports: tuple[int, ...]
    dissector: Dissector


def late(module: str, name: str) -> Dissector:
    """Give the dissector of that name, which is imported when it is first called."""

    def dissector(span: Span) -> Layer:
        found: Dissector = getattr(import_module(module), name)
        return found(span)

    return dissector


FORMATS: Final = {
    "rip": Format(False, (520,), late("fingerpost.rip.dissect", "dissect_rip")),
    "ripng": Format(False, (521,), late("fingerpost.rip.dissect", "dissect_ripng")),
    "bfd": Format(False, (3784, 4784), late("fingerpost.bfd.dissect", "dissect_bfd")),
    "bgp": Format(True, (179,), late("fingerpost.bgp.dissect", "dissect_bgp")),
    "bmp": Format(True, (11019,), late("fingerpost.bgp.dissect.bmp", "dissect_bmp")),
}


@cache
def dissectors() -> Dissectors:
    """Give the tables with every protocol of this package."""
    return dissectors_with({})


def dissectors_with(ports: Mapping[int, str]) -> Dissectors:
    """Give tables in which `ports` belong to these of `FORMATS` as well."""
    tables = standard()
    tables.ip_protocol[89] = late("fingerpost.ospf.dissect", "dissect_ospf")
    for name, number in BARE.items():
        tables.link[number] = FORMATS[name].dissector
    known = [(port, one) for one in FORMATS.values() for port in one.ports]
    for port, one in (*known, *((port, FORMATS[name]) for port, name in ports.items())):
        (tables.tcp_port if one.is_tcp else tables.udp_port)[port] = one.dissector
    return tables
