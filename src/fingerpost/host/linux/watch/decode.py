"""From the bytes of rtnetlink to `told` values: the few attributes that are asked for.

rtnetlink(7), netlink(7). Messages about the ports of bridges (family AF_BRIDGE) share group and
types with those about interfaces, and a port that leaves its bridge is told as a deleted link;
they are not ours.
"""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.host.linux.watch.told import (
    AddressGone,
    AddressTold,
    DumpDone,
    LinkGone,
    LinkTold,
    Refused,
    Unread,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.host.linux.watch.told import Told

HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
ERROR, DONE = 2, 3
NEW_LINK, DEL_LINK, GET_LINK = 16, 17, 18
NEW_ADDRESS, DEL_ADDRESS, GET_ADDRESS = 20, 21, 22
REQUEST, DUMP_TORN, DUMP = 0x1, 0x10, 0x300
_ERROR = struct.Struct("=i")
_LINK = struct.Struct("=BxxxiI")  # family, type of hardware, index, flags
_AFTER_FLAGS = 4  # which flags have changed
_ADDRESS = struct.Struct("=BBBxI")  # family, length, flags, scope, index
_ATTRIBUTE = struct.Struct("=HH")  # length, type
_NUMBER = struct.Struct("=I")
_TYPE = 0x3FFF  # above it are marks: that it is nested, in which order its octets are
_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_MTU, _IFLA_LINKINFO, _IFLA_INFO_KIND = 1, 3, 4, 18, 1
_IFA_ADDRESS, _IFA_LOCAL, _IFA_FLAGS = 1, 2, 8
# IFA_F_*, linux/if_addr.h
_SECONDARY, _OPTIMISTIC, _DAD_FAILED, _TENTATIVE = 0x01, 0x04, 0x08, 0x40
_FAMILIES = (socket.AF_INET, socket.AF_INET6)


def read(data: bytes) -> Iterator[Told]:
    """Give what each message of a datagram says; what concerns nobody is left out."""
    at = 0
    while at + HEADER.size <= len(data):
        length, kind, flags, sequence, _ = HEADER.unpack_from(data, at)
        if not HEADER.size <= length <= len(data) - at:
            yield Unread(f"a message of {length} bytes at {at}, where {len(data) - at} are left")
            return
        told = _read_one(data, at, kind, flags, sequence, length)
        if told is not None:
            yield told
        at += (length + 3) & ~3


def _read_one(
    data: bytes, at: int, kind: int, flags: int, sequence: int, length: int
) -> Told | None:
    if kind == DONE:
        return DumpDone(sequence, bool(flags & DUMP_TORN))
    if kind == ERROR:
        if length < HEADER.size + _ERROR.size:
            return Unread("an error without a number")
        return Refused(sequence, -_ERROR.unpack_from(data, at + HEADER.size)[0])
    body, end = at + HEADER.size, at + length
    try:
        if kind in (NEW_LINK, DEL_LINK):
            return _link(data, body, end, is_gone=kind == DEL_LINK)
        if kind in (NEW_ADDRESS, DEL_ADDRESS):
            return _address(data, body, end, is_gone=kind == DEL_ADDRESS)
    except (struct.error, LookupError, ValueError, OSError) as error:
        return Unread(f"type {kind} of {length} bytes: {error!r}")
    return None


def _link(data: bytes, at: int, end: int, *, is_gone: bool) -> LinkTold | LinkGone | None:
    family, index, flags = _LINK.unpack_from(data, at)
    if family != socket.AF_UNSPEC:
        return None
    if is_gone:
        return LinkGone(index)
    said = _attributes(data, at + _LINK.size + _AFTER_FLAGS, end)
    made = said.get(_IFLA_LINKINFO, b"")
    kind = _attributes(made, 0, len(made)).get(_IFLA_INFO_KIND)
    return LinkTold(
        index,
        _text(said[_IFLA_IFNAME]),
        flags,
        _NUMBER.unpack(said[_IFLA_MTU])[0] if _IFLA_MTU in said else 0,
        said.get(_IFLA_ADDRESS, b""),
        None if kind is None else _text(kind),
    )


def _attributes(data: bytes, at: int, end: int) -> dict[int, bytes]:
    """Attributes by type, each aligned to four octets. Raises `ValueError` for one cut short."""
    found: dict[int, bytes] = {}
    while at + _ATTRIBUTE.size <= end:
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if not _ATTRIBUTE.size <= length <= end - at:
            raise ValueError(f"an attribute of {length} bytes, where {end - at} are left")
        found.setdefault(kind & _TYPE, data[at + _ATTRIBUTE.size : at + length])
        at += (length + 3) & ~3
    return found


def _text(octets: bytes) -> str:
    return octets.partition(b"\0")[0].decode()


def _address(data: bytes, at: int, end: int, *, is_gone: bool) -> AddressTold | AddressGone | None:
    family, length, flags, index = _ADDRESS.unpack_from(data, at)
    if family not in _FAMILIES:
        return None
    said = _attributes(data, at + _ADDRESS.size, end)
    if _IFA_FLAGS in said:
        (flags,) = _NUMBER.unpack(said[_IFA_FLAGS])
    told = _address_told(family, length, flags, index, said)
    if told is None:
        return None
    return AddressGone(told) if is_gone else told


def _address_told(
    family: int, length: int, flags: int, index: int, said: dict[int, bytes]
) -> AddressTold | None:
    local, network = (
        None if kind not in said else socket.inet_ntop(family, said[kind])
        for kind in (_IFA_LOCAL, _IFA_ADDRESS)
    )
    own = local or network
    if own is None:
        return None
    address, peer = InterfaceAddress(f"{own}/{length}"), None
    if network is not None and network != own:  # the length is that of the other end's network
        peer = Prefix(f"{network}/{length}")
        if Address(own) not in peer:
            address = InterfaceAddress(f"{own}/{address.address.bits}")
    in_doubt = flags & _TENTATIVE and not flags & _OPTIMISTIC
    return AddressTold(
        index,
        address,
        peer,
        # the bit means "temporary" (RFC 8981) where the address is of IPv6
        bool(flags & _SECONDARY) and address.version == 4,
        not in_doubt and not flags & _DAD_FAILED,
    )
