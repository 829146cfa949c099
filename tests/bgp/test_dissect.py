"""`fingerpost decode` of messages of BGP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bgp.test_rfc7606 import REACH, message
from bgp.test_update_differential import updates
from fingerpost.addr import Address
from fingerpost.bgp.constants import CeaseError
from fingerpost.bgp.family import IPV4, IPV6
from fingerpost.bgp.packet import Keepalive, Notification, Open, RouteRefresh, Update
from fingerpost.bgp.packet import capabilities as of
from fingerpost.bgp.packet.header import encode_header
from fingerpost.bgp.packet.update_reading import Terms
from fingerpost.bgp.packet.update_rules import Relation
from fingerpost.cli.decode import command
from fingerpost.cli.dissectors import dissectors
from fingerpost.wire.dissect import Dissection, dissect
from fingerpost.wire.dissect.tree import Field
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.pcap import RAW_IP
from fingerpost.wire.tcp import Tcp

ONE, OTHER = Address("10.0.0.1"), Address("10.0.0.2")
HEADERS = 40  # IPv4 and TCP


def carried(data: bytes, port: int = 179) -> bytes:
    segment = Tcp(port, 50_000, payload=data).encode(ONE, OTHER)
    return Ipv4(ONE, OTHER, 6, segment).encode()


def taken(data: bytes) -> Dissection:
    return dissect(carried(data), RAW_IP, dissectors=dissectors())


def fields(data: bytes) -> list[tuple[str, str]]:
    """Names and texts of what is in the first message, behind its header."""
    (first, *_) = taken(data).layers[-1].fields
    return [(one.name, one.text) for one in first.fields[2:]]


def check(found: tuple[Field, ...], start: int, end: int) -> None:
    """Fields lie within what holds them."""
    for one in found:
        assert start <= one.offset <= one.offset + one.size <= end
        check(one.fields, one.offset, one.offset + one.size)


def test_an_open_says_what_its_sender_can() -> None:
    able = (
        of.Multiprotocol(IPV6),
        of.AddPath((of.AddPathFamily(IPV4, 3), of.AddPathFamily(IPV6, 1))),
        of.GracefulRestart(120, (of.Restarting(IPV4, True),), True, True),
        of.LongLivedGracefulRestart((of.LongLived(IPV4, False, 3600),)),
        of.ExtendedNextHop((of.NextHopFamily(IPV4, 2),)),
        of.RoleCapability(3),
        of.Fqdn(b"r1", b"example"),
        of.As4(70_000),
        of.UnknownCapability(200, b"\1"),
    )
    said = fields(Open.of(70_000, 90, 0x0A000001, able).encode())
    assert said[5:] == [
        ("multiprotocol", "ipv6"),
        ("add_path", "ipv4 receives and sends, ipv6 receives"),
        ("graceful_restart", "120 s, restarted, notification, ipv4 forwarding"),
        ("long_lived_graceful_restart", "ipv4 3600 s"),
        ("extended_next_hop", "ipv4 by AFI 2"),
        ("role", "customer"),
        ("fqdn", "r1.example"),
        ("as4", "70000"),
        ("capability_200", "01"),
    ]
    long = Open.of(70_000, 90, 1, [of.SoftwareVersion(b"x" * 200), *able])
    assert long.is_extended
    assert fields(long.encode())[-1] == ("capability_200", "01")


def test_several_messages_of_a_segment_are_shown() -> None:
    update = encode_header(Update.kind, message(Relation.EXTERNAL, bytes.fromhex(REACH)))
    stop = Notification.shutdown(CeaseError.ADMINISTRATIVE_SHUTDOWN, "bye\n")
    data = b"tail" + update + Keepalive().encode() + RouteRefresh(IPV6).encode() + stop.encode()
    found = taken(data + update[:30])
    layer = found.layers[-1]
    assert layer.summary == (
        "continued, 4 bytes; update 2 prefixes, path 65001; keepalive; route_refresh request "
        "ipv6; notification cease, administrative shutdown: bye\ufffd; update, begun"
    )
    assert layer.fault is None
    assert found.reencode() == found.packet
    check(layer.fields, HEADERS, len(found.packet))


def test_what_is_wrong_is_named() -> None:
    bad = encode_header(Update.kind, message(Relation.EXTERNAL, bytes.fromhex("400101 03")))
    fault = taken(bad).layers[-1].fault
    assert fault is not None
    assert fault.field == "origin"
    assert "costs withdraw" in str(fault)
    assert taken(b"\xff" * 16 + b"\0\x13\x09").layers[-1].fault is not None
    broken = Open(1, 90, 1).encode()[:19] + b"\3" + Open(1, 90, 1).encode()[20:]
    layer = taken(broken).layers[-1]
    assert layer.summary == "broken open"
    assert taken(broken).reencode() == carried(broken)


def test_octets_that_are_no_message_are_bytes() -> None:
    layer = taken(b"\1\2\3").layers[-1]
    assert layer.summary == "continued, 3 bytes"
    assert layer.fault is None
    assert taken(b"\xff" * 9).layers[-1].summary == "begun, 9 bytes"


def test_as_numbers_of_two_octets_and_path_identifiers_are_guessed() -> None:
    attributes = bytes.fromhex("400101 00 40020602025ba0fde9 400304 0a000001")
    nlri = bytes.fromhex("00000001 18c00002 00000002 18c00002")
    data = Update(b"", attributes, nlri).encode()
    said = dict(fields(data))
    assert said["as_path"] == "23456 65001"
    assert said["prefix"] == "192.0.2.0/24 path 2"


@given(updates(), st.integers(0, 200))
def test_any_update_stays_within_its_bounds(given: tuple[bytes, Terms], cut: int) -> None:
    data = encode_header(Update.kind, given[0])
    found = taken(data[: max(1, len(data) - cut)])
    check(found.layers[-1].fields, HEADERS, len(found.packet))
    assert found.reencode() == found.packet


@given(st.binary(min_size=1, max_size=80), st.booleans())
def test_anything_is_shown(data: bytes, has_marker: bool) -> None:
    found = taken(b"\xff" * 16 * has_marker + data)
    check(found.layers[-1].fields, HEADERS, len(found.packet))
    assert found.reencode() == found.packet


@pytest.mark.parametrize("kind", ["open", "update", "notification", "keepalive", "route_refresh"])
def test_vectors_are_shown_and_written_again(shared_data: Path, kind: str) -> None:
    for one in json.loads((shared_data / f"conformance/holo/bgp-{kind}.json").read_text()):
        found = taken(bytes.fromhex(one["hex"]))
        assert found.fault is None
        assert found.reencode() == found.packet
        assert found.layers[-1].summary.startswith(kind)


def test_the_command_prints_it() -> None:
    one = carried(RouteRefresh(IPV6).encode())
    done = CliRunner().invoke(command, [one.hex(), "--link", "ip", "--reencode"])
    assert done.exit_code == 0
    assert "route_refresh request ipv6" in done.output
    assert "equal to the original" in done.output
