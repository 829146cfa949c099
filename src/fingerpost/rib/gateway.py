"""`Gateway`: an address that routes name as next hop, what it rests on, and who rests on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.forwarding.route import NextHop
    from fingerpost.rib.path import Path


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where a gateway is: over these next hops, found in the route of this prefix.

    Without next hops `reason` says what is wrong.
    """

    next_hops: tuple[NextHop, ...] = ()
    rests_on: Prefix | None = None
    reason: str = "no route leads to it"


UNRESOLVED = Resolution()


class Gateway:
    """A gateway that some route names without an interface. Compared by identity."""

    __slots__ = ("above", "address", "below", "pinned", "resolution", "users")

    def __init__(self, address: Address) -> None:
        """Start unresolved, with nobody resting on it."""
        self.address = address
        self.resolution = UNRESOLVED
        self.users: dict[Path, None] = {}  # those that name it
        self.below: tuple[Gateway, ...] = ()  # what it may rest on: named by prefixes around it
        self.above: dict[Gateway, None] | None = None  # what may rest on it
        self.pinned: tuple[Prefix, ...] = ()  # prefixes around it that are in a circle with it
