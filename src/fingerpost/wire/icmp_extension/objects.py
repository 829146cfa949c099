"""Extension objects in general, and those of a class that nobody here reads (RFC 4884 8).

0                               2               3               4
+-------------------------------+---------------+---------------+
|    length (header included)   |   class-num   |    c-type     |
+-------------------------------+---------------+---------------+
|                         object payload                        |
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct("!HBB")


class ObjectClass(IntEnum):
    """Class-Num values (IANA "ICMP Extension Object Classes and Class Sub-types")."""

    MPLS_LABEL_STACK = 1
    INTERFACE_INFORMATION = 2
    INTERFACE_IDENTIFICATION = 3


class ExtensionObject:
    """One object of an extension structure."""

    __slots__ = ()

    def parts(self) -> tuple[int, int, bytes]:
        """Give class-num, c-type and payload."""
        raise NotImplementedError

    def encode(self) -> bytes:
        """Give the object with its header; raises `struct.error` for a field out of range."""
        class_number, c_type, payload = self.parts()
        return HEADER.pack(HEADER.size + len(payload), class_number, c_type) + payload


@dataclass(frozen=True, slots=True)
class UnknownObject(ExtensionObject):
    """An object of another class, or of a known class whose payload does not read."""

    class_number: int
    c_type: int
    data: bytes = b""

    def parts(self) -> tuple[int, int, bytes]:
        """Give the object as it came."""
        return self.class_number, self.c_type, self.data
