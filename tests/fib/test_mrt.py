"""RIB dumps, written by an independent encoder."""

from __future__ import annotations

import io
import pickle
from collections import Counter
from ipaddress import IPv4Network, ip_address, ip_network
from itertools import pairwise
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix
from fingerpost.errors import DecodeError, LoadError
from fingerpost.fib.load import Limits, Loaded, MrtRoute, load_routes, mrt_entries
from golden import mrt
from golden.mrt import GoldenEntry
from golden.networks import any_network

PEERS = [("192.0.2.1", 64500), ("2001:db8::1", 64501), ("192.0.2.3", 4200000000)]
NET = IPv4Network("198.51.100.0/24")
INDEX = mrt.peer_index(PEERS)

U32 = st.integers(0, 2**32 - 1)
U16 = st.integers(0, 2**16 - 1)
SEGMENTS = st.lists(st.tuples(st.integers(1, 4), st.lists(U32, min_size=1, max_size=4)), max_size=3)
ENTRIES = st.builds(
    GoldenEntry,
    peer=st.integers(0, 2),
    segments=SEGMENTS,
    origin=st.none() | st.integers(0, 2),
    next_hop=st.none() | st.ip_addresses().map(str).filter(lambda text: "%" not in text),
    med=st.none() | U32,
    local_pref=st.none() | U32,
    communities=st.lists(st.tuples(U16, U16), max_size=80),
    large_communities=st.lists(st.tuples(U32, U32, U32), max_size=3),
    full_mp_reach=st.booleans(),
)


def load(*records: bytes, **options: object) -> Loaded:
    return load_routes(io.BytesIO(b"".join(records)), format="mrt", **options)  # type: ignore[arg-type]


def routes(loaded: Loaded) -> dict[str, MrtRoute]:
    found = {}
    for prefix, value in loaded.items():
        assert isinstance(value, MrtRoute)
        found[str(prefix)] = value
    return found


def path_text(segments: mrt.Segments) -> str:
    marks = {1: ("{", ",", "}"), 2: ("", " ", ""), 3: ("(", " ", ")"), 4: ("[", ",", "]")}
    return " ".join(
        marks[kind][0] + marks[kind][1].join(map(str, asns)) + marks[kind][2]
        for kind, asns in segments
    )


def path(*asns: int, peer: int = 0) -> GoldenEntry:
    return GoldenEntry(peer=peer, segments=[(mrt.SEQUENCE, list(asns))])


WELL_KNOWN = {0xFF01: "no-export", 0xFF02: "no-advertise", 0xFF03: "no-export-subconfed"}
WELL_KNOWN |= {0xFF04: "no-peer", 666: "blackhole"}


def community(high: int, low: int) -> str:
    return WELL_KNOWN.get(low, f"{high}:{low}") if high == 0xFFFF else f"{high}:{low}"


@given(any_network(), ENTRIES, st.none() | U32)
def test_every_field_of_an_entry_comes_back(
    network: mrt.Network, entry: GoldenEntry, path_id: int | None
) -> None:
    entry.path_id = path_id
    ((prefix, route),) = mrt_entries(io.BytesIO(INDEX + mrt.rib(network, [entry])))
    assert prefix == Prefix(str(network))
    assert (str(route.peer), route.peer_as) == PEERS[entry.peer]
    assert route.path_id == path_id
    assert route.as_path == path_text(entry.segments)
    assert list(route.ases) == [asn for _, asns in entry.segments for asn in asns]
    assert list(route.segments) == [(kind, tuple(asns)) for kind, asns in entry.segments]
    assert route.origin == (
        None if entry.origin is None else ("IGP", "EGP", "INCOMPLETE")[entry.origin]
    )
    golden_hop = None if entry.next_hop is None else Address(str(ip_address(entry.next_hop)))
    assert route.next_hop == golden_hop
    assert (route.med, route.local_pref) == (entry.med, entry.local_pref)
    assert list(route.communities) == [community(*pair) for pair in entry.communities]
    assert list(route.large_communities) == [f"{a}:{b}:{c}" for a, b, c in entry.large_communities]
    again = pickle.loads(pickle.dumps(route))
    assert again == route
    assert hash(again) == hash(route)


@given(st.lists(st.tuples(any_network(), st.lists(ENTRIES, min_size=1, max_size=5)), max_size=6))
def test_the_value_is_the_first_entry_with_the_most_common_origin(
    rows: list[tuple[mrt.Network, list[GoldenEntry]]],
) -> None:
    loaded = load(INDEX, *(mrt.rib(network, entries) for network, entries in rows))
    golden: dict[str, tuple[int, str]] = {}
    # adjacent records of one prefix are one group, and of several groups the first counts
    groups: list[tuple[mrt.Network, list[GoldenEntry]]] = []
    for network, entries in rows:
        if groups and groups[-1][0] == network:
            groups[-1] = (network, groups[-1][1] + entries)
        else:
            groups.append((network, entries))
    for network, entries in groups:
        votes = Counter(origin(entry) for entry in entries)
        best = next(entry for entry in entries if votes[origin(entry)] == max(votes.values()))
        golden.setdefault(
            str(Prefix(str(network))), (PEERS[best.peer][1], path_text(best.segments))
        )
    assert {p: (r.peer_as, r.as_path) for p, r in routes(loaded).items()} == golden
    assert loaded.routes + loaded.duplicates == sum(len(entries) for _, entries in rows)


def origin(entry: GoldenEntry) -> int | None:
    """RFC 6811 2, with sets of one counted."""
    own = PEERS[entry.peer][1]
    if not entry.segments:
        return own
    kind, asns = entry.segments[-1]
    if kind == mrt.SEQUENCE or (kind == mrt.SET and len(asns) == 1):
        return asns[-1]
    return None if kind == mrt.SET else own


def test_one_leaking_peer_does_not_decide_whose_a_prefix_is() -> None:
    leak, first, second = path(64500, 666), path(64501, 15169, peer=1), path(1, 15169, peer=2)
    (value,) = load(INDEX, mrt.rib(NET, [leak, first, second])).values
    assert isinstance(value, MrtRoute)
    assert (value.origin_as, value.peer_as) == (15169, 64501)


def test_one_peer_can_be_asked_by_address_or_as_number() -> None:
    records = INDEX, mrt.rib(NET, [path(1), path(2, peer=1), path(3, peer=2)])
    assert routes(load(*records, peer="2001:db8::1"))[str(NET)].as_path == "2"
    assert routes(load(*records, peer=4200000000))[str(NET)].as_path == "3"
    with pytest.raises(LoadError, match=r"no routes of peer 64999; .*192\.0\.2\.1 \(AS64500\)"):
        load(*records, peer=64999)


def test_value_picks_attributes_and_equal_routes_are_one_object() -> None:
    records = [INDEX, *(mrt.rib(ip_network(f"10.{n}.0.0/16"), [path(7, 9)]) for n in range(3))]
    first, second, third = load(*records).values
    assert first is second is third
    assert load(*records, value="origin_as").values == [9, 9, 9]
    assert load(*records, value=("as_path", "med")).values == [("7 9", None)] * 3
    with pytest.raises(LoadError, match=r"no attribute 'asn'; there are .*origin_as"):
        load(*records, value="asn")


def test_table_dump_merges_as4_path_rfc_6793_4_2_3() -> None:
    entry = GoldenEntry(segments=[(mrt.SEQUENCE, [64500, 23456, 23456])])
    wide = mrt.as_path([(mrt.SEQUENCE, [4200000000, 4200000001])])
    extra = mrt.attribute(17, wide) + mrt.attribute(7, pack(">H4s", 23456, bytes(4)))
    extra += mrt.attribute(18, pack(">I4s", 4200000001, bytes([192, 0, 2, 9])))
    loaded = load(mrt.table_dump(NET, entry, "192.0.2.1", 64500, extra))
    route = routes(loaded)[str(NET)]
    assert route.as_path == "64500 4200000000 4200000001"
    assert route.origin_as == 4200000001
    assert route.aggregator == (4200000001, Address("192.0.2.9"))


def test_as4_attributes_are_ignored_behind_a_new_aggregator_rfc_6793_4_2_3() -> None:
    entry = GoldenEntry(segments=[(mrt.SEQUENCE, [64500, 23456])])
    extra = mrt.attribute(17, mrt.as_path([(mrt.SEQUENCE, [4200000000])]))
    extra += mrt.attribute(7, pack(">H4s", 64500, bytes(4)))
    extra += mrt.attribute(18, pack(">I4s", 4200000001, bytes(4)))
    loaded = load(mrt.table_dump(NET, entry, "192.0.2.1", 64500, extra))
    assert routes(loaded)[str(NET)].as_path == "64500 23456"


def test_table_dump_groups_the_records_of_a_prefix() -> None:
    v6 = ip_network("2001:db8::/32")
    records = [
        mrt.table_dump(NET, path(1, 666), "192.0.2.1", 1),
        mrt.table_dump(NET, path(2, 9), "192.0.2.2", 2),
        mrt.table_dump(NET, path(3, 9), "192.0.2.3", 3),
        mrt.table_dump(v6, GoldenEntry(next_hop="2001:db8::2"), "2001:db8::2", 4),
    ]
    found = routes(load(*records))
    assert found[str(NET)].as_path == "2 9"
    assert found[str(v6)].next_hop == Address("2001:db8::2")


def test_other_records_are_counted_by_kind() -> None:
    others = [mrt.record(13, 3, b"x"), mrt.record(13, 6, b""), mrt.record(13, 12, b"")]
    loaded = load(INDEX, *others, mrt.record(17, 4, b"y"), mrt.record(13, 7, b""),
                  mrt.rib(NET, [path(1)]))  # fmt: skip
    assert loaded.routes == 1
    assert loaded.skipped == {"BGP4MP": 1, "multicast RIB": 1, "RIB_GENERIC": 2, "other": 1}


def test_a_file_of_updates_says_what_it_is() -> None:
    with pytest.raises(LoadError, match=r"2 BGP4MP records .* load a RIB dump instead"):
        load_routes(io.BytesIO(mrt.record(16, 4, b"") + mrt.record(17, 1, b"")))


# -- what is wrong ------------------------------------------------------------------------------

GOOD = mrt.rib(NET, [path(1)])
OTHER = mrt.rib(ip_network("10.0.0.0/8"), [path(2)])


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (mrt.record(13, 2, b"\0\0"), r"offset 87: 'sequence number with 2 bytes left'"),
        (mrt.record(13, 2, bytes(4) + b"\x21"), r"'prefix length 33': expected at most 32"),
        (mrt.record(13, 4, bytes(4) + b"\x81"), r"'prefix length 129': expected at most 128"),
        (mrt.rib(NET, [path(1, peer=3)]), r"'peer index 3': .*PEER_INDEX_TABLE"),
        (mrt.record(13, 2, bytes(4) + b"\0\0\0!"), r"bytes after the last entry"),
        (mrt.record(13, 1, bytes(4) + b"\xff\xff"), r"'view name length 65535': .*4.3.1"),
        (mrt.record(12, 1, b""), r"'view number with 0 bytes left': .*RFC 6396 4.2"),
    ],
)  # fmt: skip
def test_a_bad_record_is_reported_and_the_next_one_is_read(bad: bytes, message: str) -> None:
    loaded = load(INDEX, bad, INDEX, OTHER)
    assert list(routes(loaded)) == ["10.0.0.0/8"]
    with pytest.raises(DecodeError, match=message):
        load(INDEX, bad, INDEX, OTHER, strict=True)


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (1, b"\x03", "'origin 3': expected 0, 1 or 2"),
        (2, b"\x05\x00", "'segment type 5': expected 1 to 4"),
        (2, b"\x02\x02\x00\x00\x00\x01", "'segment length 8'"),
        (3, b"\x01", "'attribute length 1': expected 4"),
        (7, b"\x01", "'attribute length 1': expected 6 or 8"),
        (8, b"\x01", "'attribute length 1': expected a multiple of 4"),
        (16, b"\x01", "'attribute length 1': expected a multiple of 8"),
        (32, b"\x01", "'attribute length 1': expected a multiple of 12"),
        (14, b"\x10\x00", "'next hop length 16'"),
    ],
)
def test_an_entry_with_bad_attributes_is_reported_and_its_neighbours_count(
    kind: int, value: bytes, message: str
) -> None:
    bad = mrt.attribute(kind, value)
    entry = pack(">HIH", 0, 0, len(bad)) + bad
    good = mrt.attributes(path(5))
    body = bytes(4) + mrt.nlri(NET) + b"\0\2" + entry + pack(">HIH", 1, 0, len(good)) + good
    loaded = load(INDEX, mrt.record(13, 2, body))
    assert routes(loaded)[str(NET)].as_path == "5"
    assert loaded.bad_total == 1
    assert message in str(loaded.bad[0])


def test_a_rib_without_peer_index_is_reported() -> None:
    loaded = load(GOOD)
    assert loaded.routes == 0
    assert "expected a PEER_INDEX_TABLE record before it" in loaded.bad[0].reason


def test_a_record_that_claims_a_gigabyte_is_reported_and_not_held() -> None:
    liar = mrt.record(13, 2, b"", length=1 << 30)
    loaded = load(INDEX, GOOD, liar, b"x" * 1000)
    assert loaded.routes == 1
    assert [bad.text for bad in loaded.bad] == ["length 1073741824", "record with 0 bytes left"]


def test_records_of_length_zero_do_not_stop_the_reader() -> None:
    loaded = load(INDEX, mrt.record(13, 2, b"") * 10_000, GOOD)
    assert loaded.routes == 1
    assert loaded.bad_total == 10_000
    assert len(loaded.bad) == 1000


def test_a_file_cut_at_any_byte_gives_the_whole_records_before_the_cut() -> None:
    entries = [GoldenEntry(path_id=n, communities=[(1, n)]) for n in range(3)]
    whole = INDEX + mrt.rib(NET, entries) + mrt.table_dump(NET, path(7), "192.0.2.1", 7)
    ends = [len(INDEX), len(INDEX) + len(mrt.rib(NET, entries)), len(whole)]
    for at in range(len(whole) + 1):
        loaded = load(whole[:at])
        assert loaded.routes == (1 if at >= ends[1] else 0)
        assert loaded.bad_total == (0 if at in (0, *ends) else 1)
        if loaded.bad_total:
            with pytest.raises(
                DecodeError, match=f"offset {max([0, *(e for e in ends if e <= at)])}"
            ):
                load(whole[:at], strict=True)


@given(st.binary(max_size=300))
def test_random_bytes_are_counted_never_raised(data: bytes) -> None:
    loaded = load(INDEX, data)
    assert loaded.routes <= len(data)


@given(st.data())
def test_a_flipped_byte_raises_decode_error_or_nothing(data: st.DataObject) -> None:
    entries = [GoldenEntry(path_id=1, med=3, communities=[(1, 2)]), path(1, 2, 3, peer=1)]
    whole = bytearray(INDEX + mrt.rib(NET, entries) + mrt.table_dump(NET, path(7), "192.0.2.1", 7))
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    loaded = load(bytes(whole))
    assert len(loaded.values) == loaded.routes
    try:
        found = list(mrt_entries(io.BytesIO(bytes(whole))))
    except DecodeError:
        return
    assert all(isinstance(route, MrtRoute) for _, route in found)


@given(st.lists(st.integers(0, 5000), max_size=6))
def test_the_cut_into_chunks_changes_nothing(cuts: list[int]) -> None:
    from fingerpost._core import MrtTable

    rows = [(ip_network(f"10.{n}.0.0/16"), [path(n), path(n, peer=1)]) for n in range(50)]
    whole = INDEX + b"".join(mrt.rib(network, entries) for network, entries in rows)
    table = MrtTable()
    places = sorted({0, *(min(cut, len(whole)) for cut in cuts), len(whole)})
    for start, end in pairwise(places):
        table.feed(whole[start:end])
    table.end()
    assert len(table) == 50
    assert table.bad_total == 0


def test_distinct_routes_stop_at_the_memory_limit() -> None:
    records = [INDEX] + [mrt.rib(NET, [GoldenEntry(med=n)]) + OTHER for n in range(5000)]
    with pytest.raises(LoadError, match=r"raise Limits\(memory"):
        load(*records, limits=Limits(memory=1 << 20))
