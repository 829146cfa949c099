"""ICMP errors of both families as one value: who reports what about which of our packets."""

from __future__ import annotations

from enum import Enum
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.addr import Address
from fingerpost.errors import DecodeError
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.host.arrival import Arrival

_IPV4 = Struct("!BBHHHBBH4s4s")
_IPV6 = Struct("!IHBB16s16s")


class NoticeKind(Enum):
    """What an ICMP error says, whatever the family calls it."""

    HOP_LIMIT = "hop limit exceeded"
    REASSEMBLY = "fragments missing"
    NO_ROUTE = "no route"
    HOST = "host unreachable"
    PROTOCOL = "protocol unreachable"
    PORT = "port unreachable"
    TOO_BIG = "packet too big"
    SOURCE_ROUTE = "source route failed"
    PROHIBITED = "administratively prohibited"
    BEYOND_SCOPE = "beyond the scope of the source address"
    PRECEDENCE = "precedence"
    PARAMETER = "parameter problem"
    REDIRECT = "redirect"
    OTHER = "other"


_UNREACHABLE4 = {
    0: NoticeKind.NO_ROUTE, 1: NoticeKind.HOST, 2: NoticeKind.PROTOCOL, 3: NoticeKind.PORT,
    4: NoticeKind.TOO_BIG, 5: NoticeKind.SOURCE_ROUTE, 6: NoticeKind.NO_ROUTE, 7: NoticeKind.HOST,
    8: NoticeKind.HOST, 9: NoticeKind.PROHIBITED, 10: NoticeKind.PROHIBITED,
    11: NoticeKind.NO_ROUTE, 12: NoticeKind.HOST, 13: NoticeKind.PROHIBITED,
    14: NoticeKind.PRECEDENCE, 15: NoticeKind.PRECEDENCE,
}  # fmt: skip
_UNREACHABLE6 = {
    0: NoticeKind.NO_ROUTE, 1: NoticeKind.PROHIBITED, 2: NoticeKind.BEYOND_SCOPE,
    3: NoticeKind.HOST, 4: NoticeKind.PORT, 5: NoticeKind.PROHIBITED, 6: NoticeKind.NO_ROUTE,
}  # fmt: skip


class Quote(NamedTuple):
    """What an error quotes of our packet; `head` is the first bytes of its upper layer."""

    source: Address
    destination: Address
    protocol: int
    identification: int
    hop_limit: int
    head: bytes


class Notice(NamedTuple):
    """An ICMP error that has arrived. `mtu` is 0 where it names none, `type` and `code` as sent."""

    reporter: Address
    kind: NoticeKind
    type: int
    code: int
    mtu: int
    quote: Quote | None
    version: int


def notice_of(arrival: Arrival) -> Notice | None:
    """The error in an ICMP message; None for what is no error or is damaged."""
    message = arrival.payload
    if len(message) < 8 or not _is_whole(arrival):
        return None
    kind, code = message[0], message[1]
    if arrival.version == 4:
        said = _said4(kind, code)
        mtu = int.from_bytes(message[6:8], "big") if said is NoticeKind.TOO_BIG else 0
    else:
        said = _said6(kind, code)
        mtu = int.from_bytes(message[4:8], "big") if said is NoticeKind.TOO_BIG else 0
    if said is None:
        return None
    quote = _quote(message[8:], arrival.version)
    return Notice(arrival.source, said, kind, code, mtu, quote, arrival.version)


def _is_whole(arrival: Arrival) -> bool:
    from fingerpost.wire.checksum import ones_sum, pseudo_sum

    start = 0
    if arrival.version == 6:
        length = len(arrival.payload)
        start = pseudo_sum(arrival.source, arrival.destination, IpProtocol.ICMPV6, length)
    return ones_sum(arrival.payload, start) == 0xFFFF


def _said4(kind: int, code: int) -> NoticeKind | None:
    match kind:
        case 3:
            return _UNREACHABLE4.get(code, NoticeKind.OTHER)
        case 5:
            return NoticeKind.REDIRECT
        case 11:
            return NoticeKind.REASSEMBLY if code == 1 else NoticeKind.HOP_LIMIT
        case 12:
            return NoticeKind.PARAMETER
        case 4:
            return NoticeKind.OTHER
    return None


def _said6(kind: int, code: int) -> NoticeKind | None:
    match kind:
        case 1:
            return _UNREACHABLE6.get(code, NoticeKind.OTHER)
        case 2:
            return NoticeKind.TOO_BIG
        case 3:
            return NoticeKind.REASSEMBLY if code == 1 else NoticeKind.HOP_LIMIT
        case 4:
            # RFC 4443 3.4: an unrecognized next header is what IPv4 calls an unreachable protocol
            return NoticeKind.PROTOCOL if code == 1 else NoticeKind.PARAMETER
    return NoticeKind.OTHER if kind < 128 else None


def _quote(data: bytes, version: int) -> Quote | None:
    """Read what is quoted, however short it was cut (RFC 792, RFC 4443 3)."""
    if version == 4:
        if len(data) < 20 or data[0] >> 4 != 4 or (header := (data[0] & 15) * 4) < 20:
            return None
        _, _, _, ident, _, ttl, protocol, _, source, destination = _IPV4.unpack_from(data)
        head = data[header:]
        return Quote(Address(source), Address(destination), protocol, ident, ttl, head)
    if len(data) < 40 or data[0] >> 4 != 6:
        return None
    _, _, protocol, hops, source, destination = _IPV6.unpack_from(data)
    identification, head = 0, data[40:]
    if protocol not in (IpProtocol.ICMPV6, IpProtocol.UDP, IpProtocol.TCP):
        from fingerpost.wire.ipv6_extension import FragmentHeader, walk

        try:
            chain = walk(protocol, head)
        except DecodeError:
            return Quote(Address(source), Address(destination), protocol, 0, hops, head)
        protocol, head = chain.upper, chain.payload
        found = (one for one in chain.headers if isinstance(one, FragmentHeader))
        identification = next((one.identification for one in found), 0)
    return Quote(Address(source), Address(destination), protocol, identification, hops, head)
