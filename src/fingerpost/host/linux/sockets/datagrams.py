"""`DatagramSocket`: one socket on one interface, for datagrams in and out.

It is bound to its interface (SO_BINDTODEVICE), so that it hears nothing of others and speaks
nowhere else, whatever the routing table says. What cannot be sent at the moment waits in a queue
of `WAITING_MOST`; beyond that it is lost and counted, as on the wire. `receive` gives at
most as many datagrams as it is asked for.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import time
from collections import Counter, deque
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.ancillary import ROOM, ask_beside, beside, orders
from fingerpost.host.linux.sockets.options import (
    IP_MREQN,
    IP_MULTICAST_ALL,
    IPV6_MREQ,
    IPV6_MULTICAST_ALL,
)
from fingerpost.host.protocol_sources import sources_for
from fingerpost.protocol.events import DatagramReceived, PacketReceived

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.host.linux.kernel_interface import KernelInterface

LARGEST = 65_535
WAITING_MOST = 1024
LATE_NS = 1_000_000  # what waits no longer is on time
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
SocketName: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
Received: TypeAlias = DatagramReceived | PacketReceived


def name_of(error: OSError) -> str:
    """The name of an error, such as ENETDOWN."""
    return errno.errorcode.get(error.errno or 0, str(error.errno))


class Unsent(NamedTuple):
    """A datagram that waits for room."""

    payload: bytes
    orders: list[tuple[int, int, bytes]]
    to: SocketName
    flags: int = 0


class DatagramSocket:
    """A datagram socket of `family` (4 or 6) on one interface; subclasses open it.

    `counters`: "in", "out", "dropped" (came while the kernel had no room), "send EXXX" (could not
    be sent, by errno), "unsent" (waited for room in vain), "unread" (what came was no datagram of
    this protocol). `addresses` are the interface's own; their owner keeps them fresh.
    """

    def __init__(self, opened: socket.socket, family: int, interface: KernelInterface) -> None:
        """Take an open socket over and bind it to the interface; closes it if that fails."""
        self.family = family
        self.interface = interface.name
        self.index = interface.index
        self.addresses: Sequence[InterfaceAddress] = interface.addresses
        self.counters: Counter[str] = Counter()
        self._socket = opened
        self._waiting: deque[Unsent] = deque()
        self._drops = 0
        try:
            self._prepare()
        except BaseException:
            opened.close()
            raise

    def _prepare(self) -> None:
        opened, name = self._socket, self.interface.encode()
        opened.setblocking(False)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name + b"\0")
        ask_beside(opened, self.family)
        if self.family == 4:
            everywhere = IP_MREQN.pack(bytes(4), bytes(4), self.index)
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, everywhere)
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
            opened.setsockopt(socket.IPPROTO_IP, IP_MULTICAST_ALL, 0)  # own groups only
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        else:
            level = socket.IPPROTO_IPV6
            opened.setsockopt(level, socket.IPV6_MULTICAST_IF, self.index)
            opened.setsockopt(level, socket.IPV6_MULTICAST_LOOP, 0)
            opened.setsockopt(level, IPV6_MULTICAST_ALL, 0)

    def fileno(self) -> int:
        """The descriptor; -1 when closed."""
        return self._socket.fileno()

    # -- groups --------------------------------------------------------------------------------

    def join(self, group: Address) -> None:
        """Hear a group; to join twice does nothing.

        Raises `UsageError` for no group of the family, `OSError` where the kernel takes no more
        (`net.ipv4.igmp_max_memberships`).
        """
        with self._tolerating(errno.EADDRINUSE):
            self._member(group, socket.IP_ADD_MEMBERSHIP, socket.IPV6_JOIN_GROUP)

    def leave(self, group: Address) -> None:
        """Hear it no more; to leave what was not joined does nothing."""
        with self._tolerating(errno.EADDRNOTAVAIL, errno.ENODEV):
            self._member(group, socket.IP_DROP_MEMBERSHIP, socket.IPV6_LEAVE_GROUP)

    @staticmethod
    @contextlib.contextmanager
    def _tolerating(*errors: int) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in errors:
                raise

    def _member(self, group: Address, action_4: int, action_6: int) -> None:
        if not group.is_multicast or group.version != self.family:
            raise UsageError(f"{group} is no multicast group of IPv{self.family}")
        if self.family == 4:
            request = IP_MREQN.pack(group.packed, bytes(4), self.index)
            self._socket.setsockopt(socket.IPPROTO_IP, action_4, request)
        else:
            request = IPV6_MREQ.pack(group.packed, self.index)
            self._socket.setsockopt(socket.IPPROTO_IPV6, action_6, request)

    # -- what comes ----------------------------------------------------------------------------

    def receive(self, limit: int) -> list[Received] | None:
        """Give at most `limit` datagrams in the order of their coming; None: there are none."""
        found: list[Received] = []
        for taken in range(limit):
            try:
                data, messages, _, sender = self._socket.recvmsg(LARGEST, ROOM)
            except BlockingIOError:
                return found if taken else None
            except OSError as error:  # what is wrong with the interface, its watcher tells
                self.counters[f"receive {name_of(error)}"] += 1
                return found if taken else None
            received = self._read(data, messages, sender)
            if received is not None:
                found.append(received)
        return found

    def _read(
        self,
        data: bytes,
        messages: list[tuple[int, int, bytes]],
        sender: SocketName,
    ) -> Received | None:
        known = beside(messages)
        if known.drops is not None and known.drops != self._drops:
            self.counters["dropped"] += (known.drops - self._drops) % (1 << 32)
            self._drops = known.drops
        self.counters["in"] += 1
        payload = self._payload(data)
        if payload is None or known.destination is None:
            self.counters["unread"] += 1
            return None
        source = Address(sender[0].partition("%")[0])
        found = self._event(source, sender[1], known.destination, known.hop_limit, payload)
        waited_ns = 0 if known.came_ns is None else time.time_ns() - known.came_ns
        if waited_ns > LATE_NS and isinstance(found, DatagramReceived):
            return replace(found, waited_ns=waited_ns)
        return found

    def _payload(self, data: bytes) -> bytes | None:
        """What is meant for the protocol, of what the socket gave; None: it is malformed."""
        return data

    def _event(
        self, source: Address, port: int, destination: Address, hop_limit: int | None, data: bytes
    ) -> Received:
        return DatagramReceived(self.interface, source, port, destination, hop_limit, data)

    # -- what goes -----------------------------------------------------------------------------

    def send(self, destination: Address, port: int, hop_limit: int, payload: bytes) -> None:
        """Send from the own address that fits, or from each that does (`sources_for`).

        Raises `OSError`, after it counted it: what cannot be sent is lost, as on the wire.
        """
        sources = sources_for(destination, self.addresses)
        if not sources:
            raise self._no_source(destination)
        target, failed = self._target(destination, port), None
        for source in sources:
            try:
                order = orders(self.family, self.index, source, hop_limit)
                self._send(Unsent(payload, order, target))
            except OSError as error:
                failed = error
        if failed is not None:
            raise failed

    def _no_source(self, destination: Address) -> OSError:
        self.counters["send EADDRNOTAVAIL"] += 1
        text = f"{self.interface} has no address of its own to send to {destination} from"
        return OSError(errno.EADDRNOTAVAIL, text)

    def _target(self, destination: Address, port: int) -> SocketName:
        text = str(destination.without_zone)
        if self.family == 4:
            return (text, port)
        needs_zone = destination.is_link_local or destination.is_multicast
        return (text, port, 0, self.index if needs_zone else 0)

    def _send(self, unsent: Unsent) -> None:
        if self._waiting or not self._sent(unsent):
            if len(self._waiting) >= WAITING_MOST:
                self.counters["unsent"] += 1
                raise OSError(errno.ENOBUFS, f"{WAITING_MOST} datagrams wait on {self.interface}")
            self._waiting.append(unsent)

    def _sent(self, unsent: Unsent) -> bool:
        """Hand it to the kernel; False: there is no room now."""
        try:
            self._socket.sendmsg([unsent.payload], unsent.orders, unsent.flags, unsent.to)
        except BlockingIOError:
            return False
        except OSError as error:
            self.counters[f"send {name_of(error)}"] += 1
            raise
        self.counters["out"] += 1
        return True

    @property
    def has_waiting(self) -> bool:
        """Whether datagrams wait for room: call `flush` when the descriptor is writable."""
        return bool(self._waiting)

    def flush(self) -> None:
        """Send what waited, as far as there is room. Raises `OSError` as `send` does."""
        while self._waiting:
            unsent = self._waiting[0]
            try:
                if not self._sent(unsent):
                    return
            except OSError:
                self._waiting.popleft()
                raise
            self._waiting.popleft()

    def close(self) -> None:
        """Close the socket, which leaves its groups; what waited is lost."""
        self._waiting.clear()
        self._socket.close()
