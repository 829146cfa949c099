"""Control packets (RFC 5880 4): what is read is what is written, and what is refused says why."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.bfd.authentication_section import (
    AuthenticationType,
    DigestSection,
    PasswordSection,
    UnknownSection,
)
from fingerpost.bfd.faults import Fault, fault_of
from fingerpost.bfd.packet import ControlPacket
from fingerpost.bfd.state import Diagnostic, State
from fingerpost.errors import DecodeError

PLAIN = bytes.fromhex("20c003189fb205d64a2357dc000493e0000493e00000c350")
U32 = st.integers(0, 2**32 - 1)
BYTE = st.integers(0, 255)
DIGESTS = [one for one in AuthenticationType if one.digest_length]
SECTIONS = st.one_of(
    st.none(),
    st.builds(PasswordSection, BYTE, st.binary(min_size=1, max_size=16)),
    st.builds(UnknownSection, st.integers(6, 255), st.binary(max_size=30)),
    *(
        st.builds(
            DigestSection,
            st.just(one),
            BYTE,
            U32,
            st.binary(min_size=one.digest_length, max_size=one.digest_length),
            BYTE,
        )
        for one in DIGESTS
    ),
)
PACKETS = st.builds(
    ControlPacket,
    st.sampled_from(State),
    st.integers(1, 255),
    st.integers(1, 2**32 - 1),
    U32,
    U32,
    U32,
    U32,
    diagnostic=st.integers(0, 31),
    poll=st.booleans(),
    final=st.booleans(),
    control_plane_independent=st.booleans(),
    demand=st.booleans(),
    authentication=SECTIONS,
    extra=st.binary(max_size=20),
)


def test_recorded_packets_decode_and_encode_to_the_same_bytes(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "conformance/holo/bfd.json").read_text())
    assert vectors
    for vector in vectors:
        data = bytes.fromhex(vector["hex"])
        assert vector["decodes"]
        assert ControlPacket.decode(data).encode() == data


def test_the_fields_of_a_packet_stand_where_rfc_5880_4_1_has_them() -> None:
    assert ControlPacket.decode(PLAIN) == ControlPacket(
        State.UP, 3, 0x9FB205D6, 0x4A2357DC, 300_000, 300_000, 50_000
    )
    every = bytes.fromhex("27fe01240000000700000009000000010000000200000003") + bytes.fromhex(
        "010c076162636465666768 69".replace(" ", "")
    )
    found = ControlPacket.decode(every)
    assert found.diagnostic == Diagnostic.ADMINISTRATIVELY_DOWN
    assert (found.poll, found.final, found.control_plane_independent, found.demand) == (True,) * 4
    assert found.authentication == PasswordSection(7, b"abcdefghi")
    assert found.encode() == every


@given(PACKETS)
def test_what_is_written_is_read_again(packet: ControlPacket) -> None:
    assert ControlPacket.decode(packet.encode()) == packet


@given(st.binary(max_size=80) | PACKETS.map(ControlPacket.encode).flatmap(
    lambda data: st.tuples(st.just(data), st.integers(0, len(data) - 1), BYTE).map(
        lambda drawn: drawn[0][: drawn[1]] + bytes((drawn[2],)) + drawn[0][drawn[1] + 1 :]
    )
))  # fmt: skip
def test_any_bytes_are_a_packet_or_a_decode_error(data: bytes) -> None:
    found = decoded(data)
    if isinstance(found, DecodeError):
        assert found.layer == "bfd"
        assert found.offset is not None
        assert found.section is not None
        assert isinstance(fault_of(found), Fault)
    else:  # what is behind Length is no part of it
        assert found.encode() == data[: data[3]]


def decoded(data: bytes) -> ControlPacket | DecodeError:
    try:
        return ControlPacket.decode(data)
    except DecodeError as error:
        return error


def changed(at: int, value: int, data: bytes = PLAIN) -> bytes:
    return data[:at] + bytes((value,)) + data[at + 1 :]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (PLAIN[:23], Fault.LENGTH),
        (changed(0, 0x40), Fault.VERSION),
        (changed(0, 0x00), Fault.VERSION),
        (changed(3, 23), Fault.LENGTH),
        (changed(3, 25), Fault.LENGTH),
        (changed(3, 25, changed(1, 0xC4)) + b"\1\2", Fault.LENGTH),  # A, and no room for it
        (changed(2, 0), Fault.MULTIPLIER),
        (changed(1, 0xC1), Fault.MULTIPOINT),
        (PLAIN[:4] + bytes(4) + PLAIN[8:], Fault.MY_DISCRIMINATOR),
    ],
)
def test_faults_are_named_in_the_order_of_rfc_5880_6_8_6(data: bytes, fault: Fault) -> None:
    with pytest.raises(DecodeError) as caught:
        ControlPacket.decode(data)
    assert fault_of(caught.value) is fault
    # a fault that is looked for earlier hides it
    if fault is not Fault.LENGTH or len(data) >= 24:
        with pytest.raises(DecodeError, match="version"):
            ControlPacket.decode(changed(0, 0xE0, data))


@pytest.mark.parametrize(
    "section",
    [
        b"\1\3\7",
        b"\1\x14\7" + bytes(17),
        b"\2\x17" + bytes(22),
        b"\5\x1b" + bytes(26),
        b"\6\1",
        b"\2\xff",
    ],
)
def test_a_section_of_a_length_that_its_type_does_not_have_is_refused(section: bytes) -> None:
    packet = replace(ControlPacket.decode(PLAIN), extra=section).encode()
    with pytest.raises(DecodeError) as caught:
        ControlPacket.decode(changed(1, packet[1] | 4, packet))
    assert fault_of(caught.value) is Fault.MALFORMED_AUTHENTICATION


def test_bytes_behind_length_are_passed_over() -> None:
    assert ControlPacket.decode(PLAIN + b"more") == ControlPacket.decode(PLAIN)
