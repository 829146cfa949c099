"""What is told only while other prefixes are in the routing table, or are not.

A prefix is there while the routing table uses a route to it that another source told us of, or a
neighbour of ours tells a path to it that can be used, whether that is the best one or not: so what
is told on a condition takes nothing away that the condition rests on. When a prefix is named
first, the routing table tells of it after the configuration: until then nobody knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.family import IPV4, IPV6
from fingerpost.bgp.path_view import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fingerpost.addr import Prefix
    from fingerpost.bgp.config import BgpConfig, Condition, PeerFamily
    from fingerpost.bgp.machine import Bgp
    from fingerpost.rib.events import Change


class Conditions:
    """Which of the prefixes that conditions name are there."""

    def __init__(self, bgp: Bgp) -> None:
        """None is named."""
        self._bgp = bgp
        # that are named, as they were looked at last; None: nobody knows yet
        self._there: dict[Prefix, bool | None] = {}
        self._is_to_wait = False
        self._routed: set[Prefix] = set()  # of those, what the routing table has of others

    def configure(self) -> None:
        """Know of what the configuration names; the routing table tells of that soon."""
        named = {prefix for one in _conditions(self._bgp.config) for prefix in one.named}
        self._routed &= named
        self._is_to_wait = not named <= self._there.keys()
        self._there = {one: self._there.get(one) for one in sorted(named)}

    def apply(self, changes: Sequence[Change]) -> None:
        """The routing table has changed."""
        if not self._there:
            return
        for change in changes:
            if change.prefix in self._there:
                (self._routed.discard if change.after is None else self._routed.add)(change.prefix)
                self._bgp.is_dirty = True

    def settle(self) -> bool:
        """Look again; True: something is there that was not, or the other way round."""
        there: dict[Prefix, bool | None] = {one: self._is_there(one) for one in self._there}
        if self._is_to_wait:  # for the next event, by which the table has told
            self._is_to_wait = False
            self._bgp.is_dirty = True
            there = {one: held or self._there[one] for one, held in there.items()}
        has_changed = there != self._there
        self._there = there
        return has_changed

    def missed(self, condition: Condition | None) -> str | None:
        """Why a condition does not hold; None: it does, or there is none."""
        if condition is None:
            return None
        for one in condition.absent:
            there = self._there.get(one)
            if there is not False:
                return f"{one} is in the table" if there else f"whether {one} is there is not known"
        if condition.present and not any(map(self._there.get, condition.present)):
            return f"{' or '.join(map(str, condition.present))} is not in the table"
        return None

    def why_no_network(self, prefix: Prefix) -> str | None:
        """Why a network of ours is not told for its condition; None: it is none, or it holds."""
        for one in self._bgp.config.networks:
            if one.prefix == prefix and (why := self.missed(one.condition)) is not None:
                return f"the network {prefix} is not told: {why}"
        return None

    def why_no_default(self, family: PeerFamily) -> str | None:
        """The same of the default that a neighbour is given."""
        why = self.missed(family.default_condition) if family.default_route else None
        return None if why is None else f"it is given no default: {why}"

    def _is_there(self, prefix: Prefix) -> bool:
        if prefix in self._routed:
            return True
        family = IPV4 if prefix.version == 4 else IPV6
        rows = self._bgp.table.paths(family.code, prefix)
        return any(
            peer and imported is not None and metric is not None and not flags & REFUSED
            for peer, _, _, imported, flags, _, metric, _, _ in rows
        )


def condition_text(condition: Condition) -> str:
    """As people read it."""
    said: list[str] = []
    for prefixes, what in ((condition.present, "is"), (condition.absent, "is not")):
        if prefixes:
            said.append(f"{' or '.join(map(str, prefixes))} {what} in the table")
    return "while " + ", and ".join(said)


def _conditions(config: BgpConfig) -> Iterator[Condition]:
    held: Iterable[Condition | None] = [one.condition for one in config.networks]
    held = [*held, *(one.default_condition for peer in config.neighbors for one in peer.families)]
    return (one for one in held if one is not None)
