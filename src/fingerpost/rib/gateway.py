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
    """Where a gateway is: over these next hops, found in the route of this prefix, whose metric it
    has; 0 on a link of ours.

    Without next hops `reason` says what is wrong.
    """

    next_hops: tuple[NextHop, ...] = ()
    rests_on: Prefix | None = None
    reason: str = "no route leads to it"
    metric: int = 0


UNRESOLVED = Resolution()


class Gateway:
    """A gateway that some route names without an interface, or that somebody follows. Compared by
    identity.
    """

    __slots__ = ("above", "address", "below", "is_followed", "pinned", "resolution", "users")

    def __init__(self, address: Address) -> None:
        """Start unresolved, with nobody resting on it."""
        self.address = address
        self.resolution = UNRESOLVED
        self.users: dict[Path, None] = {}  # those that name it
        self.is_followed = False  # told of when it changes
        self.below: tuple[Gateway, ...] = ()  # what it may rest on: named by prefixes around it
        self.above: dict[Gateway, None] | None = None  # what may rest on it
        self.pinned: tuple[Prefix, ...] = ()  # prefixes around it that are in a circle with it
