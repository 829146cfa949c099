"""What it costs to tell many neighbours a table: in one process, the core alone, by groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import process_time

from fingerpost._core import BgpTable
from fingerpost.addr import Address

IPV4 = 1 << 8 | 1
SOURCE = 1
ROOM = 64 << 10


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds to make and copy all messages, octets that went, and the core's memory."""

    members: int
    groups: int
    cpu_s: float
    octets: int
    table_mb: float


def told(feed: bytes, members: int, groups: int) -> Cost:
    """Tell a table that came by `feed` to so many neighbours, who are told so many things."""
    table = _table()
    at = 0
    while True:
        found = table.receive(SOURCE, feed[at : at + (1 << 20)], 0, 1 << 20)
        at += 1 << 20
        while found.is_more:
            found = table.receive(SOURCE, b"", 0, 1 << 20)
        if at >= len(feed):
            break
    table.set_next_hop(bytes((10, 0, 1, 2)), 0)
    while table.work(1 << 16):
        pass
    peers = range(2, 2 + members)
    begun = process_time()
    for peer in peers:
        hop = bytes((10, 1, peer >> 8, peer & 0xFF))
        # to each group our AS has another number
        table.tell(peer, IPV4, hop, relation=0, local_asn=65_000 + peer % groups)
    octets = _drain(table, peers)
    return Cost(members, groups, process_time() - begun, octets, table.memory() / 1e6)


def _drain(table: BgpTable, peers: Sequence[int]) -> int:
    """Serve all in turn, as sessions do that all have room, until nobody is owed more."""
    octets, owed = 0, list(peers)
    while owed:
        left = []
        for peer in owed:
            data = table.outgoing(peer, ROOM)
            octets += len(data)
            if data:
                left.append(peer)
        owed = left
    return octets


def _table() -> BgpTable:
    table = BgpTable(65_000, 1, cluster_id=1, confederation=0, takes_sets=False, key=7)
    table.set_peer(
        SOURCE,
        relation=0,
        asn=65_001,
        local_asn=65_000,
        address=Address("10.0.1.2"),
        router_id=2,
        role=None,
        checks_first_as=True,
        families={IPV4: (0, 0, 0, 0)},
    )
    table.open_session(
        SOURCE,
        as4=True,
        longest_out=4096,
        longest_in=4096,
        families=[(IPV4, False, False, False, bytes((10, 0, 1, 1)))],
        scope=0,
    )
    return table
