"""The authentication section behind the mandatory one (RFC 5880 4.2 to 4.4).

 0                   1                   2                   3
|   Auth Type   |   Auth Len    |  Auth Key ID  |  Password...  |    simple password

|   Auth Type   |   Auth Len    |  Auth Key ID  |   Reserved    |    MD5 (24), SHA1 (28)
|                        Sequence Number                        |
|                      Auth Key/Digest ...                      |
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_DIGEST = Struct(">BBBBI")
DIGEST_AT = _DIGEST.size  # from the section's first byte
LONGEST_PASSWORD = 16
_LARGEST = 0xFF


class AuthenticationType(IntEnum):
    """Auth Type (RFC 5880 4.1)."""

    SIMPLE_PASSWORD = 1
    KEYED_MD5 = 2
    METICULOUS_KEYED_MD5 = 3
    KEYED_SHA1 = 4
    METICULOUS_KEYED_SHA1 = 5

    def __str__(self) -> str:
        """As the RFC spells it."""
        return _NAMES[self]

    @property
    def digest_length(self) -> int:
        """Bytes of the digest; 0 for a password."""
        return _DIGEST_LENGTHS[self]

    @property
    def is_meticulous(self) -> bool:
        """Whether every packet has a number of its own."""
        return self in (
            AuthenticationType.METICULOUS_KEYED_MD5,
            AuthenticationType.METICULOUS_KEYED_SHA1,
        )


_NAMES = {
    AuthenticationType.SIMPLE_PASSWORD: "Simple Password",
    AuthenticationType.KEYED_MD5: "Keyed MD5",
    AuthenticationType.METICULOUS_KEYED_MD5: "Meticulous Keyed MD5",
    AuthenticationType.KEYED_SHA1: "Keyed SHA1",
    AuthenticationType.METICULOUS_KEYED_SHA1: "Meticulous Keyed SHA1",
}
_DIGEST_LENGTHS = {
    AuthenticationType.SIMPLE_PASSWORD: 0,
    AuthenticationType.KEYED_MD5: 16,
    AuthenticationType.METICULOUS_KEYED_MD5: 16,
    AuthenticationType.KEYED_SHA1: 20,
    AuthenticationType.METICULOUS_KEYED_SHA1: 20,
}


@dataclass(frozen=True, slots=True)
class PasswordSection:
    """A password of 1 to 16 bytes, in the clear."""

    key_id: int
    password: bytes

    @property
    def type(self) -> int:
        """Auth Type."""
        return AuthenticationType.SIMPLE_PASSWORD

    def encode(self) -> bytes:
        """As bytes of the wire."""
        return bytes((self.type, 3 + len(self.password), self.key_id)) + self.password


@dataclass(frozen=True, slots=True)
class DigestSection:
    """A digest of the whole packet with a key, and a number that goes up."""

    type: AuthenticationType
    key_id: int
    sequence: int
    digest: bytes
    reserved: int = 0

    def encode(self) -> bytes:
        """As bytes of the wire."""
        length = DIGEST_AT + len(self.digest)
        head = _DIGEST.pack(self.type, length, self.key_id, self.reserved, self.sequence)
        return head + self.digest


@dataclass(frozen=True, slots=True)
class UnknownSection:
    """A type that nobody here knows, with what follows its length."""

    type: int
    data: bytes

    def encode(self) -> bytes:
        """As bytes of the wire."""
        return bytes((self.type, 2 + len(self.data))) + self.data


AuthenticationSection: TypeAlias = PasswordSection | DigestSection | UnknownSection


def decode_section(reader: Reader) -> AuthenticationSection:
    """Read a section. Raises `DecodeError` for a length that its type does not have."""
    kind = reader.u8("auth type")
    length = reader.u8("auth length")
    most = min(_LARGEST, reader.remaining + 2)
    if not 2 <= length <= most:
        reader.refuse("auth length", length, f"2 to {most}", "RFC 5880 4.1")
    match kind:
        case AuthenticationType.SIMPLE_PASSWORD:
            if not 4 <= length <= 3 + LONGEST_PASSWORD:
                reader.refuse("auth length", length, "4 to 19", "RFC 5880 4.2")
            key_id = reader.u8("auth key id")
            return PasswordSection(key_id, reader.take(length - 3, "password"))
        case 2 | 3 | 4 | 5:
            known = AuthenticationType(kind)
            wanted = DIGEST_AT + known.digest_length
            if length != wanted:
                section = "RFC 5880 4.3" if kind < AuthenticationType.KEYED_SHA1 else "RFC 5880 4.4"
                reader.refuse("auth length", length, str(wanted), section)
            key_id = reader.u8("auth key id")
            reserved = reader.u8("reserved")
            sequence = reader.u32("sequence number")
            digest = reader.take(known.digest_length, "digest")
            return DigestSection(known, key_id, sequence, digest, reserved)
    return UnknownSection(kind, reader.take(length - 2, "authentication data"))
