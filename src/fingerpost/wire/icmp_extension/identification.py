"""Which interface a PROBE request asks about (RFC 8335 2.1): class 3.

c-type 1   the name, zeros to a multiple of 4 bytes
c-type 2   ifIndex, 32 bits
c-type 3   AFI (16 bits), address length (8), reserved (8), address, zeros to 4 n bytes
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.wire.icmp_extension.interface import AFI_IPV4, AFI_IPV6, bytes_of, name_of
from fingerpost.wire.icmp_extension.objects import ExtensionObject, ObjectClass
from fingerpost.wire.mac import Mac

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

BY_NAME, BY_INDEX, BY_ADDRESS = 1, 2, 3
AFI_MAC48 = 0x4005  # IANA "Address Family Numbers"
_ADDRESS = struct.Struct("!HBx")
_SIZES = {AFI_IPV4: 4, AFI_IPV6: 16, AFI_MAC48: 6}


@dataclass(frozen=True, slots=True)
class InterfaceByName(ExtensionObject):
    """The interface of this name (RFC 7223's, so any UTF-8)."""

    name: str

    def parts(self) -> tuple[int, int, bytes]:
        """Give the name, padded."""
        return ObjectClass.INTERFACE_IDENTIFICATION, BY_NAME, _padded(bytes_of(self.name))


@dataclass(frozen=True, slots=True)
class InterfaceByIndex(ExtensionObject):
    """The interface of this ifIndex."""

    index: int

    def parts(self) -> tuple[int, int, bytes]:
        """Give the index."""
        return ObjectClass.INTERFACE_IDENTIFICATION, BY_INDEX, self.index.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class InterfaceByAddress(ExtensionObject):
    """The interface that has this IP or hardware address."""

    address: Address | Mac

    def parts(self) -> tuple[int, int, bytes]:
        """Give family, length and address, padded."""
        if isinstance(self.address, Mac):
            family, octets = AFI_MAC48, bytes(self.address)
        else:
            family = AFI_IPV4 if self.address.version == 4 else AFI_IPV6
            octets = self.address.packed
        payload = _ADDRESS.pack(family, len(octets)) + _padded(octets)
        return ObjectClass.INTERFACE_IDENTIFICATION, BY_ADDRESS, payload


def read_identification(c_type: int, reader: Reader) -> ExtensionObject:
    """Read the payload of any of the three."""
    found: ExtensionObject
    if c_type == BY_NAME:
        found = InterfaceByName(name_of(reader.rest()))
    elif c_type == BY_INDEX:
        found = InterfaceByIndex(reader.u32("ifIndex"))
    elif c_type == BY_ADDRESS:
        found = InterfaceByAddress(_read_address(reader))
    else:
        reader.refuse("c-type", c_type, "1 (name), 2 (index) or 3 (address)", "RFC 8335 2.1")
    reader.finish(section="RFC 8335 2.1")
    return found


def _read_address(reader: Reader) -> Address | Mac:
    family, length = reader.unpack(_ADDRESS, "address header")
    if _SIZES.get(family) != length:
        reader.refuse("AFI and length", f"{family} and {length}", "1 and 4, 2 and 16, 16389 and 6")
    octets = reader.take(length, "address")
    reader.take(-length % 4, "padding")
    return Mac.of_octets(octets) if family == AFI_MAC48 else Address(octets)


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)
