"""Who waits for a session: told when it is Established, or why it never will be."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fingerpost.speaker.failure import SessionError
from fingerpost.speaker.peer import shown

if TYPE_CHECKING:
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.tally import Ended


class Waiting:
    """Looks at the neighbours that somebody waits for, after each step of the machine."""

    def __init__(self, machine: Bgp) -> None:
        """Nobody waits."""
        self._machine = machine
        self._for: dict[asyncio.Future[Peer], tuple[str, bool, Ended | None]] = {}

    async def established(self, name: str, timeout_s: float | None, *, ends: bool) -> Peer:
        """The neighbour, when its session is Established.

        Raises `SessionError` when time is over; with `ends` also when a NOTIFICATION ends a session
        before it began, and not where a connection is refused: that is tried again.
        """
        held = self._find(name)
        if held is not None and held.established is not None:
            return held
        future: asyncio.Future[Peer] = asyncio.get_running_loop().create_future()
        self._for[future] = (name, ends, None if held is None else held.ended)
        future.add_done_callback(lambda one: self._for.pop(one, None))
        try:
            return await asyncio.wait_for(future, timeout_s)
        except TimeoutError:
            raise SessionError(self._late(name, timeout_s)) from None

    def look(self) -> None:
        """The machine did something."""
        for future, (name, ends, before) in list(self._for.items()):
            peer = self._find(name)
            if future.done() or peer is None:
                continue
            if peer.established is not None:
                future.set_result(peer)
            elif ends and peer.ended is not before and (error := _final(peer)) is not None:
                future.set_exception(error)

    def close(self) -> None:
        """There will be no session any more."""
        for future, (name, *_) in list(self._for.items()):
            if not future.done():
                future.set_exception(SessionError(f"{name}: the speaker was closed"))

    def _find(self, name: str) -> Peer | None:
        peers = self._machine.peers.values()
        return next((one for one in peers if shown(one) == name), None)

    def _late(self, name: str, timeout_s: float | None) -> str:
        peer = self._find(name)
        state = "nobody came" if peer is None else f"it is {peer.state}"
        ended = None if peer is None or peer.ended is None else f"; {peer.ended.reason}"
        return f"{name}: no session within {timeout_s:g} s, {state}{ended or ''}"


def _final(peer: Peer) -> SessionError | None:
    """What a NOTIFICATION says that somebody sent; None where the connection just failed."""
    theirs, ours = peer.received_notification, peer.sent_notification
    if theirs is not None:
        return SessionError(f"{shown(peer)}: it refuses: {theirs}", theirs)
    if ours is not None:
        reason = "" if peer.ended is None else f": {peer.ended.reason}"
        return SessionError(f"{shown(peer)}: refused by us: {ours}{reason}", ours, is_ours=True)
    return None
