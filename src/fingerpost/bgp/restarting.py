"""We restart: what was there stays until the neighbours have told all anew (RFC 4724 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.bgp.family import Family
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer


NEIGHBORS = "neighbors"
SILENCE = 2 * SECOND
"""For how long one may say nothing of use before that is all: FRR's routes come after its
End-of-RIB, and for two minutes from its start it says that it has restarted.
"""


def kept_of(bgp: Bgp) -> dict[str, object] | None:
    """What the one after us has to know: who waits for it; None if nobody does."""
    names = [
        peer.name
        for peer in bgp.peers.values()
        if peer.agreed is not None
        and peer.agreed.restarts
        and peer.config.graceful_restart.restarts
        and not peer.is_dynamic
    ]
    return {NEIGHBORS: names} if names else None


def _names(kept: Mapping[str, object]) -> set[str]:
    told = kept.get(NEIGHBORS)
    return {str(one) for one in told} if isinstance(told, list) else set()


class WaitingFor:
    """Whose End-of-RIB we wait for before we choose and tell; nobody's when nothing was before."""

    def __init__(self, bgp: Bgp) -> None:
        """Wait if the configuration says that there was something before."""
        self._bgp = bgp
        wanted = [one for one in bgp.config.neighbors if one.graceful_restart.restarts]
        self._until: int | None = None
        self._is_asked = bgp.config.resumption is not None and bool(wanted)
        self._longest_ns = max((one.graceful_restart.stale_ns for one in wanted), default=0)
        self._named = {one.name for one in wanted if one.is_enabled and one.prefix is None}
        resumption = bgp.config.resumption
        kept = None if resumption is None else resumption.kept
        if kept is not None:  # it was planned, so we know who was there
            self._named &= _names(kept)
        self._told: set[tuple[str, Family]] = set()

    @property
    def is_on(self) -> bool:
        """Whether we wait."""
        return self._is_asked

    def begin(self, now: int) -> None:
        """The first event came: wait no longer than is configured."""
        if self._is_asked:
            self._until = now + self._longest_ns

    def told_all(self, peer: Peer, family: Family) -> None:
        """End-of-RIB came from a neighbour."""
        if self._is_asked:
            self._told.add((peer.name, family))
            self.look()

    def look(self) -> None:
        """Go on if nobody has to be waited for any more."""
        if self._is_asked and all(self._is_done(peer) for peer in self._bgp.peers.values()):
            self.end()

    def _is_done(self, peer: Peer) -> bool:
        if peer.name not in self._named or peer.is_shut:
            return True
        agreed = peer.agreed
        if agreed is None:
            return False
        if not agreed.restarts:
            return True  # it cannot say (RFC 4724 4.1)
        has_told = all((peer.name, one.family) in self._told for one in agreed.families)
        since = self._silent_since(peer)
        if since is None:
            return has_told
        # who has restarted as well may wait for us as we wait for it (4.1)
        return (has_told or agreed.has_restarted) and self._bgp.now - since >= SILENCE

    def _silent_since(self, peer: Peer) -> int | None:
        """Since when it is there without a route, which may come yet; None: it has told one."""
        agreed, table = peer.agreed, self._bgp.table
        if agreed is None:
            return None
        codes = (one.family.code for one in agreed.families)
        has_told = any(table.peer_counts(peer.number, code)[1] for code in codes)
        return None if has_told else peer.established_at

    @property
    def until(self) -> int | None:
        """When `pass_time` is owed."""
        if self._until is None:
            return None
        since = (self._silent_since(peer) for peer in self._bgp.peers.values())
        soon = [one + SILENCE for one in since if one is not None]
        return min([self._until, *(one for one in soon if one > self._bgp.now)])

    def pass_time(self, now: int) -> None:
        """Wait no longer when the time is over."""
        if self._is_asked and self._until is not None:
            self.end() if now >= self._until else self.look()

    def end(self) -> None:
        """Choose and tell, from now on."""
        self._is_asked = False
        self._until = None
        self._bgp.begin_telling()
