"""ICMPv6 messages, neighbour discovery and MLD among them: they come back, from any bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire import icmp_extension, icmpv6, mld, nd
from fingerpost.wire.checksum import checksum, pseudo_sum
from fingerpost.wire.icmp_extension import ExtensionObject
from fingerpost.wire.sealing import sealed
from wire.drawn import ICMPV6, IP6, SOME_EXTENSIONS, read_or_fault

HERE, THERE = Address("fe80::1"), Address("fe80::2")


def decode(octets: bytes) -> icmpv6.Icmpv6Message:
    return icmpv6.decode(octets, HERE, THERE)


def with_checksum(octets: bytes) -> bytes:
    """Give a message whose only fault is not its checksum."""
    zeroed = octets[:2] + bytes(2) + octets[4:]
    return sealed(zeroed, pseudo_sum(HERE, THERE, 58, len(zeroed)))


def test_every_type_of_the_registry_has_a_strategy() -> None:
    others = {icmpv6.UnknownIcmpv6, mld.ListenerQueryV2}
    assert set(ICMPV6) == {*icmpv6.MESSAGES.values(), *others}
    assert set(icmpv6.MESSAGES) == set(icmpv6.Icmpv6Type)


@pytest.mark.parametrize("message", ICMPV6, ids=lambda kind: kind.__name__)
@given(data=st.data(), source=IP6, destination=IP6)
def test_messages_come_back(
    message: type[icmpv6.Icmpv6Message], data: st.DataObject, source: Address, destination: Address
) -> None:
    made = data.draw(ICMPV6[message])
    octets = made.encode(source, destination)
    assert checksum(octets, pseudo_sum(source, destination, 58, len(octets))) == 0
    assert icmpv6.decode(octets, source, destination) == made
    assert message.decode(memoryview(octets), source, destination) == made


@given(
    st.binary(max_size=200), st.integers(0, 10) | st.integers(127, 162), st.sampled_from([0, 0, 1])
)
def test_any_bytes_give_a_message_that_is_stable_or_a_decode_error(
    octets: bytes, kind: int, code: int
) -> None:
    found = read_or_fault(decode, with_checksum(bytes([kind, code, 0, 0]) + octets))
    if isinstance(found, DecodeError):
        assert (found.layer, bool(found.section)) == ("icmpv6", True)
    else:
        assert decode(found.encode(HERE, THERE)) == found


@given(st.sampled_from(list(ICMPV6)), st.data())
def test_mutated_messages_give_a_message_or_a_decode_error(
    kind: type[icmpv6.Icmpv6Message], data: st.DataObject
) -> None:
    octets = bytearray(data.draw(ICMPV6[kind]).encode(HERE, THERE))
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    del octets[max(4, data.draw(st.integers(0, 2 * len(octets)))) :]
    found = read_or_fault(decode, with_checksum(bytes(octets)))
    if isinstance(found, icmpv6.Icmpv6Message):
        assert decode(found.encode(HERE, THERE)) == found


@given(st.sampled_from(list(ICMPV6)), st.data())
def test_a_changed_bit_or_another_address_is_noticed(
    kind: type[icmpv6.Icmpv6Message], data: st.DataObject
) -> None:
    octets = bytearray(data.draw(ICMPV6[kind]).encode(HERE, THERE))
    with pytest.raises(DecodeError, match="checksum"):
        icmpv6.decode(octets, HERE, Address("fe80::3"))
    at = data.draw(st.integers(0, 8 * len(octets) - 1))
    octets[at // 8] ^= 1 << at % 8
    with pytest.raises(DecodeError, match="checksum"):
        decode(bytes(octets))


@pytest.mark.parametrize("kind", sorted({1, 2, 3, 4, *icmpv6.MESSAGES}))
def test_messages_cut_in_the_header_are_refused(kind: int) -> None:
    for size in range(4, 8):
        with pytest.raises(DecodeError, match="expected"):
            decode(with_checksum(bytes([kind, 0, 0, 0, 0, 0, 0, 0])[:size]))


@pytest.mark.parametrize("kind", [133, 134, 135, 136, 137])
def test_a_code_where_the_rfc_has_only_zero_is_refused(kind: int) -> None:
    with pytest.raises(DecodeError, match="code is 1, expected 0"):
        decode(with_checksum(bytes([kind, 1, 0, 0]) + bytes(60)))


@pytest.mark.parametrize("kind", [128, 129])
def test_the_code_of_an_echo_is_kept(kind: int) -> None:
    octets = with_checksum(bytes([kind, 9, 0, 0, 1, 2, 3, 4]) + b"ping")
    found = decode(octets)
    assert getattr(found, "code", None) == 9
    assert found.encode(HERE, THERE) == octets


def test_the_code_of_packet_too_big_is_ignored_rfc_4443_3_2() -> None:
    octets = with_checksum(bytes([2, 9, 0, 0, 0, 0, 5, 0]) + b"quote")
    assert decode(octets) == icmpv6.PacketTooBig(1280, b"quote")


@given(st.integers(0, 2040), SOME_EXTENSIONS)
def test_quotes_before_extensions_are_padded_rfc_4884_4(
    size: int, extensions: tuple[ExtensionObject, ...]
) -> None:
    message = icmpv6.TimeExceeded(0, b"q" * size, extensions)
    octets = message.encode(HERE, THERE)
    room = 8 * octets[4]
    assert room == max(128, (size + 7) // 8 * 8)
    assert octets[8 : 8 + room] == message.quote == (b"q" * size).ljust(room, b"\0")
    assert octets[8 + room :] == icmp_extension.encode(extensions)


def test_what_looks_like_a_legacy_structure_is_quote_in_icmpv6_rfc_4884_5() -> None:
    stack = icmp_extension.MplsLabelStack((icmp_extension.MplsLabel(16),))
    quote = b"q" * 128 + icmp_extension.encode((stack,))
    assert decode(with_checksum(bytes([3]) + bytes(7) + quote)) == icmpv6.TimeExceeded(0, quote)


def test_a_malformed_probe_is_read_and_has_no_query_rfc_8335_4() -> None:
    message = decode(with_checksum(bytes([160, 0, 0, 0, 0, 1, 2, 1]) + b"rubbish"))
    assert isinstance(message, icmpv6.ExtendedEchoRequest)
    assert (message.identifier, message.sequence, message.is_local) == (1, 2, True)
    assert message.query is None
    one = icmp_extension.InterfaceByName("eth0")
    assert icmpv6.ExtendedEchoRequest(1, 2, (one,)).query == one
    assert icmpv6.ExtendedEchoRequest(1, 2, (one, one)).query is None
    stack = icmp_extension.MplsLabelStack((icmp_extension.MplsLabel(16),))
    assert icmpv6.ExtendedEchoRequest(1, 2, (stack,)).query is None


@pytest.mark.parametrize(
    "message",
    [
        icmpv6.EchoRequest(65536, 0),
        icmpv6.PacketTooBig(1 << 32, b""),
        nd.RouterAdvertisement(lifetime_s=65536),
        nd.RouterSolicitation((nd.Mtu(-1),)),
        mld.ListenerReportV2((mld.GroupRecord(256, HERE),)),
    ],
)
def test_a_value_that_does_not_fit_is_the_callers_fault(message: icmpv6.Icmpv6Message) -> None:
    with pytest.raises(UsageError, match=type(message).__name__):
        message.encode(HERE, THERE)


def test_errors_are_told_from_the_rest_rfc_4443_2_1_and_2_4() -> None:
    errors = {kind for kind in range(256) if icmpv6.is_error_type(kind)}
    assert errors == {*range(128), 137}


SHARED = [
    ("icmpv6", "echo_packet_bytes", icmpv6.EchoRequest, "fe80::1", "fe80::2"),
    ("icmpv6", "pkt_too_big_bytes", icmpv6.PacketTooBig, "fe80::1", "fe80::2"),
    ("mld", "query_packet_bytes", mld.ListenerQueryV2, "ff02::1", "ff02::2"),
    ("mld", "report_packet_bytes", mld.ListenerReportV2, "ff02::1", "ff02::2"),
    ("ndisc", "router_advert_bytes", nd.RouterAdvertisement, "fe80::1", "fe80::2"),
]


@pytest.mark.parametrize(("protocol", "name", "kind", "source", "destination"), SHARED)
def test_the_shared_vectors_read_and_come_back(
    protocol: str,
    name: str,
    kind: type[icmpv6.Icmpv6Message],
    source: str,
    destination: str,
    shared_data: Path,
) -> None:
    vectors = json.loads((shared_data / "conformance/smoltcp/wire-vectors.json").read_text())
    (hexed,) = [v["hex"] for v in vectors if (v["protocol"], v["name"]) == (protocol, name)]
    ends = Address(source), Address(destination)
    message = icmpv6.decode(bytes.fromhex(hexed), *ends)
    assert isinstance(message, kind)
    assert message.encode(*ends).hex() == hexed
