"""How the older ICMP errors hold a quote and extensions; RFC 4884 4, and 5 for legacy senders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from fingerpost.errors import UsageError
from fingerpost.wire.icmp_extension.quote import SHORTEST, QuoteCarrier, read_legacy

if TYPE_CHECKING:
    from fingerpost.wire.icmp_extension import ExtensionObject
    from fingerpost.wire.reader import Reader

WORD = 4  # bytes that the length field counts in ICMPv4 (RFC 4884 4)


class LegacyQuoteCarrier(QuoteCarrier):
    """A message that was sent with extensions before there was a length field: `is_legacy`."""

    __slots__ = ()

    WORD = WORD

    is_legacy: bool

    def __post_init__(self) -> None:
        """Fill a quote before extensions to its size on the wire."""
        super().__post_init__()
        if self.is_legacy and not (self.extensions and len(self.quote) == SHORTEST):
            raise UsageError(
                "a legacy message has extensions after 128 bytes of quote (RFC 4884 5)"
            )

    @classmethod
    def read(cls, code: int, reader: Reader, *, legacy: bool = False) -> Self:
        """Read what follows the checksum; with `legacy` look for what legacy senders sent, too."""
        raise NotImplementedError

    @classmethod
    def read_any_quote(
        cls, length: int, reader: Reader, *, legacy: bool
    ) -> tuple[bytes, tuple[ExtensionObject, ...], bool]:
        """Give quote, extensions and whether they came without length field."""
        if length or not legacy:
            return *cls.read_quote(length, reader), False
        quote, extensions = read_legacy(reader)
        return quote, extensions, bool(extensions)

    def pack_quote(self) -> tuple[int, bytes]:
        """Give the length field, and the quote with the extensions after it."""
        length, octets = super().pack_quote()
        return (0 if self.is_legacy else length), octets
