"""Why a session is not Up, in words that say what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bfd.state import State, diagnostic_text

if TYPE_CHECKING:
    from fingerpost.bfd.session import Session

MILLISECOND = 1_000_000
UNASKED = "nobody asks for it any more"


def why_not_up(session: Session) -> str | None:
    """The reason; None for a session that is Up."""
    if session.state is State.UP:
        return None
    if session.settings.is_shut_down:
        return "shut down by configuration"
    if session.leaves:
        return UNASKED
    if session.path_fault is not None:
        return session.path_fault
    if session.fault is not None:
        count = session.counters.faults[session.fault]
        return f"the neighbor's packets are refused: {session.fault} ({count})"
    return _of_neighbor(session)


def _of_neighbor(session: Session) -> str:
    """What the neighbour's last packet, or its silence, tells."""
    remote = session.remote
    if remote.heard is None or not remote.discriminator:
        if session.fell:
            return session.fell
        waits = " (passive, so it speaks first)" if session.settings.is_passive else ""
        return f"nothing heard from the neighbor yet{waits}"
    if remote.state is State.ADMIN_DOWN:
        return "the neighbor has shut the session down (AdminDown)"
    if not remote.hears_us:
        return "the neighbor speaks and does not hear us (your discriminator is 0)"
    reason = f": {diagnostic_text(remote.diagnostic)}" if remote.diagnostic else ""
    return f"the neighbor says {remote.state}{reason}"


def signaled(session: Session) -> str:
    """Why a session fell at a packet of the neighbour."""
    remote = session.remote
    if remote.state is State.ADMIN_DOWN:
        return "the neighbor has shut the session down (AdminDown)"
    reason = f": {diagnostic_text(remote.diagnostic)}" if remote.diagnostic else ""
    return f"the neighbor says {remote.state}{reason}"


def silent(detection_ns: int) -> str:
    """Why a session fell in silence."""
    return f"nothing heard for {detection_ns / MILLISECOND:g} ms, the Detection Time"
