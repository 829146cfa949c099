"""Records of MRT: what is written reads back, and no octets raise anything but `DecodeError`."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, LoadError
from fingerpost.mrt import (
    Ends,
    MessageSeen,
    MrtFile,
    OtherRecord,
    PeerIndex,
    Record,
    Rib,
    RibEntry,
    SessionState,
    StateChange,
    TablePeer,
    decode_record,
)

CALM = settings(deadline=None, max_examples=60)  # machines that others work on too
U16, U32 = st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF)
ADDRESSES = st.binary(min_size=4, max_size=4) | st.binary(min_size=16, max_size=16)
PEERS = st.builds(TablePeer, ADDRESSES.map(Address), U32, U32)
INSTANTS = st.integers(0, 0xFFFF_FFFF).map(lambda s: s * 1_000_000_000)
ENDS = st.sampled_from((4, 16)).flatmap(
    lambda n: st.builds(
        Ends,
        U32,
        U32,
        st.binary(min_size=n, max_size=n).map(Address),
        st.binary(min_size=n, max_size=n).map(Address),
        U16,
    )
)


@st.composite
def ribs(draw: st.DrawFn) -> Rib:
    """Records of every kind of RIB that has a length in bits."""
    afi, safi = draw(st.sampled_from(((1, 1), (1, 2), (2, 1), (2, 2), (1, 128))))
    bits = draw(st.integers(0, {1: 32, 2: 128}[afi]))
    nlri = bytes((bits,)) + draw(st.binary(min_size=(bits + 7) // 8, max_size=(bits + 7) // 8))
    ids = U32 if draw(st.booleans()) else st.none()
    entry = st.builds(RibEntry, U16, U32, st.binary(max_size=40), ids)
    entries = tuple(draw(st.lists(entry, min_size=1, max_size=5)))
    return Rib(draw(INSTANTS), draw(U32), afi, safi, nlri, entries)


@CALM
@given(ribs())
def test_rib_records_read_back(rib: Rib) -> None:
    assert decode_record(rib.record()) == rib


@CALM
@given(st.builds(PeerIndex, U32, st.lists(PEERS, max_size=5).map(tuple), st.text(max_size=9)))
def test_peer_tables_read_back(index: PeerIndex) -> None:
    assert decode_record(index.record(0)) == index


@CALM
@given(ENDS, st.binary(max_size=60), st.booleans(), st.booleans(), st.booleans(), INSTANTS)
def test_messages_read_back(
    ends: Ends, data: bytes, is_local: bool, has_ids: bool, is_timed: bool, instant: int
) -> None:
    seen = MessageSeen(
        instant, ends, data, is_local=is_local, has_path_ids=has_ids, is_timed=is_timed
    )
    assert decode_record(seen.record()) == seen


@CALM
@given(ENDS, st.sampled_from(SessionState), U16.filter(lambda n: n > 8), INSTANTS)
def test_changes_of_state_read_back(
    ends: Ends, before: SessionState, after: int, instant: int
) -> None:
    change = StateChange(instant, ends, before, after)
    assert decode_record(change.record()) == change


def table() -> bytes:
    """A dump of two records."""
    index = PeerIndex(1, (TablePeer(Address("192.0.2.1"), 65001),))
    rib = Rib(5, 0, 1, 1, b"\x08\x0a", (RibEntry(0, 7, b"\x40\x01\x01\x00"),))
    return index.record(0).encode() + rib.record().encode()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_compression_is_seen_through(pack: Callable[[bytes], bytes]) -> None:
    file = MrtFile(io.BytesIO(pack(table())))
    assert [type(one) for one in file] == [PeerIndex, Rib]


def test_a_compressed_file_that_is_cut_says_so() -> None:
    with pytest.raises(LoadError, match="cut off"):
        list(MrtFile(io.BytesIO(gzip.compress(table())[:-12])))


@CALM
@given(st.integers(1, 60))
def test_a_file_that_ends_inside_a_record_says_where(at: int) -> None:
    cut = table()[:at]
    file = MrtFile(io.BytesIO(cut), is_strict=False)
    whole = [0, len(PeerIndex(1, (TablePeer(Address("192.0.2.1"), 65001),)).record(0).encode())]
    list(file)
    places = [fault.offset for fault in file.faults]
    if at in (*whole, len(table())):
        assert places == []
    else:
        assert places == [max(place for place in whole if place < at)]


def test_strict_reading_names_file_and_offset() -> None:
    bad = Record(0, 13, 2, b"\0\0\0\0\x21" + bytes(7)).encode()
    stream = io.BytesIO(table() + bad)
    stream.name = "here.mrt"
    with pytest.raises(DecodeError, match=r"here\.mrt: MRT, offset \d+: prefix length is 33"):
        list(MrtFile(stream))


def test_a_fault_costs_its_record_alone() -> None:
    bad = Record(0, 13, 2, b"\0\0\0\0\x21" + bytes(7)).encode()
    file = MrtFile(io.BytesIO(bad + table()), is_strict=False)
    assert [type(one) for one in file] == [PeerIndex, Rib]
    assert file.fault_count == 1


def test_what_nobody_knows_is_given_as_it_is() -> None:
    assert isinstance(decode_record(Record(0, 64, 3, b"abc")), OtherRecord)


@CALM
@given(st.sampled_from((12, 13, 16, 17)), st.integers(0, 13), st.binary(max_size=80))
def test_any_body_gives_an_entry_or_a_decode_error(kind: int, subtype: int, body: bytes) -> None:
    try:
        decode_record(Record(0, kind, subtype, body))
    except DecodeError as error:
        where = error.offset
    else:
        where = 0
    assert where is not None


@CALM
@given(st.binary(max_size=300))
def test_any_file_ends(data: bytes) -> None:
    file = MrtFile(io.BytesIO(b"\0" * 4 + data), is_strict=False)
    assert len(list(file)) + file.fault_count <= len(data) // 12 + 2


def test_an_over_long_record_is_passed_over() -> None:
    length = (16 << 20) + 1
    long = b"\0" * 4 + b"\0\x0d\0\x02" + length.to_bytes(4, "big") + bytes(length)
    file = MrtFile(io.BytesIO(long + table()), is_strict=False)
    assert [type(one) for one in file] == [PeerIndex, Rib]
    assert [one.offset for one in file.faults] == [0]
