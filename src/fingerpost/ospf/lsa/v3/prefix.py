"""Prefixes as version 3 writes them: as many whole words as hold them (RFC 5340 A.4.1).

    +-------+-------+---------------+
    |length |options|   (varies)    |
    +-------+-------+---------------+
    |     prefix, 0 to 4 words      |

What the 16 bits after the options say depends on the LSA: nothing, a metric, a type.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.wire.fields import octets, unfit

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

SECTION = "RFC 5340 A.4.1"
LONGEST = 128
_HEAD = Struct("!BBH")
_BYTES = {4: 4, 6: 16}


@dataclass(frozen=True, slots=True)
class LsaPrefix:
    """A prefix: its length in bits, its options, and its bytes in whole words as they stand.

    `options` is a number that `PrefixOptions` names. The bytes say nothing of their family, which
    is that of the instance (RFC 5838 2): `prefix` is told.
    """

    length: int
    options: int = 0
    data: bytes = b""

    @classmethod
    def of(cls, prefix: Prefix, options: int = 0) -> LsaPrefix:
        """Write a prefix of either family."""
        return cls(prefix.length, options, prefix.network.packed[: size(prefix.length)])

    def prefix(self, version: int = 6) -> Prefix | None:
        """Give it as a prefix of this IP version; None where it is too long for that.

        Bits behind its length count as zero (RFC 5340 A.4.1).
        """
        width = _BYTES[version]
        if self.length > 8 * width:
            return None
        return Prefix(Address((self.data + bytes(width))[:width]), self.length)


def size(length: int) -> int:
    """Give the bytes that a prefix of so many bits takes."""
    return (length + 31) // 32 * 4


def read_prefix(reader: Reader) -> tuple[LsaPrefix, int]:
    """Read a prefix, and the 16 bits that vary."""
    length, options, word = reader.unpack(_HEAD, "prefix length and options")
    refuse_length(reader, length)
    return LsaPrefix(length, options, reader.take(size(length), "prefix")), word


def pack_prefix(prefix: LsaPrefix, word: int = 0) -> bytes:
    """Give the bytes of a prefix with the 16 bits that vary."""
    return _HEAD.pack(prefix.length, prefix.options, word) + prefix_octets(prefix)


def prefix_octets(prefix: LsaPrefix) -> bytes:
    """Give the words of a prefix; raises `UsageError` where they are not as long as it says."""
    if not 0 <= prefix.length <= LONGEST:
        unfit("prefix length", prefix.length, f"0 to {LONGEST}")
    return octets(prefix.data, size(prefix.length), f"bytes of a prefix of {prefix.length} bits")


def refuse_length(reader: Reader, length: int) -> None:
    """Refuse a length that no address has; it is the first byte of what was read last."""
    if length > LONGEST:
        reader.refuse("prefix length", length, f"at most {LONGEST}", SECTION)
