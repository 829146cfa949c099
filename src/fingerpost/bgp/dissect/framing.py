"""How captures of BGP are cut into messages."""

from __future__ import annotations

from typing import Final

from fingerpost.bgp.constants import HEADER, LONGEST_EXTENDED, MARKER
from fingerpost.bgp.packet import decode_header
from fingerpost.errors import DecodeError
from fingerpost.wire.tcp_messages import Framing


def _length(octets: bytes) -> int | None:
    try:
        return decode_header(octets, LONGEST_EXTENDED).length
    except DecodeError:
        return None


FRAMING: Final = Framing(HEADER, _length, lambda octets: octets.find(MARKER, 1))
