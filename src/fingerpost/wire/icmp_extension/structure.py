"""The extension structure: a header, then one object or more to the message's end (RFC 4884 7).

    0       4                       2                               4
    +-------+-----------------------+-------------------------------+
    |  2    |       reserved        |           checksum            |
    +-------+-----------------------+-------------------------------+
    |                            objects                            |

The checksum covers the structure; zero says that none was computed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.wire.checksum import checksum
from fingerpost.wire.icmp_extension.identification import read_identification
from fingerpost.wire.icmp_extension.interface import InterfaceInformation
from fingerpost.wire.icmp_extension.mpls import MplsLabelStack
from fingerpost.wire.icmp_extension.objects import (
    HEADER,
    ExtensionObject,
    ObjectClass,
    UnknownObject,
)
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

LAYER = "icmp extension"
VERSION = 2
_STRUCTURE = struct.Struct("!HH")

_READERS: dict[int, Callable[[int, Reader], ExtensionObject]] = {
    ObjectClass.MPLS_LABEL_STACK: MplsLabelStack.read,
    ObjectClass.INTERFACE_INFORMATION: InterfaceInformation.read,
    ObjectClass.INTERFACE_IDENTIFICATION: read_identification,
}


@dataclass(frozen=True, slots=True)
class UnreadableExtensions(ExtensionObject):
    """A whole structure that does not read; it stands alone in `extensions` and keeps its bytes."""

    data: bytes

    @property
    def fault(self) -> DecodeError:
        """Say why the structure does not read."""
        try:
            decode(self.data)
        except DecodeError as error:
            return error
        raise AssertionError("made from a structure that reads")

    def encode(self) -> bytes:
        """Give the structure as it came."""
        return self.data


def encode(objects: tuple[ExtensionObject, ...]) -> bytes:
    """Give the structure that holds `objects`, with its checksum (RFC 4884 7)."""
    if len(objects) == 1 and isinstance(objects[0], UnreadableExtensions):
        return objects[0].data
    body = b"".join([one.encode() for one in objects])
    head = VERSION << 12
    check = checksum(body, head)
    return _STRUCTURE.pack(head, check or 0xFFFF) + body


def decode(data: Buffer, *, requires_checksum: bool = False) -> tuple[ExtensionObject, ...]:
    """Give the objects of a structure; raises `DecodeError` for a broken header or object length.

    With `requires_checksum` a checksum of zero is refused, as for structures that are only
    guessed to be there (RFC 4884 5.5).
    """
    reader = Reader(data, LAYER, section="RFC 4884 7")
    head, found = reader.unpack(_STRUCTURE, "header")
    if head >> 12 != VERSION:
        reader.refuse("version", head >> 12, "2")
    if (found or requires_checksum) and checksum(bytes(data)):
        reader.refuse("checksum", f"{found:#06x}", "one that fits the structure", at=2)
    objects = [_read_object(reader)]
    while reader:
        objects.append(_read_object(reader))
    return tuple(objects)


def read(data: bytes) -> tuple[ExtensionObject, ...]:
    """Give the objects, or the structure as one `UnreadableExtensions`; never raises."""
    try:
        return decode(data)
    except DecodeError:
        return (UnreadableExtensions(data),)


def _read_object(reader: Reader) -> ExtensionObject:
    length, class_number, c_type = reader.unpack(HEADER, "object header")
    if length < HEADER.size:
        reader.refuse("object length", length, "at least 4", "RFC 4884 8")
    payload = reader.sub(length - HEADER.size, "object payload")
    reading = _READERS.get(class_number)
    data = payload.peek(payload.remaining)
    if reading is not None:
        try:
            return reading(c_type, payload)
        except DecodeError:
            pass  # one object that does not read does not cost the others
    return UnknownObject(class_number, c_type, data)
