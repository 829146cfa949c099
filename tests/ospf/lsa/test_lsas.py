"""Bodies of LSAs: round trips, totality, faults."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix
from fingerpost.errors import DecodeError, UsageError
from fingerpost.ospf.lsa import Lsa, LsaHeader, PrefixOptions, Scope, scope_of, v2, v3
from fingerpost.ospf.lsa.checksum import is_right
from fingerpost.ospf.lsa.types import is_known
from ospf.lsa.drawn import KINDS, V2, V3, lsas, lsas_of, u8, u32

CODECS = {2: v2, 3: v3}


def whole(version: int, kind: int, body: bytes, number: int = 0) -> bytes:
    """Put a header before a body, whatever it is."""
    return LsaHeader(1, 0, kind, number, 9, 1, 0, 20 + len(body)).encode(version) + body


def round_trip(codec: ModuleType, lsa: Lsa[Any]) -> None:
    data = codec.encode_lsa(lsa)
    assert is_right(data)
    again = codec.decode_lsa(data)
    assert type(again.body) is type(lsa.body)
    assert again.body == lsa.body
    check = int.from_bytes(data[16:18], "big")
    assert again.header == replace(lsa.header, length=len(data), checksum=check)
    assert codec.encode_lsa(again) == data


@pytest.mark.parametrize(("version", "kind", "opaque"), KINDS)
def test_round_trip(version: int, kind: int, opaque: int) -> None:
    @settings(max_examples=30)
    @given(lsas_of(version, kind, opaque))
    def check(lsa: Lsa[Any]) -> None:
        round_trip(CODECS[version], lsa)

    check()


@given(st.sampled_from((*V2, 9, 10, 11)), st.one_of(st.integers(0, 10).map(lambda n: n << 24), u32),
       st.binary(max_size=80))  # fmt: skip
def test_any_body_of_version_2_gives_a_value_or_a_fault(
    kind: int, number: int, body: bytes
) -> None:
    settle(2, whole(2, kind, body, number))


@given(st.sampled_from(tuple(V3)), st.binary(max_size=80))
def test_any_body_of_version_3_gives_a_value_or_a_fault(kind: int, body: bytes) -> None:
    settle(3, whole(3, kind, body))


def settle(version: int, data: bytes) -> None:
    """What decodes is written in one way from then on."""
    codec = CODECS[version]
    try:
        lsa = codec.decode_lsa(data)
    except DecodeError as caught:
        fault: DecodeError | None = caught
    else:
        fault = None
    if fault is not None:
        assert fault.layer
        assert fault.field
        assert fault.offset is not None
        assert 0 <= fault.offset <= len(data)
        assert fault.section
        return
    again = codec.encode_lsa(lsa)
    assert len(again) <= len(data) + 3  # a padding that was left out
    assert codec.decode_lsa(again).body == lsa.body


@given(lsas(2), st.integers(1, 40), u8)
def test_an_lsa_cut_or_changed_gives_a_value_or_a_fault(lsa: Lsa[Any], cut: int, to: int) -> None:
    data = v2.encode_lsa(lsa)
    short = data[:-cut]
    with pytest.raises(DecodeError):
        v2.decode_lsa(short)
    settle(2, whole(2, lsa.header.type, short[20:], lsa.header.id))
    at = 20 + cut % max(1, len(data) - 20)
    settle(2, whole(2, lsa.header.type, data[20:at] + bytes((to,)) + data[at + 1 :], lsa.header.id))


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("length", [0, 19, 23, 25])
def test_a_length_other_than_that_of_the_bytes_is_refused(version: int, length: int) -> None:
    data = bytearray(whole(version, 1, bytes(4)))
    data[18:20] = length.to_bytes(2, "big")
    with pytest.raises(DecodeError, match="offset 18: length is"):
        CODECS[version].decode_lsa(bytes(data))


@pytest.mark.parametrize(
    ("version", "kind", "body", "field", "offset", "section"),
    [
        (2, 1, "00000001 01010101 01010101 0300", "link", 24, "RFC 2328 A.4.2"),
        (2, 1, "00000001 01010101 01010101 0301 0001", "metric by TOS", 36, "RFC 2328 A.4.2"),
        (2, 1, "00000000 00", "bytes after the links", 24, "RFC 2328 A.4.2"),
        (2, 2, "ffffff", "mask", 20, "RFC 2328 A.4.3"),
        (2, 2, "ffffff00 0101", "attached routers", 24, "RFC 2328 A.4.3"),
        (2, 3, "ffffff00 0000", "mask and metric", 20, "RFC 2328 A.4.4"),
        (2, 4, "00000000 00000001 00", "metrics by TOS", 28, "RFC 2328 A.4.4"),
        (2, 5, "ffffff00 80000014 00000000", "metric, forwarding address and tag", 24,
         "RFC 2328 A.4.5"),
        (3, 0x2001, "00000013 01", "links", 24, "RFC 5340 A.4.3"),
        (3, 0x2002, "000000", "options", 20, "RFC 5340 A.4.4"),
        (3, 0x2003, "0000000a 81000000", "prefix length", 24, "RFC 5340 A.4.1"),
        (3, 0x2003, "0000000a 40000000 20010db8", "prefix", 28, "RFC 5340 A.4.5"),
        (3, 0x2003, "0000000a 00000000 00", "bytes after the prefix", 28, "RFC 5340 A.4.5"),
        (3, 0x2004, "00000013 0000000a", "options, metric and router", 20, "RFC 5340 A.4.6"),
        (3, 0x4005, "0200000a 00000000", "forwarding address", 28, "RFC 5340 A.4.7"),
        (3, 0x2007, "0100000a 00000000", "tag", 28, "RFC 5340 A.4.7"),
        (3, 0x4005, "0000000a 00002001", "referenced link state id", 28, "RFC 5340 A.4.7"),
        (3, 0x0008, "01000013" + "00" * 16 + "00000001", "prefix length and options", 44,
         "RFC 5340 A.4.9"),
        (3, 0x2009, "0001 2001 00000000 00000000", "prefix length and options", 32,
         "RFC 5340 A.4.10"),
        (3, 0x2009, "0000 2001 00000000 00000000 00", "bytes after the prefixes", 32,
         "RFC 5340 A.4.10"),
        (3, 0x000B, "0001 0004 0000", "length of TLV 1", 22, "RFC 3623 A"),
        (3, 0x000B, "0001 0005 00000000 00", "bytes after TLV 1", 28, "RFC 3623 A"),
        (3, 0x000B, "0001 0002 0000", "grace period", 24, "RFC 3623 A"),
        (3, 0xA00C, "0001 0003 000000", "capabilities", 24, "RFC 7770 2.4"),
        (3, 0xA00C, "0007 0000", "hostname", 24, "RFC 5642 3.1"),
        (3, 0xA00C, "0009 0009 00000100 0001 0003", "length of TLV 9", 22, "RFC 7770 2.2"),
        (3, 0xA00C, "0009 0008 00000100 0001 0004", "length of TLV 1", 30, "RFC 7770 2.2"),
    ],
)  # fmt: skip
def test_a_fault_names_its_place(
    version: int, kind: int, body: str, field: str, offset: int, section: str
) -> None:
    with pytest.raises(DecodeError) as caught:
        CODECS[version].decode_lsa(whole(version, kind, bytes.fromhex(body)))
    fault = caught.value
    assert (fault.field, fault.offset, fault.section) == (field, offset, section)


HEADER2 = LsaHeader(0, 0, 1, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "body",
    [
        v2.RouterLsa(256),
        v2.RouterLsa(0, (v2.RouterLink(1, 1, 1, 1 << 16),)),
        v2.RouterLsa(0, (v2.RouterLink(1, 1 << 32, 1, 1),)),
        v2.NetworkLsa(1 << 32),
        v2.NetworkLsa(0, (-1,)),
        v2.SummaryLsa(0, 1 << 24),
        v2.SummaryLsa(0, 0, ((256, 0),)),
        v2.ExternalLsa(-1, 0),
        v2.ExternalLsa(0, 1 << 24),
        v2.ExternalLsa(0, 0, tos=(v2.TosPath(128, 0),)),
        v2.GraceLsa.of(1 << 32, 0),
        v2.GraceLsa.of(0, 256),
        v2.RouterLsa(0, (v2.RouterLink(1, 1, 1, 1),) * 6000),
    ],
)
def test_what_does_not_fit_is_the_callers_fault_in_version_2(body: v2.Body) -> None:
    with pytest.raises(UsageError):
        v2.encode_lsa(Lsa(HEADER2, body))


@pytest.mark.parametrize(
    "body",
    [
        v3.RouterLsa(256, 0),
        v3.RouterLsa(0, 1 << 24),
        v3.NetworkLsa(1 << 24),
        v3.InterAreaPrefixLsa(1 << 24, v3.LsaPrefix(0)),
        v3.InterAreaPrefixLsa(0, v3.LsaPrefix(129)),
        v3.InterAreaPrefixLsa(0, v3.LsaPrefix(1)),
        v3.InterAreaPrefixLsa(0, v3.LsaPrefix(0, 256)),
        v3.InterAreaRouterLsa(0, 0, 1 << 32),
        v3.ExternalLsa(0, v3.LsaPrefix(0), forwarding=Address("10.0.0.1")),
        v3.ExternalLsa(0, v3.LsaPrefix(0), tag=1 << 32),
        v3.LinkLsa(0, 0, Address("10.0.0.1")),
        v3.IntraAreaPrefixLsa(0, 0, 0, (v3.PrefixWithMetric(v3.LsaPrefix(0), 1 << 16),)),
    ],
)
def test_what_does_not_fit_is_the_callers_fault_in_version_3(body: v3.Body) -> None:
    with pytest.raises(UsageError):
        v3.encode_lsa(Lsa(HEADER2, body))


def test_prefixes_of_both_families() -> None:
    # RFC 5340 A.4.1, RFC 5838 2.5
    six = v3.LsaPrefix.of(Prefix("2001:db8:1::/48"), PrefixOptions.LA)
    assert (six.length, six.data.hex()) == (48, "20010db800010000")
    assert six.prefix() == Prefix("2001:db8:1::/48")
    assert six.prefix(4) is None
    four = v3.LsaPrefix.of(Prefix("10.1.0.0/16"))
    assert four.data.hex() == "0a010000"
    assert four.prefix(4) == Prefix("10.1.0.0/16")
    assert v3.LsaPrefix.of(Prefix("::/0")).data == b""
    assert v3.LsaPrefix(0).prefix() == Prefix("::/0")
    assert v3.LsaPrefix(8, 0, b"\x20\x01\x0d\xb8").prefix() == Prefix("2000::/8")


def test_an_opaque_body_is_known_by_its_link_state_id() -> None:
    # RFC 5250 A.2
    body = bytes.fromhex("0001 0004 00000078 0002 0001 01000000 0003 0004 0a000001")
    grace = v2.decode_lsa(whole(2, 9, body, 3 << 24 | 7)).body
    assert grace == v2.GraceLsa.of(120, 1, 0x0A000001)
    assert (grace.period_s, grace.reason, grace.address) == (120, 1, 0x0A000001)
    assert v2.decode_lsa(whole(2, 9, body, 99 << 24)).body == v2.UnknownLsa(body)
    assert (v2.opaque_type(3 << 24 | 7), v2.opaque_id(3 << 24 | 7)) == (3, 7)
    empty = v2.GraceLsa()
    assert (empty.period_s, empty.reason, empty.address) == (None, None, None)


@pytest.mark.parametrize(
    ("version", "kind", "known", "scope"),
    [
        (2, 1, True, Scope.AREA),
        (2, 5, True, Scope.AS),
        (2, 7, True, Scope.AREA),
        (2, 9, True, Scope.LINK),
        (2, 10, True, Scope.AREA),
        (2, 11, True, Scope.AS),
        (2, 12, False, Scope.AREA),
        (3, 0x2001, True, Scope.AREA),
        (3, 0x0008, True, Scope.LINK),
        (3, 0x4005, True, Scope.AS),
        (3, 0x2999, False, Scope.LINK),  # U is clear: as if of link scope (RFC 5340 4.5.2)
        (3, 0xA999, False, Scope.AREA),
        (3, 0xC999, False, Scope.AS),
        (3, 0xE999, False, Scope.RESERVED),
        (3, 0xC00C, True, Scope.AS),
    ],
)
def test_scopes(version: int, kind: int, known: bool, scope: Scope) -> None:
    assert is_known(kind, version) is known
    assert scope_of(kind, version) is scope
