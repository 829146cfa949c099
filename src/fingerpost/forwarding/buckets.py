"""Shares of the hash space: buckets that belong to next hops, and stay with them.

A bucket changes its owner only where it must: when a member goes, its buckets, and no other, are
shared out among those that stay; when one comes, it takes its share, one bucket at a time, from
whoever has most above its own. Flows of all other buckets keep their way (RFC 2992 4 measures the
disruption of other methods; here it is the least possible).

There are as many buckets as a power of two, from 256 to 65,536: the fewest that give every member
within 1 % of what its weight asks for. Their number may grow, then every bucket is split in two
with the same owner; it never shrinks, since that would move flows.
"""

from __future__ import annotations

from functools import lru_cache
from heapq import heapify, heapreplace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.route import NextHop

FEWEST = 256
MOST = 65536
_NOBODY = -1

_Key: TypeAlias = "tuple[str | None, Address | None]"


class Buckets:
    """The buckets of one set of equal-cost next hops.

    A weight below 1 counts as 1; a way that is given twice has both weights. The same history of
    members gives the same buckets.
    """

    def __init__(self, members: tuple[NextHop, ...]) -> None:
        """Share the buckets out among `members`, of which there is at least one."""
        self.members: tuple[NextHop, ...] = members
        self._weights = _weights(members)
        self._ways = _ways(members)
        self._owners = list(_fresh(tuple(self._weights.values())))

    def change(self, members: tuple[NextHop, ...]) -> None:
        """Move no more buckets than the change of members needs."""
        before, self._weights = self._weights, _weights(members)
        self.members, self._ways = members, _ways(members)
        places = {key: at for at, key in enumerate(self._weights)}
        moved = [places.get(key, _NOBODY) for key in before]
        kept = [moved[owner] for owner in self._owners]
        only_went = self._weights.items() <= before.items()
        self._owners = _settled(kept, list(self._weights.values()), moves=not only_went)

    def choose(self, value: int) -> NextHop:
        """The member of a flow's hash."""
        return self._ways[self._owners[value & len(self._owners) - 1]]

    @property
    def owners(self) -> list[NextHop]:
        """The member of each bucket; its number is the last bits of the hash."""
        return [self._ways[owner] for owner in self._owners]

    def __len__(self) -> int:
        """Count the buckets."""
        return len(self._owners)


def _weights(members: tuple[NextHop, ...]) -> dict[_Key, int]:
    weights: dict[_Key, int] = {}
    for hop in members:
        key = (hop.interface, hop.gateway)
        weights[key] = weights.get(key, 0) + max(hop.weight, 1)
    return weights


def _ways(members: tuple[NextHop, ...]) -> list[NextHop]:
    """One member for each key of `_weights`, in that order."""
    return list({(hop.interface, hop.gateway): hop for hop in members}.values())


@lru_cache(maxsize=1024)
def _fresh(weights: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(_settled([_NOBODY] * FEWEST, list(weights), moves=False))


def _settled(kept: list[int], weights: list[int], *, moves: bool) -> list[int]:
    """Give every bucket an owner, with as many buckets as the shares need.

    `moves`: buckets that have an owner may get another.
    """
    while True:
        held = _counts(kept, len(weights))
        wanted = _wanted(held, len(kept), weights, moves=moves)
        if len(kept) >= MOST or _is_fair(wanted, weights):
            return _shared_out(kept, held, wanted)
        kept = kept * 2  # the hash's next bit: both halves of a bucket have its owner


def _wanted(held: list[int], buckets: int, weights: list[int], *, moves: bool) -> list[int]:
    """How many buckets each member shall have: what it holds, with the fewest changes."""
    ideal = [buckets * weight / sum(weights) for weight in weights]
    wanted = list(held)
    poorest = [(has - ideal[at], at) for at, has in enumerate(held)]
    heapify(poorest)
    for _ in range(buckets - sum(held)):  # what nobody has goes to who lacks most
        surplus, at = poorest[0]
        wanted[at] += 1
        heapreplace(poorest, (surplus + 1, at))
    while moves:  # then one by one from who has most too much, while that makes it fairer
        above = [has - share for has, share in zip(wanted, ideal, strict=True)]
        rich, poor = above.index(max(above)), above.index(min(above))
        if above[rich] - above[poor] <= 1:
            break
        wanted[rich] -= 1
        wanted[poor] += 1
    return wanted


def _shared_out(kept: list[int], held: list[int], wanted: list[int]) -> list[int]:
    owners = list(kept)
    spare = [has - wants for has, wants in zip(held, wanted, strict=True)]
    takers = (at for at, more in enumerate(spare) for _ in range(-more))
    for bucket, owner in enumerate(owners):
        if owner == _NOBODY:
            owners[bucket] = next(takers)
        elif spare[owner] > 0:
            spare[owner] -= 1
            owners[bucket] = next(takers)
    return owners


def _counts(owners: list[int], members: int) -> list[int]:
    return [owners.count(member) for member in range(members)]


def _is_fair(held: list[int], weights: list[int]) -> bool:
    """Whether every member's share is within the tolerance of its weight."""
    buckets, whole = sum(held), sum(weights)
    return all(
        abs(has * whole - buckets * weight) * 100 <= buckets * weight
        for has, weight in zip(held, weights, strict=True)
    )
