"""Packets of both versions: round trips, checksums, faults."""

from __future__ import annotations

from itertools import product
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.ospf.lsa.header import LsaHeader, LsaKey
from fingerpost.ospf.packet import (
    Body,
    DatabaseDescription,
    DdFlags,
    Hello,
    LinkStateAcknowledgment,
    LinkStateRequest,
    LinkStateUpdate,
    PacketType,
    RawLsa,
    v2,
    v3,
)
from ospf.packet.drawn import bodies, u8, u32

CODECS = {2: v2, 3: v3}
HERE, THERE = Address("fe80::1"), Address("ff02::5")
HELLO2 = Hello(10, 40, 2, 1, 0x0A000001, 0, (0x01010101,), mask=0xFFFFFF00)
HELLO3 = Hello(10, 40, 0x13, 1, 0x0A000001, 0, (0x01010101,), interface_id=3)


def packets(version: int) -> st.SearchStrategy[tuple[int, int, int, Body]]:
    return st.tuples(u32, u32, u8, bodies(version))


@given(packets(2), st.sampled_from((0, 1, 2, 3, 9)), st.binary(min_size=8, max_size=8))
def test_version_2_round_trip(
    packet: tuple[int, int, int, Body], kind: int, authentication: bytes
) -> None:
    data = v2.encode(*packet, authentication_type=kind, authentication=authentication)
    header = v2.decode_header(data + b"more")
    assert header.length == len(data)
    assert (header.router_id, header.area_id, header.instance_id) == packet[:3]
    assert (header.authentication_type, header.authentication) == (kind, authentication)
    body = v2.decode_body(header, data + b"more")
    assert (type(body), body) == (type(packet[3]), packet[3])
    assert header.type is body.TYPE
    assert v2.trailer(header, data + b"more") == b"more"
    assert v2.has_right_checksum(header, data + b"more")
    assert header.checksum == (0 if kind in (2, 3) else v2.checksum(data))


@given(packets(3))
def test_version_3_round_trip(packet: tuple[int, int, int, Body]) -> None:
    data = v3.encode(*packet, HERE, THERE)
    header = v3.decode_header(data + b"more")
    assert header.length == len(data)
    assert (header.router_id, header.area_id, header.instance_id) == packet[:3]
    body = v3.decode_body(header, data + b"more")
    assert (type(body), body) == (type(packet[3]), packet[3])
    assert v3.trailer(header, data + b"more") == b"more"
    assert v3.has_right_checksum(header, data + b"more", HERE, THERE)
    assert header.checksum == v3.checksum(data, HERE, THERE)
    bare = v3.encode(*packet)
    assert v3.decode_header(bare).checksum == 0
    assert v3.sealed(bare, HERE, THERE) == data


@pytest.mark.parametrize("at", [0, 3, 13, 20, 24, 40])
def test_a_damaged_packet_has_no_right_checksum(at: int) -> None:
    data = bytearray(v2.encode(1, 2, 0, HELLO2))
    header = v2.decode_header(bytes(data))
    data[at] ^= 0x10
    # the authentication is no part of it (RFC 2328 D.4): bytes 16 to 23
    assert v2.has_right_checksum(header, bytes(data)) is (16 <= at < 24)
    data = bytearray(v3.encode(1, 2, 0, HELLO3, HERE, THERE))
    header = v3.decode_header(bytes(data))
    data[at % len(data)] ^= 0x10
    assert not v3.has_right_checksum(header, bytes(data), HERE, THERE)


def test_the_checksum_of_version_3_covers_the_addresses() -> None:
    data = v3.encode(1, 2, 0, HELLO3, HERE, THERE)
    assert not v3.has_right_checksum(v3.decode_header(data), data, Address("fe80::2"), THERE)


@pytest.mark.parametrize(
    ("version", "change", "field", "offset"),
    [
        (2, (0, 3), "version", 0),
        (2, (1, 0), "type", 1),
        (2, (1, 6), "type", 1),
        (2, (2, 1), "length", 2),
        (2, (3, 23), "length", 2),
        (3, (0, 2), "version", 0),
        (3, (1, 6), "type", 1),
        (3, (3, 15), "length", 2),
    ],
)
def test_a_bad_header_names_its_field(
    version: int, change: tuple[int, int], field: str, offset: int
) -> None:
    codec = CODECS[version]
    data = bytearray(codec.encode(1, 2, 0, HELLO2 if version == 2 else HELLO3))
    data[change[0]] = change[1]
    with pytest.raises(DecodeError) as caught:
        codec.decode_header(bytes(data))
    fault = caught.value
    assert (fault.layer, fault.field, fault.offset) == ("ospf", field, offset)
    assert fault.section is not None
    assert fault.section.startswith("RFC 2328" if version == 2 else "RFC 5340")


@pytest.mark.parametrize(
    ("version", "kind", "size", "field"),
    [
        (2, 1, 19, "hello"),
        (2, 1, 21, "neighbors"),
        (2, 2, 7, "description"),
        (2, 2, 9, "LSA headers"),
        (2, 3, 11, "requests"),
        (2, 4, 3, "number of LSAs"),
        (2, 5, 19, "LSA headers"),
        (3, 1, 19, "hello"),
        (3, 1, 22, "neighbors"),
        (3, 2, 11, "description"),
        (3, 2, 31, "LSA headers"),
        (3, 3, 13, "requests"),
        (3, 4, 0, "number of LSAs"),
        (3, 5, 21, "LSA headers"),
    ],
)
def test_a_body_of_a_wrong_size_is_refused(version: int, kind: int, size: int, field: str) -> None:
    codec, at = CODECS[version], 24 if version == 2 else 16
    data = bytes((version, kind)) + (at + size).to_bytes(2, "big") + bytes(at - 4 + size)
    header = codec.decode_header(data)
    with pytest.raises(DecodeError) as caught:
        codec.decode_body(header, data)
    fault = caught.value
    assert fault.field == field
    assert fault.offset is not None
    assert fault.offset >= at
    assert fault.section == f"RFC {2328 if version == 2 else 5340} A.3.{kind + 1}"


@given(st.sampled_from((2, 3)), st.integers(1, 5), st.binary(max_size=70))
def test_any_body_gives_a_value_or_a_fault(version: int, kind: int, body: bytes) -> None:
    codec, at = CODECS[version], 24 if version == 2 else 16
    data = bytes((version, kind)) + (at + len(body)).to_bytes(2, "big") + bytes(at - 4) + body
    header = codec.decode_header(data)
    assert header.type is PacketType(kind)
    try:
        value = codec.decode_body(header, data)
    except DecodeError:
        return
    again = codec.encode(0, 0, 0, value)
    assert codec.decode_body(codec.decode_header(again), again) == value
    if isinstance(value, DatabaseDescription | LinkStateAcknowledgment):
        assert 20 * len(list(value.lsa_headers())) == len(value.headers)
    if isinstance(value, LinkStateUpdate):
        assert all(isinstance(one, RawLsa | DecodeError) for one in value.lsas())


@given(st.sampled_from((v2, v3)), st.binary(max_size=30))
def test_any_header_gives_a_value_or_a_fault(codec: ModuleType, data: bytes) -> None:
    try:
        header = codec.decode_header(data)
    except DecodeError:
        return
    assert header.length <= len(data)


def test_descriptions_say_what_the_rfc_says() -> None:
    body = DatabaseDescription(1500, 0x42, DdFlags.I | DdFlags.M | DdFlags.MS, 7)
    assert body.pack_v2() == bytes.fromhex("05dc 42 07 00000007")
    assert body.pack_v3() == bytes.fromhex("00 000042 05dc 00 07 00000007")


def test_headers_of_a_description_by_its_version() -> None:
    octets = bytes.fromhex("0031 02 01 02020202 02020202 80000002 37f4 0024")
    (header,) = DatabaseDescription(0, 0, DdFlags(0), 0, octets).lsa_headers()
    assert header == LsaHeader(49, 2, 1, 0x02020202, 0x02020202, -0x7FFFFFFE, 0x37F4, 36)
    (header,) = LinkStateAcknowledgment(octets, 3).lsa_headers()
    assert (header.options, header.type) == (0, 0x0201)
    with pytest.raises(DecodeError, match="multiple of 20"):
        list(LinkStateAcknowledgment(octets[:19]).lsa_headers())


MISFITS: list[tuple[Body, str]] = [
    (Hello(1 << 16, 40, 2, 1, 0, 0, mask=0, interface_id=0), "interval_s"),
    (Hello(10, -1, 2, 1, 0, 0, mask=0, interface_id=0), "dead_interval_s"),
    (Hello(10, 40, 1 << 24, 1, 0, 0, mask=0, interface_id=0), "options"),
    (Hello(10, 40, 2, 256, 0, 0, mask=0, interface_id=0), "priority"),
    (Hello(10, 40, 2, 1, 1 << 32, 0, mask=0, interface_id=0), "designated"),
    (Hello(10, 40, 2, 1, 0, -1, mask=0, interface_id=0), "backup"),
    (Hello(10, 40, 2, 1, 0, 0, (1 << 32,), 0, 0), "neighbor"),
    (Hello(10, 40, 2, 1, 0, 0, (), 1 << 32, 1 << 32), "mask or interface_id"),
    (Hello(10, 40, 2, 1, 0, 0), "expected"),
    (DatabaseDescription(1 << 16, 0, DdFlags(0), 0), "mtu"),
    (DatabaseDescription(0, 1 << 24, DdFlags(0), 0), "options"),
    (DatabaseDescription(0, 0, DdFlags(256), 0), "flags"),
    (DatabaseDescription(0, 0, DdFlags(0), 1 << 32), "sequence"),
    (DatabaseDescription(0, 0, DdFlags(0), 0, bytes(19)), "multiple of 20"),
    (LinkStateUpdate(bytes(3)), "number of LSAs"),
    (LinkStateAcknowledgment(bytes(21)), "multiple of 20"),
    (LinkStateUpdate(bytes(65536)), "at most 65535"),
]


@pytest.mark.parametrize(("codec", "case"), list(product((v2, v3), MISFITS)))
def test_what_does_not_fit_is_the_callers_fault(codec: ModuleType, case: tuple[Body, str]) -> None:
    body, said = case
    with pytest.raises(UsageError, match=said):
        codec.encode(0, 0, 0, body)


@pytest.mark.parametrize("codec", [v2, v3])
@pytest.mark.parametrize(
    ("ids", "said"),
    [((1 << 32, 0, 0), "router_id"), ((0, -1, 0), "area_id"), ((0, 0, 256), "instance_id")],
)
def test_ids_that_do_not_fit(codec: ModuleType, ids: tuple[int, int, int], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        codec.encode(*ids, LinkStateRequest())


def test_authentication_that_does_not_fit() -> None:
    with pytest.raises(UsageError, match="authentication_type"):
        v2.encode(0, 0, 0, HELLO2, authentication_type=256)
    with pytest.raises(UsageError, match="8 bytes"):
        v2.encode(0, 0, 0, HELLO2, authentication=b"short")


@pytest.mark.parametrize("codec", [v2, v3])
@pytest.mark.parametrize(
    ("key", "said"),
    [((-1, 0, 0), "type"), ((1, 1 << 32, 0), "id"), ((1, 0, 1 << 32), "router")],
)
def test_a_request_that_does_not_fit(
    codec: ModuleType, key: tuple[int, int, int], said: str
) -> None:
    with pytest.raises(UsageError, match=f"ospf request {said} is"):
        codec.encode(0, 0, 0, LinkStateRequest((LsaKey(*key),)))


def test_types_of_requests_by_version() -> None:
    # RFC 2328 A.3.4 has 32 bits for a type, RFC 5340 A.3.4 has 16
    body = LinkStateRequest((LsaKey(1 << 16, 1, 1),))
    data = v2.encode(0, 0, 0, body)
    assert v2.decode_body(v2.decode_header(data), data) == body
    with pytest.raises(UsageError, match="65535"):
        v3.encode(0, 0, 0, body)
