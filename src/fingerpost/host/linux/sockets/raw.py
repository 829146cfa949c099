"""IP packets of one protocol on one interface: OSPF's 89 (raw(7), RFC 3542 3).

What comes is told as `PacketReceived`: its payload is what follows the IP header, after the kernel
has put fragments together. There are no ports: `send` takes any and uses none.
"""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.ancillary import orders
from fingerpost.host.linux.sockets.datagrams import FAMILIES, DatagramSocket, SocketName, Unsent
from fingerpost.host.linux.sockets.options import (
    INTERNETWORK_CONTROL,
    IPV6_CHECKSUM,
    SO_RCVBUFFORCE,
)
from fingerpost.host.protocol_sources import sources_for
from fingerpost.protocol.events import PacketReceived

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.host.linux.kernel_interface import KernelInterface

_SHORTEST_HEADER = 20
BUFFER = 1 << 20  # bytes, as the kernel counts them: some 400 large packets that come at once


class RawSocket(DatagramSocket):
    """Hears and speaks one IP protocol on an interface.

    `checksum_at`: of IPv6, where in the payload the kernel keeps the checksum over the
    pseudo-header; what comes with a wrong one is dropped (RFC 3542 3.1; OSPFv3's stands at 12).
    `header_included`: of IPv4, what is sent begins with its IP header, and goes out as it is but
    for length, checksum and an identification of zero (IP_HDRINCL); what comes is given whole too.
    """

    def __init__(
        self,
        interface: KernelInterface,
        family: int,
        protocol: int,
        *,
        checksum_at: int | None = None,
        header_included: bool = False,
    ) -> None:
        """Open it; raises `PermissionError` without CAP_NET_RAW, `UsageError` for what cannot be
        combined.
        """
        if checksum_at is not None and (family != 6 or checksum_at < 0 or checksum_at % 2):
            raise UsageError(f"a checksum at {checksum_at} of IPv{family}: needs IPv6, even offset")
        if header_included and family != 4:
            raise UsageError("the kernel writes the IPv6 header itself; include only IPv4's")
        kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
        try:
            opened = socket.socket(FAMILIES[family], kind, protocol)
        except PermissionError as error:
            text = f"IP protocol {protocol} on {interface.name} needs CAP_NET_RAW"
            raise PermissionError(error.errno, text) from None
        super().__init__(opened, family, interface)
        _make_room(opened)
        self.protocol = protocol
        self.header_included = header_included
        if family == 4:
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, INTERNETWORK_CONTROL)
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, int(header_included))
            return
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, INTERNETWORK_CONTROL)
        if protocol != socket.IPPROTO_ICMPV6:  # there it is the kernel's always (RFC 3542 3.1)
            where = -1 if checksum_at is None else checksum_at
            opened.setsockopt(socket.IPPROTO_IPV6, IPV6_CHECKSUM, where)

    def _payload(self, data: bytes) -> bytes | None:
        if self.family == 6 or self.header_included:
            return data
        if len(data) < _SHORTEST_HEADER:
            return None
        return data[(data[0] & 0xF) * 4 :]  # RFC 791 3.1: IHL, in words of 32 bits

    def _event(
        self, source: Address, port: int, destination: Address, hop_limit: int | None, data: bytes
    ) -> PacketReceived:
        del port  # of a raw socket it is 0, or the protocol
        return PacketReceived(self.interface, source, destination, hop_limit, data)

    def send_from(
        self, source: Address | None, destination: Address, hop_limit: int, payload: bytes
    ) -> None:
        """Send to a group or to a neighbour on the link, whatever networks the kernel knows there.

        `source` None: the own address that fits. Raises `OSError`, after it counted it.
        """
        if source is None:
            source = self._source(destination)
        flags = 0
        if self.family == 4 and not destination.is_multicast:
            flags = socket.MSG_DONTROUTE  # an unnumbered neighbour is in no network of ours
        order = orders(self.family, self.index, source, hop_limit)
        self._send(Unsent(payload, order, self._target(destination, 0), flags))

    def _source(self, destination: Address) -> Address:
        sources = sources_for(destination, self.addresses)
        if not sources:
            raise self._no_source(destination)
        return sources[0]

    def _target(self, destination: Address, port: int) -> SocketName:
        del port  # the kernel takes it for a protocol number
        return super()._target(destination, 0)


def _make_room(opened: socket.socket) -> None:
    """Let a neighbour say much at once, such as a whole database."""
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    with contextlib.suppress(PermissionError):  # beyond net.core.rmem_max: CAP_NET_ADMIN
        opened.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
