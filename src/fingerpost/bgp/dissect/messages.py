"""The fields of each kind of message, and one line that sums it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.constants import ErrorCode, MessageType
from fingerpost.bgp.dissect.capabilities import capability_fields
from fingerpost.bgp.dissect.update import update_fields, update_summary
from fingerpost.bgp.packet import Message, Notification, Open, Refresh, RouteRefresh, Update
from fingerpost.bgp.text import router_id_text
from fingerpost.wire.dissect.layout import Layout, octets_field
from fingerpost.wire.dissect.tree import Field
from fingerpost.wire.dissect.words import named

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER_LAYOUT = Layout("_:128 length:16 type:8", type=named(MessageType))
_OPEN = Layout(
    "version:8 my_as:16 hold_time:16 identifier:ip4 parameters_length:8",
    hold_time="{} s".format,
)
_EXTENDED = Layout("_:8 extended_length:16")  # behind the length of the other form
_NOTIFICATION = Layout("code:8 subcode:8", code=named(ErrorCode))
_REFRESH = Layout("afi:16 subtype:8 safi:8", subtype=named(Refresh))


def message_summary(message: Message) -> str:
    """Give one line for people; nothing for a KEEPALIVE."""
    match message:
        case Open():
            return f"AS {message.asn}, {router_id_text(message.router_id)}, hold {message.hold_s} s"
        case Update():
            return update_summary(message)
        case Notification():
            return str(message)
        case RouteRefresh():
            refresh = message.refresh
            said = f"subtype {message.subtype}" if refresh is None else refresh.name.lower()
            return f"{said} {message.family}"
    return ""


def message_fields(packet: bytes, start: int, end: int, message: Message) -> Iterator[Field]:
    """Give what follows the header."""
    match message:
        case Open():
            yield from _OPEN.read(packet, start, end)
            at = start + _OPEN.size
            if message.is_extended:
                yield from _EXTENDED.read(packet, at, end)
                at += _EXTENDED.size
            yield from capability_fields(packet, at, end, is_extended=message.is_extended)
        case Update():
            yield from update_fields(packet, start, message)
        case Notification():
            yield from _notification(packet, start, end, message)
        case RouteRefresh():
            yield from _REFRESH.read(packet, start, end)
            if message.rest:
                yield octets_field("filters", packet, start + _REFRESH.size, end)


def _notification(packet: bytes, start: int, end: int, message: Notification) -> Iterator[Field]:
    code, subcode = _NOTIFICATION.read(packet, start, end)
    yield code
    name = message.subcode_name
    is_named = name is not None and not name.startswith("subcode")
    text = f"{subcode.text} ({name})" if is_named else subcode.text
    yield Field(subcode.name, subcode.value, text, subcode.offset, subcode.size)
    at = start + _NOTIFICATION.size
    if at == end:
        return
    if message.shutdown_text is not None:
        text = message.shutdown_text
        yield Field("text", text, text, at, end - at)
    else:
        yield octets_field("data", packet, at, end)
