"""From the bytes of rtnetlink to `told` values, by pyroute2's message classes.

rtnetlink(7), netlink(7). Messages about the ports of bridges (family AF_BRIDGE) share group and
types with those about interfaces, and a port that leaves its bridge is told as a deleted link;
they are not ours.
"""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Any

from pyroute2.netlink.rtnl.ifaddrmsg import ifaddrmsg
from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg

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
    try:
        if kind in (NEW_LINK, DEL_LINK):
            return _link(data, at, is_gone=kind == DEL_LINK)
        if kind in (NEW_ADDRESS, DEL_ADDRESS):
            return _address(data, at, is_gone=kind == DEL_ADDRESS)
    except Exception as error:  # pyroute2 has no closed set of what it raises
        return Unread(f"type {kind} of {length} bytes: {error!r}")
    return None


def _link(data: bytes, at: int, *, is_gone: bool) -> LinkTold | LinkGone | None:
    message = ifinfmsg(data, offset=at)
    message.decode()
    if message["family"] != socket.AF_UNSPEC:
        return None
    index = int(message["index"])
    if is_gone:
        return LinkGone(index)
    made = message.get_attr("IFLA_LINKINFO")
    return LinkTold(
        index,
        str(message.get_attr("IFLA_IFNAME")),
        int(message["flags"]),
        int(message.get_attr("IFLA_MTU") or 0),
        _hardware(message.get_attr("IFLA_ADDRESS")),
        made.get_attr("IFLA_INFO_KIND") if made is not None else None,
    )


def _hardware(text: str | None) -> bytes:
    """pyroute2 gives six octets as text; others, of tunnels, as it sees fit."""
    try:
        return bytes.fromhex((text or "").replace(":", ""))
    except ValueError:
        return b""


def _address(data: bytes, at: int, *, is_gone: bool) -> AddressTold | AddressGone | None:
    message = ifaddrmsg(data, offset=at)
    message.decode()
    if message["family"] not in _FAMILIES:
        return None
    told = _address_told(message)
    if told is None:
        return None
    return AddressGone(told) if is_gone else told


def _address_told(message: Any) -> AddressTold | None:  # noqa: ANN401 - pyroute2 is untyped
    local, network = message.get_attr("IFA_LOCAL"), message.get_attr("IFA_ADDRESS")
    own = local or network
    if own is None:
        return None
    length = int(message["prefixlen"])
    address, peer = InterfaceAddress(f"{own}/{length}"), None
    if network is not None and network != own:  # the length is that of the other end's network
        peer = Prefix(f"{network}/{length}")
        if Address(own) not in peer:
            address = InterfaceAddress(f"{own}/{address.address.bits}")
    flags = message.get_attr("IFA_FLAGS")
    flags = int(message["flags"] if flags is None else flags)
    in_doubt = flags & _TENTATIVE and not flags & _OPTIMISTIC
    return AddressTold(
        int(message["index"]),
        address,
        peer,
        # the bit means "temporary" (RFC 8981) where the address is of IPv6
        bool(flags & _SECONDARY) and address.version == 4,
        not in_doubt and not flags & _DAD_FAILED,
    )
