"""`Watches`: which neighbours the instances of a router want BFD to watch.

BFD is one instance among the others. What they ask is kept here, so that it may start later, end,
and begin anew; each ask carries the name of the instance, by which the answer finds back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fingerpost.protocol.events import (
    NeighborUnwatched,
    NeighborWatched,
    UnwatchNeighbor,
    WatchNeighbor,
)

if TYPE_CHECKING:
    from fingerpost.addr import Address


class _Name(NamedTuple):
    client: str
    key: str
    interface: str | None
    remote: Address


class Watches:
    """What is asked, by who asks it."""

    def __init__(self) -> None:
        """Nobody asks."""
        self._held: dict[_Name, WatchNeighbor] = {}

    def add(self, client: str, watch: WatchNeighbor) -> NeighborWatched:
        """A client asks; gives what BFD is told."""
        self._held[_Name(client, watch.key, watch.interface, watch.remote)] = watch
        return NeighborWatched(client, watch)

    def remove(self, client: str, watch: UnwatchNeighbor) -> NeighborUnwatched:
        """A client does not ask any more; gives what BFD is told."""
        self._held.pop(_Name(client, watch.key, watch.interface, watch.remote), None)
        return NeighborUnwatched(client, watch)

    def remove_all(self, client: str) -> list[NeighborUnwatched]:
        """A client has ended; gives what BFD is told."""
        names = [name for name in self._held if name.client == client]
        return [self.remove(client, UnwatchNeighbor(*name[1:])) for name in names]

    def all(self) -> list[NeighborWatched]:
        """What a BFD that starts is told."""
        return [NeighborWatched(name.client, watch) for name, watch in self._held.items()]
