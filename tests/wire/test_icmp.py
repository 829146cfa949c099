"""ICMP messages: they come back, they are read from anything, and refuse what the RFCs refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire import icmp
from fingerpost.wire.checksum import checksum
from fingerpost.wire.icmp_extension import InterfaceByName
from fingerpost.wire.sealing import sealed
from wire.drawn import ICMP, read_or_fault


def with_checksum(octets: bytes) -> bytes:
    """Give a message whose only fault is not its checksum."""
    return sealed(octets[:2] + bytes(2) + octets[4:])


def test_every_type_of_the_registry_has_a_strategy() -> None:
    assert set(ICMP) == {*icmp.MESSAGES.values(), icmp.UnknownIcmp}
    assert set(icmp.MESSAGES) == set(icmp.IcmpType)


@pytest.mark.parametrize("message", ICMP, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_messages_come_back(message: type[icmp.IcmpMessage], data: st.DataObject) -> None:
    made = data.draw(ICMP[message])
    octets = made.encode()
    assert checksum(octets) == 0
    assert icmp.decode(octets, legacy=True) == made
    if not getattr(made, "is_legacy", False):
        assert icmp.decode(octets) == message.decode(memoryview(octets)) == made
    assert icmp.decode(octets).encode() == octets


@given(st.binary(max_size=200), st.integers(0, 45), st.sampled_from([0, 0, 0, 1, 255]))
def test_any_bytes_give_a_message_that_is_stable_or_a_decode_error(
    octets: bytes, kind: int, code: int
) -> None:
    octets = with_checksum(bytes([kind, code, 0, 0]) + octets)
    found = read_or_fault(icmp.decode, octets)
    if isinstance(found, DecodeError):
        assert (found.layer, bool(found.section)) == ("icmp", True)
    else:
        assert icmp.decode(found.encode()) == found


@given(st.binary(max_size=40))
def test_bytes_without_a_valid_checksum_are_refused(octets: bytes) -> None:
    if len(octets) < 4 or checksum(octets):
        with pytest.raises(DecodeError, match="icmp, offset"):
            icmp.decode(octets)


@given(st.sampled_from(list(ICMP)), st.data())
def test_a_changed_bit_is_noticed(kind: type[icmp.IcmpMessage], data: st.DataObject) -> None:
    octets = bytearray(data.draw(ICMP[kind]).encode())
    at = data.draw(st.integers(0, 8 * len(octets) - 1))
    octets[at // 8] ^= 1 << at % 8
    with pytest.raises(DecodeError):
        icmp.decode(octets)


def test_a_wrong_checksum_names_the_right_one_and_can_be_passed_over() -> None:
    octets = icmp.EchoRequest(1, 2, b"abc").encode()
    bad = octets[:2] + b"\0\0" + octets[4:]
    with pytest.raises(DecodeError, match=f"0x0000, expected 0x{octets[2:4].hex()}") as caught:
        icmp.decode(bad)
    assert (caught.value.field, caught.value.offset) == ("checksum", 2)
    assert icmp.decode(bad, verify=False) == icmp.EchoRequest(1, 2, b"abc")


@pytest.mark.parametrize("kind", [4, 9, 10, 15, 16, 17, 18])
def test_a_code_where_the_rfc_has_only_zero_is_refused(kind: int) -> None:
    with pytest.raises(DecodeError, match="code is 1, expected 0"):
        icmp.decode(with_checksum(bytes([kind, 1, 0, 0]) + bytes([1, 2]) + bytes(30)))


@pytest.mark.parametrize("kind", [0, 8, 13, 14])
def test_a_code_that_others_answer_to_is_kept(kind: int) -> None:
    octets = with_checksum(bytes([kind, 9, 0, 0, 1, 2, 3, 4]) + bytes(12))
    found = icmp.decode(octets)
    assert getattr(found, "code", None) == 9
    assert found.encode() == octets


def test_the_code_of_an_extended_echo_request_is_ignored_rfc_8335_2() -> None:
    asked = icmp.ExtendedEchoRequest(7, 8, (InterfaceByName("eth0"),))
    octets = asked.encode()
    assert icmp.decode(with_checksum(octets[:1] + b"\x09\0\0" + octets[4:])) == asked


@pytest.mark.parametrize("kind", sorted(icmp.MESSAGES))
def test_messages_cut_in_the_header_are_refused(kind: int) -> None:
    for size in range(8):
        with pytest.raises(DecodeError):
            icmp.decode(
                with_checksum(bytes([kind, 0, 0, 0, 1, 2, 0, 0])[:size].ljust(4, b"\0")[:size])
            )


@pytest.mark.parametrize(("count", "words"), [(0, 2), (1, 1), (1, 0), (2, 2), (1, 3)])
def test_router_advertisements_are_validated_rfc_1256_5_2(count: int, words: int) -> None:
    octets = bytes([9, 0, 0, 0, count, words, 0, 30]) + bytes(8)
    with pytest.raises(DecodeError):
        icmp.decode(with_checksum(octets))


def test_longer_router_entries_are_read_to_their_second_word_rfc_1256_5_2() -> None:
    entry = bytes([192, 0, 2, 1, 255, 255, 255, 255, 9, 9, 9, 9])
    found = icmp.decode(with_checksum(bytes([9, 0, 0, 0, 1, 3, 0, 30]) + entry))
    assert found == icmp.RouterAdvertisement(
        (icmp.RouterAddress(Address("192.0.2.1"), -1),), lifetime_s=30
    )


def test_next_hop_mtu_and_pointer_stand_where_rfc_1191_and_792_put_them() -> None:
    unreachable = icmp.DestinationUnreachable(4, b"q" * 28, mtu=1400)
    assert unreachable.encode()[4:8] == (1400).to_bytes(4, "big")
    assert icmp.ParameterProblem(0, 20, b"q" * 28).encode()[4:8] == bytes([20, 0, 0, 0])


def test_another_type_is_refused_by_a_class_and_named() -> None:
    with pytest.raises(DecodeError, match=r"type is 8, expected 0 \(ECHO_REPLY\)"):
        icmp.EchoReply.decode(icmp.EchoRequest(1, 2).encode())


@pytest.mark.parametrize(
    "message",
    [
        icmp.EchoRequest(65536, 0),
        icmp.EchoRequest(-1, 0),
        icmp.DestinationUnreachable(256, b""),
        icmp.RouterAdvertisement((icmp.RouterAddress(Address("192.0.2.1")),) * 256),
        icmp.UnknownIcmp(300, 0),
    ],
)
def test_a_value_that_does_not_fit_is_the_callers_fault(message: icmp.IcmpMessage) -> None:
    with pytest.raises(UsageError, match=type(message).__name__):
        message.encode()


def test_errors_are_told_from_queries_rfc_1122_3_2_2() -> None:
    assert [kind for kind in range(256) if icmp.is_error_type(kind)] == [3, 4, 5, 11, 12]


def test_the_shared_vectors_read_and_come_back(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "conformance/smoltcp/wire-vectors.json").read_text())
    (hexed,) = [
        v["hex"] for v in vectors if v["name"] == "echo_packet_bytes" and "v4" in v["protocol"]
    ]
    message = icmp.decode(bytes.fromhex(hexed))
    assert message == icmp.EchoRequest(0x1234, 0xABCD, bytes.fromhex("aa0000ff"))
    assert message.encode().hex() == hexed
