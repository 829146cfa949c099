"""A full table as the octets of a session: UPDATEs that are made once and replayed.

The prefixes are real ones where the shared table is at hand, otherwise those of the generated one,
and random ones up to the number that is asked for. Their attributes are drawn, by the shares of the
Internet: some four prefixes to a set, paths of two to eight AS, communities on three quarters,
MULTI_EXIT_DISC on a quarter, large communities on a seventh.
"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from random import Random

from fingerpost.fib.synthetic import full_table

MARKER = b"\xff" * 16
Net = tuple[int, int]  # address, length


def table(count: int, file: Path | None) -> list[Net]:
    """IPv4 prefixes, in order, the same in every run."""
    found = set(_real(file) if file is not None else _made(count))
    rng = Random(4)
    while len(found) < count:
        address = rng.randrange(0x01000000, 0xDF000000) & 0xFFFFFF00
        if address >> 24 != 127:  # no router takes those
            found.add((address, 24))
    return sorted(found)[:count]


def _real(file: Path) -> list[Net]:
    nets = []
    with gzip.open(file, "rt", encoding="ascii") as lines:
        for line in lines:
            if ":" not in line:
                text, _, length = line.strip().partition("/")
                a, b, c, d = map(int, text.split("."))
                nets.append((a << 24 | b << 16 | c << 8 | d, int(length)))
    return nets


def _made(count: int) -> list[Net]:
    columns = full_table(v4=min(count, 900_000), v6=1).v4
    return list(zip(columns.networks.tolist(), columns.lengths.tolist(), strict=True))


def text(net: Net) -> str:
    """A prefix as people write it."""
    address, length = net
    return f"{'.'.join(map(str, address.to_bytes(4, 'big')))}/{length}"


def nlri(net: Net) -> bytes:
    """A prefix as it stands in a message."""
    address, length = net
    return bytes((length,)) + address.to_bytes(4, "big")[: (length + 7) // 8]


def sets(nets: list[Net], entries: int) -> tuple[list[int], list[str]]:
    """AS numbers and prefixes for policies: a quarter of all AS, and of the prefixes some."""
    rng = Random(5)
    ases = sorted(rng.sample(range(1, 400_000), entries))
    return ases, [text(one) for one in sorted(rng.sample(nets, min(entries, len(nets))))]


def updates(nets: list[Net], asn: int, next_hop: bytes, seed: int) -> bytes:
    """UPDATEs of a neighbour of AS `asn` that announce all of these."""
    rng = Random(seed)
    paths = [
        tuple(rng.randrange(1, 400_000) for _ in range(rng.choice(_HOPS)))
        for _ in range(max(len(nets) * 12 // 100, 1))
    ]
    own = {65_000, 65_001, 65_002, 65_009}
    paths = [tuple(one + 1000 if one in own else one for one in path) for path in paths]
    out, at = bytearray(), 0
    while at < len(nets):
        taken = nets[at : at + rng.choice(_ALIKE)]
        at += len(taken)
        attributes = _attributes(rng, (asn, *rng.choice(paths)), next_hop)
        said = b"".join(map(nlri, taken))
        length = 23 + len(attributes) + len(said)
        out += MARKER + struct.pack(">HBHH", length, 2, 0, len(attributes)) + attributes + said
    return bytes(out)


_HOPS = (1, 2, 2, 3, 3, 3, 4, 4, 5, 7)
_ALIKE = (1, 1, 1, 1, 2, 2, 3, 4, 6, 18)


def _attributes(rng: Random, path: tuple[int, ...], next_hop: bytes) -> bytes:
    origin = rng.choice((0, 0, 0, 0, 2))
    found = struct.pack(">BBBB", 0x40, 1, 1, origin)
    found += struct.pack(f">BBBBB{len(path)}I", 0x40, 2, 2 + 4 * len(path), 2, len(path), *path)
    found += b"\x40\x03\x04" + next_hop
    if rng.random() < 0.25:
        found += struct.pack(">BBBI", 0x80, 4, 4, rng.randrange(1000))
    if rng.random() < 0.75:
        held = [rng.randrange(1 << 16, 0xFF00_0000) for _ in range(rng.choice((1, 1, 2, 3, 6)))]
        found += struct.pack(f">BBB{len(held)}I", 0xC0, 8, 4 * len(held), *held)
    if rng.random() < 0.15:
        found += struct.pack(">BBBIII", 0xC0, 32, 12, rng.randrange(1, 400_000), 1, 2)
    return found
