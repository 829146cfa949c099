"""The shared vectors of smoltcp: each decodes, and is encoded to the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from fingerpost.addr import Address
from fingerpost.wire.arp import Arp
from fingerpost.wire.ethernet import Ethernet
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import (
    FragmentHeader,
    HopByHop,
    RoutingHeader,
    decode_options,
    encode_options,
)
from fingerpost.wire.reader import Reader
from fingerpost.wire.tcp import Tcp
from fingerpost.wire.udp import Udp

ENDS = Address("192.168.1.1"), Address("192.168.1.2")  # those of smoltcp's checksums


def fragment(data: bytes) -> bytes:
    """Read what smoltcp has of a fragment header: all but its first two bytes."""
    return FragmentHeader.decode(b"\x11\0" + data).encode()[2:]


def route(data: bytes) -> bytes:
    """Read a routing header without next header and length."""
    return RoutingHeader.decode_body(17, Reader(data, "test")).encode()[2:]


def hop_by_hop(data: bytes) -> bytes:
    header = HopByHop.decode_body(data[0], Reader(data[2:], "test"))
    return header.encode()


def options(data: bytes) -> bytes:
    return encode_options(decode_options(data))


AGAIN: dict[str, Callable[[bytes], bytes]] = {
    "arp": lambda data: Arp.decode(data).encode(),
    "ethernet": lambda data: Ethernet.decode(data).encode(),
    "ipv4": lambda data: Ipv4.decode(data).encode(),
    "ipv6": lambda data: Ipv6.decode(data).encode(),
    "ipv6ext_header": hop_by_hop,
    "ipv6fragment": fragment,
    "ipv6hbh": options,
    "ipv6option": options,
    "ipv6routing": route,
    "tcp": lambda data: Tcp.decode(data, *ENDS).encode(*ENDS),
    "udp": lambda data: Udp.decode(data, *ENDS).encode(*ENDS),
}
PARTS = ("payload_bytes", "option_bytes")  # parts of packets that other vectors have whole


@cache
def vectors(folder: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads((folder / "smoltcp/wire-vectors.json").read_text())
    return [row for row in rows if not row["name"].endswith(PARTS)]


@pytest.mark.parametrize("protocol", AGAIN)
def test_vectors_are_encoded_to_the_same_bytes(protocol: str, shared_data: Path) -> None:
    rows = [row for row in vectors(shared_data / "conformance") if row["protocol"] == protocol]
    assert rows
    for row in rows:
        data = bytes.fromhex(row["hex"])
        assert AGAIN[protocol](data) == data, row["name"]
