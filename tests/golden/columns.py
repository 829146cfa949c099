"""Addresses and prefixes of one family as numpy columns, read and written without fingerpost.

Both families stand left-aligned in 128 bits, as a high and a low word of 64: IPv4 192.0.2.1 is
`0xC0000201 << 32` and 0. A prefix then has the same length in either family's arithmetic.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
U32 = npt.NDArray[np.uint32]
U8 = npt.NDArray[np.uint8]

FULL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
WIDTH = {4: 32, 6: 128}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of one family."""

    version: int
    high: U64
    low: U64

    def __len__(self) -> int:
        return len(self.high)

    def take(self, which: npt.NDArray[np.integer] | slice) -> Addresses:
        return Addresses(self.version, self.high[which], self.low[which])

    def as_uint32(self) -> U32:
        """IPv4 only: one native integer an address."""
        return (self.high >> np.uint64(32)).astype(np.uint32)

    def as_bytes(self) -> U8:
        """Shape (n, 4) or (n, 16), network order."""
        words = np.stack([self.high, self.low], axis=1).astype(">u8")
        return words.view(np.uint8).reshape(-1, 16)[:, : WIDTH[self.version] // 8].copy()

    def as_packed(self) -> list[bytes]:
        size = WIDTH[self.version] // 8
        joined = self.as_bytes().tobytes()
        return [joined[at : at + size] for at in range(0, len(joined), size)]

    def as_ints(self) -> list[int]:
        if self.version == 4:
            return [high >> 32 for high in self.high.tolist()]
        return [
            high << 64 | low
            for high, low in zip(self.high.tolist(), self.low.tolist(), strict=True)
        ]

    def as_texts(self) -> list[str]:
        family = FAMILY[self.version]
        return [socket.inet_ntop(family, packed) for packed in self.as_packed()]


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Prefixes of one family; host bits are zero."""

    network: Addresses
    length: U8

    @property
    def version(self) -> int:
        return self.network.version

    def __len__(self) -> int:
        return len(self.length)

    def take(self, which: npt.NDArray[np.integer] | slice) -> Prefixes:
        return Prefixes(self.network.take(which), self.length[which])

    def as_texts(self) -> list[str]:
        lengths = self.length.tolist()
        return [
            f"{network}/{length}"
            for network, length in zip(self.network.as_texts(), lengths, strict=True)
        ]


def addresses_from_packed(version: int, joined: bytes) -> Addresses:
    """Addresses out of their network-order bytes, one after the other."""
    size = WIDTH[version] // 8
    padded = np.zeros((len(joined) // size, 16), dtype=np.uint8)
    padded[:, :size] = np.frombuffer(joined, dtype=np.uint8).reshape(-1, size)
    words = padded.view(">u8").astype(np.uint64)
    return Addresses(version, words[:, 0].copy(), words[:, 1].copy())


def prefixes_from_lines(lines: Iterable[str]) -> dict[int, Prefixes]:
    """`{4: ..., 6: ...}` from texts such as `192.0.2.0/24`, in their order."""
    packed: dict[int, list[bytes]] = {4: [], 6: []}
    lengths: dict[int, list[int]] = {4: [], 6: []}
    for line in lines:
        text, _, length = line.strip().partition("/")
        version = 6 if ":" in text else 4
        packed[version].append(socket.inet_pton(FAMILY[version], text))
        lengths[version].append(int(length))
    return {
        version: Prefixes(
            addresses_from_packed(version, b"".join(packed[version])),
            np.array(lengths[version], dtype=np.uint8),
        )
        for version in (4, 6)
    }


def join(parts: Sequence[Prefixes]) -> Prefixes:
    """Prefixes of one family after each other."""
    return Prefixes(
        Addresses(
            parts[0].version,
            np.concatenate([part.network.high for part in parts]),
            np.concatenate([part.network.low for part in parts]),
        ),
        np.concatenate([part.length for part in parts]),
    )


def host_bits(length: U8) -> tuple[U64, U64]:
    """The high and the low word of the host mask of each length, left-aligned."""
    bits = length.astype(np.uint64)
    high = np.where(bits >= 64, np.uint64(0), FULL >> np.minimum(bits, np.uint64(63)))
    beyond = np.maximum(bits, np.uint64(64)) - np.uint64(64)
    low = np.where(beyond >= 64, np.uint64(0), FULL >> np.minimum(beyond, np.uint64(63)))
    return high, low
