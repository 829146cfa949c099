"""Which interface or next hop was meant (RFC 5837 4): class 2, the c-type tells what is there.

    bit   0       1       2       3       4       5       6       7
    +-------+-------+-------+-------+-------+-------+-------+-------+
    | interface role|   reserved    |ifIndex|IP addr| name  |  MTU  |
    +-------+-------+-------+-------+-------+-------+-------+-------+

The sub-objects stand in the order of their bits (RFC 5837 4.1):

    ifIndex     32 bits
    IP address  AFI (16 bits), reserved (16), address of 4 or 16 bytes        (RFC 5837 4.2)
    name        length (8 bits, itself included), UTF-8, zeros to 4 n bytes   (RFC 5837 4.3)
    MTU         32 bits
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Self

from fingerpost.errors import UsageError
from fingerpost.wire.icmp_extension.objects import ExtensionObject, ObjectClass

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.wire.reader import Reader

HAS_INDEX, HAS_ADDRESS, HAS_NAME, HAS_MTU = 0x08, 0x04, 0x02, 0x01
AFI_IPV4, AFI_IPV6 = 1, 2
LONGEST_NAME = 63  # bytes; the sub-object has at most 64 with its length


class InterfaceRole(IntEnum):
    """What the object describes (RFC 5837 4.1)."""

    INCOMING = 0
    SUB_IP = 1
    OUTGOING = 2
    NEXT_HOP = 3


@dataclass(frozen=True, slots=True)
class InterfaceInformation(ExtensionObject):
    """An interface or next hop, by whatever is known of it; None is not there.

    `name` is at most 63 bytes of UTF-8, `mtu` is in bytes.
    """

    role: InterfaceRole
    index: int | None = None
    address: Address | None = None
    name: str | None = None
    mtu: int | None = None

    @classmethod
    def read(cls, c_type: int, reader: Reader) -> Self:
        """Read the sub-objects that `c_type` announces; reserved bits are not looked at."""
        index = reader.u32("ifIndex") if c_type & HAS_INDEX else None
        address = read_address(reader) if c_type & HAS_ADDRESS else None
        name = _read_name(reader) if c_type & HAS_NAME else None
        mtu = reader.u32("MTU") if c_type & HAS_MTU else None
        reader.finish(section="RFC 5837 4.1")
        return cls(InterfaceRole(c_type >> 6), index, address, name, mtu)

    def parts(self) -> tuple[int, int, bytes]:
        """Give what is not None, in the order of the bits."""
        c_type, payload = self.role << 6, b""
        if self.index is not None:
            c_type, payload = c_type | HAS_INDEX, self.index.to_bytes(4, "big")
        if self.address is not None:
            c_type, payload = c_type | HAS_ADDRESS, payload + address_bytes(self.address)
        if self.name is not None:
            c_type, payload = c_type | HAS_NAME, payload + _name_bytes(self.name)
        if self.mtu is not None:
            c_type, payload = c_type | HAS_MTU, payload + self.mtu.to_bytes(4, "big")
        return ObjectClass.INTERFACE_INFORMATION, c_type, payload


def read_address(reader: Reader) -> Address:
    """Read an IP address sub-object (RFC 5837 4.2)."""
    family = reader.u16("AFI")
    if family not in (AFI_IPV4, AFI_IPV6):
        reader.refuse("AFI", family, "1 (IPv4) or 2 (IPv6)", "RFC 5837 4.2")
    reader.take(2, "reserved")
    return reader.ip4("IP address") if family == AFI_IPV4 else reader.ip6("IP address")


def address_bytes(address: Address) -> bytes:
    """Give an IP address sub-object."""
    return (
        (AFI_IPV4 if address.version == 4 else AFI_IPV6).to_bytes(2, "big")
        + bytes(2)
        + address.packed
    )


def _read_name(reader: Reader) -> str:
    length = reader.u8("name length")
    if length % 4 or not 4 <= length <= LONGEST_NAME + 1:
        reader.refuse("name length", length, "a multiple of 4 up to 64", "RFC 5837 4.3")
    return name_of(reader.take(length - 1, "name"))


def _name_bytes(name: str) -> bytes:
    octets = bytes_of(name)
    if len(octets) > LONGEST_NAME:
        raise UsageError(f"interface name {name!r} has {len(octets)} bytes, at most 63 fit")
    length = (len(octets) + 4) & ~3
    return bytes([length]) + octets.ljust(length - 1, b"\0")


def name_of(octets: bytes) -> str:
    """Give the text of a zero-padded name; bytes that are no UTF-8 come back by `bytes_of`."""
    return octets.rstrip(b"\0").decode("utf-8", "surrogateescape")


def bytes_of(name: str) -> bytes:
    """Give the bytes of a name."""
    return name.encode("utf-8", "surrogateescape")
