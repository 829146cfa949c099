"""Who forwards: fingerpost in several ways, C in vectors and packet by packet, numpy, Python."""

from __future__ import annotations

import ctypes
import random
import shutil
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import numpy as np

from fastpath.work import NEIGHBOURS, PORTS, Packets, Work, mac, port_of, station
from fingerpost.addr import Address, Prefix
from fingerpost.fib import Fib
from fingerpost.forwarding import Forwarder, FrameReceived, Interface, NextHop, Route, SendFrame
from fingerpost.forwarding.fastpath import Adjacency, FastPath, Group, Port
from fingerpost.forwarding.own import OwnAddresses
from fingerpost.forwarding.special import special_ranges
from fingerpost.wire.mac import Mac

VECTOR = 256


class Engine(ABC):
    """Forwards packets in place; `forward` gives how many leave."""

    most = 1 << 30  # packets that one turn can take in reasonable time

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def forward(self, packets: Packets) -> int: ...


class Fingerpost(Engine):
    """The fast path; `simd` None takes the best instructions. `calls_of`: packets a call."""

    def __init__(
        self, name: str, path: FastPath, simd: str | None = None, calls_of: int | None = None
    ) -> None:
        super().__init__(name)
        self._path, self._simd, self._calls_of = path, simd or "avx512", calls_of
        self._lengths, self._out = np.zeros(0, np.uint32), np.zeros(0, np.uint64)

    def forward(self, packets: Packets) -> int:
        count, size = packets.shape
        if len(self._lengths) != count:
            self._lengths = np.full(count, size, np.uint32)
            self._out = np.zeros(count, np.uint64)
        self._path.use(self._simd)
        step = self._calls_of or count
        return sum(
            self._path.run(
                packets[at : at + step],
                self._lengths[at : at + step],
                ingress=0,
                stride=size,
                out=self._out[at : at + step],
            ).forwarded
            for at in range(0, count, step)
        )


def fast_path(work: Work, *, full: bool, form: str = "compact") -> FastPath:
    """The fast path of the table. `full`: strict reverse path (every port leads back to every
    source, so that all are asked for and pass) and equal cost for half of the next hops.
    """
    fib: Fib[int] = Fib(form=form)
    for version, found in work.prefixes.items():
        fib.update(zip(map(Prefix, found.as_texts()), work.hops[version].tolist(), strict=True))
    prefixes, hops = fib.columns()
    del prefixes
    routes = fib.freeze_as(hops, list(range(NEIGHBOURS + 1)), form)
    every = frozenset(range(1, NEIGHBOURS + 1))
    seeded = random.Random(work.seed)
    groups = [
        Group([seeded.randrange(1, NEIGHBOURS + 1) for _ in range(256)])
        if full and number % 2
        else Group([number])
        for number in range(1, NEIGHBOURS + 1)
    ]
    own = OwnAddresses((), forwards=True)
    return FastPath(
        routes,
        [Port(mac(number), sources=every if full else None) for number in range(PORTS)],
        [Adjacency(port_of(number), station(number)) for number in range(1, NEIGHBOURS + 1)],
        groups,
        special=special_ranges(own, obeys_registries=True, has_border=False),
        seed=seeded.getrandbits(64),
    )


class Library:
    """`peer.c`, compiled for this machine, with a table of its own."""

    def __init__(self, work: Work, folder: Path) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise OSError("no C compiler")
        source, shared = Path(__file__).with_name("peer.c"), folder / "peer.so"
        flags = ["-O3", "-march=native", "-shared", "-fPIC"]
        subprocess.run([compiler, *flags, "-o", str(shared), str(source)], check=True)
        self.c = ctypes.CDLL(str(shared))
        for name in ("table_new", "table_first", "table_second"):
            getattr(self.c, name).restype = ctypes.c_void_p
        self.c.forward_each.restype = self.c.forward_vectors.restype = ctypes.c_size_t
        self.table = ctypes.c_void_p(self.c.table_new(mac(0)))
        found, hops = work.prefixes[4], work.hops[4]
        order = np.argsort(found.length, kind="stable")
        columns = found.network.as_uint32()[order], found.length[order], hops[order]
        kept = [np.ascontiguousarray(column) for column in columns]
        count = ctypes.c_size_t(len(order))
        if self.c.table_fill(self.table, *map(pointer, kept), count):
            raise OSError("more long prefixes than the C table has room for")
        for number in range(1, NEIGHBOURS + 1):
            macs = station(number) + mac(port_of(number))
            self.c.table_adjacency(self.table, number, macs)

    def cells(self, part: str, size: int) -> np.ndarray[Any, Any]:
        """A part of the table, shared."""
        address = getattr(self.c, part)(self.table)
        return np.ctypeslib.as_array(ctypes.cast(address, ctypes.POINTER(ctypes.c_uint16)), (size,))


def pointer(array: np.ndarray[Any, Any]) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


class InC(Engine):
    """One of the two functions of `peer.c`; IPv4 alone."""

    def __init__(self, name: str, library: Library, function: str) -> None:
        super().__init__(name)
        self._library, self._function = library, getattr(library.c, function)
        self._lengths, self._out = np.zeros(0, np.uint32), np.zeros(0, np.uint16)

    def forward(self, packets: Packets) -> int:
        count, size = packets.shape
        if len(self._lengths) != count:
            self._lengths = np.full(count, size, np.uint32)
            self._out = np.zeros(count, np.uint16)
        arrays = pointer(self._lengths), pointer(self._out)
        stride, number = ctypes.c_size_t(size), ctypes.c_size_t(count)
        left: int = self._function(self._library.table, pointer(packets), stride, *arrays, number)
        return left


class InNumpy(Engine):
    """The steps of `peer.c` over whole columns of a batch, with its table."""

    most = 1 << 18

    def __init__(self, name: str, library: Library, batch: int) -> None:
        super().__init__(name)
        self._batch = batch
        self._first = library.cells("table_first", 1 << 24)
        self._second = library.cells("table_second", 256 * 4096)
        self._macs = np.zeros((NEIGHBOURS + 1, 12), np.uint8)
        for number in range(1, NEIGHBOURS + 1):
            macs = station(number) + mac(port_of(number))
            self._macs[number] = np.frombuffer(macs, np.uint8)
        self._mac = np.frombuffer(mac(0), np.uint8)

    def forward(self, packets: Packets) -> int:
        return sum(
            self._step(packets[at : at + self._batch]) for at in range(0, len(packets), self._batch)
        )

    def _step(self, packets: Packets) -> int:
        words = packets[:, 14:34].copy().view(">u2").astype(np.uint32)
        total = words.sum(axis=1)
        total = (total & 0xFFFF) + (total >> 16)
        total = (total & 0xFFFF) + (total >> 16)
        sound = (packets[:, :6] == self._mac).all(axis=1) & (total == 0xFFFF)
        sound &= (packets[:, 12] == 8) & (packets[:, 13] == 0) & (packets[:, 14] == 0x45)
        sound &= (words[:, 1] >= 20) & (words[:, 1] + 14 <= packets.shape[1]) & (packets[:, 22] > 1)
        address = words[:, 8] << 16 | words[:, 9]
        cell = self._first[address >> 8]
        deep = cell & 0x8000 != 0
        cell[deep] = self._second[
            (cell[deep] & 0x7FFF).astype(np.int64) * 256 + (address[deep] & 255)
        ]
        sound &= cell != 0
        packets[sound, :12] = self._macs[cell[sound]]
        packets[sound, 22] -= 1
        check = (~words[sound, 5] & 0xFFFF) + 0xFEFF
        check = ~((check & 0xFFFF) + (check >> 16)) & 0xFFFF
        packets[sound, 24:26] = check.astype(">u2").view(np.uint8).reshape(-1, 2)
        return int(sound.sum())


class Pipeline(Engine):
    """The complete algorithm in Python, one frame at a time."""

    most = 1 << 12

    def __init__(self, name: str, work: Work) -> None:
        super().__init__(name)
        interfaces = [Interface(f"eth{n}", n + 1, Mac(mac(n))) for n in range(PORTS)]
        self._plane = Forwarder("r", interfaces, rng=random.Random(work.seed))
        routes = {}
        for number in range(1, NEIGHBOURS + 1):
            interface = interfaces[port_of(number)]
            gateway = Address(f"10.0.0.{number}")
            routes[number] = Route((NextHop(interface.name, gateway),))
            cache = self._plane.neighbors.cache
            cache.add_static(interface, gateway, Mac(station(number)), 0, [])
        for version, found in work.prefixes.items():
            values = [routes[number] for number in work.hops[version].tolist()]
            self._plane.fib.update(zip(map(Prefix, found.as_texts()), values, strict=True))

    def forward(self, packets: Packets) -> int:
        left = 0
        for number, frame in enumerate(packets):
            outputs = self._plane.receive(FrameReceived("eth0", frame.tobytes()), 0)
            for output in outputs:
                if isinstance(output, SendFrame):
                    left += 1
                    sent = np.frombuffer(output.frame, np.uint8)
                    packets[number, : len(sent)] = sent
        return left
