"""Packets of OSPF in IP, and their dissection."""

from __future__ import annotations

from collections.abc import Iterator

from fingerpost.addr import Address
from fingerpost.cli.dissectors import dissectors
from fingerpost.ospf.packet import Body, v2, v3
from fingerpost.wire.dissect import Dissection, dissect
from fingerpost.wire.dissect.tree import Field, Layer
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6

ENDS = {
    2: (Address("10.0.0.1"), Address("224.0.0.5")),
    3: (Address("fe80::1"), Address("ff02::5")),
}


def encoded(version: int, body: Body, router_id: int = 0x01010101, area_id: int = 0) -> bytes:
    """Give a packet with its checksum."""
    if version == 2:
        return v2.encode(router_id, area_id, 0, body)
    return v3.encode(router_id, area_id, 0, body, *ENDS[3])


def carried(version: int, packet: bytes) -> bytes:
    """Give an IP packet that carries it."""
    source, destination = ENDS[version]
    if version == 2:
        return Ipv4(source, destination, 89, packet, ttl=1, tos=0xC0).encode()
    return Ipv6(source, destination, 89, packet, hop_limit=1, traffic_class=0xC0).encode()


def taken(version: int, packet: bytes) -> Dissection:
    """Take a packet apart, IP and all."""
    return dissect(carried(version, packet), 101, dissectors=dissectors())


def texts(layer: Layer) -> list[str]:
    """Give the fields of a layer as lines."""
    return [f"{field.name}: {field.text}" for field in layer.fields]


def all_fields(fields: tuple[Field, ...]) -> Iterator[Field]:
    """Give fields and all in them."""
    for field in fields:
        yield field
        yield from all_fields(field.fields)
