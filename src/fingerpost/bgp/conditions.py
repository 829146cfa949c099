"""What is told only while other prefixes are in the routing table, or are not.

A prefix is there while the routing table uses a route to it that another source told us of, or a
neighbour of ours tells a path to it that can be used, whether that is the best one or not: so what
is told on a condition takes nothing away that the condition rests on.
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
        self._there: dict[Prefix, bool] = {}  # that are named, as they were looked at last
        self._routed: set[Prefix] = set()  # of those, what the routing table has of others

    def configure(self) -> None:
        """Know of what the configuration names; the routing table tells of that soon."""
        named = {prefix for one in _conditions(self._bgp.config) for prefix in one.named}
        self._routed &= named
        self._there = {one: self._is_there(one) for one in sorted(named)}

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
        there = {one: self._is_there(one) for one in self._there}
        has_changed = there != self._there
        self._there = there
        return has_changed

    def missed(self, condition: Condition | None) -> str | None:
        """Why a condition does not hold; None: it does, or there is none."""
        if condition is None:
            return None
        there = next(filter(self._there.get, condition.absent), None)
        if there is not None:
            return f"{there} is in the table"
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
