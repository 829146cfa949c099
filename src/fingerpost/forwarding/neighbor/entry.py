"""One neighbour: what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.forwarding.events import SendFrame
from fingerpost.forwarding.neighbor.state import State
from fingerpost.forwarding.neighbor.waiting import WaitingQueue

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.wire.mac import Mac


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A neighbour as the cache held it when somebody looked; `changed` is when its state began."""

    interface: str
    address: Address
    mac: Mac | None
    state: State
    is_router: bool
    queued: int
    changed: int

    def age(self, now: int) -> int:
        """For how long the neighbour has been in its state, in nanoseconds."""
        return now - self.changed

    def as_dict(self) -> dict[str, object]:
        """The same as plain data, for JSON."""
        return {
            "interface": self.interface,
            "address": str(self.address),
            "mac": str(self.mac) if self.mac is not None else None,
            "state": str(self.state),
            "is_router": self.is_router,
            "queued": self.queued,
            "changed_ns": self.changed,
        }

    def __str__(self) -> str:
        """As `ip neigh` writes it."""
        parts = [f"{self.address} dev {self.interface}"]
        parts += [f"lladdr {self.mac}"] if self.mac is not None else []
        parts += ["router"] if self.is_router else []
        return " ".join([*parts, str(self.state)])


@dataclass(slots=True, eq=False)
class Entry:
    """An entry of the cache; only the cache changes it.

    `mac` is None while INCOMPLETE and FAILED. `is_settled` is true while packets go out without
    the machine being asked. `asker` is the source of the packet that began the search; questions
    carry it where it is an address of the interface (RFC 4861 7.2.2).
    """

    interface: str
    address: Address
    state: State = State.ABSENT
    mac: Mac | None = None
    is_settled: bool = False
    is_router: bool = False
    asked: int = 0
    changed: int = 0
    asker: Address | None = None
    queue: WaitingQueue = field(default_factory=WaitingQueue)

    def seen(self) -> Neighbor:
        """The entry as a value."""
        return Neighbor(
            self.interface,
            self.address,
            self.mac,
            self.state,
            self.is_router,
            len(self.queue),
            self.changed,
        )


def flush(interface: Interface, entry: Entry, out: list[Output]) -> None:
    """Send what waited for the neighbour, in the order in which it came."""
    assert entry.mac is not None
    for waiting in entry.queue.take_all():
        header = entry.mac + interface.mac + waiting.ethertype.to_bytes(2, "big")
        out += [SendFrame(interface.name, header + payload) for payload in waiting.payloads]
