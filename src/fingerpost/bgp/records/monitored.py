"""What a router says by BMP: who said what of which prefix, in which table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.bgp.nlri.text import nlri_text
from fingerpost.bgp.packet.capabilities import AddPath
from fingerpost.bgp.packet.message import decode_message
from fingerpost.bgp.packet.open import Open
from fingerpost.bgp.records.heard import Announced, Withdrawn, heard_in
from fingerpost.bgp.records.lines import line_of
from fingerpost.bmp import (
    Initiation,
    PeerDown,
    PeerFlags,
    PeerHeader,
    PeerUp,
    RouteMirroring,
    RouteMonitoring,
    Statistics,
    Termination,
)
from fingerpost.errors import DecodeError
from fingerpost.mrt import Ends, MessageSeen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.bmp import Message, UnknownMessage

_PEERS_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Monitored:
    """One prefix in a table of a neighbour; `view` as of `PeerHeader.view`."""

    peer: PeerHeader
    view: str
    heard: Announced | Withdrawn

    @property
    def prefix(self) -> str:
        """As people write it."""
        return nlri_text(self.heard.family, self.heard.nlri)

    def line(self) -> str:
        """As a line of bgpdump, with BMP and the table in place of the type."""
        rest = line_of(self.heard).split("|", 1)[1]
        return f"BMP {self.view}|{rest}"


class Views:
    """Reads messages of one router in their order: OPENs tell how UPDATEs are to be read."""

    def __init__(self) -> None:
        """Before the first message."""
        self._has_ids: dict[tuple[int, int, object], bool] = {}

    def heard_in(self, message: Message | UnknownMessage) -> Iterator[Monitored]:
        """Give each prefix that a message is about; raises `DecodeError`."""
        if isinstance(message, PeerUp):
            if len(self._has_ids) < _PEERS_MOST:
                self._has_ids[message.peer.key] = _has_path_ids(message)
        elif isinstance(message, PeerDown):
            self._has_ids.pop(message.peer.key, None)
        elif isinstance(message, RouteMonitoring):
            yield from self._monitored(message)

    def _monitored(self, message: RouteMonitoring) -> Iterator[Monitored]:
        peer = message.peer
        ends = Ends(peer.asn, 0, peer.address, peer.address)
        seen = MessageSeen(
            peer.instant_ns,
            ends,
            message.update,
            as4=peer.is_loc_rib or not peer.flags & PeerFlags.AS2,
            has_path_ids=self._has_ids.get(peer.key, False),
        )
        for one in heard_in(seen, None):
            assert isinstance(one, Announced | Withdrawn)  # a message holds no more
            yield Monitored(peer, peer.view, one)


def _has_path_ids(up: PeerUp) -> bool:
    """Whether both said that path identifiers come (RFC 7911 4), in any family."""
    try:
        opens = [decode_message(one) for one in (up.sent, up.received)]
    except DecodeError:
        return False
    ours, theirs = opens
    if not isinstance(ours, Open) or not isinstance(theirs, Open):
        return False
    wanted = {one.family for can in ours.having(AddPath) for one in can.families if one.receives}
    given = {one.family for can in theirs.having(AddPath) for one in can.families if one.sends}
    return bool(wanted & given)


def line_of_message(message: Message | UnknownMessage) -> str | None:
    """Give a line for what is not about prefixes; None for a message that is."""
    match message:
        case Initiation(information) | Termination(information):
            said = "; ".join(value.decode("utf-8", "replace") for kind, value in information)
            return f"BMP {message.kind.name.lower()}|{said!r}"
        case PeerUp(peer):
            return f"BMP up|{_peer(peer)}|{message.local}"
        case PeerDown(peer, reason):
            return f"BMP down|{_peer(peer)}|{int(reason)}"
        case Statistics(peer, counted):
            said = " ".join(
                "/".join(map(str, (one.type, *(one.family or ())))) + f"={one.value}"
                for one in counted
            )
            return f"BMP statistics|{_peer(peer)}|{said}"
        case RouteMirroring(peer):
            return f"BMP mirroring|{_peer(peer)}|{b' '.join(message.messages).hex()}"
        case RouteMonitoring():
            return None
    return f"BMP type {message.type}|{len(message.body)} octets"


def _peer(peer: PeerHeader) -> str:
    seconds, rest = divmod(peer.instant_ns, 1_000_000_000)
    return f"{seconds}.{rest // 1_000:06d}|{peer.view}|{peer.address}|{peer.asn}"
