"""Numbers of RIP (RFC 2453 3.4, 3.9, 4; RFC 2080 2.1, 2.5)."""

from __future__ import annotations

from typing import Final

from fingerpost.addr import Address

INFINITY: Final = 16
"""The metric of what cannot be reached (RFC 2453 3.6, RFC 2080 2.3)."""

RIP_PORT: Final = 520
RIPNG_PORT: Final = 521
RIP_GROUP: Final = Address("224.0.0.9")
RIPNG_GROUP: Final = Address("ff02::9")

HEADER_LENGTH: Final = 4
ENTRY_LENGTH: Final = 20
MOST_ENTRIES: Final = 25
"""Entries of a RIP datagram that we send, the one of authentication among them (RFC 2453 3.6)."""

UDP_HEADER: Final = 8
IPV4_HEADER: Final = 20
IPV6_HEADER: Final = 40
