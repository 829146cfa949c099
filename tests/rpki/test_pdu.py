"""PDUs of the RPKI to Router protocol (RFC 8210 5)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost._core import VrpTable, VrpTelling
from fingerpost.addr import Prefix
from fingerpost.rpki.constants import ErrorCode
from fingerpost.rpki.pdu import (
    AspaPdu,
    CacheReset,
    CacheResponse,
    EndOfData,
    ErrorReport,
    Pdu,
    PduError,
    PrefixPdu,
    ResetQuery,
    RouterKey,
    SerialNotify,
    SerialQuery,
    decode,
    encode,
    length_of,
)
from fingerpost.rpki.validity import Vrp

FOUR = PrefixPdu(Vrp(Prefix("192.0.2.0/24"), 26, 65001))
SIX = PrefixPdu(Vrp(Prefix("2001:db8::/32"), 48, 65002), announces=False)
ALL: tuple[Pdu, ...] = (
    SerialNotify(7, 9),
    SerialQuery(0xFFFF, 0xFFFF_FFFF),
    ResetQuery(),
    CacheResponse(7),
    FOUR,
    SIX,
    EndOfData(7, 9, 3600, 600, 7200),
    CacheReset(),
    RouterKey(1, bytes(20), 65001, b"key"),
    ErrorReport(3, b"\1\2", "no"),
    AspaPdu(65001, (65002, 65003)),
    AspaPdu(65001, announces=False),
)


def code_of(octets: bytes) -> ErrorCode:
    with pytest.raises(PduError) as caught:
        decode(octets)
    return caught.value.code


@pytest.mark.parametrize("pdu", ALL, ids=lambda pdu: type(pdu).__name__)
def test_what_is_written_reads_the_same(pdu: Pdu) -> None:
    octets = encode(pdu, 2)
    assert decode(octets) == (2, pdu)
    assert length_of(octets) == len(octets)
    for end in range(len(octets)):
        assert code_of(octets[:end]) is ErrorCode.CORRUPT_DATA
    assert code_of(octets + b"\0") is ErrorCode.CORRUPT_DATA


def test_as_0_alone_says_that_there_is_no_provider() -> None:
    """8210bis-27 5.12; what a router makes of it is no matter of the protocol."""
    nobody = AspaPdu(1, (0,))
    assert decode(encode(nobody, 2)) == (2, nobody)


def test_octets_are_those_of_the_rfc() -> None:
    assert encode(FOUR, 1).hex() == "0104000000000014" + "01181a00" + "c0000200" + "0000fde9"
    assert encode(ResetQuery(), 0).hex() == "0002000000000008"
    assert encode(EndOfData(7, 9), 0).hex() == "000700070000000c00000009"
    assert encode(AspaPdu(1, (2,)), 2).hex() == "020b0100000000100000000100000002"


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        ("0302000000000008", ErrorCode.UNSUPPORTED_PROTOCOL_VERSION),
        ("0105000000000008", ErrorCode.UNSUPPORTED_PDU_TYPE),
        ("00090100000000230000", ErrorCode.CORRUPT_DATA),
        (encode(AspaPdu(1, (2,)), 1).hex(), ErrorCode.UNSUPPORTED_PDU_TYPE),
        (encode(AspaPdu(1, (3, 2)), 2).hex(), ErrorCode.ASPA_PROVIDER_LIST_ERROR),
        (encode(AspaPdu(1), 2).hex(), ErrorCode.ASPA_PROVIDER_LIST_ERROR),
        (encode(AspaPdu(1, (0, 5)), 2).hex(), ErrorCode.ASPA_PROVIDER_LIST_ERROR),
        ("020b0200000000100000000100000002", ErrorCode.ASPA_PROVIDER_LIST_ERROR),  # withdrawn
        ("010400000000001401171a00c00002010000fde9", ErrorCode.CORRUPT_DATA),  # host bits
        ("010400000000001401181700c00002000000fde9", ErrorCode.CORRUPT_DATA),  # longest below
    ],
)
def test_what_cannot_be_is_reported_by_its_code(octets: str, code: ErrorCode) -> None:
    assert code_of(bytes.fromhex(octets)) is code


@pytest.mark.parametrize("length", [0, 7, 0x1_0001, 0xFFFF_FFFF])
def test_a_length_that_no_pdu_has_is_refused_before_octets_are_waited_for(length: int) -> None:
    with pytest.raises(PduError):
        length_of(b"\1\4\0\0" + length.to_bytes(4))


@settings(max_examples=200, derandomize=True)
@given(st.binary(max_size=40), st.sampled_from(ALL), st.integers(0, 31), st.integers(0, 255))
def test_the_core_reads_prefixes_as_the_readable_form_does(
    noise: bytes, pdu: Pdu, at: int, value: int
) -> None:
    octets = bytearray(encode(pdu, 1))
    octets[at % len(octets)] = value
    data = bytes(octets) + noise
    telling = VrpTelling(10)
    taken, is_full = telling.take(1, data)
    assert not is_full
    held = VrpTable()
    while taken:
        length = length_of(data)
        assert length is not None
        assert length <= taken
        version, read = decode(data[:length])
        assert version == 1
        assert isinstance(read, PrefixPdu)
        data, taken = data[length:], taken - length
    try:
        length = length_of(data)
        if length is not None and length <= len(data):
            version, read = decode(data[:length])
            assert version != 1 or not isinstance(read, PrefixPdu)
    except PduError:
        pass
    told = len(telling)
    after, fault = telling.apply(held)
    assert (after is None) != (fault is None)
    assert told > 0 or after == held
