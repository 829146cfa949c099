"""Messages of BGP (RFC 4271 4): bytes to values and back.

`first_message` cuts them out of a stream, `decode_message` reads one. What cannot be raises
`MessageError`, a `DecodeError` with the numbers of the NOTIFICATION that answers it.
"""

from __future__ import annotations

from fingerpost.bgp.packet.fault import MessageError
from fingerpost.bgp.packet.header import Header, decode_header, first_message
from fingerpost.bgp.packet.keepalive import Keepalive
from fingerpost.bgp.packet.message import Message, decode_body, decode_message
from fingerpost.bgp.packet.notification import Notification
from fingerpost.bgp.packet.open import Open
from fingerpost.bgp.packet.route_refresh import Refresh, RouteRefresh
from fingerpost.bgp.packet.update import Update

__all__ = [
    "Header",
    "Keepalive",
    "Message",
    "MessageError",
    "Notification",
    "Open",
    "Refresh",
    "RouteRefresh",
    "Update",
    "decode_body",
    "decode_header",
    "decode_message",
    "first_message",
]
