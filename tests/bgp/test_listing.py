"""Pages of a table against sorting everything; rows of attributes against values of attributes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from fingerpost._core import BgpTable
from fingerpost.addr import Address, Prefix
from fingerpost.bgp.attributes import (
    AsPath,
    AttributeSet,
    Communities,
    LargeCommunities,
    LocalPref,
    MultiExitDisc,
    NextHop,
    Origin,
    OriginCode,
    Segment,
    SegmentKind,
    UnknownAttribute,
)
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.listing.asked import PathsAsked, member_named
from fingerpost.bgp.listing.attribute_row import attribute_row

PATHS: tuple[tuple[int, ...], ...] = ((1, 2), (3, 2), (1, 22), (), (64512, 1, 12))


def any_path(_: tuple[int, ...]) -> bool:
    """Any path is meant."""
    return True


def table(rng: Random, count: int) -> tuple[BgpTable, dict[Prefix, tuple[int, ...]]]:
    """Prefixes that we say ourselves, each with one of a few paths."""
    made = BgpTable(
        65000, 1, cluster_id=1, confederation=0, takes_sets=True, key=rng.getrandbits(64)
    )
    model: dict[Prefix, tuple[int, ...]] = {}
    for _ in range(count):
        length = rng.choice((8, 16, 20, 24, 25, 32))
        prefix = Prefix((Address(rng.getrandbits(12) << 20 | rng.getrandbits(8)), length))
        path = model[prefix] = rng.choice(PATHS)
        octets = AttributeSet.of(Origin(OriginCode.IGP), AsPath.of(*path)).encode()
        made.originate(IPV4.code, [prefix], octets, 1, 0)
    return made, model


@pytest.mark.parametrize("seed", range(6))
def test_pages_are_what_sorting_everything_gives(seed: int) -> None:
    rng = Random(seed)
    held, model = table(rng, 200)
    within = rng.choice((None, Prefix("0.0.0.0/1"), Prefix("128.0.0.0/2")))
    expression = rng.choice((None, "_2$", "^1_", "^$"))
    found: list[Prefix] = []
    while True:
        walk = held.walk(
            IPV4.code,
            limit=7,
            within=within,
            after=found[-1] if found else None,
            filter=PathsAsked(as_path=expression).filter(),
        )
        while held.step(walk, 13):
            pass
        page = walk.prefixes()
        found += page
        if len(page) < 7:
            break
    meant: dict[str, Callable[[tuple[int, ...]], bool]] = {
        "_2$": lambda path: path[-1:] == (2,),
        "^1_": lambda path: path[:1] == (1,),
        "^$": lambda path: not path,
    }
    takes = meant.get(expression or "", any_path)
    assert found == sorted(
        prefix
        for prefix, path in model.items()
        if takes(path) and (within is None or prefix in within)
    )


def test_a_row_says_what_the_attributes_are() -> None:
    sets = (
        AttributeSet.of(
            Origin(OriginCode.EGP),
            AsPath((Segment(SegmentKind.SEQUENCE, (1, 70000)), Segment(SegmentKind.SET, (3, 4)))),
            NextHop.of(Address("2001:db8::1"), Address("fe80::1"), scope=3),
            MultiExitDisc(7),
            LocalPref(200),
            Communities((65000 << 16 | 1, 0xFFFF_FF01)),
            LargeCommunities(((65000, 1, 2),)),
            UnknownAttribute(0xC0, 200, bytes(300)),
        ),
        AttributeSet.of(Origin(OriginCode.IGP), AsPath.of(5, 6)),
        AttributeSet(),
    )
    for held in sets:
        row = attribute_row(held.encode())
        assert row["as_path"] == str(held.as_path)
        assert (row["as_path_length"], row["origin_as"]) == (
            held.as_path.length,
            held.as_path.origin,
        )
        assert (row["med"], row["local_preference"]) == (held.med, held.local_preference)
    first = attribute_row(sets[0].encode())
    assert (first["next_hop"], first["link_local"]) == ("2001:db8::1", "fe80::1")
    assert first["communities"] == ["65000:1", "no-export"]
    assert first["large_communities"] == ["65000:1:2"]
    assert [one["name"] for one in first["other"]] == ["type 200"]


def test_a_community_is_named_in_each_form() -> None:
    assert member_named("65000:1") == (8, bytes((0xFD, 0xE8, 0, 1)))
    assert member_named("no-export") == (8, bytes((0xFF, 0xFF, 0xFF, 0x01)))
    assert member_named("1:2:3") == (32, bytes((0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3)))
    assert member_named("rt:65000:1")[0] == 16
