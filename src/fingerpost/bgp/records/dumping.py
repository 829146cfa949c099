"""The tables of a router as records of TABLE_DUMP_V2 (RFC 6396 4.3), a slice at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost._core import bgp_dump
from fingerpost.addr import Address
from fingerpost.mrt import PeerIndex, TablePeer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fingerpost.bgp.family import Family
    from fingerpost.bgp.machine import Bgp

SLICE: Final = 5_000
"""Prefixes of a slice: a few milliseconds."""
_NOBODY: Final = 0xFFFF
_NS_PER_S: Final = 1_000_000_000


def dump_slices(
    bgp: Bgp,
    instant_ns: int,
    *,
    families: Sequence[Family] | None = None,
    is_pre_policy: bool = False,
    view: str = "",
) -> Iterator[bytes]:
    """Give the file in parts, whole records each; what changes meanwhile is in it or not.

    `instant_ns` counts from 1970 and stands in all records. Paths are those behind the import
    policies, or as they came. Our own have peer 0, which is us: 0.0.0.0 in AS 0, as BIRD writes it.
    """
    peers = [TablePeer(Address("0.0.0.0"), 0, bgp.config.router_id)]
    places = [_NOBODY] * (max(bgp.peers, default=0) + 1)
    places[0] = 0
    for number, peer in bgp.peers.items():
        if peer.address is not None:
            places[number] = len(peers)
            agreed = peer.agreed
            router_id = 0 if agreed is None else agreed.router_id
            peers.append(TablePeer(peer.address, peer.asn, router_id))
    yield PeerIndex(bgp.config.router_id, tuple(peers), view).record(instant_ns).encode()
    instant_s = instant_ns // _NS_PER_S
    begun_s = (bgp.first_instant + bgp.config.epoch_ns) // _NS_PER_S
    sequence = 0
    for family in bgp.config.families if families is None else families:
        at: int | None = 0
        while at is not None:
            octets, count, at = bgp_dump(
                bgp.table,
                family.code,
                at,
                SLICE,
                sequence,
                places,
                instant_s & 0xFFFF_FFFF,
                begun_s & 0xFFFF_FFFF,
                is_pre_policy,
            )
            sequence += count
            yield octets
