"""The core reads dumps as the readable decoder does, and tells them again in full."""

from __future__ import annotations

import io
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost._core import MrtBatches, MrtRoutes, Prefix
from fingerpost.addr import Address
from fingerpost.bgp.attributes import AttributeSet, NextHop
from fingerpost.bgp.nlri.unicast import decode_prefix
from fingerpost.bgp.records import Announced, heard_in
from fingerpost.errors import DecodeError
from fingerpost.fib.load.loaded import Limits
from fingerpost.fib.load.source import open_source
from fingerpost.mrt import Ends, MessageSeen, MrtFile, PeerIndex, Rib, RibEntry, TablePeer

CALM = settings(deadline=None, max_examples=60)
UNUSABLE = 0xFFFF_FFFF
TABLES = (
    "bird-mrtdump_rib",
    "bird6-mrtdump_rib",
    "openbgpd_rib_table",
    "quagga_rib",
    "ris/bview.64k_stream_overflow.gz",
    "ris/bview.ipv4_unicast_add_path.gz",
)
Row = tuple[str, int, Prefix, int, bytes]


def octets_of(path: Path) -> bytes:
    """The decompressed file."""
    with open_source(path, Limits(), None) as source:
        return b"".join(source.chunks())


def read_slowly(data: bytes) -> list[Row]:
    """Each unicast entry."""
    file = MrtFile(io.BytesIO(data))
    rows = []
    for entry in file:
        for one in heard_in(entry, file.peers):
            if isinstance(one, Announced) and one.family.is_unicast:
                prefix = decode_prefix(one.nlri, one.family.afi)
                peer = one.peer
                path_id = one.path_id or 0
                rows.append((str(peer.address), peer.asn, prefix, path_id, one.attributes))
    return rows


def read_by_core(data: bytes, piece: int) -> list[Row]:
    """The same by the core, fed in pieces."""
    reader = MrtBatches()
    rows: list[Row] = []
    for at in range(0, len(data), piece):
        reader.feed(data[at : at + piece])
        prefixes, peers, _, ids, sets = reader.take()
        known = reader.peers
        columns = (memoryview(one).cast("I") for one in (peers, ids, sets))
        for prefix, peer, path_id, held in zip(prefixes, *columns, strict=True):
            address, asn = known[peer]
            attributes = reader.attributes(held)
            assert attributes is not None
            rows.append((str(address), asn, prefix, path_id, attributes))
    reader.end()
    assert reader.bad_total == 0
    return rows


@pytest.mark.parametrize("name", TABLES)
def test_dumps_of_others_are_read_alike(shared_data: Path, name: str) -> None:
    data = octets_of(shared_data / "conformance/mrt" / name)
    assert read_by_core(data, 1 << 16) == read_slowly(data)
    assert read_by_core(data, 97) == read_slowly(data)


@pytest.mark.parametrize("name", TABLES)
def test_a_dump_that_is_told_again_says_the_same(shared_data: Path, name: str) -> None:
    data = octets_of(shared_data / "conformance/mrt" / name)
    wanted = [row for row in read_slowly(data) if AttributeSet.decode(row[4]).get(NextHop)]
    has_ids = any(row[3] for row in wanted)
    routes = MrtRoutes()
    routes.feed(data)
    routes.end()
    told = []
    for number, (address, asn, count) in enumerate(routes.peers):
        start: int | None = 0
        while start is not None:
            octets, start = routes.messages(number, start, 7, 4096, has_ids)
            told += messages_say(octets, address, asn, has_ids=has_ids)
        assert count == sum(row[:2] == (str(address), asn) for row in wanted)
    assert sorted(told, key=str) == sorted(wanted, key=str)


def messages_say(octets: bytes, address: Address, asn: int, *, has_ids: bool) -> list[Row]:
    """What UPDATEs announce."""
    rows = []
    while octets:
        length = int.from_bytes(octets[16:18], "big")
        message, octets = octets[:length], octets[length:]
        ends = Ends(asn, asn, address, address)
        for one in heard_in(MessageSeen(0, ends, message, has_path_ids=has_ids), None):
            assert isinstance(one, Announced)
            prefix = decode_prefix(one.nlri, one.family.afi)
            rows.append((str(address), asn, prefix, one.path_id or 0, one.attributes))
    return rows


ATTRIBUTE = st.sampled_from(
    [
        b"\x40\x01\x01\x00",
        b"\x40\x01\x01\x09",
        b"\x40\x02\x06\x02\x01\x00\x00\xfd\xe9",
        b"\x40\x02\x00",
        b"\x40\x02\x05\x02\x01\x00\x00\xfd",
        b"\x40\x03\x04\xc0\x00\x02\x01",
        b"\x40\x03\x04\xff\x00\x02\x01",
        b"\x80\x04\x04\0\0\0\x07",
        b"\x40\x05\x04\0\0\0\x64",
        b"\xc0\x08\x04\xfd\xe9\0\x01",
        b"\xd0\x08\x00\x04\xfd\xe9\0\x01",
        b"\xc0\x20\x0c" + bytes(12),
        b"\x80\x0e\x11\x10\x20\x01" + bytes(13) + b"\x01",
        b"\x80\x0e\x05\x04\xc0\x00\x02\x09",
        b"\x80\x0e\x15\0\2\1\x10\x20\x01" + bytes(13) + b"\x01\0",
        b"\xc0\x63\x02ab",
        b"\x40\x01",
    ]
)


@CALM
@given(st.lists(st.lists(ATTRIBUTE, max_size=6), min_size=1, max_size=4), st.booleans())
def test_any_attributes_are_judged_alike(said: list[list[bytes]], is_v6: bool) -> None:
    index = PeerIndex(1, (TablePeer(Address("192.0.2.1"), 65001),))
    afi, nlri = (2, b"\x10\x20\x01") if is_v6 else (1, b"\x08\x0a")
    reader = MrtBatches()
    reader.feed(index.record(0).encode())
    for one in said:
        octets = b"".join(one)
        rib = Rib(0, 0, afi, 1, nlri, (RibEntry(0, 5, octets),))
        reader.feed(rib.record().encode())
        prefixes, _, originated, _, sets = reader.take()
        found = reader.attributes(array("I", sets)[0])
        assert (len(prefixes), array("I", originated)[0]) == (1, 5)
        try:
            (heard,) = heard_in(rib, index)
        except DecodeError:
            assert found is None
        else:
            assert isinstance(heard, Announced)
            assert found == heard.attributes


@CALM
@given(st.binary(max_size=400))
def test_any_octets_leave_the_core_in_peace(data: bytes) -> None:
    reader = MrtRoutes()
    reader.feed(PeerIndex(1, (TablePeer(Address("192.0.2.1"), 65001),)).record(0).encode())
    reader.feed(data)
    reader.end()
    for number, _ in enumerate(reader.peers):
        reader.messages(number, 0, 100)
