"""The work that all engines share: one table, next hops for its prefixes, packets of 64 bytes.

Every prefix has a next hop drawn from a few, so that neighbours in the table seldom agree: the
worst case for compression. Sources and destinations are hits (a prefix drawn uniformly, then random
host bits) that no special rule concerns.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerpost.addr import PrefixSet
from fingerpost.forwarding.own import OwnAddresses
from fingerpost.forwarding.special import special_ranges
from golden.columns import Addresses, Prefixes
from golden.queries import queries

SIZE = 64
NEIGHBOURS = 16
PORTS = 9  # 0 is where packets come in
_HUGE = 2 << 20

Packets = NDArray[np.uint8]


def mac(port: int) -> bytes:
    """The station of a port."""
    return bytes([2, 0, 0, 0, 0, port])


def station(neighbour: int) -> bytes:
    """The station of a neighbour, from 1."""
    return bytes([2, 1, 0, 0, 0, neighbour])


def port_of(neighbour: int) -> int:
    """The port where a neighbour is."""
    return 1 + neighbour % (PORTS - 1)


@dataclass(frozen=True, slots=True)
class Work:
    """A table of both families; `hops` has the neighbour of each prefix, from 1."""

    prefixes: dict[int, Prefixes]
    hops: dict[int, NDArray[np.uint16]]
    seed: int

    @staticmethod
    def of(prefixes: dict[int, Prefixes], seed: int) -> Work:
        random = np.random.default_rng(seed)
        hops = {
            version: random.integers(1, NEIGHBOURS + 1, len(found)).astype(np.uint16)
            for version, found in prefixes.items()
        }
        return Work(prefixes, hops, seed)

    def packets(self, count: int, share6: float) -> Packets:
        """So many packets, of which this share is IPv6; UDP, TTL 64, random ports."""
        random = np.random.default_rng([self.seed, count])
        is6 = random.random(count) < share6
        made = np.zeros((count, SIZE), np.uint8)
        made[:, :6] = np.frombuffer(mac(0), np.uint8)
        made[:, 6:12] = np.frombuffer(b"\2\x09\x09\x09\x09\x09", np.uint8)
        made[:, 34:] = random.integers(0, 256, (count, SIZE - 34), dtype=np.uint8)
        for version, chosen in ((4, ~is6), (6, is6)):
            if chosen.any():
                fill = _fill4 if version == 4 else _fill6
                made[chosen] = fill(made[chosen], *self._pairs(version, int(chosen.sum())))
        return made

    def _pairs(self, version: int, count: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        found = self._ordinary(version, 2 * count)
        return found[:count], found[count:]

    def _ordinary(self, version: int, count: int) -> NDArray[np.uint8]:
        own = OwnAddresses((), forwards=True)
        ranges = special_ranges(own, obeys_registries=True, has_border=True)
        special = PrefixSet(prefix for prefix, _ in ranges)
        asked: Addresses = queries(
            "hit", self.prefixes[version], count + count // 8 + 64, self.seed
        )
        column: Any = asked.as_uint32() if version == 4 else asked.as_bytes()
        return asked.as_bytes()[~np.asarray(special.contains_many(column), bool)][:count]


def _fill4(made: Packets, sources: Packets, destinations: Packets) -> Packets:
    made[:, 12:26] = np.frombuffer(bytes.fromhex("0800 4500 0032 0000 0000 4011 0000"), np.uint8)
    made[:, 26:30], made[:, 30:34] = sources, destinations
    words = made[:, 14:34].copy().view(">u2").astype(np.uint32).sum(axis=1)
    words = (words & 0xFFFF) + (words >> 16)
    words = ~((words & 0xFFFF) + (words >> 16)) & 0xFFFF
    made[:, 24:26] = words.astype(">u2").view(np.uint8).reshape(-1, 2)
    return made


def _fill6(made: Packets, sources: Packets, destinations: Packets) -> Packets:
    made[:, 12:22] = np.frombuffer(bytes.fromhex("86dd 6000 0000 000a 1140"), np.uint8)
    made[:, 22:38], made[:, 38:54] = sources, destinations
    return made


def buffer(count: int) -> Packets:
    """Room for packets, on large pages where the system gives them."""
    memory = mmap.mmap(-1, count * SIZE + _HUGE)
    memory.madvise(mmap.MADV_HUGEPAGE)
    whole = np.frombuffer(memory, np.uint8)
    start = -whole.ctypes.data % _HUGE
    return whole[start : start + count * SIZE].reshape(count, SIZE)
