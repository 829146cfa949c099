"""The quoted datagram of an ICMP error, alone or before an extension structure (RFC 4884 4 and 5).

    +------------------------------+----------------------+
    | quote, zeros to >= 128 bytes | extension structure  |    length field = size of the quote
    | and whole words              |                      |    in words of 4 (v4) or 8 (v6) bytes
    +------------------------------+----------------------+

Without extensions the quote has any size and the length field is zero. A length field that says
less than 128 bytes, or more than there are, is not compliant and is not heeded: all is quote.

Between 1999 and 2007 routers sent the structure after exactly 128 bytes and left the field zero
(RFC 4884 5). Who asks for it has such a legacy ICMPv4 message taken for what it is when the 137th
byte on reads as a structure with version 2 and a valid checksum (RFC 4884 5.2, 5.5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.icmp_extension import structure

if TYPE_CHECKING:
    from fingerpost.wire.icmp_extension.objects import ExtensionObject
    from fingerpost.wire.reader import Reader

SHORTEST = 128
LONGEST_IN_WORDS = 255
LEGACY_ROOM = SHORTEST + 8  # the quote, a structure header and one object header


def padded(quote: bytes, word: int) -> bytes:
    """Give a quote as it stands before a structure: whole words of `word` bytes, 128 bytes or more.

    Raises `UsageError` when its length cannot be told in the length field.
    """
    size = max(SHORTEST, -(-len(quote) // word) * word)
    if size > LONGEST_IN_WORDS * word:
        raise UsageError(
            f"a quote of {len(quote)} bytes before extensions: at most {LONGEST_IN_WORDS * word}"
        )
    return quote.ljust(size, b"\0")


class QuoteCarrier:
    """A message with `quote` and `extensions`; `WORD` is what its length field counts, in bytes."""

    __slots__ = ()

    WORD: ClassVar[int]

    quote: bytes
    extensions: tuple[ExtensionObject, ...]

    def __post_init__(self) -> None:
        """Fill a quote before extensions to its size on the wire."""
        if self.extensions:
            object.__setattr__(self, "quote", padded(self.quote, self.WORD))

    @classmethod
    def read_quote(cls, length: int, reader: Reader) -> tuple[bytes, tuple[ExtensionObject, ...]]:
        """Give quote and extensions of a message whose length field holds `length`."""
        size = length * cls.WORD
        if size < SHORTEST or size >= reader.remaining:
            return reader.rest(), ()
        return reader.take(size, "quote"), structure.read(reader.rest())

    def pack_quote(self) -> tuple[int, bytes]:
        """Give the length field, and the quote with the extensions after it."""
        if not self.extensions:
            return 0, self.quote
        return len(self.quote) // self.WORD, self.quote + structure.encode(self.extensions)


def read_legacy(reader: Reader) -> tuple[bytes, tuple[ExtensionObject, ...]]:
    """Give quote and extensions of an ICMPv4 message without length field (RFC 4884 5.5)."""
    octets = reader.rest()
    if len(octets) < LEGACY_ROOM:
        return octets, ()
    try:
        found = structure.decode(octets[SHORTEST:], requires_checksum=True)
    except DecodeError:
        return octets, ()
    return octets[:SHORTEST], found
