"""The frame of ICMP, ICMPv6, MLD and IGMP messages: a type, a code and a checksum over all.

    0               1               2               3
    +---------------+---------------+-------------------------------+
    |     type      |     code      |           checksum            |
    +---------------+---------------+-------------------------------+

The checksum covers the message; ICMPv6 puts the pseudo-header in front (RFC 4443 2.3).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.wire.checksum import checksum
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

HEAD = struct.Struct("!BBH")


def sealed(raw: bytes, initial: int = 0) -> bytes:
    """Give `raw` with bytes 2 and 3, which must be zero, set to its checksum."""
    return raw[:2] + checksum(raw, initial).to_bytes(2, "big") + raw[4:]


def packed(pack: Callable[[], bytes], name: str) -> bytes:
    """Call `pack`; a value that does not fit its field is the caller's fault (`UsageError`)."""
    try:
        return pack()
    except (struct.error, OverflowError) as error:
        raise UsageError(f"{name} cannot be encoded: {error}") from None


def opened(
    data: Buffer, layer: str, section: str, *, initial: int = 0, verify: bool = True
) -> tuple[int, int, Reader]:
    """Give type, code and a reader that stands after the checksum; refuse a wrong checksum.

    `verify` off skips the sum, for those who want to look at a damaged or cut message.
    """
    octets = data if type(data) is bytes else bytes(data)
    reader = Reader(octets, layer, section=section)
    kind, code, found = reader.unpack(HEAD, "header")
    if verify and checksum(octets, initial):
        right = checksum(octets[:2] + bytes(2) + octets[4:], initial)
        reader.refuse("checksum", f"{found:#06x}", f"{right:#06x}", section, at=2)
    return kind, code, reader


def refuse_code(reader: Reader, code: int, section: str) -> None:
    """Refuse a code other than zero, for messages that have no other."""
    if code:
        reader.refuse("code", code, "0", section, at=1)
