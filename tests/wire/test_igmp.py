"""IGMP of three versions: messages come back, versions are told apart, times are decoded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire import group_times, igmp, mld
from fingerpost.wire.checksum import checksum
from fingerpost.wire.sealing import sealed
from wire.drawn import IGMP, read_or_fault

GROUP = Address("233.252.0.1")


def test_every_type_of_the_registry_has_a_strategy() -> None:
    others = {igmp.UnknownIgmp, igmp.MembershipQueryV3}
    assert set(IGMP) == {*igmp.MESSAGES.values(), *others}
    assert set(igmp.MESSAGES) == set(igmp.IgmpType)


@pytest.mark.parametrize("message", IGMP, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_messages_come_back(message: type[igmp.IgmpMessage], data: st.DataObject) -> None:
    made = data.draw(IGMP[message])
    octets = made.encode()
    assert checksum(octets) == 0
    assert igmp.decode(octets) == made
    assert message.decode(memoryview(octets)) == made


@given(st.binary(max_size=80), st.sampled_from([*igmp.MESSAGES, 0x13, 0x30]), st.integers(0, 255))
def test_any_bytes_give_a_message_that_is_stable_or_a_decode_error(
    octets: bytes, kind: int, code: int
) -> None:
    found = read_or_fault(igmp.decode, sealed(bytes([kind, code, 0, 0]) + octets))
    if isinstance(found, DecodeError):
        assert (found.layer, bool(found.section)) == ("igmp", True)
    else:
        assert igmp.decode(found.encode()) == found


@pytest.mark.parametrize("size", [4, 5, 7, 9, 10, 11])
def test_queries_of_other_sizes_are_refused_rfc_3376_7_1(size: int) -> None:
    with pytest.raises(DecodeError):
        igmp.decode(sealed(bytes([0x11, 10, 0, 0]).ljust(size, b"\0")))


def test_queries_are_told_apart_by_size_rfc_3376_7_1() -> None:
    assert igmp.decode(sealed(bytes([0x11, 0, 0, 0]) + GROUP.packed)) == igmp.MembershipQuery(GROUP)
    octets = sealed(
        bytes([0x11, 0x8F, 0, 0]) + GROUP.packed + bytes([0x0A, 0x8A, 0, 1, 192, 0, 2, 1])
    )
    query = igmp.decode(octets)
    assert query == igmp.MembershipQueryV3(GROUP, 0x8F, 2, 0x8A, True, (Address("192.0.2.1"),))
    assert query.response_time_ds == 31 << 3
    assert query.query_interval_s == 26 << 3


def test_joining_and_leaving_are_records_of_a_report_rfc_3376_4_2_12() -> None:
    join = igmp.GroupRecord(igmp.RecordType.CHANGE_TO_EXCLUDE, GROUP)
    report = igmp.MembershipReportV3((join,))
    assert report.encode()[4:] == bytes([0, 0, 0, 1, 4, 0, 0, 0]) + GROUP.packed


def test_auxiliary_data_are_whole_words_rfc_3376_4_2_6() -> None:
    with pytest.raises(UsageError, match="whole words"):
        igmp.MembershipReportV3((igmp.GroupRecord(1, GROUP, auxiliary=b"odd"),)).encode()


@pytest.mark.parametrize("query", [igmp.MembershipQueryV3(robustness=8)])
def test_a_robustness_beyond_its_bits_is_the_callers_fault(query: igmp.MembershipQueryV3) -> None:
    with pytest.raises(UsageError, match="robustness 8"):
        query.encode()


def test_times_are_read_as_the_rfcs_say() -> None:
    assert [group_times.time_of_byte(code) for code in (0, 127, 128, 0xFF)] == [0, 127, 128, 31744]
    words = [group_times.time_of_word(code) for code in (0, 0x7FFF, 0x8000, 0xFFFF)]
    assert words == [0, 32767, 32768, 8387584]
    assert mld.ListenerQueryV2(response_code=0x8001).maximum_response_ms == 0x1001 << 3
    assert mld.ListenerQueryV2(interval_code=0x80).query_interval_s == 128


@given(st.integers(0, 0xFF))
def test_codes_of_a_byte_come_back(code: int) -> None:
    assert group_times.byte_of_time(group_times.time_of_byte(code)) == code


@given(st.integers(0, 0xFFFF))
def test_codes_of_a_word_come_back(code: int) -> None:
    assert group_times.word_of_time(group_times.time_of_word(code)) == code


@given(st.integers(0, 1 << 24))
def test_a_code_is_that_of_the_greatest_value_not_above(value: int) -> None:
    code = group_times.word_of_time(value)
    assert group_times.time_of_word(code) <= value
    assert code == 0xFFFF or group_times.time_of_word(code + 1) > value
    code = group_times.byte_of_time(value)
    assert group_times.time_of_byte(code) <= value
    assert code == 0xFF or group_times.time_of_byte(code + 1) > value


def test_the_shared_vectors_read_and_come_back(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "conformance/holo/igmp.json").read_text())
    packets = json.loads((shared_data / "conformance/smoltcp/wire-vectors.json").read_text())
    hexes = [v["hex"] for v in vectors if v["round_trip"]]
    hexes += [v["hex"] for v in packets if v["protocol"] == "igmp"]
    assert len(hexes) >= 4
    for hexed in hexes:
        assert igmp.decode(bytes.fromhex(hexed)).encode().hex() == hexed


def test_a_bad_checksum_is_refused_rfc_2236_2_3_and_can_be_passed_over(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "conformance/holo/igmp.json").read_text())
    (bad,) = [bytes.fromhex(v["hex"]) for v in vectors if not v["round_trip"]]
    with pytest.raises(DecodeError, match="checksum"):
        igmp.decode(bad)
    assert igmp.decode(bad, verify=False) == igmp.MembershipReportV2(Address("225.1.2.3"))
