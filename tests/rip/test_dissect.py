"""`fingerpost decode` and the dissection tree of RIP and RIPng."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.cli.decode import command
from fingerpost.cli.dissectors import dissectors
from fingerpost.rip import Algorithm, Key, KeyChain, SimplePassword
from fingerpost.rip.authentication import seal
from fingerpost.rip.keys import Authenticator
from fingerpost.rip.packet import RipPacket, Rte
from fingerpost.rip.packet_ng import NEXT_HOP_METRIC, RipngPacket, RteNg
from fingerpost.wire.dissect import Dissection, dissect
from fingerpost.wire.dissect.tree import Field, Layer
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.udp import Udp
from rip.single import GROUP, GROUP_NG, PEER, PEER_NG, ng, rte
from rip.test_packet import changed

ROUTES = (rte("10.9.0.0/16", 3, via="10.0.0.9"), rte("0.0.0.0/0", 16))


def packet(payload: bytes, *, version: int = 4) -> bytes:
    """Give an IP packet with what came from the port of RIP or RIPng."""
    if version == 4:
        return Ipv4(PEER, GROUP, 17, Udp(520, 520, payload).encode(PEER, GROUP), ttl=1).encode()
    datagram = Udp(521, 521, payload).encode(PEER_NG, GROUP_NG)
    return Ipv6(PEER_NG, GROUP_NG, 17, datagram, hop_limit=255).encode()


def taken(payload: bytes, *, version: int = 4) -> Dissection:
    return dissect(packet(payload, version=version), 101, dissectors=dissectors())


def texts(layer: Layer) -> list[str]:
    return [f"{field.name}: {field.text}" for field in layer.fields]


def all_fields(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from all_fields(field.fields)


@pytest.mark.parametrize(
    ("payload", "version"),
    [
        (RipPacket(2, 2, ROUTES).encode(), 4),
        (RipngPacket(2, (RteNg(Address("2001:db8::"), 32),)).encode(), 6),
    ],
    ids=["rip", "ripng"],
)
def test_a_dissection_can_be_kept(payload: bytes, version: int) -> None:
    found = taken(payload, version=version)
    again: Dissection = pickle.loads(pickle.dumps(found))
    assert again == found
    assert again.reencode() == found.reencode() == packet(payload, version=version)


def test_routes_are_told_as_people_write_them() -> None:
    found = taken(RipPacket(2, 2, ROUTES).encode())
    layer = found.layers[-1]
    assert (layer.protocol, layer.summary) == ("rip", "version 2 response, 2 entries")
    assert texts(layer)[2:] == [
        "route: 10.9.0.0/16 via 10.0.0.9, metric 3",
        "route: 0.0.0.0, metric 16 (unreachable)",
    ]
    assert found.fault is None
    assert found.reencode() == found.packet


def test_a_request_for_all() -> None:
    everything = RipPacket(1, 1, (Rte(Address("0.0.0.0"), metric=16, family=0),))
    layer = taken(everything.encode()).layers[-1]
    assert layer.summary == "version 1 request, 1 entry"
    assert texts(layer)[-1] == "route: the whole table"


@pytest.mark.parametrize(
    ("authenticator", "kind"),
    [
        (SimplePassword(b"open sesame"), "2 (password)"),
        (KeyChain((Key(3, b"x", Algorithm.HMAC_SHA_256),)), "3 (keyed digest)"),
    ],
)
def test_authentication_is_shown_and_no_password(authenticator: Authenticator, kind: str) -> None:
    found = taken(seal(RipPacket(2, 2, ROUTES), authenticator, 9, 0))
    layer = found.layers[-1]
    assert texts(layer)[2] == f"authentication: {kind}"
    shown = [(str(one.value), one.text) for one in all_fields(layer.fields)]
    assert not any(b"sesame".hex() in part or "sesame" in part for pair in shown for part in pair)
    assert found.reencode() == found.packet


def test_ripng_with_next_hops_and_prefixes_that_are_none() -> None:
    entries = (
        RteNg(Address("fe80::9"), 0, NEXT_HOP_METRIC),
        ng("2001:db8:9::/48", 3),
        RteNg(Address("2001:db8::1"), 48, 4),
        RteNg(Address("::"), 129, 4),
    )
    found = taken(RipngPacket(2, entries).encode(), version=6)
    layer = found.layers[-1]
    assert (layer.protocol, layer.summary) == ("ripng", "response, 3 entries")
    assert texts(layer)[2:] == [
        "next_hop: fe80::9",
        "route: 2001:db8:9::/48, metric 3",
        "route: 2001:db8::1/48 (no prefix), metric 4",
        "route: ::/129 (no prefix), metric 4",
    ]
    assert found.reencode() == found.packet


def test_a_broken_message_names_its_fault_and_shows_its_bytes() -> None:
    layer = taken(bytes.fromhex("02020000ffff")).layers[-1]
    assert layer.fault is not None
    assert layer.fault.layer == "rip"
    assert texts(layer)[-1] == "bytes: ffff"


@pytest.mark.parametrize("version", [4, 6])
@given(payload=st.binary(max_size=90) | changed())
def test_any_bytes_are_dissected_within_their_bounds(version: int, payload: bytes) -> None:
    found = taken(payload, version=version)
    end = len(found.packet)
    for layer in found.layers:
        for field in all_fields(layer.fields):
            assert 0 <= field.offset <= field.offset + field.size <= end
    if found.fault is None:
        assert found.reencode() == found.packet


@pytest.mark.parametrize("name", ["rip", "ripng"])
def test_the_command_knows_both_ports(name: str) -> None:
    six = packet(RipngPacket(2, (ng("::/0"),)).encode(), version=6)
    data = packet(RipPacket(2, 2, ROUTES).encode()) if name == "rip" else six
    result = CliRunner().invoke(command, [data.hex(), "--json", "--reencode"])
    model = json.loads(result.stdout)
    assert model["layers"][-1]["protocol"] == name
    assert model["reencoded"]["equal"]
