"""RIB dumps of real routers and collectors, line by line against bgpdump."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.errors import LoadError
from fingerpost.fib.load import MrtRoute, load_routes, mrt_entries

DUMPS = ["bview.64k_stream_overflow.gz", "bview.ipv4_unicast_add_path.gz"]
UPDATES = ["updates.20100722.2015.gz", "updates.long_withdrawal.gz"]


@pytest.fixture(scope="session")
def dumps(shared_data: Path) -> Path:
    return shared_data / "conformance" / "mrt"


def as_bgpdump(prefix: Prefix, route: MrtRoute) -> list[str]:
    """The fields of `bgpdump -m` after the peer: prefix, path id, path, origin, ... aggregator."""
    by = route.aggregator
    return [
        str(route.peer),
        str(route.peer_as),
        str(prefix),
        *([] if route.path_id is None else [str(route.path_id)]),
        route.as_path,
        route.origin or "INCOMPLETE",  # bgpdump's words for what a local route lacks
        "255.255.255.255" if route.next_hop is None else str(route.next_hop),
        str(route.local_pref or 0),
        str(route.med or 0),
        " ".join(route.communities),
        "AG" if route.atomic_aggregate else "NAG",
        "" if by is None else f"{by[0]} {by[1]}",
    ]


@pytest.mark.parametrize("name", DUMPS)
def test_every_entry_is_what_bgpdump_prints(dumps: Path, name: str) -> None:
    with gzip.open(dumps / "ris" / f"{name}.bgp.gz", "rt") as lines:
        golden = [canonical(line.rstrip("\n").split("|")[3:-1]) for line in lines]
    found = [as_bgpdump(prefix, route) for prefix, route in mrt_entries(dumps / "ris" / name)]
    assert found == golden


def canonical(fields: list[str]) -> list[str]:
    """Addresses in our spelling: bgpdump leaves that to the C library."""
    hop = len(fields) - 6
    return [
        str(Address(fields[0])),
        fields[1],
        str(Prefix(fields[2])),
        *fields[3:hop],
        str(Address(fields[hop])),
        *fields[hop + 1 :],
    ]


@pytest.mark.parametrize("name", DUMPS)
def test_a_prefix_has_the_origin_that_most_lines_name(dumps: Path, name: str) -> None:
    with gzip.open(dumps / "ris" / f"{name}.bgp.gz", "rt") as lines:
        rows = [line.split("|") for line in lines]
    votes: dict[Prefix, Counter[int | None]] = {}
    for row in rows:
        path = row[7] if row[0].endswith("_AP") else row[6]
        origin = int(path.split()[-1]) if path else None
        votes.setdefault(Prefix(row[5]), Counter())[origin] += 1
    loaded = load_routes(dumps / "ris" / name, value="origin_as")
    assert loaded.routes == len(votes)
    assert loaded.duplicates == len(rows) - len(votes)
    for prefix, asn in loaded.items():
        assert votes[prefix][asn] == max(votes[prefix].values())  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "prefixes", "entries"),
    [
        ("bird-mrtdump_rib", 6, 18),
        ("bird6-mrtdump_rib", 5, 10),
        ("openbgpd_rib_table", 21, 31),
        ("openbgpd_rib_table-v2", 21, 31),
        ("quagga_rib", 6, 9),
    ],
)
def test_the_dumps_of_every_router_load_without_fault(
    dumps: Path, name: str, prefixes: int, entries: int
) -> None:
    loaded = load_routes(dumps / name, strict=True)
    assert (loaded.format, loaded.routes, loaded.bad_total) == ("mrt", prefixes, 0)
    assert len(list(mrt_entries(dumps / name))) == entries


def test_both_dump_formats_of_one_router_say_the_same(dumps: Path) -> None:
    old, new = (
        {
            (str(prefix), route.as_path, str(route.next_hop), route.local_pref, route.med)
            for prefix, route in mrt_entries(dumps / name)
        }
        for name in ("openbgpd_rib_table", "openbgpd_rib_table-v2")
    )
    assert old == new


@pytest.mark.parametrize(
    "name",
    [
        *("bird-mrtdump_bgp", "bird6_bgp", "bird_bgp", "openbgpd_bgp", "quagga_bgp"),
        *("openbgpd_rib_table-mp", *(f"ris/{name}" for name in UPDATES)),
    ],
)
def test_files_of_messages_are_refused_by_what_they_are(dumps: Path, name: str) -> None:
    with pytest.raises(LoadError, match=r"BGP4MP records .*load a RIB dump instead"):
        load_routes(dumps / name)


@pytest.mark.parametrize("name", ["quagga_rib", "bird-mrtdump_rib", "openbgpd_rib_table"])
def test_a_real_dump_cut_anywhere_never_raises(dumps: Path, name: str, tmp_path: Path) -> None:
    whole = (dumps / name).read_bytes()
    path = tmp_path / "cut"
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at])
        loaded = load_routes(path, format="mrt")
        assert loaded.bad_total <= 1
