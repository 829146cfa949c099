"""Router advertisements: when they are sent, asked for or not (RFC 4861 6.2).

An interface advertises while it is up, is told to, and has a usable link-local address to speak
from. Then comes a burst of three, at most 16 s apart, then one at a random time again and again. A
solicitation brings the next one forward: it is sent within half a second, but never less than three
seconds after the last to the group. Answers go to all nodes, as they usually do (6.2.6).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import MILLISECOND, SECOND
from fingerpost.forwarding.neighbor.nd_frame import nd_frame
from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.forwarding.own import ALL_NODES

if TYPE_CHECKING:
    from random import Random

    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.sources import Sources

# RFC 4861 10
MAX_INITIAL_RTR_ADVERT_INTERVAL_NS = 16 * SECOND
MAX_INITIAL_RTR_ADVERTISEMENTS = 3
MIN_DELAY_BETWEEN_RAS_NS = 3 * SECOND
MAX_RA_DELAY_TIME_NS = 500 * MILLISECOND


@dataclass(slots=True)
class _Running:
    """An advertising interface: from where it speaks, how often it has, when last."""

    source: Address
    sent: int = 0
    last: int | None = None


class Advertiser:
    """The advertising interfaces of one router."""

    def __init__(
        self,
        interfaces: Mapping[str, Interface],
        sources: Sources,
        rng: Random,
        is_router: Callable[[Interface], bool],
    ) -> None:
        """None advertises yet; a host never does (RFC 4861 6.2.4), as `is_router` says."""
        self._interfaces = interfaces
        self._sources = sources
        self._rng = rng
        self._is_router = is_router
        self._running: dict[str, _Running] = {}
        self._timers: Timers[str] = Timers()

    def is_advertising(self, interface: str) -> bool:
        """Whether an interface is an advertising interface (RFC 4861 6.2.2)."""
        return interface in self._running

    def refresh(self, interface: Interface, now: int, out: list[Output]) -> None:
        """Begin, begin anew or cease, as the interface and its addresses now ask for.

        Call it when anything that an advertisement says may have changed (6.2.4, 6.2.8).
        """
        running = self._running.get(interface.name)
        source = self._source(interface)
        if running is not None and running.source != source:
            self._cease(interface, running, out)
            running = None
        if source is None or not interface.is_up:
            return
        if running is None:
            running = self._running[interface.name] = _Running(source)
        running.sent = 0
        earliest = now if running.last is None else running.last + MIN_DELAY_BETWEEN_RAS_NS
        self._timers.start(interface.name, max(now, earliest))

    def went_down(self, interface: str) -> None:
        """The link is gone, and nobody is left to tell."""
        self._running.pop(interface, None)
        self._timers.stop(interface)

    def shut_down(self, out: list[Output]) -> None:
        """Tell every link that the router ceases to be one (6.2.5)."""
        for name, running in list(self._running.items()):
            self._cease(self._interfaces[name], running, out)

    def solicited(self, interface: Interface, now: int) -> None:
        """Schedule the answer to a solicitation (6.2.6)."""
        running = self._running.get(interface.name)
        due = self._timers.instant(interface.name)
        if running is None or due is None:
            return
        wanted = now + self._rng.randint(0, MAX_RA_DELAY_TIME_NS)
        if running.last is not None and now - running.last < MIN_DELAY_BETWEEN_RAS_NS:
            wanted += running.last + MIN_DELAY_BETWEEN_RAS_NS - now
        self._timers.start(interface.name, min(due, wanted))

    def next_deadline(self) -> int | None:
        """When the next advertisement is due."""
        return self._timers.next_deadline()

    def advance(self, now: int, out: list[Output]) -> None:
        """Send what is due."""
        while (name := self._timers.take(now)) is not None:
            interface, running = self._interfaces[name], self._running[name]
            self._send(interface, running, out)
            running.sent += 1
            running.last = now
            settings = interface.advertising
            wait = self._rng.randint(settings.shortest_ns, settings.max_interval_ns)
            if running.sent < MAX_INITIAL_RTR_ADVERTISEMENTS:
                wait = min(wait, MAX_INITIAL_RTR_ADVERT_INTERVAL_NS)
            self._timers.start(name, now + wait)

    def _source(self, interface: Interface) -> Address | None:
        if not (interface.advertises and self._is_router(interface)):
            return None
        own = self._sources.link_local(interface)
        return own.address if own is not None else None

    def _cease(self, interface: Interface, running: _Running, out: list[Output]) -> None:
        self.went_down(interface.name)
        if running.sent and interface.is_up:
            self._send(interface, running, out, is_final=True)

    def _send(
        self, interface: Interface, running: _Running, out: list[Output], *, is_final: bool = False
    ) -> None:
        for message in interface.advertising.messages(interface, is_final=is_final):
            out.append(nd_frame(interface, running.source, ALL_NODES, message))
