"""Any message (RFC 4271 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fingerpost.bgp.constants import HEADER, LONGEST, ErrorCode, HeaderError, MessageType
from fingerpost.bgp.packet.fault import LAYER, refuse
from fingerpost.bgp.packet.header import decode_header
from fingerpost.bgp.packet.keepalive import Keepalive
from fingerpost.bgp.packet.notification import Notification
from fingerpost.bgp.packet.open import Open
from fingerpost.bgp.packet.route_refresh import RouteRefresh
from fingerpost.bgp.packet.update import Update
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

Message: TypeAlias = Open | Update | Notification | Keepalive | RouteRefresh


def decode_message(data: Buffer, longest: int = LONGEST) -> Message:
    """Give the message that `data` is, no less and no more.

    Raises `MessageError` with the numbers of the NOTIFICATION, and nothing else.
    """
    octets = data if type(data) is bytes else bytes(data)
    header = decode_header(octets, longest)
    if header.length != len(octets):
        numbers = (ErrorCode.MESSAGE_HEADER, HeaderError.BAD_LENGTH)
        field, expected = octets[16:18], str(len(octets))
        reader, section = Reader(octets, LAYER), "RFC 4271 6.1"
        refuse(
            reader,
            "length",
            header.length,
            expected,
            section,
            numbers=numbers,
            data=field,
            at=16,
        )
    return decode_body(header.kind, octets[HEADER:], octets)


def decode_body(kind: MessageType, body: bytes, message: bytes = b"") -> Message:
    """Give the message of a body, as the core hands it up; `message` is the whole, to be quoted."""
    match kind:
        case MessageType.OPEN:
            return Open.decode_body(body)
        case MessageType.UPDATE:
            return Update.decode_body(body)
        case MessageType.NOTIFICATION:
            return Notification.decode_body(body)
        case MessageType.ROUTE_REFRESH:
            return RouteRefresh.decode_body(body, message)
        case MessageType.KEEPALIVE:
            return Keepalive()
