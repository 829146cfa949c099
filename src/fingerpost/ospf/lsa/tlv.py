"""TLVs, of which opaque LSAs and others are made, and sub-TLVs in them (RFC 3630 2.3.2).

     0               2               4
    +---------------+---------------+
    |     type      |    length     |   length: of the value alone
    +---------------+---------------+
    |            value ...          |   padded with zeros to whole words
    +-------------------------------+

A TLV of a known type becomes a value of its own class; others are kept as bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, ClassVar, Protocol, Self, TypeAlias

from fingerpost.wire.fields import at_most

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

WORD = 4
LONGEST_VALUE = 0xFFFF
_HEAD = Struct("!HH")


class TlvValue(Protocol):
    """The value of a TLV of a known type."""

    TYPE: ClassVar[int]

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the value, which is all of the reader."""
        ...

    def pack(self) -> bytes:
        """Give the value without type, length and padding."""
        ...


@dataclass(frozen=True, slots=True)
class UnknownTlv:
    """A TLV of a type that has no class here, as it came."""

    type: int
    data: bytes

    def pack(self) -> bytes:
        """Give the value as it came."""
        return self.data


Tlv: TypeAlias = TlvValue | UnknownTlv
Known: TypeAlias = Mapping[int, type[TlvValue]]


def known(*classes: type[TlvValue]) -> dict[int, type[TlvValue]]:
    """Give classes by their type."""
    return {one.TYPE: one for one in classes}


def read_tlvs(reader: Reader, classes: Known) -> tuple[Tlv, ...]:
    """Read TLVs to the end; raises `DecodeError` that points into the one at fault.

    The padding of the last one may be missing, as some leave it out.
    """
    found: list[Tlv] = []
    while reader:
        kind, length = reader.unpack(_HEAD, "TLV type and length")
        if length > reader.remaining:
            most = f"at most {reader.remaining}"
            reader.refuse(f"length of TLV {kind}", length, most, at=reader.at - 2)
        value = reader.sub(length, f"TLV {kind}")
        reader.take(min(-length % WORD, reader.remaining), "padding")
        form = classes.get(kind)
        if form is None:
            found.append(UnknownTlv(kind, value.rest()))
        else:
            found.append(form.read(value))
            value.finish(f"bytes after TLV {kind}")
    return tuple(found)


def pack_tlvs(tlvs: Iterable[Tlv], *, pads_last: bool = True) -> bytes:
    """Give TLVs one behind the other; raises `UsageError` for a value that is too long.

    `pads_last` off leaves out the padding of the last one.
    """
    values = [(type_of(one), one.pack()) for one in tlvs]
    data = b"".join([_pack(kind, value) for kind, value in values])
    if pads_last or not values:
        return data
    return data[: len(data) - -len(values[-1][1]) % WORD]


def type_of(tlv: Tlv) -> int:
    """Give the type of a TLV."""
    return tlv.type if isinstance(tlv, UnknownTlv) else tlv.TYPE


def _pack(kind: int, value: bytes) -> bytes:
    at_most(value, LONGEST_VALUE, f"value of TLV {kind}")
    return _HEAD.pack(kind, len(value)) + value + bytes(-len(value) % WORD)
