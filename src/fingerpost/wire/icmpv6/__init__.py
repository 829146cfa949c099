"""ICMPv6: the messages of RFC 4443 and 8335, and by the same door those of `wire.nd`, `wire.mld`.

`decode(data, source, destination)` gives the right class, `.encode(source, destination)` its bytes;
the addresses are those of the IPv6 header, which the checksum covers. A type without a class gives
`UnknownIcmpv6`. Refused are wrong checksums, short messages, and what RFC 4861 calls invalid inside
a message. What takes the IPv6 header to see, such as
a hop limit other than 255, is the business of the forwarding room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.wire.icmp.types import ExtendedEchoCode
from fingerpost.wire.icmpv6.echo import EchoReply, EchoRequest
from fingerpost.wire.icmpv6.exceeded import TimeExceeded
from fingerpost.wire.icmpv6.extended_echo import ExtendedEchoReply, ExtendedEchoRequest
from fingerpost.wire.icmpv6.parameter import ParameterProblem
from fingerpost.wire.icmpv6.too_big import PacketTooBig
from fingerpost.wire.icmpv6.types import (
    ParameterProblemCode,
    TimeExceededCode,
    UnreachableCode,
    is_error_type,
)
from fingerpost.wire.icmpv6.unknown import UnknownIcmpv6
from fingerpost.wire.icmpv6.unreachable import DestinationUnreachable
from fingerpost.wire.icmpv6_message import Icmpv6Message, Icmpv6Type, opened6
from fingerpost.wire.mld import (
    ListenerDone,
    ListenerQuery,
    ListenerReport,
    ListenerReportV2,
    read_query,
)
from fingerpost.wire.nd import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Buffer

    from fingerpost.addr import Address
    from fingerpost.wire.reader import Reader

MESSAGES: dict[int, type[Icmpv6Message]] = {
    message.TYPE: message
    for message in (
        DestinationUnreachable,
        PacketTooBig,
        TimeExceeded,
        ParameterProblem,
        EchoRequest,
        EchoReply,
        ListenerQuery,
        ListenerReport,
        ListenerDone,
        RouterSolicitation,
        RouterAdvertisement,
        NeighborSolicitation,
        NeighborAdvertisement,
        Redirect,
        ListenerReportV2,
        ExtendedEchoRequest,
        ExtendedEchoReply,
    )
}
_READERS: dict[int, Callable[[int, Reader], Icmpv6Message]] = {
    **{kind: message.read for kind, message in MESSAGES.items()},
    Icmpv6Type.LISTENER_QUERY: read_query,
}


def decode(
    data: Buffer, source: Address, destination: Address, *, verify: bool = True
) -> Icmpv6Message:
    """Give the message in `data`, the upper-layer payload of an IPv6 packet between the addresses.

    Raises `DecodeError` only. `verify` off leaves the checksum unchecked, for those who look at
    damaged messages.
    """
    kind, code, reader = opened6(data, source, destination, verify=verify)
    reading = _READERS.get(kind)
    if reading is None:
        return UnknownIcmpv6(kind, code, reader.rest())
    return reading(code, reader)


__all__ = [
    "MESSAGES",
    "DestinationUnreachable",
    "EchoReply",
    "EchoRequest",
    "ExtendedEchoCode",
    "ExtendedEchoReply",
    "ExtendedEchoRequest",
    "Icmpv6Message",
    "Icmpv6Type",
    "PacketTooBig",
    "ParameterProblem",
    "ParameterProblemCode",
    "TimeExceeded",
    "TimeExceededCode",
    "UnknownIcmpv6",
    "UnreachableCode",
    "decode",
    "is_error_type",
]
