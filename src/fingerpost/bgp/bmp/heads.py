"""How neighbours and the Loc-RIB are named to stations, and what is said when they come and go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.bgp.constants import MessageType
from fingerpost.bgp.family import IPV4, family_of
from fingerpost.bgp.packet import Open
from fingerpost.bgp.packet.capabilities import As4, Capability, Multiprotocol
from fingerpost.bgp.packet.header import encode_header
from fingerpost.bmp import (
    DownReason,
    InfoType,
    Initiation,
    MessageKind,
    PeerDown,
    PeerFlags,
    PeerHeader,
    PeerType,
    PeerUp,
)
from fingerpost.bmp.header import framed

if TYPE_CHECKING:
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.session import Session

NOWHERE: Final = Address("0.0.0.0")
OUT: Final = PeerFlags.ADJ_RIB_OUT | PeerFlags.POST_POLICY
TABLE_NAME: Final = b"global"
_DESCRIPTION: Final = b"fingerpost"


def instant_of(bgp: Bgp) -> int:
    """Nanoseconds since 1970, as far as we know the time of day."""
    return bgp.now + bgp.config.epoch_ns


def header_of(peer: Peer, session: Session, instant_ns: int) -> PeerHeader:
    """A neighbour with a session, its Adj-RIB-In before the import policy."""
    agreed = session.agreed
    assert agreed is not None  # it is Established
    flags = PeerFlags(0) if agreed.as4 else PeerFlags.AS2
    address = peer.address or NOWHERE
    return PeerHeader(address, agreed.asn, agreed.router_id, instant_ns, flags=flags)


def post_policy(head: PeerHeader) -> PeerHeader:
    """The same behind the import policy; what is made anew has AS numbers of four octets."""
    return replace(head, flags=(head.flags & ~PeerFlags.AS2) | PeerFlags.POST_POLICY)


def told(head: PeerHeader) -> PeerHeader:
    """What the neighbour is told, behind the export policy (RFC 8671 4), made anew."""
    return replace(head, flags=(head.flags & ~PeerFlags.AS2) | OUT)


def of_loc_rib(bgp: Bgp) -> PeerHeader:
    """Our best paths (RFC 9069 4.1)."""
    config = bgp.config
    instant = instant_of(bgp)
    return PeerHeader(NOWHERE, config.asn, config.router_id, instant, PeerType.LOC_RIB)


def peer_up(peer: Peer, session: Session, instant_ns: int) -> bytes:
    """A session stands (RFC 7854 4.10); `b""` without both OPENs."""
    ours, theirs = session.ours, session.theirs
    if ours is None or theirs is None or session.local is None:
        return b""
    head = header_of(peer, session, instant_ns)
    local, remote = session.ports
    bare = session.local.without_zone
    return PeerUp(head, bare, local, remote, ours.encode(), theirs.encode()).encode()


def loc_rib_up(bgp: Bgp) -> bytes:
    """The Loc-RIB is told from now on, with OPENs that say what it has (RFC 9069 5.2)."""
    config = bgp.config
    can: tuple[Capability, ...] = tuple(Multiprotocol(one) for one in config.families)
    can += (As4(config.asn),)
    said = Open.of(config.asn, 0, config.router_id, can).encode()
    information = ((InfoType.TABLE_NAME, TABLE_NAME),)
    return PeerUp(of_loc_rib(bgp), NOWHERE, 0, 0, said, said, information).encode()


def peer_down(peer: Peer, session: Session, instant_ns: int) -> bytes:
    """A session is over (RFC 7854 4.9)."""
    head = header_of(peer, session, instant_ns)
    told, heard = peer.sent_notification, peer.received_notification
    if session.notification is not None and told is session.notification:
        return PeerDown(head, DownReason.LOCAL_NOTIFICATION, told.encode()).encode()
    if heard is not None and session.reason.startswith("it told"):
        return PeerDown(head, DownReason.REMOTE_NOTIFICATION, heard.encode()).encode()
    if session.is_abrupt:
        return PeerDown(head, DownReason.LOCAL, bytes(2)).encode()
    return PeerDown(head, DownReason.REMOTE).encode()


def initiation(name: str) -> bytes:
    """Who we are (RFC 7854 4.3)."""
    information = [(InfoType.SYSTEM_DESCRIPTION, _DESCRIPTION)]
    information.append((InfoType.SYSTEM_NAME, name.encode()[:255]))
    return Initiation(tuple(information)).encode()


def end_of_rib(code: int, head: bytes) -> bytes:
    """All of a table was told (RFC 7854 3.3, RFC 4724 2)."""
    family = family_of(code)
    unreach = family.afi.to_bytes(2, "big") + bytes((family.safi,))
    attributes = b"" if family == IPV4 else bytes((0x80, 15, 3)) + unreach
    body = bytes(2) + len(attributes).to_bytes(2, "big") + attributes
    update = encode_header(MessageType.UPDATE, body)
    return framed(MessageKind.ROUTE_MONITORING, head + update)
