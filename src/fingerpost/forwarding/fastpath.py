"""The fast path: batches of frames in contiguous memory, the common case of the pipeline.

Each frame either leaves, rewritten in place (hop limit, checksum, Ethernet addresses), or is handed
up untouched with the first reason found: then the pipeline in `forwarder.py` takes it. The loops
are Rust (`rust/core/src/forward`), and the interpreter is free while they run.

`FastPath` takes plain columns; `compiled.py` makes them of a `Forwarder`. They are a picture of
that moment: who changes routes, neighbours or interfaces makes another.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from fingerpost._core import FrameForwarder, hand_up_reasons
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import Buffer

    from fingerpost._core import FrozenTable
    from fingerpost.addr import AddressLike, PrefixLike
    from fingerpost.forwarding.forwarder import Forwarder

    _Memory: TypeAlias = Buffer | NDArray[Any]  # numpy says that it is a Buffer from 3.12 on

REASONS: tuple[str, ...] = tuple(hand_up_reasons())
"""Names of the reasons by number; number 0 is "forwarded"."""

NO_PORT = 0xFFFF
"""The port of a frame that is handed up."""

OUTCOME = [("length", "<u4"), ("port", "<u2"), ("reason", "u1"), ("spare", "u1")]
"""The fields of an outcome, as a numpy dtype."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port, numbered by its place. `mtu` counts bytes of an IP packet.

    `is_border`: packets with addresses of reason "border" may not pass it. `sources`: the groups
    that sources of packets that come in here may have (reverse path); None: any, and unknown ones.
    """

    mac: bytes
    mtu: int = 1500
    is_border: bool = False
    sources: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Adjacency:
    """A neighbour on a port, numbered from 1 by its place; `mac` is None while it is unknown."""

    port: int
    mac: bytes | None


@dataclass(frozen=True, slots=True)
class Group:
    """Where packets of a route go, numbered from 1 by its place.

    `buckets`: adjacencies, as many as a power of two, of which the flow hash picks one.
    `connected`: the port on which the destination itself is a neighbour. Neither: handed up.
    """

    buckets: Sequence[int] = ()
    connected: int | None = None

    def columns(self) -> tuple[int, list[int]]:
        """As the native side takes it."""
        if self.connected is not None:
            return 2, [self.connected]
        return (1, list(self.buckets)) if self.buckets else (0, [])


@dataclass(frozen=True, slots=True)
class Counts:
    """What one port or adjacency has seen since the fast path was made."""

    packets: int
    bytes: int
    handed_up: dict[str, int]


class FastPath:
    """Forwards batches of frames.

    `routes` is a compiled table whose indices are numbers of groups (`Fib.freeze_as`; 0: no route).
    `special` are ranges of addresses to hand up, each with the name of its reason, by longest
    match. `neighbours` are the addresses that connected groups find, each with its adjacency.
    Raises `UsageError` for a number that names nothing.
    """

    def __init__(
        self,
        routes: FrozenTable,
        ports: Sequence[Port],
        adjacencies: Sequence[Adjacency],
        groups: Sequence[Group],
        *,
        special: Iterable[tuple[PrefixLike, str]] = (),
        neighbours: Iterable[tuple[AddressLike, int]] = (),
        seed: int = 0,
    ) -> None:
        """Check the columns and lay them out."""
        self.ports = tuple(ports)
        self.adjacencies = tuple(adjacencies)
        self._core = FrameForwarder(
            routes,
            [(p.mac, p.mtu, p.is_border, _bitmap(p.sources, len(groups))) for p in ports],
            [(a.port, a.mac) for a in adjacencies],
            [group.columns() for group in groups],
            [(prefix, _number(reason)) for prefix, reason in special],
            list(neighbours),
            seed,
        )

    @classmethod
    def of(cls, plane: Forwarder) -> FastPath:
        """Make the fast path of a forwarding plane as it is now; port i is its interface i.

        `accelerated.py` has one that follows the plane's changes.
        """
        from fingerpost.forwarding.compiled import Compiler

        return Compiler(plane).fast_path()

    def use(self, simd: str) -> None:
        """Choose the instructions: "scalar", "avx2" or "avx512", at most what the machine has.

        "scalar" also fetches nothing ahead. `FINGERPOST_SIMD` sets the default of the process.
        """
        self._core.use_simd(simd)

    def run(
        self,
        frames: _Memory,
        lengths: _Memory,
        *,
        ingress: int,
        stride: int | None = None,
        offsets: _Memory | None = None,
        out: _Memory | None = None,
    ) -> Batch:
        """Forward the frames in a writable buffer that came in by port `ingress`.

        `lengths` (uint32) has one number a frame; frame i is at i * `stride`, or at `offsets[i]`
        (uint32). Frames must not overlap. `out` (uint64, one a frame) is where outcomes go, to
        spare their allocation. Raises `UsageError` for buffers that do not fit each other, and
        `BufferError` for other types of elements.
        """
        if _view(lengths).nbytes == 0:
            return Batch(memoryview(array("Q")), 0)  # empty buffers need not be aligned
        if out is None:
            out = array("Q", bytes(2 * _view(lengths).nbytes))
        left = self._core.run(frames, lengths, out, ingress, stride, offsets)
        return Batch(_view(out).cast("Q")[: _view(lengths).nbytes // 4], left)

    def counters(self) -> tuple[list[Counts], list[Counts]]:
        """What came in by each port, and what left to each adjacency."""
        ports, adjacencies = self._core.counters()
        received = [
            Counts(packets, size, {REASONS[i]: n for i, n in enumerate(reasons) if n})
            for packets, size, reasons in ports
        ]
        return received, [Counts(packets, size, {}) for packets, size in adjacencies]

    def sent(self) -> list[Counts]:
        """What left by each port."""
        totals = [[0, 0] for _ in self.ports]
        _, counts = self.counters()
        for adjacency, count in zip(self.adjacencies, counts, strict=True):
            totals[adjacency.port][0] += count.packets
            totals[adjacency.port][1] += count.bytes
        return [Counts(packets, size, {}) for packets, size in totals]


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of the frames of one call, in order; `forwarded` of them leave.

    `outcomes` has one uint64 a frame: bits 0 to 31 the length of the frame without
    padding, 32 to 47 the port (`NO_PORT`: handed up), 48 to 55 the number of the reason.
    """

    outcomes: memoryview
    forwarded: int

    def __len__(self) -> int:
        """Count the frames."""
        return len(self.outcomes)

    def records(self) -> NDArray[Any]:
        """As a structured array with the fields of `OUTCOME`; shares memory."""
        import numpy as np

        return np.frombuffer(self.outcomes, np.dtype(OUTCOME))

    @property
    def lengths(self) -> NDArray[Any]:
        """Bytes of each frame; a view."""
        found: NDArray[Any] = self.records()["length"]
        return found

    @property
    def ports(self) -> NDArray[Any]:
        """The port that each frame leaves by, or `NO_PORT`; a view."""
        found: NDArray[Any] = self.records()["port"]
        return found

    @property
    def reasons(self) -> NDArray[Any]:
        """The number of each frame's reason, 0 where it leaves; a view."""
        found: NDArray[Any] = self.records()["reason"]
        return found

    def decisions(self) -> list[tuple[int, int | None, str]]:
        """Of each frame its length, its port (None: handed up) and its reason, without numpy."""
        return [_decision(word) for word in self.outcomes.tolist()]


def _view(memory: _Memory) -> memoryview:
    return memoryview(cast("Buffer", memory)).cast("B")


def _decision(word: int) -> tuple[int, int | None, str]:
    reason = word >> 48 & 0xFF
    return word & 0xFFFFFFFF, None if reason else word >> 32 & 0xFFFF, REASONS[reason]


def _number(reason: str) -> int:
    try:
        return REASONS.index(reason)
    except ValueError:
        raise UsageError(f"no reason is called {reason!r}; see REASONS") from None


def _bitmap(groups: frozenset[int] | None, count: int) -> list[int] | None:
    if groups is None:
        return None
    words = [0] * (count // 32 + 1)
    for group in groups:
        if not 0 <= group <= count:
            raise UsageError(f"there is no group {group}; there are {count}")
        words[group // 32] |= 1 << group % 32
    return words
