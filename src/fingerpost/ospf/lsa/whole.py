"""An LSA: its header and its body, and the frame that all of them are written in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from fingerpost.errors import UsageError
from fingerpost.ospf.lsa.checksum import sealed
from fingerpost.ospf.lsa.header import (
    HEADER_LENGTH,
    LAYER,
    LONGEST,
    SECTIONS,
    LsaHeader,
    LsaKey,
    read_header,
)
from fingerpost.wire.reader import Reader
from fingerpost.wire.sealing import packed

if TYPE_CHECKING:
    from typing_extensions import Buffer


class LsaBody(Protocol):
    """What follows the header."""

    def pack(self) -> bytes:
        """Give its bytes; `struct.error` or `UsageError` for a field out of range."""
        ...


B_co = TypeVar("B_co", bound=LsaBody, covariant=True)


@dataclass(frozen=True, slots=True)
class Lsa(Generic[B_co]):
    """An LSA. Of the header, `length` and `checksum` are made anew when it is encoded."""

    header: LsaHeader
    body: B_co

    @property
    def key(self) -> LsaKey:
        """What it is an instance of."""
        return self.header.key


@dataclass(frozen=True, slots=True)
class UnknownLsa:
    """The body of an LSA of a type that has no class here, as it came."""

    data: bytes = b""

    @classmethod
    def read(cls, reader: Reader) -> UnknownLsa:
        """Take all that there is."""
        return cls(reader.rest())

    def pack(self) -> bytes:
        """Give it as it came."""
        return self.data


def opened(data: Buffer, version: int) -> tuple[LsaHeader, Reader]:
    """Give the header of an LSA and a reader of its body; offsets count from the LSA's start.

    Raises `DecodeError`, also where `data` is shorter or longer than the LSA. The checksum is not
    looked at: that is done where an LSA arrives (RFC 2328 13 step 1).
    """
    reader = Reader(data, LAYER, section=SECTIONS[version])
    header = read_header(reader, version)
    if header.length != reader.end:
        reader.refuse("length", header.length, f"{reader.end}, the bytes there are", at=18)
    return header, reader


def closed(lsa: Lsa[LsaBody], version: int) -> bytes:
    """Give an LSA with its length and checksum; raises `UsageError` for a field out of range."""
    body = packed(lsa.body.pack, type(lsa.body).__name__)
    length = HEADER_LENGTH + len(body)
    if length > LONGEST:
        raise UsageError(f"LSA {lsa.key} is {length} bytes long, expected at most {LONGEST}")
    return sealed(replace(lsa.header, checksum=0, length=length).encode(version) + body)
