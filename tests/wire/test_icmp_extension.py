"""Extensions of ICMP errors: RFC 4884 sizes, legacy senders, faults that cost nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire import icmp, icmp_extension
from fingerpost.wire.checksum import checksum
from fingerpost.wire.icmp_extension import (
    ExtensionObject,
    InterfaceByAddress,
    InterfaceInformation,
    InterfaceRole,
    MplsLabel,
    MplsLabelStack,
    UnknownObject,
    UnreadableExtensions,
)
from fingerpost.wire.mac import Mac
from wire.drawn import OBJECTS, SOME_EXTENSIONS

STACK = MplsLabelStack((MplsLabel(16001, 3, False, 254), MplsLabel(3, 0, True, 1)))
ETH0 = InterfaceInformation(InterfaceRole.INCOMING, 2, Address("192.0.2.1"), "eth0", 1500)


@given(st.lists(OBJECTS, min_size=1, max_size=4).map(tuple))
def test_structures_come_back(objects: tuple[ExtensionObject, ...]) -> None:
    octets = icmp_extension.encode(objects)
    assert checksum(octets) == 0
    assert icmp_extension.decode(octets, requires_checksum=True) == objects


@given(st.binary(max_size=60))
def test_any_bytes_give_objects_or_a_decode_error(octets: bytes) -> None:
    octets = b"\x20\x00\x00\x00" + octets  # a header without checksum
    objects = icmp_extension.read(octets)
    again = icmp_extension.read(icmp_extension.encode(objects))
    assert again == objects
    for one in objects:
        if isinstance(one, UnreadableExtensions):
            assert isinstance(one.fault, DecodeError)


def test_interface_information_is_laid_out_as_rfc_5837_4_says() -> None:
    octets = icmp_extension.encode((ETH0,))[4:]
    assert octets[:4] == bytes([0, 28, 2, 0x0F])
    assert octets[4:8] == (2).to_bytes(4, "big")
    assert octets[8:16] == bytes([0, 1, 0, 0, 192, 0, 2, 1])
    assert octets[16:24] == b"\x08eth0\0\0\0"
    assert octets[24:] == (1500).to_bytes(4, "big")


@pytest.mark.parametrize("role", InterfaceRole)
def test_roles_are_the_two_high_bits_of_the_c_type_rfc_5837_4_1(role: InterfaceRole) -> None:
    assert icmp_extension.encode((InterfaceInformation(role),))[4:] == bytes([0, 4, 2, role << 6])


@pytest.mark.parametrize("size", [0, 1, 3, 4, 62, 63])
def test_interface_names_fill_whole_words_rfc_5837_4_3(size: int) -> None:
    one = InterfaceInformation(InterfaceRole.OUTGOING, name="n" * size)
    octets = icmp_extension.encode((one,))
    assert len(octets) % 4 == 0
    assert icmp_extension.decode(octets) == (one,)


def test_a_name_beyond_63_bytes_is_the_callers_fault() -> None:
    with pytest.raises(UsageError, match="64 bytes, at most 63"):
        icmp_extension.encode((InterfaceInformation(InterfaceRole.INCOMING, name="n" * 64),))


def test_labels_are_laid_out_as_rfc_3032_2_1_says() -> None:
    octets = icmp_extension.encode((STACK,))[4:]
    assert octets == bytes([0, 12, 1, 1]) + bytes.fromhex("03e816fe") + bytes.fromhex("00003101")
    with pytest.raises(UsageError, match="20 bits"):
        MplsLabel(1 << 20).word()


def test_a_probe_may_name_a_hardware_address_rfc_8335_2_1() -> None:
    octets = icmp_extension.encode((InterfaceByAddress(Mac("02:00:00:00:00:01")),))[4:]
    assert octets == bytes([0, 16, 3, 3, 0x40, 0x05, 6, 0, 2, 0, 0, 0, 0, 1, 0, 0])


@pytest.mark.parametrize(
    "payload",
    [
        bytes([0, 8, 2, 0x04, 0, 9, 0, 0]),  # an address family that nobody knows
        bytes([0, 8, 2, 0x02, 5, 0, 0, 0]),  # a name of 5 bytes
        bytes([0, 8, 2, 0x08, 0, 0, 0, 1])[:6] + b"\0\0",
        bytes([0, 6, 1, 1, 0, 0]),  # half a label
        bytes([0, 4, 1, 1]),  # no label
        bytes([0, 8, 1, 2, 0, 0, 0, 1]),  # another sub-type
        bytes([0, 8, 3, 9, 0, 0, 0, 1]),
        bytes([0, 8, 3, 3, 0, 1, 9, 0]),
        bytes([0, 12, 3, 2, 0, 0, 0, 1, 0, 0, 0, 1]),
    ],
)
def test_an_object_that_does_not_read_does_not_cost_the_others(payload: bytes) -> None:
    structure = b"\x20\x00\x00\x00" + payload + STACK.encode()
    first, second = icmp_extension.decode(structure)
    assert first.encode() == payload
    assert isinstance(first, UnknownObject) or payload[2:4] == b"\x02\x08"
    assert second == STACK


@pytest.mark.parametrize(
    ("structure", "expected"),
    [
        ("200", "header"),
        ("10000000", "version is 1"),
        ("20000001", "checksum"),
        ("20000000", "object header"),  # one or more objects
        ("2000000000", "object header"),
        ("2000000000030101", "object length is 3"),
        ("2000000000080101", "object payload"),
    ],
)
def test_a_broken_structure_keeps_its_bytes_and_says_why(structure: str, expected: str) -> None:
    octets = bytes.fromhex(structure + "0" * (len(structure) % 2))
    (one,) = icmp_extension.read(octets)
    assert isinstance(one, UnreadableExtensions)
    assert expected in str(one.fault)
    assert icmp_extension.encode((one,)) == octets


@given(st.integers(0, 1020), SOME_EXTENSIONS)
def test_quotes_before_extensions_are_padded_rfc_4884_4(
    size: int, extensions: tuple[ExtensionObject, ...]
) -> None:
    message = icmp.TimeExceeded(0, b"q" * size, extensions)
    octets = message.encode()
    room = 4 * octets[5]
    assert room >= 128
    assert room - size < 4 or room == 128
    assert octets[8 : 8 + room] == message.quote == (b"q" * size).ljust(room, b"\0")
    assert octets[8 + room :] == icmp_extension.encode(extensions)


def test_a_quote_too_long_for_its_length_field_is_the_callers_fault() -> None:
    with pytest.raises(UsageError, match="at most 1020"):
        icmp.TimeExceeded(0, b"q" * 1021, (STACK,))
    with pytest.raises(UsageError, match="128 bytes"):
        icmp.TimeExceeded(0, b"q" * 129, (STACK,), is_legacy=True)
    with pytest.raises(UsageError, match="128 bytes"):
        icmp.DestinationUnreachable(0, b"q" * 128, is_legacy=True)


def test_without_extensions_a_quote_is_as_long_as_it_is_and_has_no_length() -> None:
    assert icmp.TimeExceeded(0, b"q" * 29).encode()[4:] == bytes(4) + b"q" * 29


@pytest.mark.parametrize("kind", [3, 11])
def test_legacy_senders_are_understood_rfc_4884_5_5(kind: int) -> None:
    octets = bytes([kind, 0, 0, 0, 0, 0, 0, 0]) + b"q" * 128 + icmp_extension.encode((STACK,))
    message = icmp.decode(octets, verify=False, legacy=True)
    assert isinstance(message, icmp.DestinationUnreachable | icmp.TimeExceeded)
    assert (message.quote, message.extensions, message.is_legacy) == (b"q" * 128, (STACK,), True)
    assert message.encode()[4:] == octets[4:]


@pytest.mark.parametrize("kind", [3, 11])
def test_without_length_field_there_are_no_extensions_unless_asked_rfc_4884_5_4(kind: int) -> None:
    quote = b"q" * 128 + icmp_extension.encode((STACK,))
    message = icmp.decode(bytes([kind, 0, 0, 0, 0, 0, 0, 0]) + quote, verify=False)
    assert isinstance(message, icmp.DestinationUnreachable | icmp.TimeExceeded)
    assert (message.quote, message.extensions, message.is_legacy) == (quote, (), False)


@pytest.mark.parametrize(
    "tail",
    [
        icmp_extension.encode(()),  # no object: the payload has less than 144 bytes
        b"\x20\x00\x00\x00" + STACK.encode(),  # no checksum
        b"\x10" + icmp_extension.encode((STACK,))[1:],
        b"\x20\x00\x12\x34" + STACK.encode(),
    ],
)
def test_what_only_might_be_a_legacy_structure_is_quote_rfc_4884_5_5(tail: bytes) -> None:
    octets = bytes([11, 0, 0, 0, 0, 0, 0, 0]) + b"q" * 128 + tail
    assert icmp.decode(octets, verify=False, legacy=True) == icmp.TimeExceeded(0, b"q" * 128 + tail)


def test_a_parameter_problem_has_no_legacy_form_rfc_4884_5() -> None:
    quote = b"q" * 128 + icmp_extension.encode((STACK,))
    octets = bytes([12, 0, 0, 0, 0, 0, 0, 0]) + quote
    assert icmp.decode(octets, verify=False, legacy=True) == icmp.ParameterProblem(0, 0, quote)


@pytest.mark.parametrize("length", [1, 31, 41, 255])
def test_a_length_field_that_cannot_be_is_not_heeded(length: int) -> None:
    rest = b"q" * 128 + icmp_extension.encode((STACK,))
    octets = bytes([11, 0, 0, 0, 0, length, 0, 0]) + rest
    assert icmp.decode(octets, verify=False, legacy=True) == icmp.TimeExceeded(0, rest)
