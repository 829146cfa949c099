"""A cable between two namespaces that can be cut without either end losing its carrier.

Both ends lead into a namespace of its own, where a thread hands frames on and keeps them.
"""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from fingerpost.host.packet_socket import PacketPort
from fingerpost.wire.pcap import PcapWriter
from netns import Namespace, inside, veth

TURN_S = 0.2


class Cable:
    """Hands frames from each of two ports to the other, unless it `is_cut`."""

    def __init__(self, left: PacketPort, right: PacketPort) -> None:
        self.is_cut = False
        self.frames: list[tuple[int, bytes]] = []
        self._across = {left.fileno(): (left, right), right.fileno(): (right, left)}
        self._over = Event()
        self._thread = Thread(target=self._run, name="cable", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.is_set():
            readable, _, _ = select.select(list(self._across), [], [], TURN_S)
            for one in readable:
                source, target = self._across[one]
                for frame in source.receive():
                    if not self.is_cut:
                        self.frames.append((time.time_ns(), frame))
                        target.send(frame)

    def cut(self) -> float:
        """Let nothing through any more; gives the time of day."""
        self.is_cut = True
        return time.time()

    def mend(self) -> None:
        self.is_cut = False

    def save(self, path: Path) -> Path:
        """All that went through, as a capture."""
        with path.open("wb") as file:
            capture = PcapWriter(file)
            for instant, frame in list(self.frames):
                capture.write(instant, frame)
        return path

    def close(self) -> None:
        self._over.set()
        self._thread.join(10)
        for port, _ in self._across.values():
            port.close()


@contextmanager
def cable(us: Namespace, middle: Namespace, them: Namespace) -> Iterator[Cable]:
    """A cable from "left" of `us` to "right" of `them`; both ends and the middle are up."""
    veth(us, "left", middle, "ours")
    veth(them, "right", middle, "theirs")
    with inside(middle):
        ports = [PacketPort(name) for name in ("ours", "theirs")]
    made = Cable(*ports)
    try:
        yield made
    finally:
        made.close()
