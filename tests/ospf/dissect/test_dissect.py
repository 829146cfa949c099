"""`fingerpost decode` and the dissection tree of OSPF."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.cli.decode import command
from fingerpost.cli.dissectors import dissectors
from fingerpost.ospf.lsa import Lsa, v2, v3
from fingerpost.ospf.packet import Body, Hello, LinkStateUpdate
from fingerpost.ospf.packet import v2 as packet_v2
from fingerpost.ospf.packet import v3 as packet_v3
from fingerpost.wire.dissect import dissect
from fingerpost.wire.dissect.tree import Field
from ospf.dissect.carried import ENDS, all_fields, carried, encoded, taken, texts
from ospf.lsa.drawn import KINDS, lsas_of
from ospf.packet.drawn import bodies
from ospf.vectors import captured_lsas, holo_lsas, holo_packets

HELLO = Hello(10, 40, 2, 1, 0x0A000001, 0, (0x02020202,), mask=0xFFFFFF00)


def named(fields: tuple[Field, ...], name: str) -> list[Field]:
    return [field for field in all_fields(fields) if field.name == name]


@pytest.mark.parametrize("version", [2, 3])
def test_vectors_are_shown_and_written_again(version: int, shared_data: Path) -> None:
    packets = holo_packets(shared_data, version)
    assert packets
    for name, data in packets.items():
        whole = data
        if version == 3 and "hmac" not in name:  # Holo leaves the checksum out
            length = int.from_bytes(data[2:4], "big")
            whole = packet_v3.sealed(data[:length], *ENDS[3]) + data[length:]
        found = taken(version, whole)
        assert found.fault is None, name
        assert found.reencode() == found.packet, name
        assert pickle.loads(pickle.dumps(found)) == found
        layer = found.layers[-1]
        assert layer.protocol == "ospf"
        assert not named(layer.fields, "trailer"), name
        assert bool(named(layer.fields, "LLS block")) is name.endswith("_lls")
        digests = named(layer.fields, "digest")
        assert bool(digests) is ("hmac" in name or "md5" in name)


@pytest.mark.parametrize("version", [2, 3])
def test_lsas_are_shown_to_their_end(version: int, shared_data: Path) -> None:
    raw = [bytes.fromhex(row["hex"]) for row in captured_lsas(shared_data)
           if row["version"] == version and row["fletcher_valid"]]  # fmt: skip
    raw += [*holo_lsas(shared_data, version).values()]
    for one in raw:
        found = taken(version, encoded(version, LinkStateUpdate.of([one], version)))
        assert found.fault is None
        layer = found.layers[-1]
        (lsa,) = named(layer.fields, "LSA")
        assert lsa.size == len(one)
        assert not named(layer.fields, "bytes")
        assert "data" not in {one.name for one in lsa.fields}
        last = lsa
        while last.fields:
            last = last.fields[-1]
        assert last.offset + last.size > lsa.offset + lsa.size - 4  # but padding


def test_a_hello_as_people_read_it() -> None:
    found = taken(2, encoded(2, HELLO))
    layer = found.layers[-1]
    assert layer.summary == "version 2 hello of 1.1.1.1, area 0.0.0.0, 1 neighbor"
    assert texts(layer)[7:] == [
        "authentication_type: 0 (none)",
        "mask: 255.255.255.0",
        "interval: 10 s",
        "options: 0x02 (E)",
        "priority: 1",
        "dead_interval: 40 s",
        "designated: 10.0.0.1",
        "backup: 0.0.0.0",
        "neighbor: 2.2.2.2",
    ]


def test_an_lsa_as_people_read_it() -> None:
    raw = bytes.fromhex("0031020102020202020202028000000237f40024010000010a000100ffffff000300000a")
    layer = taken(2, encoded(2, LinkStateUpdate.of([raw]))).layers[-1]
    (lsa,) = named(layer.fields, "LSA")
    assert lsa.text == "router 2.2.2.2 of 2.2.2.2, sequence 0x80000002, age 49 s"
    (link,) = named(layer.fields, "link")
    assert link.text == "stub 10.0.1.0, data 255.255.255.0, metric 10"
    assert (link.offset, link.size) == (20 + 24 + 4 + 24, 12)


def test_a_password_is_shown_to_nobody() -> None:
    data = packet_v2.encode(1, 0, 0, HELLO, authentication_type=1, authentication=b"geheimer")
    layer = taken(2, data).layers[-1]
    assert b"geheimer".hex() not in repr(layer.fields)
    assert "authentication_type: 1 (password)" in texts(layer)


def test_a_digest_with_numbers_of_64_bits() -> None:
    # RFC 7474 3: the length of the digest, the key id, and behind the packet the number
    data = packet_v2.encode(
        1, 0, 0, HELLO, authentication_type=3, authentication=bytes.fromhex("0000001400000007")
    )
    assert data[12:14] == b"\0\0"
    found = taken(2, data + (1 << 40).to_bytes(8, "big") + bytes(20))
    assert found.fault is None
    assert found.reencode() == found.packet
    lines = texts(found.layers[-1])
    assert "authentication_type: 3 (digest with 64-bit numbers)" in lines
    assert "digest_length: 20" in lines
    assert "key_id: 7" in lines
    assert lines[-2:] == [f"sequence: {1 << 40}", f"digest: {'00' * 20}"]


@pytest.mark.parametrize("version", [2, 3])
def test_a_wrong_checksum_is_named_and_hides_nothing(version: int) -> None:
    body = HELLO if version == 2 else Hello(10, 40, 19, 1, 0, 0, interface_id=5)
    data = bytearray(encoded(version, body))
    right = int.from_bytes(data[12:14], "big")
    data[12:14] = b"\x12\x34"
    found = taken(version, bytes(data))
    assert found.fault is not None
    assert str(found.fault).startswith(
        f"ospf, offset 12: checksum is 0x1234, expected {right:#06x}"
    )
    assert "interval: 10 s" in texts(found.layers[-1])
    assert found.reencode() == carried(version, encoded(version, body))


def test_a_bad_lsa_is_named_and_the_others_are_shown() -> None:
    raw = bytes.fromhex("0031020102020202020202028000000237f40024010000010a000100ffffff000300000a")
    broken = raw[:25] + b"\x77" + raw[26:]
    found = taken(2, encoded(2, LinkStateUpdate.of([broken, raw])))
    assert found.fault is not None
    assert found.fault.field == "LSA checksum"
    first, second = named(found.layers[-1].fields, "LSA")
    assert first.text.endswith("LSA checksum at fault")
    assert second.text.endswith("age 49 s")
    short = raw[:18] + (60).to_bytes(2, "big") + raw[20:]
    found = taken(2, encoded(2, LinkStateUpdate.of([raw, short])))
    assert found.fault is not None
    assert found.fault.field == "LSA length"
    assert len(named(found.layers[-1].fields, "LSA")) == 1
    assert named(found.layers[-1].fields, "bytes")[0].size == 36


def test_a_body_that_does_not_decode_is_shown_as_far_as_it_goes() -> None:
    lsa = Lsa(v2.decode_lsa(v2.encode_lsa(router_lsa())).header, v2.UnknownLsa(bytes(5)))
    found = taken(2, encoded(2, LinkStateUpdate.of([v2.encode_lsa(lsa)])))
    assert found.fault is not None
    assert found.fault.field == "bytes after the links"
    (shown,) = named(found.layers[-1].fields, "LSA")
    assert shown.fields[-1].name == "bytes"


def router_lsa() -> Lsa[Any]:
    header = v2.decode_lsa(
        bytes.fromhex("0031020102020202020202028000000237f40024010000010a000100ffffff000300000a")
    ).header
    return Lsa(header, v2.RouterLsa(0))


@given(st.sampled_from((2, 3)).flatmap(lambda v: st.tuples(st.just(v), bodies(v))))
def test_what_is_encoded_is_shown(case: tuple[int, Body]) -> None:
    version, body = case
    found = taken(version, encoded(version, body))
    assert found.reencode() == found.packet
    if not isinstance(body, LinkStateUpdate):
        assert found.fault is None
    check_bounds(found.layers[-1].fields, 20 if version == 2 else 40, len(found.packet))


@pytest.mark.parametrize(("version", "kind", "opaque"), KINDS)
def test_lsas_are_shown_without_fault(version: int, kind: int, opaque: int) -> None:
    @settings(max_examples=15)
    @given(lsas_of(version, kind, opaque))
    def check(lsa: Lsa[Any]) -> None:
        raw = v2.encode_lsa(lsa) if version == 2 else v3.encode_lsa(lsa)
        found = taken(version, encoded(version, LinkStateUpdate.of([raw], version)))
        assert found.fault is None
        layer = found.layers[-1]
        assert not named(layer.fields, "malformed TLV")
        assert not named(layer.fields, "bytes")
        check_bounds(layer.fields, 20 if version == 2 else 40, len(found.packet))
        json.dumps([field.value for field in all_fields(layer.fields)])

    check()


def check_bounds(fields: tuple[Field, ...], start: int, end: int) -> None:
    for field in fields:
        assert start <= field.offset <= field.offset + field.size <= end
        check_bounds(field.fields, field.offset, field.offset + field.size)


@given(st.sampled_from((2, 3)), st.integers(1, 5), st.binary(max_size=90))
def test_any_bytes_are_shown(version: int, kind: int, rest: bytes) -> None:
    length = 4 + len(rest)
    data = bytes((version, kind)) + length.to_bytes(2, "big") + rest
    found = taken(version, data)
    check_bounds(found.layers[-1].fields, 0, len(found.packet))
    for end in range(len(data) % 9, len(found.packet), 9):
        cut = dissect(found.packet[:end], 101, dissectors=dissectors(), is_cut=True)
        assert cut.fault is None or cut.fault.layer != "ospf"


@pytest.mark.parametrize("version", [2, 3])
def test_the_command_knows_the_protocol(version: int) -> None:
    body = HELLO if version == 2 else Hello(10, 40, 19, 1, 0, 0, interface_id=5)
    data = carried(version, encoded(version, body))
    result = CliRunner().invoke(command, [data.hex(), "--json", "--reencode"])
    assert result.exit_code == 0
    model = json.loads(result.stdout)
    assert model["layers"][-1]["protocol"] == "ospf"
    assert model["layers"][-1]["summary"].startswith(f"version {version} hello of 1.1.1.1")
    assert model["reencoded"]["equal"]
