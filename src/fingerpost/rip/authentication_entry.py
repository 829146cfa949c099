"""The entry that authenticates a RIPv2 message, and what stands behind the last route.

    +-------------------+-------------------+
    | 0xFFFF            | type              |    type 2: 16 bytes of password (RFC 2453 4.1)
    +-------------------+-------------------+    type 3 (RFC 4822 2.1):
    | packet length     | key id  | length  |    up to the trailer; of the digest
    +-------------------+---------+---------+
    | sequence number                       |
    +---------------------------------------+
    | reserved, 8 bytes                     |
    +-------------------+-------------------+
      ... routes ...
    | 0xFFFF            | 0x0001            |    the trailer
    +-------------------+-------------------+
    | digest ...

Whether the length field counts the four bytes before the digest is read in both ways in the field
(zebra and its heirs count them unless told otherwise): both are accepted, and `length_field` keeps
which it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from struct import Struct, error
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.rip.constants import ENTRY_LENGTH, HEADER_LENGTH
from fingerpost.wire.fields import at_most, octets, unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

AUTHENTICATION_FAMILY = b"\xff\xff"
SIMPLE, CRYPTOGRAPHIC = 2, 3
PASSWORD_LENGTH = 16
TRAILER = b"\xff\xff\0\1"
FIRST_ROUTE = HEADER_LENGTH + ENTRY_LENGTH
LONGEST_DIGEST = 0xFF

_CRYPTOGRAPHIC = Struct("!HHHBBI8s")


@dataclass(frozen=True, slots=True)
class Password:
    """A password in the clear, padded with zeros to 16 bytes (RFC 2453 4.1)."""

    password: bytes

    def encode(self) -> bytes:
        """Give the entry."""
        octets(self.password, PASSWORD_LENGTH, "rip password")
        return AUTHENTICATION_FAMILY + SIMPLE.to_bytes(2, "big") + self.password

    def tail(self) -> bytes:
        """Nothing stands behind the routes."""
        return b""


@dataclass(frozen=True, slots=True)
class UnknownAuthentication:
    """An entry of a type that nobody here knows."""

    kind: int
    data: bytes

    def encode(self) -> bytes:
        """Give the entry as it came."""
        octets(self.data, ENTRY_LENGTH - 4, "rip authentication data")
        kind = unsigned(self.kind, 16, "rip authentication type")
        return AUTHENTICATION_FAMILY + kind.to_bytes(2, "big") + self.data

    def tail(self) -> bytes:
        """Nothing that is known stands behind the routes."""
        return b""


@dataclass(frozen=True, slots=True)
class Trailed:
    """A keyed digest behind the routes (RFC 4822 2.1). `length` is where the trailer begins."""

    length: int
    key_id: int
    length_field: int
    sequence: int
    digest: bytes = b""
    reserved: bytes = bytes(8)

    def encode(self) -> bytes:
        """Give the entry before the routes."""
        octets(self.reserved, 8, "rip reserved")
        try:
            return _CRYPTOGRAPHIC.pack(
                0xFFFF,
                CRYPTOGRAPHIC,
                self.length,
                self.key_id,
                self.length_field,
                self.sequence,
                self.reserved,
            )
        except error:
            unsigned(self.length, 16, "rip packet length")
            unsigned(self.key_id, 8, "rip key_id")
            unsigned(self.length_field, 8, "rip authentication length")
            unsigned(self.sequence, 32, "rip sequence")
            raise

    def tail(self) -> bytes:
        """Give the trailer behind the routes."""
        return TRAILER + at_most(self.digest, LONGEST_DIGEST, "rip digest")


Authentication: TypeAlias = Password | UnknownAuthentication | Trailed


def read_authentication(reader: Reader) -> Authentication:
    """Read the first entry, of a digest without the digest; raises `DecodeError`."""
    whole = reader.end
    entry = reader.sub(ENTRY_LENGTH, "authentication entry")
    entry.take(2, "family")
    kind = entry.u16("authentication type")
    if kind == SIMPLE:
        return Password(entry.rest())
    if kind != CRYPTOGRAPHIC:
        return UnknownAuthentication(kind, entry.rest())
    length = entry.u16("packet length")
    last = whole - len(TRAILER)
    if not FIRST_ROUTE <= length <= last:
        entry.refuse("packet length", length, f"{FIRST_ROUTE} to {last}", "RFC 4822 2.1")
    key_id, length_field = entry.u8("key id"), entry.u8("authentication length")
    sequence = entry.u32("sequence number")
    return Trailed(length, key_id, length_field, sequence, reserved=entry.rest())


def read_digest(reader: Reader, entry: Trailed) -> Trailed:
    """Read the trailer, which is all that is left; raises `DecodeError`."""
    mark = reader.take(len(TRAILER), "trailer")
    if mark != TRAILER:
        reader.refuse("trailer", mark, TRAILER.hex(), "RFC 4822 2.1")
    digest = reader.rest()
    if len(digest) not in (entry.length_field, entry.length_field - len(TRAILER)):
        expected = f"{entry.length_field} bytes, as its entry says"
        reader.refuse("digest", f"{len(digest)} bytes long", expected, "RFC 4822 2.1")
    return replace(entry, digest=digest)
