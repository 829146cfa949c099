"""Link-local signaling (RFC 5613)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.errors import DecodeError, UsageError
from fingerpost.ospf.lsa.tlv import UnknownTlv
from fingerpost.ospf.packet import v2, v3
from fingerpost.ospf.packet.lls import (
    CryptographicAuthentication,
    ExtendedFlags,
    ExtendedOptions,
    LlsBlock,
    split,
)
from ospf.vectors import holo_packets

u32 = st.integers(0, 0xFFFFFFFF)
tlvs = st.one_of(
    st.builds(ExtendedOptions, u32),
    st.builds(CryptographicAuthentication, u32, st.binary(max_size=64)),
    st.builds(UnknownTlv, st.integers(3, 0xFFFF), st.binary(max_size=9)),
)
blocks = st.builds(LlsBlock, st.lists(tlvs, max_size=4).map(tuple))


@given(blocks, st.booleans(), st.binary(max_size=9))
def test_round_trip(block: LlsBlock, has_checksum: bool, more: bytes) -> None:
    data = block.encode(has_checksum=has_checksum)
    assert split(data + more, verify=has_checksum) == (block, more)
    assert LlsBlock.decode(data, verify=False) == block


@given(st.binary(max_size=40))
def test_any_bytes_give_a_block_or_a_fault(data: bytes) -> None:
    try:
        block, rest = split(data, verify=False)
    except DecodeError:
        return
    assert data.endswith(rest)
    assert LlsBlock.decode(block.encode(has_checksum=False), verify=False) == block


def test_blocks_of_holo(shared_data: Path) -> None:
    seen = 0
    for codec in (v2, v3):
        for name, data in holo_packets(shared_data, codec.VERSION).items():
            if not name.endswith("_lls"):
                continue
            header = codec.decode_header(data)
            trailer = codec.trailer(header, data)
            if header.authentication_type == v2.CRYPTOGRAPHIC:
                trailer = trailer[header.authentication[3] :]
            is_signed = "hmac" in name or "md5" in name
            block, rest = split(trailer, verify=not is_signed)
            assert block.encode(has_checksum=not is_signed) + rest == trailer, name
            assert block.extended_options, name
            assert (block.authentication is not None) is (is_signed and codec is v2), name
            assert bool(rest) is (is_signed and codec is v3), name
            seen += 1
    assert seen == 14


def test_options_and_digest_by_name() -> None:
    block = LlsBlock((ExtendedOptions(3), CryptographicAuthentication(7, bytes(16))))
    assert block.extended_options == ExtendedFlags.LR | ExtendedFlags.RS
    assert block.authentication == CryptographicAuthentication(7, bytes(16))
    assert block.encode()[:4] == bytes.fromhex("0000 0009")  # no checksum with a digest
    assert LlsBlock().extended_options == ExtendedFlags(0)
    assert LlsBlock().authentication is None


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ("fff400", "checksum and length"),
        ("ffff0000", "length"),
        ("fffd0002", "length"),
        ("fff30003 00010004 00000003", "checksum"),
        ("fff20003 00010006 00000003", "length of TLV 1"),
        ("fff20003 00010003 00000003", "extended options"),
        ("fff40003 00010004 00000003 00", "bytes after the block"),
    ],
)
def test_faults_are_named(data: str, field: str) -> None:
    with pytest.raises(DecodeError) as caught:
        LlsBlock.decode(bytes.fromhex(data))
    assert caught.value.field == field
    assert caught.value.section == "RFC 5613 2.2"


@pytest.mark.parametrize(
    "block",
    [
        LlsBlock((ExtendedOptions(1 << 32),)),
        LlsBlock((CryptographicAuthentication(-1, b""),)),
        LlsBlock((UnknownTlv(1 << 16, b""),)),
        LlsBlock((UnknownTlv(3, bytes(1 << 16)),)),
        LlsBlock((UnknownTlv(3, bytes(60000)),) * 5),
    ],
)
def test_what_does_not_fit_is_the_callers_fault(block: LlsBlock) -> None:
    with pytest.raises(UsageError):
        block.encode()
