"""A lab in wall-clock time, with links that end in devices of this machine.

The scheduler stays the only clock that routers see. Here it is held to the machine's: it runs what
is due, sleeps until the next deadline or the next frame, and hands each frame to its link at the
instant of its arrival. What the lab computes too slowly happens late, and `lag_ns` says how late.
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.host.packet_socket import PacketPort
from fingerpost.host.tap import TapPort
from fingerpost.lab.model import EndKind

if TYPE_CHECKING:
    from fingerpost.host.port import Port
    from fingerpost.lab.link import Link
    from fingerpost.lab.model import Endpoint, Lab
    from fingerpost.lab.scheduler import Scheduler

SECOND = 1_000_000_000
LONGEST_SLEEP_NS = SECOND // 5  # so that `stop` is asked often enough


def open_port(end: Endpoint) -> Port:
    """Open the device of a link's end.

    Raises `OSError` where there is no such device or no right to it (it takes CAP_NET_ADMIN or
    CAP_NET_RAW), `UsageError` for what is no name of a device.
    """
    return TapPort(end.interface) if end.kind is EndKind.TAP else PacketPort(end.interface)


def devices_of(lab: Lab) -> list[tuple[str, int, Endpoint]]:
    """The ends of links that are devices of the machine: link, index of the end, the end."""
    return [
        (spec.name, at, end)
        for spec in lab.links
        for at, end in enumerate(spec.endpoints)
        if end.kind is not EndKind.NODE
    ]


def attach(scheduler: Scheduler, lab: Lab, links: Mapping[str, Link]) -> RealTime:
    """Open every device of a lab and put it at the end of its link; closes them if one fails."""
    opened: list[Attachment] = []
    try:
        for name, at, end in devices_of(lab):
            opened.append(Attachment(links[name], at, open_port(end)))
    except BaseException:
        for one in opened:
            one.port.close()
        raise
    return RealTime(scheduler, opened)


@dataclass(slots=True)
class Attachment:
    """A device at the end `end` of a link; counts what it could not take."""

    link: Link
    end: int
    port: Port
    refused: int = 0

    def deliver(self, frame: bytes, now: int) -> None:  # noqa: ARG002 - as links call receivers
        """Take a frame that the link carried here out to the machine."""
        if not self.port.send(frame):
            self.refused += 1


class RealTime:
    """Drives a scheduler by the machine's clock; a context manager that gives the devices back."""

    def __init__(
        self,
        scheduler: Scheduler,
        attachments: Iterable[Attachment] = (),
        *,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """`clock` gives nanoseconds that never go back; the lab's now is its now."""
        self.scheduler = scheduler
        self.attachments = list(attachments)
        self.lag_ns = 0  # the most that something happened after its instant
        self._clock = clock
        self._zero = clock() - scheduler.now
        self._selector = selectors.DefaultSelector()
        for one in self.attachments:
            one.link.attach(one.end, one.deliver)
            self._selector.register(one.port, selectors.EVENT_READ, one)

    def __enter__(self) -> RealTime:
        """Nothing more is to be done."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the devices back."""
        self.close()

    def close(self) -> None:
        """Give the devices back; a second call does nothing."""
        self._selector.close()
        for one in self.attachments:
            one.link.attach(one.end, None)
            one.port.close()

    def run(self, until_ns: int | None = None, stop: Callable[[], bool] | None = None) -> None:
        """Run until the lab's instant `until_ns`, or until `stop()`; forever if neither."""
        while True:
            now = self._clock() - self._zero
            if (due := self.scheduler.next_deadline()) is not None:
                self.lag_ns = max(self.lag_ns, now - due)
            self.scheduler.run_until(now if until_ns is None else min(now, until_ns))
            if (until_ns is not None and now >= until_ns) or (stop is not None and stop()):
                return
            self._wait(until_ns)

    def _wait(self, until_ns: int | None) -> None:
        now = self._clock() - self._zero
        ends = (self.scheduler.next_deadline(), until_ns)
        sleep = min((end - now for end in ends if end is not None), default=LONGEST_SLEEP_NS)
        sleep = max(0, min(sleep, LONGEST_SLEEP_NS))
        for key, _ in self._selector.select(sleep / SECOND):
            one: Attachment = key.data
            for frame in one.port.receive():
                one.link.send(one.end, frame, self._clock() - self._zero)
