"""Where fields of a packet stand that authentication looks at, and what follows a packet.

Version 2 has a header of 24 bytes (RFC 2328 A.3.1), version 3 one of 16 (RFC 5340 A.3.1). Only
Hello and Database Description packets have options, and so may have an LLS block behind them
(RFC 5613 2.1) or say that a trailer follows (RFC 7166 2.1).
"""

from __future__ import annotations

from typing import Final

V2_HEADER: Final = 24
V3_HEADER: Final = 16
TYPE: Final = 1
LENGTH: Final = slice(2, 4)
ROUTER: Final = slice(4, 8)
V2_KIND: Final = 15  # the low octet of AuType; RFC 6549 3 has the instance id in the high one
V2_DATA: Final = slice(16, 24)

HELLO, DESCRIPTION = 1, 2
_V2_OPTIONS: Final = {HELLO: 30, DESCRIPTION: 26}
_V3_OPTIONS: Final = {HELLO: 22, DESCRIPTION: 18}  # the octet that L and AT are in
_V2_L: Final = 0x10
_V3_L: Final = 0x02
_V3_AT: Final = 0x04


def packet_length(payload: bytes, header: int) -> int | None:
    """The length that a packet gives itself; None where its bytes are not there."""
    length = int.from_bytes(payload[LENGTH], "big")
    return length if header <= length <= len(payload) else None


def v2_has_lls(packet: bytes, length: int) -> bool:
    """Tell whether a packet of version 2 says that an LLS block follows."""
    at = _V2_OPTIONS.get(packet[TYPE])
    return at is not None and at < length and packet[at] & _V2_L != 0


def v3_has_lls(packet: bytes, length: int) -> bool:
    """Tell whether a packet of version 3 says that an LLS block follows."""
    at = _V3_OPTIONS.get(packet[TYPE])
    return at is not None and at < length and packet[at] & _V3_L != 0


def v3_has_trailer(packet: bytes, length: int) -> bool | None:
    """Tell whether a packet of version 3 says that a trailer follows; None: it has no options."""
    at = _V3_OPTIONS.get(packet[TYPE])
    return packet[at] & _V3_AT != 0 if at is not None and at < length else None


def with_trailer_bit(packet: bytes) -> bytes:
    """Set the AT-bit, where a packet of version 3 has options."""
    at = _V3_OPTIONS.get(packet[TYPE])
    if at is None or at >= len(packet):
        return packet
    return packet[:at] + bytes((packet[at] | _V3_AT,)) + packet[at + 1 :]


def lls_length(block: bytes) -> int | None:
    """The length in bytes of an LLS block (RFC 5613 2.2); None where it is not all there."""
    length = int.from_bytes(block[2:4], "big") * 4
    return length if 4 <= length <= len(block) else None
