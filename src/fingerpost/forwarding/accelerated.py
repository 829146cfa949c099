"""A forwarding plane with its fast path in front: what is ordinary never reaches the pipeline.

Frames of one interface come in together. The fast path decides about all of them by its picture of
the plane, which is made anew where the plane has changed; those that it hands up go through the
pipeline one by one, in order. Counters are those of the plane, as if it had done all.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from fingerpost.forwarding.compiled import Compiler
from fingerpost.forwarding.events import FrameReceived, SendFrame
from fingerpost.forwarding.reason import Reason

if TYPE_CHECKING:
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.forwarder import Forwarder

_LINK_HEADER = 14


class Accelerated:
    """Takes frames by the batch for a `Forwarder`; every other event still goes to the plane."""

    def __init__(self, plane: Forwarder) -> None:
        """Compile nothing before the first frames."""
        self.plane = plane
        self._compiler = Compiler(plane)
        self.fast_path = self._compiler.fast_path()

    def refresh(self) -> None:
        """Make the fast path anew if the plane has changed."""
        if not self._compiler.is_current:
            self.fast_path = self._compiler.fast_path()

    def receive_frames(self, interface: str, frames: Sequence[bytes], now: int) -> list[Output]:
        """Take frames that came in on an interface; gives what is to be done, in their order.

        A tracer sees every packet: while there is one, the pipeline gets them all. Raises
        `UsageError` for an interface that does not exist.
        """
        plane = self.plane
        names = list(plane.interfaces)
        if plane.tracer is not None or interface not in plane.interfaces:
            batches = (plane.receive(FrameReceived(interface, frame), now) for frame in frames)
            return [output for batch in batches for output in batch]
        self.refresh()
        buffer = bytearray(b"".join(frames))
        lengths = array("I", map(len, frames))
        offsets = array("I", accumulate(lengths, initial=0))[:-1]
        ingress = names.index(interface)
        batch = self.fast_path.run(buffer, lengths, ingress=ingress, offsets=offsets)
        out: list[Output] = []
        for frame, start, (length, port, _) in zip(frames, offsets, batch.decisions(), strict=True):
            if port is None:
                out += plane.receive(FrameReceived(interface, frame), now)
                continue
            sent = bytes(buffer[start : start + length])
            out.append(SendFrame(names[port], sent))
            self._count(interface, frame, names[port], sent)
        return out

    def _count(self, interface: str, frame: bytes, egress: str, sent: bytes) -> None:
        came, went = self.plane.counters[interface], self.plane.counters[egress]
        came.packets_in += 1
        came.bytes_in += len(frame) - _LINK_HEADER
        came.ends[Reason.FORWARDED] += 1
        went.packets_out += 1
        went.bytes_out += len(sent) - _LINK_HEADER
