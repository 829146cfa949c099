"""`Endpoints`: the sockets of protocol instances, one for each interface that they speak on.

A socket is opened when an instance joins a group, sends on an interface for the first time or asks
to listen there, so nothing is listened to that the configuration does not name. It is closed when
the interface goes down or away, when the last of its groups is left, and when the instance ends.
Packets that leave where the table leads, and datagrams from ports that an instance does not listen
to, have sockets of their own, which hear nothing. TCP is the affair of `streams`. What fails is
counted and reported, and raises nothing: to the protocol it is a packet lost.
"""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.errors import UsageError
from fingerpost.host.linux.failures import Failures
from fingerpost.host.linux.files import Files
from fingerpost.host.linux.sockets.datagrams import DatagramSocket
from fingerpost.host.linux.sockets.raw import RawSocket
from fingerpost.host.linux.sockets.routed import RoutedSocket
from fingerpost.host.linux.sockets.udp import UdpSocket
from fingerpost.host.linux.speakers import Speakers
from fingerpost.host.linux.streams import Streams
from fingerpost.protocol.events import (
    GiveBackPort,
    JoinGroup,
    LeaveGroup,
    ListenOn,
    SendDatagram,
    SendPacket,
    StopListening,
)
from fingerpost.protocol.instance import Listening, RawIp, UdpPort

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Happened
    from fingerpost.host.linux.connection import StreamEvent
    from fingerpost.host.linux.kernel_interface import KernelInterface
    from fingerpost.host.linux.pump import Pump
    from fingerpost.host.linux.sockets.datagrams import Received

Key: TypeAlias = tuple[str, str, Listening]  # instance, interface, what it listens to


@dataclass(slots=True)
class Open:
    """A socket that is open, and the groups that were joined by it."""

    socket: DatagramSocket
    groups: set[Address] = field(default_factory=set)


def open_socket(listening: Listening, interface: KernelInterface) -> DatagramSocket:
    """Open what an instance listens to, on one interface; raises `OSError`."""
    match listening:
        case UdpPort(family, port):
            return UdpSocket(interface, family, port)
        case RawIp(family, protocol):
            return RawSocket(interface, family, protocol)  # its checksum is the protocol's affair


class Endpoints:
    """`pump` serves the sockets; `received` gets an instance's name and each datagram for it, and
    what happens to its streams; `report` what went wrong.

    `counters` counts failures by kind, over all sockets that ever were.
    """

    def __init__(
        self,
        pump: Pump,
        received: Callable[[str, Received | StreamEvent], None],
        report: Callable[[Happened], None],
    ) -> None:
        """Begin with no instance, no interface and no socket."""
        self._failures = Failures(report)
        self.counters = self._failures.counters
        self.streams = Streams(pump, received, self._failures)
        self.files = Files(report)
        self._pump = pump
        self._received = received
        self._listens: dict[str, tuple[Listening, ...]] = {}
        self._interfaces: dict[str, KernelInterface] = {}
        self._open: dict[Key, Open] = {}
        self._routed: dict[tuple[str, int], RoutedSocket] = {}
        self._speakers = Speakers()

    @property
    def sockets(self) -> tuple[DatagramSocket, ...]:
        """All that are open."""
        return tuple(one.socket for one in self._open.values())

    def socket_counters(self) -> Counter[str]:
        """What the open sockets have counted, together."""
        counted: Counter[str] = Counter()
        for one in self.sockets:
            counted.update(one.counters)
        for routed in self._routed.values():
            counted.update(routed.counters)
        counted.update(self._speakers.counters())
        counted.update(self.streams.counters)
        return counted

    @property
    def has_waiting(self) -> bool:
        """Whether something is not sent yet that should be."""
        return self.streams.has_waiting or any(one.has_waiting for one in self.sockets)

    # -- what there is -------------------------------------------------------------------------

    def start(self, instance: str, listens: tuple[Listening, ...]) -> None:
        """An instance runs from now on."""
        self._listens[instance] = listens

    def stop(self, instance: str) -> None:
        """An instance has ended."""
        self._listens.pop(instance, None)
        self.streams.stop(instance)
        self._close(lambda key: key[0] == instance)
        self._speakers.close(lambda key: key[0] == instance)
        for family in (4, 6):
            if (routed := self._routed.pop((instance, family), None)) is not None:
                routed.close()

    def set_interface(self, interface: KernelInterface) -> None:
        """An interface is like this from now on."""
        name = interface.name
        self._interfaces[name] = interface
        self.streams.set_interface(interface)
        if not interface.is_up:
            self._close_interface(name)
            return
        for (_, other, _), one in self._open.items():
            if other == name:
                one.socket.addresses = interface.addresses

    def remove_interface(self, name: str) -> None:
        """There is no such interface any more."""
        self._interfaces.pop(name, None)
        self._close_interface(name)
        self.streams.remove_interface(name)

    def close(self) -> None:
        """Close all sockets."""
        self.streams.close()
        self.files.close()
        self._close(lambda _: True)
        self._speakers.close(lambda _: True)
        while self._routed:
            self._routed.popitem()[1].close()

    def _close_interface(self, name: str) -> None:
        self._close(lambda key: key[1] == name)
        self._speakers.close(lambda key: key[1] == name)

    def _close(self, is_meant: Callable[[Key], bool]) -> None:
        for key in [key for key in self._open if is_meant(key)]:
            one = self._open.pop(key)
            self._pump.unwatch(one.socket)
            one.socket.close()

    # -- what instances ask --------------------------------------------------------------------

    def join(self, instance: str, asked: JoinGroup) -> None:
        """Hear a group."""
        one = self._socket(instance, asked.interface, asked.group, None)
        if one is None:
            return
        try:
            one.socket.join(asked.group)
        except (OSError, UsageError) as error:
            self._failures.tell("join", asked.interface, f"group {asked.group}", error)
        else:
            one.groups.add(asked.group)

    def leave(self, instance: str, asked: LeaveGroup) -> None:
        """Hear it no more; the socket that has no group left is closed."""
        for key, one in list(self._open.items()):
            if key[:2] != (instance, asked.interface) or asked.group not in one.groups:
                continue
            one.groups.discard(asked.group)
            if not one.groups:
                self._close(key.__eq__)
                continue
            try:
                one.socket.leave(asked.group)
            except OSError as error:
                self._failures.tell("leave", asked.interface, f"group {asked.group}", error)

    def listen(self, instance: str, asked: ListenOn) -> None:
        """Hear a port on an interface."""
        key = (instance, asked.interface, asked.listening)
        if key not in self._open:
            self._opened(key, str(asked.listening))

    def stop_listening(self, instance: str, asked: StopListening) -> None:
        """Hear it no more."""
        self._close((instance, asked.interface, asked.listening).__eq__)

    def give_back(self, instance: str, asked: GiveBackPort) -> None:
        """Close what was sent from."""
        port = asked.port
        self._speakers.close((instance, asked.interface, port.family, port.port).__eq__)

    def send(self, instance: str, asked: SendDatagram) -> None:
        """Send a datagram."""
        to, port = asked.destination, asked.destination_port
        if asked.interface is None or not self._hears(instance, asked):
            self._speak(instance, asked)
            return
        one = self._socket(instance, asked.interface, to, asked.source_port)
        if one is None:
            return
        try:
            one.socket.send(to, port, asked.hop_limit, asked.payload)
        except OSError as error:
            self._failures.tell("send", asked.interface, f"to {to} port {port}", error)
        if one.socket.has_waiting:
            self._pump.flush_when_writable(one.socket)

    def _hears(self, instance: str, asked: SendDatagram) -> bool:
        """Whether an instance listens to the port that it sends from."""
        port = UdpPort(asked.destination.version, asked.source_port)
        return port in self._listens.get(instance, ())

    def _speak(self, instance: str, asked: SendDatagram) -> None:
        interface = None if asked.interface is None else self._interfaces.get(asked.interface)
        try:
            self._speakers.send(instance, asked, interface)
        except OSError as error:
            where = f"to {asked.destination} port {asked.destination_port}"
            self._failures.tell("send", asked.interface, where, error)

    def send_packet(self, instance: str, asked: SendPacket) -> None:
        """Send an IP packet."""
        if asked.interface is None:
            self._send_routed(instance, asked)
            return
        one = self._socket(instance, asked.interface, asked.destination, None)
        if one is None or not isinstance(one.socket, RawSocket):
            return
        try:
            one.socket.send_from(asked.source, asked.destination, asked.hop_limit, asked.payload)
        except OSError as error:
            self._failures.tell("send", asked.interface, f"to {asked.destination}", error)
        if one.socket.has_waiting:
            self._pump.flush_when_writable(one.socket)

    def _send_routed(self, instance: str, asked: SendPacket) -> None:
        destination, what = asked.destination, "open"
        listening = self._listening(instance, destination, None)
        if not isinstance(listening, RawIp):
            self._failures.tell(what, None, f"for {destination}", _deaf(instance, destination))
            return
        try:
            key = (instance, listening.family)
            if key not in self._routed:
                self._routed[key] = RoutedSocket(listening.family, listening.protocol)
            what = "send"
            self._routed[key].send(asked.source, destination, asked.hop_limit, asked.payload)
        except OSError as error:
            self._failures.tell(what, None, f"to {destination}", error)

    def _socket(self, instance: str, name: str, address: Address, port: int | None) -> Open | None:
        """The socket for this, opened if need be; None if it cannot be had, which is told."""
        listening = self._listening(instance, address, port)
        if listening is None:
            self._failures.tell("open", name, f"for {address}", _deaf(instance, address))
            return None
        key = (instance, name, listening)
        return self._open.get(key) or self._opened(key, str(address))

    def _opened(self, key: Key, what: str) -> Open | None:
        instance, name, listening = key
        interface = self._interfaces.get(name)
        try:
            if interface is None or not interface.is_up:
                raise OSError(errno.ENETDOWN, "the interface is not up")
            opened = open_socket(listening, interface)
        except OSError as error:
            self._failures.tell("open", name, f"for {what}", error)
            return None
        self._pump.watch(opened, partial(self._received, instance))
        self._open[key] = one = Open(opened)
        return one

    def _listening(self, instance: str, address: Address, port: int | None) -> Listening | None:
        """What an instance listens to of the address's family, by the port if it has several."""
        fitting = [one for one in self._listens.get(instance, ()) if one.family == address.version]
        exact = (one for one in fitting if isinstance(one, UdpPort) and one.port == port)
        return next(exact, fitting[0] if fitting else None)


def _deaf(instance: str, address: Address) -> UsageError:
    return UsageError(f"{instance} listens to nothing of IPv{address.version}")
