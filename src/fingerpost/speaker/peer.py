"""`SpeakerPeer`: a neighbour of a speaker, as a program looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.fsm import State

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.peer import Peer
    from fingerpost.speaker.speaker import Speaker


def shown(peer: Peer) -> str:
    """What a program calls a neighbour: by its address."""
    return peer.name if peer.address is None else str(peer.config.address)


class SpeakerPeer:
    """A neighbour by its name; what it is asked is true now, also after its session has ended."""

    def __init__(self, speaker: Speaker, peer: Peer) -> None:
        """Of a neighbour of the machine."""
        self._speaker = speaker
        self._peer = peer

    @property
    def name(self) -> str:
        """Its address as text, as updates have it."""
        return shown(self._peer)

    @property
    def address(self) -> Address | None:
        """Where it is."""
        return self._peer.address

    @property
    def asn(self) -> int:
        """Its AS; 0 while nobody knows."""
        return self._peer.asn

    @property
    def state(self) -> State:
        """Of the session: `State.ESTABLISHED` when routes are exchanged."""
        return self._peer.state

    @property
    def is_established(self) -> bool:
        """Whether routes are exchanged."""
        return self._peer.established is not None

    @property
    def families(self) -> tuple[Family, ...]:
        """The address families that both speak; none without a session."""
        agreed = self._peer.agreed
        return () if agreed is None else tuple(one.family for one in agreed.families)

    @property
    def why_ended(self) -> str | None:
        """Why the last session ended or none could be had, with the words of the NOTIFICATION."""
        ended = self._peer.ended
        return None if ended is None else ended.reason

    def received(self, family: Family) -> int:
        """How many paths of a family it has told."""
        return self._speaker.machine.table.peer_counts(self._peer.number, family.code)[0]

    def told(self, family: Family) -> int:
        """How many prefixes of a family it has been told."""
        return self._speaker.machine.table.told_counts(self._peer.number, family.code)[0]

    def close(self, text: str = "") -> None:
        """End the session with a NOTIFICATION that carries `text` (RFC 9003); have none again."""
        self._speaker.disconnect(self.name, text)

    def __repr__(self) -> str:
        """Who and how."""
        return f"<SpeakerPeer {self.name} AS {self.asn} {self.state}>"
