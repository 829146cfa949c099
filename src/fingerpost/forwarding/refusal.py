"""What is owed for a packet that was delivered and that nobody above took.

A closed port or an unknown protocol: RFC 1122 3.2.2.1, RFC 1812 4.3.3.1; RFC 4443 3.1 and 3.4,
where the pointer names the field that says the protocol (RFC 8200 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.forwarding.extension import Upper, upper_of
from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.wire.ipv4_options import decode_options

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk


def refused(walk: Walk, *, is_port: bool) -> Owed:
    """The error for a packet that was delivered before, its options read once more."""
    if walk.packet.version == 4:
        try:
            walk.options = decode_options(walk.packet.options)
        except DecodeError:
            walk.options = ()  # it was not delivered by this plane
        return Owed(Fault.PORT if is_port else Fault.PROTOCOL)
    if is_port:
        return Owed(Fault.PORT)
    found = upper_of(walk, walk.packet)
    pointer = found.named_at if isinstance(found, Upper) else 6
    return Owed(Fault.UNKNOWN_NEXT_HEADER, pointer=pointer)
