"""An interface that speaks RIP, as it is now: its addresses, its timers and its counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import SECOND
from fingerpost.rip.config import RipInterface
from fingerpost.rip.sequence import SequenceNumbers

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.rip.faults import Fault


@dataclass(slots=True)
class Counters:
    """What one interface heard and said since it was made (RFC 1724 2.2 and more)."""

    responses_in: int = 0
    requests_in: int = 0
    entries_in: int = 0
    updates_out: int = 0
    triggered_out: int = 0
    requests_out: int = 0
    answers_out: int = 0
    datagrams_out: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, object]:
        """Plain data, for JSON."""
        return {
            "responses_in": self.responses_in,
            "requests_in": self.requests_in,
            "entries_in": self.entries_in,
            "updates_out": self.updates_out,
            "triggered_out": self.triggered_out,
            "requests_out": self.requests_out,
            "answers_out": self.answers_out,
            "datagrams_out": self.datagrams_out,
            "faults": {fault.value: n for fault, n in self.faults.most_common()},
        }


@dataclass(slots=True)
class Link:
    """One interface. `sent` is the serial of the last change that it has told.

    `held_until`: no triggered update before then (RFC 2453 3.10.1). `told` are the entries of the
    last whole update and what they rest on, None if they cannot be said again.
    """

    config: RipInterface
    version: int
    addresses: tuple[InterfaceAddress, ...] = ()
    mtu: int = 1500
    is_up: bool = False
    has_no_link: bool = False
    sent: int = 0
    held_until: int = 0
    sequences: SequenceNumbers = field(default_factory=SequenceNumbers)
    told: tuple[tuple[int, int], list[bytes]] | None = None
    is_warned: bool = False  # that its keys have expired
    answered: tuple[int, int] = (0, 0)  # a second, and how many tables were sent in it
    counters: Counters = field(default_factory=Counters)

    @property
    def name(self) -> str:
        """The name."""
        return self.config.name

    @property
    def own(self) -> tuple[InterfaceAddress, ...]:
        """The addresses of the family that is routed."""
        return tuple(one for one in self.addresses if one.version == self.version)

    @property
    def networks(self) -> list[Prefix]:
        """The networks that are announced; links do not go beyond themselves."""
        found = (a.prefix for a in self.own if not a.address.is_link_local)
        return list(dict.fromkeys(found))

    @property
    def speaks(self) -> bool:
        """Whether anything is sent or heard here."""
        return self.is_up and not self.has_no_link and not self.config.is_loopback

    @property
    def has_source(self) -> bool:
        """Whether there is an address to speak from: with IPv6 a link-local one (RFC 2080 2.5.2).

        A kernel gives that a second or two after the interface is up (RFC 4862 5.4).
        """
        return any(self.version == 4 or one.address.is_link_local for one in self.own)

    @property
    def updates(self) -> bool:
        """Whether updates are sent here, to all or to some."""
        is_asked_to = not self.config.is_passive or bool(self.config.neighbors)
        return self.speaks and is_asked_to and self.has_source

    def is_own(self, address: Address) -> bool:
        """Whether an address is one of ours here."""
        return any(one.address == address for one in self.addresses)

    def is_on_link(self, address: Address) -> bool:
        """Whether an address belongs to a neighbour that this link reaches directly."""
        return any(_neighbors_with(one, address) for one in self.own)

    def may_answer(self, now: int, limit: int) -> bool:
        """Whether another request of this second is answered; counts it if so."""
        second = now // SECOND
        count = self.answered[1] if self.answered[0] == second else 0
        if count >= limit:
            return False
        self.answered = (second, count + 1)
        return True


def _neighbors_with(own: InterfaceAddress, address: Address) -> bool:
    if address.version != own.version or address not in own.prefix:
        return False
    if own.version == 6 or own.length >= 31:  # RFC 3021: both addresses of a /31 are hosts
        return True
    return address not in (own.prefix.first, own.prefix.broadcast)
