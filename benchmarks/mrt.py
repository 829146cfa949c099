"""Reading a RIB dump: every entry with its attributes, beside bgpdump.

    python benchmarks/mrt.py [--prefixes 200000] [--peers 5]

The dump is made here, with the prefixes of the shared data if they are there (FINGERPOST_DATA) and
paths that are shared as those of the Internet are. Both read the same file, one after the other,
each in a process of its own; the rate is entries a second of CPU time.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fingerpost.addr import Address, Prefix
from fingerpost.bgp.nlri.unicast import encode_prefix
from fingerpost.mrt import PeerIndex, Rib, RibEntry, TablePeer

READ = """
import sys
from fingerpost._core import MrtBatches
reader = MrtBatches()
entries = 0
with open(sys.argv[1], "rb") as file:
    while chunk := file.read(1 << 20):
        reader.feed(chunk)
        entries += len(reader.take()[0])
reader.end()
print(entries, reader.sets, reader.bad_total)
"""


def prefixes(count: int) -> Iterator[Prefix]:
    """IPv4 prefixes of the real table, or counted ones."""
    listed = Path(os.environ.get("FINGERPOST_DATA", "/nowhere")) / "table/prefixes.txt.gz"
    if not listed.exists():
        for number in range(count):
            yield Prefix(f"{10 + (number >> 16)}.{number >> 8 & 255}.{number & 255}.0/24")
        return
    with gzip.open(listed, "rt") as lines:
        found = (line.strip() for line in lines if ":" not in line)
        for _, text in zip(range(count), found, strict=False):
            yield Prefix(text)


def attributes(chance: random.Random, peer: int) -> bytes:
    """Those of a path as the Internet has them."""
    hops = [65_000 + peer] + [chance.randrange(1, 400_000) for _ in range(chance.randint(1, 5))]
    path = bytes((2, len(hops))) + b"".join(one.to_bytes(4, "big") for one in hops)
    told = [chance.getrandbits(32).to_bytes(4, "big") for _ in range(chance.randint(0, 8))]
    out = b"\x40\x01\x01\x00" + bytes((0x40, 2, len(path))) + path
    out += b"\x40\x03\x04" + bytes((192, 0, 2, peer))
    return out + (bytes((0xC0, 8, 4 * len(told))) + b"".join(told) if told else b"")


def write(file: Path, count: int, peers: int) -> int:
    """Make the dump; gives how many entries it has."""
    chance = random.Random(1)
    known = tuple(TablePeer(Address(f"192.0.2.{n}"), 65_000 + n, n) for n in range(1, peers + 1))
    pool = {n: [attributes(chance, n) for _ in range(count // 4 + 1)] for n in range(1, peers + 1)}
    entries = 0
    with file.open("wb") as out:
        out.write(PeerIndex(1, known).record(0).encode())
        for number, prefix in enumerate(prefixes(count)):
            told = [RibEntry(n - 1, 1, chance.choice(pool[n])) for n in range(1, peers + 1)]
            rib = Rib(0, number, 1, 1, encode_prefix(prefix), tuple(told))
            out.write(rib.record().encode())
            entries += len(told)
    return entries


def cpu_of(command: list[str]) -> tuple[float, str]:
    """CPU seconds of a process and the last line that it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile("w+") as out:
        subprocess.run(command, stdout=out, stderr=subprocess.DEVNULL, check=True)
        out.seek(0)
        last = ""
        for line in out:
            last = line
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, last.strip()


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--prefixes", type=int, default=200_000)
    asked.add_argument("--peers", type=int, default=5)
    wanted = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rib.mrt"
        entries = write(file, wanted.prefixes, wanted.peers)
        size = file.stat().st_size / 1e6
        print(f"{entries:,} entries of {wanted.peers} peers, {size:.0f} MB")
        idle, _ = cpu_of([sys.executable, "-c", "import fingerpost._core"])
        ours, said = cpu_of([sys.executable, "-c", READ, str(file)])
        found, sets, bad = map(int, said.split())
        assert (found, bad) == (entries, 0), said
        rate = entries / (ours - idle)
        print(f"fingerpost {ours - idle:6.2f} s  {rate:12,.0f} entries/s  ({sets:,} sets)")
        if shutil.which("bgpdump"):
            theirs, _ = cpu_of(["bgpdump", "-m", str(file)])
            ratio = theirs / (ours - idle)
            print(f"bgpdump    {theirs:6.2f} s  {entries / theirs:12,.0f} entries/s  {ratio:.1f} x")
        else:
            print("bgpdump is not installed")


if __name__ == "__main__":
    main()
