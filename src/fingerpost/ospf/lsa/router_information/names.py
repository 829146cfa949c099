"""How a router is called (RFC 5642), and how it is marked (RFC 7777)."""

from __future__ import annotations

from dataclasses import dataclass
from struct import pack
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.words import read_words

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

LONGEST_NAME = 255  # RFC 5642 3.1


@dataclass(frozen=True, slots=True)
class Hostname:
    """A name as bytes, ASCII mostly."""

    octets: bytes
    TYPE: ClassVar = 7

    @property
    def name(self) -> str:
        """The name, safe to show: what is no printable ASCII is escaped."""
        text = self.octets.decode("ascii", "backslashreplace")
        return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)

    @classmethod
    def read(cls, reader: Reader) -> Hostname:
        """Read the value."""
        length = reader.remaining
        if not 1 <= length <= LONGEST_NAME:
            found, section = f"{length} bytes long", "RFC 5642 3.1"
            reader.refuse("hostname", found, f"1 to {LONGEST_NAME} bytes", section, at=reader.at)
        return cls(reader.rest())

    def pack(self) -> bytes:
        """Give the value."""
        return self.octets


@dataclass(frozen=True, slots=True)
class AdministrativeTags:
    """Numbers that mean what the operator says (RFC 7777 2.1)."""

    tags: tuple[int, ...]
    TYPE: ClassVar = 10

    @classmethod
    def read(cls, reader: Reader) -> AdministrativeTags:
        """Read the value."""
        return cls(read_words(reader, "administrative tags"))

    def pack(self) -> bytes:
        """Give the value."""
        return pack(f"!{len(self.tags)}I", *self.tags)
