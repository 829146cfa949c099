"""Tables, questions, golden answers and changes of one run, kept in a folder for the children."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from golden.changes import Changes, batch_size, random_changes
from golden.columns import U32, Addresses, Prefixes, prefixes_from_lines
from golden.intervals import Intervals
from golden.queries import KINDS, queries
from matching.peer import Change, Table

CHANGES = 600_000
TINY = (
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.128.0.0/9",
    "192.0.2.0/24",
    "192.0.2.128/25",
    "198.51.100.1/32",
    "::/0",
    "2001:db8::/32",
    "2001:db8:0:1::/64",
    "2001:db8::1/128",
)


def batch(changes: Changes, at: int, texts: list[str]) -> list[Change]:
    """The steps from `at`, one batch of them, with the prefixes as texts."""
    steps = slice(at, at + changes.size)
    pairs = zip(changes.which[steps].tolist(), changes.id[steps].tolist(), strict=True)
    return [Change(texts[which], value) for which, value in pairs]


def read_table(name: str | None, data: Path, seed: int) -> tuple[str, dict[int, Prefixes]]:
    """The table named `real`, `synthetic` or `tiny`, or the file of that path; with its name.

    None: the real one if its folder `data` is there, else the synthetic one.
    """
    real = data / "table" / "prefixes.txt.gz"
    if name is None:
        name = "real" if real.exists() else "synthetic"
    if name == "tiny":
        return name, prefixes_from_lines(TINY)
    if name == "synthetic":
        from fingerpost.fib.synthetic import full_table

        return name, prefixes_from_lines(full_table(seed))
    path = real if name == "real" else Path(name)
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = text.decode().splitlines()
    return name, prefixes_from_lines(line for line in lines if line.strip())


@dataclass(frozen=True, slots=True)
class Workload:
    """The folder's content for one family."""

    folder: Path
    version: int

    def _path(self, name: str) -> Path:
        return self.folder / f"v{self.version}_{name}.npy"

    def write(self, prefixes: Prefixes, count: int, seed: int) -> None:
        ids = np.arange(1, len(prefixes) + 1, dtype=np.uint32)
        flat = Intervals.of(prefixes, ids)
        self._save("prefixes", prefixes.network)
        np.save(self._path("length"), prefixes.length)
        for kind in KINDS:
            asked = queries(kind, prefixes, count, seed)
            self._save(kind, asked)
            np.save(self._path(f"{kind}_answers"), flat.lookup(asked))
        count = min(CHANGES, 50 * len(prefixes))
        changes = random_changes(count, np.ones(len(prefixes), dtype=bool), seed)
        np.save(self._path("which"), changes.which)
        np.save(self._path("id"), changes.id)

    def table(self) -> Table:
        prefixes = Prefixes(self._load("prefixes"), np.load(self._path("length")))
        return Table(prefixes, prefixes.as_texts(), list(range(1, len(prefixes) + 1)))

    def asked(self, kind: str) -> tuple[Addresses, U32]:
        """The questions of this kind and their right answers."""
        return self._load(kind), np.load(self._path(f"{kind}_answers"))

    def changes(self) -> Changes:
        size = batch_size(len(np.load(self._path("length"))))
        return Changes(np.load(self._path("which")), np.load(self._path("id")), size)

    def _save(self, name: str, addresses: Addresses) -> None:
        np.save(self._path(name), np.stack([addresses.high, addresses.low]))

    def _load(self, name: str) -> Addresses:
        high, low = np.load(self._path(name))
        return Addresses(self.version, high, low)
