"""What RIPv2 and RIPng have in common: messages about prefixes, whatever their bytes.

The machine speaks in `Offer`s; a dialect makes bytes of them and back, and knows what its RFC says
about ports, groups and who may speak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fingerpost.addr import Address, Prefix

if TYPE_CHECKING:
    from fingerpost.protocol.events import DatagramReceived
    from fingerpost.rip.faults import Fault
    from fingerpost.rip.interface import Link
    from fingerpost.rip.packet import Command


class Offer(NamedTuple):
    """What a message says about a prefix; `next_hop` None is the speaker itself."""

    prefix: Prefix
    metric: int
    tag: int = 0
    next_hop: Address | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was read. `faults` are those of entries that are left out.

    `sequence` is the number that authenticates it, by its key.
    """

    command: Command
    version: int
    offers: Sequence[Offer] = ()
    faults: Sequence[Fault] = ()
    asks_all: bool = False
    sequence: tuple[int, int] | None = None


class Dialect(Protocol):
    """RIPv2 or RIPng."""

    family: int
    name: str
    port: int
    group: Address
    hop_limit: int

    def refuses(self, datagram: DatagramReceived, link: Link) -> Fault | None:
        """Why nobody should listen to a sender of anything; None if one may."""
        ...

    def refuses_response(self, datagram: DatagramReceived, link: Link) -> Fault | None:
        """Why routes are not taken from a sender; None if they are."""
        ...

    def refuses_request(self, message: Message, link: Link) -> Fault | None:
        """Why a question has no answer; None if it has."""
        ...

    def read(self, datagram: DatagramReceived, link: Link, now: int) -> Message | Fault:
        """Give a message; never raises, whatever the bytes."""
        ...

    def summarizes(self, link: Link) -> bool:
        """Whether one entry may stand for several routes, so that changes alone say too little."""
        ...

    def suited(self, link: Link, offers: list[Offer]) -> list[Offer]:
        """Give what may be said of these on a link, by prefix."""
        ...

    def bodies(self, link: Link, offers: Sequence[Offer], now: int, version: int) -> list[bytes]:
        """Give the entries that say all this, in portions that a datagram of the link takes."""
        ...

    def responses(self, link: Link, bodies: Sequence[bytes], now: int, version: int) -> list[bytes]:
        """Give the responses whose entries these are, signed where the link signs."""
        ...

    def asks_all(self, link: Link, now: int) -> bytes:
        """Give the request for a whole table (RFC 2453 3.9.1, RFC 2080 2.4.1)."""
        ...

    def speaks(self, link: Link) -> int:
        """The version that updates have."""
        ...

    def destinations(self, link: Link) -> list[Address]:
        """Where updates go that are for all on a link."""
        ...

    def reaches(self, link: Link, gateway: Address) -> bool:
        """Whether others on the link may be pointed at a gateway."""
        ...
